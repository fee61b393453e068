"""Small packs of rules for tests of verdicts."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from services.contracts.errors import Text
from services.contracts.programme import Citation, Criterion, Grade, Quorum, RulePack, Verdict

NO_TEXT = Text("", "")


def criterion(code: str = "A-1", *reads: str, **more: Any) -> Criterion:
    """Without a threshold: nothing at all is allowed."""
    if not {"at_least", "at_most", "below"} & more.keys():
        more["at_most"] = 0
    thresholds = {
        name: None if more.get(name) is None else Fraction(more[name]) for name in ("at_least", "at_most", "below")
    }
    return Criterion(
        code=code,
        name=NO_TEXT,
        reads=reads or ("CT01",),
        per=more.get("per", ()),
        each=more.get("each"),
        **thresholds,
        provisional=more.get("provisional", False),
        reason=NO_TEXT if more.get("provisional") or more.get("unsettled") else None,
        source="",
        unsettled=frozenset(more.get("unsettled", ())),
    )


def verdict(*grades: Sequence[tuple[int, tuple[str, ...]]], code: str = "clean", frequency: str = "month") -> Verdict:
    """One grade (`g0`, `g1`, ...) for each list of quorums (need, criteria); what is left is `rest`."""
    made = (
        Grade(f"g{number}", NO_TEXT, tuple(Quorum(need, of) for need, of in quorums))
        for number, quorums in enumerate(grades)
    )
    judges = frozenset({"ward", "town"})
    return Verdict(code, NO_TEXT, judges, frequency, tuple(made), Grade("rest", NO_TEXT, ()))  # type: ignore[arg-type]


def pack(
    criteria: Sequence[Criterion],
    *verdicts: Verdict,
    code: str = "pack",
    days: tuple[date | None, date | None] = (None, None),
) -> RulePack:
    """Without a verdict: one that asks for all criteria."""
    all_of = verdict([(len(criteria), tuple(of.code for of in criteria))])
    return RulePack(
        code=code,
        name=NO_TEXT,
        citation=Citation("1/2024/QĐ", NO_TEXT, provisional=False, source=""),
        valid_from=days[0],
        valid_to=days[1],
        notes=NO_TEXT,
        criteria={of.code: of for of in criteria},
        verdicts=verdicts or (all_of,),
        definition_hash="0" * 64,
    )
