"""Where the record and GitHub contradict each other: both sides are shown, and a person decides.

What GitHub shows may be a person's doing, or the record may be forged: neither is guessed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.domain.outputs import AttemptReport, TrainReport
from bot.domain.work import PullRequest, Snapshot


@dataclass(frozen=True, slots=True)
class Contradiction:
    """One statement of the record that GitHub does not bear out."""

    about: str
    """What it is about, for its key: `pr/7.1`, `merge/12`, `item/7`."""
    tell: int
    """Issue on which a person is told: the item, or the root."""
    recorded: str
    shown: str
    advice: str
    blocks: tuple[int, ...] = ()
    """Items that wait for a person; the rest of the milestone goes on."""
    pull_request: int | None = None
    """The pull request that does not count as the item's any more."""
    void_train: bool = False
    """Whether the train's report of that pull request is void."""

    @property
    def sentence(self) -> str:
        """Both sides in one sentence."""
        return f"The record says that {self.recorded}; GitHub shows {self.shown}."


@dataclass(frozen=True, slots=True)
class Claim:
    """What the record says of an attempt: this pull request carries it."""

    report: AttemptReport
    number: int
    nonce: str = ""
    """Of its marker; empty when only GitHub told of it."""


def wrong_pull_requests(snapshot: Snapshot, claims: Iterable[Claim]) -> Iterator[Contradiction]:
    """Yield the claims whose pull request is gone, is somebody else's or of another branch.

    `snapshot` holds every pull request that a claim names and that exists.
    """
    for claim in claims:
        was = claim.report.assignment
        open_items = tuple(
            n for n in was.items if (issue := snapshot.item(n)) is not None and issue.is_open
        )
        shown = _unlike(snapshot, claim, snapshot.pull_request(claim.number))
        if not shown or not open_items:
            continue
        yield Contradiction(
            about=f"pr/{was.lead}.{was.attempt}",
            tell=open_items[0],
            recorded=f"#{claim.number} is the pull request of attempt {was.attempt} at "
            f"#{was.lead}, from {was.branch}",
            shown=shown,
            advice=f"Nothing is done with #{claim.number}. Comment `/unblock` for a new attempt.",
            blocks=open_items,
            pull_request=claim.number,
        )


def wrong_merges(
    snapshot: Snapshot, trains: Iterable[TrainReport], lost: Iterable[str]
) -> Iterator[Contradiction]:
    """Yield the recorded merges that GitHub shows open, or that are gone from the base branch.

    `trains` are those of recorded merges; `lost` are landed commits that the base lacks.
    """
    gone = frozenset(lost)
    for train in trains:
        pull = snapshot.pull_request(train.pull_request)
        recorded = f"#{train.pull_request} was merged as {train.landed_commit[:10] or '(unknown)'}"
        if pull is not None and pull.is_open:
            items = tuple(n for n in train.items if snapshot.item(n) is not None)
            yield Contradiction(
                about=f"merge/{train.pull_request}",
                tell=items[0] if items else snapshot.root.number,
                recorded=recorded,
                shown=f"#{train.pull_request} open",
                advice="Comment `/unblock` to let it be judged and merged as any other.",
                blocks=tuple(n for n in items if _is_open(snapshot, n)),
                pull_request=train.pull_request,
                void_train=True,
            )
        elif train.landed_commit in gone:
            yield Contradiction(
                about=f"merge/{train.pull_request}",
                tell=snapshot.root.number,
                recorded=recorded,
                shown=f"{snapshot.base_branch} at {snapshot.base_sha[:10]}, without that commit",
                advice=f"Put it back, or reopen {_names(train.items)} if the work is still wanted; "
                "what is there now is judged anew.",
            )


def strayed(
    snapshot: Snapshot, strays: Mapping[int, str], keys: Mapping[int, str]
) -> Iterator[Contradiction]:
    """Yield the items that are on another milestone (its title is given) or nowhere (empty)."""
    for number, milestone in sorted(strays.items()):
        yield Contradiction(
            about=f"item/{number}",
            tell=snapshot.root.number,
            recorded=f"#{number} is item {keys.get(number, number)} of this milestone",
            shown=f"it on the milestone {milestone}" if milestone else "no such issue here",
            advice="It is left out from now on. Put it back on this spec's milestone to have it "
            "carried on, or tell the Planner with `/replan`.",
        )


def edited_copies(snapshot: Snapshot, copies: Mapping[int, int]) -> Iterator[Contradiction]:
    """Yield the copies (to the number of what lives) into which a person wrote something else."""
    for number, kept in sorted(copies.items()):
        issue = snapshot.item(number)
        if issue is not None and issue.is_open:
            yield Contradiction(
                about=f"copy/{number}",
                tell=number,
                recorded=f"#{kept} is the one item of that key",
                shown=f"#{number} with the same marker, edited by {issue.editor}",
                advice="Close it if it is a copy, or comment `/unblock` to have it carried, too.",
                blocks=(number,),
            )


def is_edited_copy(snapshot: Snapshot, number: int) -> bool:
    """Whether an issue was edited by somebody else than the bot: it may mean something else now."""
    issue = snapshot.item(number)
    return issue is not None and issue.editor not in (None, snapshot.viewer)


def undoubted(
    snapshot: Snapshot,
    marked: Iterable[tuple[str, int]],
    kept: Mapping[str, int],
    gone: Collection[int],
) -> list[tuple[str, int]]:
    """Return the (key, number) of marked objects of whose keys it is certain which one lives.

    It is not when what the journal keeps is gone, or is there without the marker.
    """
    things = list(marked)
    present = {i.number for i in snapshot.items} | {p.number for p in snapshot.pull_requests}
    doubted = {
        key
        for key, number in kept.items()
        if number in gone or (number in present and (key, number) not in things)
    }
    return [(key, number) for key, number in things if key not in doubted]


def _unlike(snapshot: Snapshot, claim: Claim, pull: PullRequest | None) -> str:
    """Return what GitHub shows in place of what is claimed; empty when it bears the claim out."""
    name, branch = f"#{claim.number}", claim.report.assignment.branch
    if pull is None:
        return f"no pull request {name}"
    if pull.author != snapshot.viewer and not (claim.nonce and claim.nonce in pull.body):
        return f"{name} opened by {pull.author}"
    home = pull.head_repository
    if home is not None and home.lower() != snapshot.repository.lower():
        return f"{name} from {home}"
    if pull.head_branch != branch:
        return f"{name} from the branch {pull.head_branch}"
    return ""


def _is_open(snapshot: Snapshot, number: int) -> bool:
    issue = snapshot.item(number)
    return issue is not None and issue.is_open


def _names(items: Iterable[int]) -> str:
    return ", ".join(f"#{n}" for n in items)
