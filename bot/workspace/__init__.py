"""The codebase: a bare clone, worktrees for agents, gates on clean checkouts."""
