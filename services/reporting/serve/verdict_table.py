"""The verdicts in force, as the page shows them: units by verdicts, and below them what each criterion asks for."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from services.contracts.programme import Criterion, Period, Programme, RulePack, Verdict
from services.reporting.domain.criteria import State
from services.reporting.domain.verdicts import Judgement, Ruling, criteria_of, needed, verdicts_on
from services.reporting.serve.verdict_matrix import criteria_by_state
from services.reporting.serve.verdicts import judgements_on, stored
from services.reporting.serve.view import View


class Column(NamedTuple):
    pack: RulePack
    verdict: Verdict

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """Those of the verdict, once each, in the order of the pack."""
        asked = criteria_of(self.verdict)
        return tuple(criterion for code, criterion in self.pack.criteria.items() if code in asked)


class Given(NamedTuple):
    """A verdict on a unit. `kind` is the colour's name; the codes of its criteria stand by their state."""

    kind: str
    vi: str
    en: str
    satisfied: str
    failed: str
    undecided: str


class VerdictTable(NamedTuple):
    """`rows`: (name, is a reporting unit, a cell for every column: None where the verdict is not given)."""

    columns: list[Column]
    rows: list[tuple[str, bool, list[Given | None]]]


def verdict_table(
    view: View, programme: Programme, period: Period, unit_ids: Sequence[str], known_on: date | None
) -> VerdictTable:
    """Of the packs in force as the period ends; verdicts that are given on none of the units have no column.

    With `known_on` from the cells as they were known at the end of that day.
    """
    packs = programme.packs_in_force(period.end)
    wanted = (cell for unit in unit_ids for pack in packs for cell in needed(programme, pack, unit, period))
    cells = stored(view, programme, wanted, known_on)
    found = {unit: judgements_on(view, programme, period, unit, packs, cells, known_on) for unit in unit_ids}
    columns = [
        Column(pack, verdict)
        for pack in packs
        for verdict in pack.verdicts
        if any(verdict in verdicts_on(programme, pack, unit, period) for unit in unit_ids)
    ]
    rows = []
    for unit_id, judgements in found.items():
        unit = programme.units.by_id[unit_id]
        rows.append((unit.name, unit.is_leaf, [_given(column, judgements) for column in columns]))
    return VerdictTable(columns, rows)


def _given(column: Column, judgements: Sequence[Judgement]) -> Given | None:
    for judgement in judgements:
        for ruling in judgement.rulings:
            if judgement.pack is column.pack and ruling.verdict is column.verdict:
                return _told(ruling, judgement)
    return None


def _told(ruling: Ruling, judgement: Judgement) -> Given:
    outcome = ruling.outcome

    def codes(state: State) -> str:
        return ", ".join(criteria_by_state(judgement, ruling, state))

    return Given(
        kind="no_data" if outcome is None else "met" if outcome is ruling.verdict.grades[0] else "not_met",
        vi=outcome.name.vi if outcome else "Chưa kết luận",
        en=outcome.name.en if outcome else "undecided",
        satisfied=codes("satisfied"),
        failed=codes("failed"),
        undecided=codes("undecided"),
    )
