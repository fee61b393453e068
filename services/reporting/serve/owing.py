"""What of a period's reports is missing, back or late, as the page shows it; and the rates."""

from datetime import date, datetime
from typing import Final, NamedTuple

from services.contracts.programme import Obligation, Period, Programme
from services.kit.clock import LOCAL
from services.reporting.domain.obligations import Extension, Share, Standing, rates
from services.reporting.serve import contributions
from services.reporting.serve.obligations import obligations_within, standings_of
from services.reporting.serve.view import View
from services.reporting.serve.words import OBLIGATION_WORDS, share_text

MOST_LINES: Final = 100
SHOWN: Final = ("overdue", "returned", "late", "due")
"""In this order; what is not due and what came in time needs nobody."""


class Line(NamedTuple):
    """One report; `late_days` None while it is not late."""

    unit: str
    form: str
    owner: str
    period: str
    state: str
    vi: str
    en: str
    due: str
    late_days: int | None
    extension: str


class Table(NamedTuple):
    """`more`: further lines are not shown. Rates as they are read; empty where nothing is owed, or decided, yet.

    `contributed`: by agency, who owes or has delivered nothing.
    """

    lines: list[Line]
    more: bool
    completeness: str
    timeliness: str
    contributed: contributions.Table


def table(view: View, programme: Programme, period: Period, known_on: date | None) -> Table:
    """Of all reporting units, the worst first, then by due date; or as it was known at the end of a day."""
    whole = standings_of(view, programme, obligations_within(programme, programme.root, period), known_on)
    shown = [(one, stands) for one, _, stands in whole.listed if stands.state in SHOWN]
    shown.sort(key=lambda one: SHOWN.index(one[1].state))
    contributed = contributions.table(programme, period, whole)
    found = rates(stands for _, _, stands in whole.listed)
    lines = [_line(programme, one, stands, whole.now) for one, stands in shown[:MOST_LINES]]
    return Table(lines, len(shown) > MOST_LINES, _share(found.completeness), _share(found.timeliness), contributed)


def _line(programme: Programme, owed: Obligation, stands: Standing, now: datetime) -> Line:
    words = OBLIGATION_WORDS[stands.state]
    return Line(
        unit=programme.units.by_id[owed.unit].name,
        form=programme.forms[owed.form].name.vi,
        owner=programme.agencies[owed.owner].name.vi,
        period=owed.period,
        state=stands.state,
        vi=words.vi,
        en=words.en,
        due=stands.due_at.astimezone(LOCAL).strftime("%H:%M %d/%m/%Y"),
        late_days=stands.late_days(now),
        extension=_extension(programme, stands.extension),
    )


def _extension(programme: Programme, said: Extension | None) -> str:
    """Who let it come until when, and why."""
    return f"{programme.agencies[said.source].name.vi}: {said.until:%d/%m/%Y} ({said.reason})" if said else ""


def _share(share: Share | None) -> str:
    return share_text(share.num, share.den) if share else ""
