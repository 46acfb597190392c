"""A record judged against GitHub's descriptions and the list of known differences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.hub.schemas.published import place
from tests.hub.schemas.record import Record, read_record

LIST = Path(__file__).with_name("differences.txt")


@dataclass(frozen=True)
class Verdict:
    """What was found: lines of ``METHOD ROUTE ...: problem``."""

    record: Record
    found: frozenset[str]
    listed: frozenset[str]
    missing: tuple[str, ...] = ()
    """Descriptions that could not be had: nothing was compared with them."""

    @property
    def unlisted(self) -> tuple[str, ...]:
        """Differences nobody gave a reason for."""
        return tuple(sorted(self.found - self.listed))

    @property
    def gone(self) -> tuple[str, ...]:
        """Listed differences that did not occur."""
        return () if self.missing else tuple(sorted(self.listed - self.found))

    def report(self, *, is_whole: bool) -> Iterator[str]:
        """Yield sentences for a person; ``is_whole`` when the whole suite ran."""
        record = self.record
        yield (
            f"{record.answers} answers of {record.hubs} hubs, {record.routes} REST routes, "
            f"{record.documents} GraphQL documents: {len(record.judged)} shapes judged, "
            f"{len(record.entries) - len(record.judged)} made by faults left out; "
            f"{len(self.found & self.listed)} listed differences occurred."
        )
        for name in self.missing:
            yield f"GitHub's {name} is not in the cache (tests/hub/schemas fetches it): not judged."
        if self.unlisted:
            yield f"Not as GitHub describes it, and not in {LIST.name} with a reason:"
            yield from (f"  {line}" for line in self.unlisted)
        if is_whole and self.gone:
            yield f"Listed in {LIST.name}, and no longer so:"
            yield from (f"  {line}" for line in self.gone)


def judge(folder: Path) -> Verdict:
    """Judge what the hubs of a test run left in a folder; nothing is fetched."""
    from tests.hub.schemas import queries, rest

    record = read_record(folder)
    found: set[str] = set()
    missing = []
    for kind in (rest, queries):
        path = place(*kind.PACKAGE)
        if path.exists():
            found |= kind.all_differences(kind.load(path), record.judged)
        else:
            missing.append(f"{kind.PACKAGE[0]} {kind.PACKAGE[1]}")
    return Verdict(record, frozenset(found), frozenset(listed_differences()), tuple(missing))


def listed_differences() -> dict[str, str]:
    """Return the reasons by line."""
    lines = [line for line in LIST.read_text("utf-8").splitlines() if not line.startswith("#")]
    pairs = [line.split(" | ", 1) for line in lines if line.strip()]
    return {pair[0].strip(): pair[1].strip() if len(pair) > 1 else "" for pair in pairs}
