"""The wire formats that the broker speaks: all that depends on one stands in a class of its own."""

from __future__ import annotations

from collections.abc import Mapping

from bot.broker.apis.anthropic import Anthropic
from bot.broker.apis.google import Google
from bot.broker.apis.openai import OpenAi
from bot.broker.apis.wire import Route, WireFormat
from bot.domain.providers import Api

__all__ = ["WIRE_FORMATS", "Route", "WireFormat"]

WIRE_FORMATS: Mapping[Api, WireFormat] = {
    Api.ANTHROPIC: Anthropic(),
    Api.OPENAI: OpenAi(),
    Api.GOOGLE: Google(),
}
