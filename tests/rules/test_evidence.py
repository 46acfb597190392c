from __future__ import annotations

from bot.domain.verdict import CriterionVerdict, Evidence, Verdict, VerifierAnswer
from bot.rules.evidence import judge
from tests.rules.builders import BASE, BASE_TREE, criterion, table

FILES = {"greet.py": 10, "empty.py": 0}


def judged(*criteria: CriterionVerdict, met: bool = True, green: bool = True) -> Verdict:
    answer = VerifierAnswer(met, "So it is.", criteria)
    return judge(answer, BASE, BASE_TREE, FILES.get, green)


def shown(*places: Evidence) -> CriterionVerdict:
    return criterion("it greets", evidence=places)


@table(
    "criteria",
    ("a line", (shown(Evidence("greet.py", 5)),)),
    ("the first line", (shown(Evidence("greet.py", 1)),)),
    ("the last line", (shown(Evidence("greet.py", 10)),)),
    ("a whole file", (shown(Evidence("greet.py")),)),
    ("an empty file as a whole", (shown(Evidence("empty.py")),)),
    ("several criteria", (shown(Evidence("greet.py", 1)), shown(Evidence("greet.py", 2)))),
)
def test_met_stands(criteria: tuple[CriterionVerdict, ...]) -> None:
    found = judged(*criteria)
    assert (found.met, found.objections) == (True, ())
    assert (found.commit, found.tree, found.rationale) == (BASE, BASE_TREE, "So it is.")


GOOD = shown(Evidence("greet.py", 1))


@table(
    "criteria, green, objection",
    ("no criterion", (), True, "The verdict names no criterion."),
    ("no evidence", (GOOD, shown()), True, "No evidence is given for: it greets"),
    ("no such file", (shown(Evidence("x.py")),), True, "The evidence `x.py` does not exist."),
    ("line 0", (shown(Evidence("greet.py", 0)),), True, "`greet.py` has no line 0."),
    ("a line too far", (shown(Evidence("greet.py", 11)),), True, "`greet.py` has no line 11."),
    ("an empty file's line", (shown(Evidence("empty.py", 1)),), True, "`empty.py` has no line 1."),
    (
        "one good place does not make up for a bad one",
        (shown(Evidence("greet.py", 1), Evidence("x.py")),),
        True,
        "The evidence `x.py` does not exist.",
    ),
    ("red gates", (GOOD,), False, "The gates are not green on this commit."),
)
def test_met_does_not_stand(
    criteria: tuple[CriterionVerdict, ...], green: bool, objection: str
) -> None:
    found = judged(*criteria, green=green)
    assert (found.met, found.objections, found.gaps[-1]) == (False, (objection,), objection)


def test_one_unmet_criterion_unmakes_it() -> None:
    unmet = criterion("it is polite", met=False, evidence=(), gap="No thanks.")
    found = judged(GOOD, unmet)
    assert (found.met, found.objections) == (False, ())
    assert found.gaps == ("it is polite: No thanks.",)


@table(
    "criteria, green",
    ("whatever its evidence and the gates", (shown(Evidence("x.py")),), False),
    ("even if all its criteria hold", (GOOD,), True),
    ("even without a criterion", (), True),
)
def test_a_verdict_against_it_stands(criteria: tuple[CriterionVerdict, ...], green: bool) -> None:
    found = judged(*criteria, met=False, green=green)
    assert (found.met, found.objections) == (False, ())
