"""A verdict's evidence is checked: the files and lines it names exist in the judged tree."""

from __future__ import annotations

from collections.abc import Callable

from bot.domain.verdict import Verdict, VerifierAnswer


def judge(
    answer: VerifierAnswer,
    commit: str,
    tree: str,
    lines_of: Callable[[str], int | None],
    gates_green: bool,
) -> Verdict:
    """Bind a Verifier's answer to what it judged and object to what cannot be.

    `lines_of` returns a file's number of lines in that tree, None when there is no such file.
    `met` stands only if every criterion is met, each with at least one piece of evidence that
    exists, and the gates are green on that tree.
    """
    objections: list[str] = []
    for criterion in answer.criteria:
        if criterion.met and not criterion.evidence:
            objections.append(f"No evidence is given for: {criterion.criterion}")
        for place in criterion.evidence:
            count = lines_of(place.path)
            if count is None:
                objections.append(f"The evidence `{place.path}` does not exist.")
            elif place.line is not None and not 1 <= place.line <= count:
                objections.append(f"`{place.path}` has no line {place.line}.")
    if answer.met and not answer.criteria:
        objections.append("The verdict names no criterion.")
    if not gates_green:
        objections.append("The gates are not green on this commit.")
    met = answer.met and not objections and all(c.met for c in answer.criteria)
    return Verdict(
        met=met,
        rationale=answer.rationale,
        criteria=answer.criteria,
        commit=commit,
        tree=tree,
        objections=tuple(objections) if answer.met else (),
    )
