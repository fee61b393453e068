"""What looks odd in a report that was taken: each doubt says why, and none of them refuses anything. Pure.

The limits are ours and provisional: no source gives any.
"""

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from typing import Final, Literal, NamedTuple

from services.contracts.errors import Text
from services.contracts.programme import Form, Measure

LOOKED_AT: Final = 6
"""So many reports before it, at most."""
ENOUGH: Final = 3
"""So many of them must say a number before another one can be far from them."""
WIDTH: Final = 9
"""Three standard deviations, squared, of a count whose variance is its mean; one is added, so that small counts may
go from none to a few."""


class Figures(NamedTuple):
    """What a report says for a period; `nil` says 0 of everything."""

    period: str
    values: Mapping[str, int | None]
    nil: bool = False

    def of(self, code: str) -> int | None:
        return 0 if self.nil else self.values.get(code)


class Doubt(NamedTuple):
    """`field`: values, or values.<measure>."""

    field: str
    code: Literal["doubtful", "copied", "outlier"]
    text: Text


def doubts(form: Form, now: Figures, before: Sequence[Figures], untold: Collection[str] = frozenset()) -> list[Doubt]:
    """The doubts about a report, given what the same unit said on the same form before, the newest first.

    `untold`: measures of which no number is told.
    """
    found: list[Doubt | None] = [
        Doubt(f"values.{rule.left}", "doubtful", rule.text) for rule in form.broken(now.values, "warning")
    ]
    found += [_copied(form, now, before[0])] if before else []
    found += [
        _far(measure, now, before[:LOOKED_AT], told=measure.code not in untold) for measure in form.measures.values()
    ]
    return [doubt for doubt in found if doubt is not None]


def _copied(form: Form, now: Figures, last: Figures) -> Doubt | None:
    """Every number is that of the period before, and something happened in it: that would happen by chance rarely."""
    said = {code: now.of(code) for code in form.measures}
    happened = any(said[one.code] for one in form.measures.values() if one.type == "flow")
    if not happened or any(said[code] != last.of(code) for code in said):
        return None
    vi = f"mọi số liệu giống hệt kỳ {last.period}: có thể đã chép lại"
    return Doubt("values", "copied", Text(vi, f"every number is the same as in {last.period}: it may be a copy"))


def _far(measure: Measure, now: Figures, before: Sequence[Figures], *, told: bool) -> Doubt | None:
    """Further from the mean of those before than three standard deviations of a count."""
    value = now.of(measure.code)
    known = [said for said in (one.of(measure.code) for one in before) if said is not None]
    if value is None or len(known) < ENOUGH:
        return None
    mean = Fraction(sum(known), len(known))
    if (value - mean) ** 2 <= WIDTH * (mean + 1):
        return None
    least, most, times = min(known), max(known), len(known)
    vi, en = f"khác xa {times} kỳ trước", f"far from the {times} periods before"
    if told:
        vi, en = f"{value}, {vi} ({least}–{most})", f"{value}, {en} ({least}–{most})"
    vi, en = f"{measure.name.vi}: {vi}", f"{measure.name.en}: {en}"
    return Doubt(f"values.{measure.code}", "outlier", Text(vi, en))
