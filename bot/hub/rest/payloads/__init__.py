"""REST payloads, complete enough for GitHub's published schemas: one file per resource."""
