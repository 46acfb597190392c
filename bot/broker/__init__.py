"""The broker: a process of its own that holds the models' keys, admits requests and counts them.

It is started by `process.py`, which is all that the rest of specloop sees of it.
"""

from __future__ import annotations

from bot.broker.process import BrokerProcess, start_broker
from bot.broker.upstream import Upstream

__all__ = ["BrokerProcess", "Upstream", "start_broker"]
