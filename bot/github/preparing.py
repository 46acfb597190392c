"""Labels and the native milestone, made when missing; their names are keys: repeating is safe."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.errors import ServiceError, UserError
from bot.domain.work import MilestoneRef
from bot.github import ids as wanted
from bot.github.answer import Answer, LostAnswer
from bot.github.ids import Ids
from bot.github.place import Place
from bot.ports.clock import Clock

WAITS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds between looks at a listing that does not show what GitHub says exists."""

LOOKS = {
    "spec": ("5319e7", "A specification that specloop builds, step by step."),
    "work": ("1d76db", "Work that specloop planned."),
    "feedback": ("d4c5f9", "Something a reviewer found."),
    "decision": ("d93f0b", "A question that only a person can answer."),
    "blocked": ("b60205", "Waits for a person."),
    "backlog": ("cccccc", "Left for later."),
    "high": ("b60205", "The spec cannot be done without it."),
    "medium": ("fbca04", "The spec needs it, or a reason to defer it."),
    "low": ("0e8a16", "Nice to have."),
}
"""Colour and description by the last word of a label's name."""
OTHER = ("bfdadc", "Used by specloop.")


@dataclass(frozen=True, slots=True)
class Preparing:
    """Makes what children of a milestone need."""

    place: Place
    ids: Ids
    clock: Clock

    def prepare(self, title: str, labels: Sequence[str]) -> MilestoneRef:
        """Return the milestone of that title after making sure of it and of the labels.

        Raises ServiceError when GitHub cannot be used now, UserError when it refuses.
        """
        self.labels(labels)
        return self._milestone(title)

    def labels(self, names: Sequence[str]) -> None:
        """Make sure of the labels; raises as `prepare` does."""
        present = {str(label.get("name")).lower() for label in self._listed("labels", {})}
        for name in dict.fromkeys(names):
            if name.lower() in present:
                continue
            color, description = look_of(name)
            body = {"name": name, "color": color, "description": description}
            for wait in (*WAITS, None):
                answer = self._try("labels", body)
                if answer is not None and (answer.status < 300 or _already_exists(answer)):
                    break
                self._pause(wait, answer, f"The label `{name}`")

    def _milestone(self, title: str) -> MilestoneRef:
        for wait in (*WAITS, None):
            for found in self._listed("milestones", {"state": "all"}):
                if found.get("title") == title:
                    return self._known(found)
            answer = self._try("milestones", {"title": title})
            if answer is not None and answer.status < 300 and isinstance(answer.body, dict):
                return self._known(answer.body)
            # It exists by now, or its answer was lost: the listing shows it when it catches up.
            self._pause(wait, answer, f"The milestone `{title}`")
        raise ServiceError(f"The milestone `{title}` is not to be had.")

    def _try(self, what: str, body: Mapping[str, str]) -> Answer | None:
        """Create; None when the answer was lost, which a name makes harmless."""
        try:
            return self.place.client.write("POST", f"{self.place.path}/{what}", body)
        except LostAnswer:
            return None

    def _pause(self, wait: float | None, answer: Answer | None, what: str) -> None:
        """Wait before the next look, or raise when there is no sense in one."""
        if answer is not None and not _already_exists(answer):
            raise UserError(f"{what} cannot be created: {answer.message or answer.status}.")
        if wait is None:
            raise ServiceError(f"{what} exists, and GitHub's listings do not show it yet.")
        self.clock.sleep(wait)

    def _listed(self, what: str, params: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        page = 1
        while True:
            query = {**params, "per_page": 100, "page": page}
            answer = self.place.client.read(f"{self.place.path}/{what}", query)
            if answer.status >= 400 or not isinstance(answer.body, list):
                said = answer.message or answer.status
                raise UserError(f"The {what} of {self.place.full_name} cannot be read: {said}.")
            for found in answer.body:
                if what == "labels":
                    need = wanted.label(str(found.get("name")))
                    self.ids.learn(need, str(found.get("node_id") or ""))
                yield found
            if len(answer.body) < 100:
                return
            page += 1

    def _known(self, found: Mapping[str, Any]) -> MilestoneRef:
        ref = MilestoneRef(int(found["number"]), str(found["node_id"]), str(found["title"]))
        self.ids.learn(wanted.milestone(ref.number), ref.node_id)
        return ref


def look_of(name: str) -> tuple[str, str]:
    """Return a label's colour and description."""
    return LOOKS.get(name.lower().split(":")[-1], OTHER)


def _already_exists(answer: Answer) -> bool:
    return answer.status == 422 and "already_exists" in str(answer.body)
