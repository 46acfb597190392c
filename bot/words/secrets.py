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
# What it does not know (1.5): Anthropic's keys, GitHub's fine-grained tokens, OpenAI's newer keys.
# Of a private key it finds the first line only, and its patterns for npm and OpenAI take a time
# that grows with the square of a line's length.
_OWN = {
    "Anthropic API key": r"\bsk-ant-[A-Za-z0-9_-]{20,}",
    "GitHub fine-grained token": r"\bgithub_pat_[A-Za-z0-9_]{22,}",
    "OpenAI API key": (
        r"\bsk-(?:(?:proj|svcacct|admin)-[A-Za-z0-9_-]{20,}|"
        r"[A-Za-z0-9_-]{20,80}?T3BlbkFJ[A-Za-z0-9_-]{20,80})"
    ),
    "npm token": r"\bnpm_[A-Za-z0-9]{36}\b|:_authToken=\s?[A-Fa-f0-9-]{36}",
    "private key": (
        r"-----BEGIN[A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----"
        r"(?:(?:[A-Za-z0-9+/=:,.\s-]|\\{1,8}[nr]){0,8000}?-----END[A-Z ]{0,30}KEY(?: BLOCK)?-----"
        r"|(?:[A-Za-z0-9+/=\s]|\\{1,8}[nr]){0,8000})"
    ),
}


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
