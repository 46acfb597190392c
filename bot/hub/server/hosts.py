"""Which Host names the hub answers to: its own loopback ones.

Anything else may be DNS rebinding.
"""

import ipaddress
from collections.abc import Container


def host_of(header: str) -> str:
    """Return the name of a Host header without its port."""
    if header.startswith("["):
        return header[1:].partition("]")[0]
    return (
        header.rpartition(":")[0]
        if header.rpartition(":")[2].isdigit() and ":" in header
        else header
    )


def is_own_host(header: str, also: Container[str] = ()) -> bool:
    """Return whether a Host header names this machine's loopback, or one of ``also``."""
    name = host_of(header).lower()
    if name == "localhost" or name in also:
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
