"""Keys and tokens in texts, found by the forms that their issuers gave them.

The patterns are detect-secrets' own, of those detectors that know a form. Its guesses (entropy,
words such as `password`) are left out: each hash in a lock file would be refused.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from importlib import import_module

from bot.ports.secrets import Secret, SecretScan

_DETECTORS = {
    "aws": "AWSKeyDetector",
    "azure_storage_key": "AzureStorageKeyDetector",
    "discord": "DiscordBotTokenDetector",
    "github_token": "GitHubTokenDetector",
    "gitlab_token": "GitLabTokenDetector",
    "mailchimp": "MailchimpDetector",
    "pypi_token": "PypiTokenDetector",
    "sendgrid": "SendGridDetector",
    "slack": "SlackDetector",
    "square_oauth": "SquareOAuthDetector",
    "stripe": "StripeDetector",
}
# What it does not know (1.5): Anthropic's keys, GitHub's fine-grained tokens, OpenAI's newer keys,
# Google's keys. Of a private key it finds the first line only, and its patterns for npm and OpenAI
# take a time that grows with the square of a line's length.
# In JSON a line begins behind `\n`, in a terminal's colours behind `m`: letters, and no word's.
_START = r"(?:\b|(?<=\\[bfnrt])|(?<=[0-9;[]m))"
_OWN = {
    "Anthropic API key": _START + r"sk-ant-[A-Za-z0-9_-]{20,}",
    "GitHub fine-grained token": _START + r"github_pat_[A-Za-z0-9_]{22,}",
    "Google API key": _START + r"AIza[A-Za-z0-9_-]{35}",
    "OpenAI API key": _START
    + (
        r"sk-(?:(?:proj|svcacct|admin)-[A-Za-z0-9_-]{20,}|"
        r"[A-Za-z0-9_-]{20,80}?T3BlbkFJ[A-Za-z0-9_-]{20,80})"
    ),
    "npm token": _START + r"npm_[A-Za-z0-9]{36}\b|:_authToken=\s?[A-Fa-f0-9-]{36}",
    "private key": (
        r"-----BEGIN[A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----"
        r"(?:(?:[A-Za-z0-9+/=:,.\s-]|\\{1,8}[nr]){0,8000}?-----END[A-Z ]{0,30}KEY(?: BLOCK)?-----"
        r"|(?:[A-Za-z0-9+/=\s]|\\{1,8}[nr]){0,8000})"
    ),
}
_KEY_BEGINS = re.compile(r"-----BEGIN[A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----")
_KEY_ENDS = re.compile(r"-----END[A-Z ]{0,30}KEY(?: BLOCK)?-----")
_LONGEST = 20_000
"""Characters that no secret is longer than, as far as text is held back for its end."""


class SecretPatterns(SecretScan):
    """The patterns of all forms; compiled when first needed."""

    def find(self, text: str) -> tuple[Secret, ...]:
        """Return what looks like a secret in a text, in order."""
        starts = [0, *(m.end() for m in re.finditer("\n", text))]
        return tuple(
            Secret(kind, bisect_right(starts, begin), text[begin:end])
            for begin, end, kind in self._places(text)
        )

    def redact(self, text: str) -> str:
        """Return the text with every such place named instead of shown; JSON stays JSON."""
        places = self._places(text)
        if not places:
            return text
        parts, at = [], 0
        for begin, end, kind in places:
            parts += [text[at:begin], f"[{kind} removed]"]
            at = end
        return "".join([*parts, text[at:]])

    def settled(self, text: str) -> int:
        """Return how many characters can be redacted without knowing what follows them."""
        end = text.rfind("\n") + 1
        if not end and len(text) > 2 * _LONGEST:  # a line without an end
            cut = len(text) - _LONGEST
            end = next((e for b, e, _ in self._places(text) if b < cut < e), cut)
        # Only a private key goes over lines.
        for begins in _KEY_BEGINS.finditer(text, 0, end):
            ended = _KEY_ENDS.search(text, begins.end(), end)
            if not ended and len(text) - begins.start() <= _LONGEST:
                return begins.start()
        return end

    def _places(self, text: str) -> list[tuple[int, int, str]]:
        """Return begin, end and kind of each place; of two that overlap, the first."""
        found = sorted(
            (*(match.span(0)), kind)
            for kind, pattern in self._patterns
            for match in pattern.finditer(text)
        )
        apart: list[tuple[int, int, str]] = []
        for begin, end, kind in found:
            if not apart or begin >= apart[-1][1]:
                apart.append((begin, end, kind))
        return apart

    @cached_property
    def _patterns(self) -> tuple[tuple[str, re.Pattern[str]], ...]:
        # detect-secrets takes 0.2 s to import, which `specloop status` must not pay.
        own = [(kind, re.compile(pattern)) for kind, pattern in _OWN.items()]
        theirs = []
        for module, name in _DETECTORS.items():
            detector = getattr(import_module(f"detect_secrets.plugins.{module}"), name)
            theirs += [(detector.secret_type, pattern) for pattern in detector.denylist]
        return (*own, *theirs)
