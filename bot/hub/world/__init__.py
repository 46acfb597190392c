"""What can happen in a world: operations on the store under GitHub's rules, whichever API asks.

Operations take the open transaction and the acting account, and raise a Refusal. They know nothing
of HTTP.
"""
