"""The doubts about reports, from what the same unit said on the same form before."""

from collections.abc import Sequence
from uuid import UUID

from services.contracts.programme import Obligation, Programme
from services.contracts.readings.obligations import ReportDoubt
from services.reporting.domain.plausibility import LOOKED_AT, Figures, doubts
from services.reporting.store.histories import read_figures
from services.reporting.store.known import NOW, Then
from services.reporting.store.snapshots import Connection


def doubts_about(
    connection: Connection, programme: Programme, listed: Sequence[Obligation], at: Then = NOW
) -> dict[UUID, list[ReportDoubt]]:
    """By report id; of a report that is missing, or of which nothing is doubted, there is none."""
    before = {owed.report_id: _before(programme, owed) for owed in listed}
    asked = set(before) | {one.report_id for earlier in before.values() for one in earlier}
    said = read_figures(connection, asked, at)
    untold = programme.untold_measures
    found = {}
    for owed in listed:
        if owed.report_id not in said:
            continue
        now = Figures(owed.period, *said[owed.report_id])
        earlier = [Figures(one.period, *said[one.report_id]) for one in before[owed.report_id] if one.report_id in said]
        told = [
            ReportDoubt(field=one.field, code=one.code, vi=one.text.vi, en=one.text.en)
            for one in doubts(programme.forms[owed.form], now, earlier, untold)
        ]
        if told:
            found[owed.report_id] = told
    return found


def _before(programme: Programme, owed: Obligation) -> list[Obligation]:
    """What the unit owed on the form before, the newest first."""
    form = programme.forms[owed.form]
    codes = [period.code for period in programme.periods() if form.accepts(period.kind)]
    earlier = codes[: codes.index(owed.period)][-LOOKED_AT:]
    keys = [(owed.form, owed.unit, code) for code in reversed(earlier)]
    return [programme.obligations_of[key] for key in keys if key in programme.obligations_of]
