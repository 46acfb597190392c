"""The hub's git: bare repositories read and written through the git command. Knows no issues."""
