"""GraphQL objects: one class per type; attributes and methods are its fields in snake case."""
