"""Code search: an index of the repository in SQLite's FTS5, kept beside the bot's clone.

`index` ties together: `listing` (what git says of a commit), `folder` (what lies in an agent's
worktree), `chunks` (a file's text by definition), `store` (the database), `words` (from questions
to queries) and `ranking`.
"""
