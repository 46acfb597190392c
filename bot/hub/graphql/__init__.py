"""GitHub's GraphQL API over the world's operations.

The schema's text is ``schema.graphql`` in the package above.
"""
