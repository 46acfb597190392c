"""Coding agents: programs of others that answer for a role. Adding one is a file.

`files` reads what is known of them, `find` looks for their programs, `agent` asks, `visit` lays
out what one conversation needs, and `command` and `acp` are the two ways to hold it.
"""
