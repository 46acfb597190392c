"""All that may stand in a body for Gemini: what is not in this table is not sent on.

Left out is what the provider itself would fetch, search, run or look up (`fileData`,
`googleSearch`, `urlContext`, `codeExecution`, `cachedContent`), and what costs other than text does
(other service tiers, spoken and drawn answers, sound and film).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from bot.broker.output import is_count

Shape: TypeAlias = "Mapping[str, Shape] | list[Shape] | Callable[[object], bool] | None"
"""An object of these names, a list of such, a value that a test admits; None is anything."""


def _is_number(value: object) -> bool:
    # Google takes "64000" for a number, too: then the bound would not be seen here.
    return is_count(value) and not isinstance(value, bool)


def _is_still(value: object) -> bool:
    kinds = ("image/", "text/", "application/pdf", "application/json")
    return isinstance(value, str) and value.startswith(kinds)


_DATA: Shape = {"mimeType": _is_still, "data": None, "displayName": None}
_CALL: Shape = {"id": None, "name": None, "args": None}
_RESULT: Shape = {
    "id": None,
    "name": None,
    "response": None,
    "parts": [{"inlineData": _DATA}],
    "scheduling": None,
    "willContinue": None,
}
_PART: Shape = {
    "text": None,
    "thought": None,
    "thoughtSignature": None,
    "inlineData": _DATA,
    "functionCall": _CALL,
    "functionResponse": _RESULT,
    "mediaResolution": None,
}
_CONTENT: Shape = {"role": None, "parts": [_PART]}
_CONFIG: Shape = {
    "maxOutputTokens": _is_number,
    "candidateCount": _is_number,
    "thinkingConfig": {"thinkingBudget": None, "thinkingLevel": None, "includeThoughts": None},
    **dict.fromkeys(
        ("temperature", "topP", "topK", "seed", "stopSequences", "presencePenalty",
         "frequencyPenalty", "responseMimeType", "responseSchema", "responseJsonSchema",
         "mediaResolution")
    ),
}  # fmt: skip
_REQUEST: Mapping[str, Shape] = {
    "contents": [_CONTENT],
    "systemInstruction": _CONTENT,
    "tools": [{"functionDeclarations": None}],
    "toolConfig": {"functionCallingConfig": None},
    "safetySettings": None,
    "generationConfig": _CONFIG,
}
_BODY: Shape = {**_REQUEST, "generateContentRequest": {**_REQUEST, "model": None}}
"""The second is what `countTokens` may be given in place of contents."""


def strange(body: Mapping[str, Any]) -> str:
    """Return a sentence about the first thing in a body that is not admitted, or nothing."""
    return _strange(body, _BODY, "a request")


def _strange(value: object, shape: Shape, place: str) -> str:
    if value is None or shape is None:
        return ""
    if isinstance(shape, list):
        if not isinstance(value, list):
            return f"{place} must be a list to be admitted here."
        found = (_strange(inner, shape[0], f"an entry of {place}") for inner in value)
        return next(filter(None, found), "")
    if isinstance(shape, Mapping):
        return _strange_object(value, shape, place)
    return "" if shape(value) else f"This value of {place} is not admitted here."


def _strange_object(value: object, shape: Mapping[str, Shape], place: str) -> str:
    if not isinstance(value, Mapping):
        return f"{place} must be an object to be admitted here."
    for name, inner in value.items():
        if name not in shape:
            return (
                f"{name[:80]!r} in {place} is not admitted here: the provider would reach out or "
                "bill by it, or it is written in another way than Google's clients write it."
            )
        if sentence := _strange(inner, shape[name], f"`{name}`"):
            return sentence
    return ""
