"""GitHub's bad habits, switched on by rules.

A rule says which requests it meets and what goes wrong with them.
"""
