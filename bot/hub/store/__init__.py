"""What the hub remembers: versioned records in SQLite. Imports no web and no git."""
