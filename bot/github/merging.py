"""Merging by GitHub's own API, guarded by the head commit that was judged."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.effects import MergePullRequest, Outcome, Receipt
from bot.domain.errors import ServiceError
from bot.github.answer import Answer, LostAnswer
from bot.github.parse import Node, text
from bot.github.place import Place
from bot.github.sets import refused


@dataclass(frozen=True, slots=True)
class Merging:
    """Merges pull requests of one repository."""

    place: Place

    def send(self, effect: MergePullRequest) -> Receipt:
        """Merge, or say why not: 405 not mergeable, 409 the head moved, 422 refused.

        https://docs.github.com/en/rest/pulls/pulls#merge-a-pull-request
        """
        body = {
            "sha": effect.head_sha,
            "merge_method": effect.method.value,
            "commit_title": effect.title,
            "commit_message": effect.message,
        }
        try:
            answer = self.place.client.write("PUT", f"{self._path(effect)}/merge", body)
        except LostAnswer as lost:
            return self._look(effect, str(lost))
        return _merged(effect, answer.body) if answer.status < 300 else refused(effect.key, answer)

    def _look(self, effect: MergePullRequest, why: str) -> Receipt:
        """Read the pull request directly after a lost answer: merged stays merged."""
        try:
            answer = self.place.client.read(self._path(effect))
        except ServiceError:
            return Receipt(effect.key, Outcome.UNKNOWN, note=why)
        return self._as_found(effect, answer, why)

    def _as_found(self, effect: MergePullRequest, answer: Answer, why: str) -> Receipt:
        found = answer.body if isinstance(answer.body, dict) else {}
        if found.get("merged") is True and text(found, "merge_commit_sha"):
            return Receipt(effect.key, Outcome.DONE, effect.number, sha=found["merge_commit_sha"])
        return Receipt(effect.key, Outcome.UNKNOWN, effect.number, note=why)

    def _path(self, effect: MergePullRequest) -> str:
        return f"{self.place.path}/pulls/{effect.number}"


def _merged(effect: MergePullRequest, body: Node | None) -> Receipt:
    sha = text(body or {}, "sha") or None
    return Receipt(effect.key, Outcome.DONE, effect.number, sha=sha)
