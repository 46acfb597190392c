"""Bounds that every kind of answer shares."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

MANY = 40
"""Entries in any list of an answer."""
TEXT_LIMIT = 20_000
"""Characters in any text of an answer."""

Title = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\r\n]*\S[^\r\n]*$")]
Text = Annotated[str, Field(max_length=TEXT_LIMIT)]
Key = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,47}$")]
Reference = Annotated[
    str,
    Field(
        pattern=r"^(#[1-9][0-9]{0,8}|[a-z0-9][a-z0-9-]{0,47})$",
        description="key of a new item, or `#12` for an existing one",
    ),
]
Number = Annotated[int, Field(ge=1, lt=1_000_000_000, description="number of an existing item")]
Line = Annotated[int, Field(ge=1, lt=10_000_000)]
# Which files exist is checked by the bot; here a path only has to be one inside the repository.
RepositoryPath = Annotated[
    str,
    Field(
        min_length=1,
        max_length=500,
        pattern=r"^[^/\\\r\n][^\\\r\n]*$",
        description="path from the root of the repository",
    ),
]
Wishes = Annotated[
    tuple[Text, ...],
    Field(max_length=MANY, description="what you wish you had known when you began"),
]


class AnswerModel(BaseModel):
    """What models write: unknown fields are refused, values are not coerced beyond JSON's."""

    model_config = ConfigDict(extra="forbid", frozen=True)
