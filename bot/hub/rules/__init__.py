"""GitHub's rules as pure functions: no storage, no clock, no git."""
