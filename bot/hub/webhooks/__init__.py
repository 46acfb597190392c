"""Webhooks of repositories: what changed, told to loopback addresses, signed as GitHub signs."""
