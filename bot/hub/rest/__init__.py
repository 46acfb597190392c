"""GitHub's REST API over the world's operations: one file of routes per resource."""
