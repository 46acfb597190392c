"""Sizes that GitHub enforces."""

MAX_BODY = 65_536
"""Characters in the body of an issue, pull request or comment."""
MAX_TITLE = 256
MAX_LABEL_NAME = 50
MAX_LABEL_DESCRIPTION = 100
MAX_SUB_ISSUES = 100
"""Children of one parent, closed ones included."""
MAX_SUB_ISSUE_DEPTH = 8
"""Levels of sub-issues below a root."""
MAX_PAGE = 100
"""Records on one page, REST and GraphQL."""
MAX_NODE_IDS = 100
"""Ids in one ``nodes(ids:)``."""
MAX_QUERY_NODES = 500_000
"""Nodes that one GraphQL call may ask for."""
MAX_STATUSES = 1000
"""Statuses of one context on one commit."""
MAX_REQUEST_BODY = 8 * 1024 * 1024
"""Bytes of a JSON request; git traffic is not bounded by this."""

BODY_TOO_LONG = f"body is too long (maximum is {MAX_BODY} characters)"
TITLE_TOO_LONG = f"title is too long (maximum is {MAX_TITLE} characters)"
