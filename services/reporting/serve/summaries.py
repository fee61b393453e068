"""A programme's parts as they are answered."""

import msgspec

from services.contracts.events import Ratio
from services.contracts.programme import Indicator, Programme, Unit
from services.contracts.readings.histories import Shown
from services.contracts.readings.lists import (
    FormerDefinition,
    Head,
    IndicatorSummary,
    ProgrammeSummary,
    UnitSummary,
)
from services.contracts.readings.statuses import CellStatus, PublishedStatus
from services.reporting.domain.inputs import Cell, Published
from services.reporting.domain.status import Status, definition_of
from services.reporting.domain.summaries import name_of, ratio_of, target_summary
from services.reporting.store.read import StatusRow


def programme_summary(programme: Programme) -> ProgrammeSummary:
    return ProgrammeSummary(
        id=programme.id,
        name=name_of(programme.name),
        version=programme.version,
        hash=programme.hash,
        sandbox=programme.sandbox,
        calendar=programme.calendar,
        starts_on=programme.starts_on,
        ends_on=programme.ends_on,
        root=programme.root,
    )


def unit_summary(programme: Programme, unit: Unit) -> UnitSummary:
    return UnitSummary(
        id=unit.id,
        code=unit.code,
        kind=unit.kind,
        name=unit.name,
        valid_from=unit.valid_from,
        valid_to=unit.valid_to,
        parent=unit.parent,
        heads=[
            Head(agency=agency.id, kind=agency.kind, office=name_of(agency.head))
            for agency in programme.headed_agencies(unit.id)
            if agency.head is not None
        ],
    )


def indicator_summary(programme: Programme, indicator: Indicator) -> IndicatorSummary:
    return IndicatorSummary(
        code=indicator.code,
        name=name_of(indicator.name),
        definition=name_of(indicator.definition),
        kind=indicator.kind,
        auxiliary=indicator.auxiliary,
        form=indicator.form,
        measures=list(indicator.measures),
        signer_kind=indicator.signer_kind,
        target=target_summary(indicator.target),
        trajectory=indicator.trajectory,
        frequency=indicator.frequency,
        owner_kind=indicator.owner_kind,
        definition_hash=indicator.definition_hash,
        version=indicator.version,
        effective_from=indicator.effective_from or programme.starts_on,
        former=[
            FormerDefinition(
                version=one.version,
                effective_from=one.effective_from or programme.starts_on,
                name=name_of(one.name),
                definition=name_of(one.definition),
                measures=list(one.measures),
                target=target_summary(one.target),
                trajectory=one.trajectory,
                definition_hash=one.definition_hash,
            )
            for one in programme.former.get(indicator.code, ())
        ],
    )


def cell_status(row: StatusRow, programme: Programme, published: Published | None, *, stale: bool) -> CellStatus:
    return CellStatus(
        indicator=row.indicator,
        status=row.status,  # type: ignore[arg-type]  # the table holds nothing else
        value=_ratio(row.value_num, row.value_den),
        worst=_ratio(row.worst_num, row.worst_den),
        best=_ratio(row.best_num, row.best_den),
        flags=row.flags,
        definition_hash=row.definition_hash,
        definition_version=_version(row, programme),
        changed_at=row.changed_at,
        valid_until=row.valid_until,
        stale=stale,
        published=published_status(published),
    )


def _version(row: StatusRow, programme: Programme) -> int | None:
    """None: it was evaluated by a definition that the programme no longer has."""
    known = programme.definitions(row.indicator)
    return next((one.version for one in known if one.definition_hash == row.definition_hash), None)


def cell_then(cell: Cell, status: Status, programme: Programme, published: Published | None = None) -> CellStatus:
    """A cell as it was evaluated for the end of an earlier day."""
    return CellStatus(
        indicator=cell.indicator,
        **msgspec.structs.asdict(shown(status)),
        definition_hash=definition_of(cell, programme).definition_hash,
        definition_version=definition_of(cell, programme).version,
        changed_at=None,
        valid_until=status.valid_until,
        stale=False,
        published=published_status(published),
    )


def published_status(published: Published | None) -> PublishedStatus | None:
    if published is None:
        return None
    return PublishedStatus(
        status=published.status,
        value=ratio_of(published.value),
        flags=list(published.flags),
        at=published.at,
        event_id=published.event_id,
    )


def shown(status: Status) -> Shown:
    return Shown(
        status=status.status,
        value=ratio_of(status.value),
        worst=ratio_of(status.worst),
        best=ratio_of(status.best),
        flags=list(status.flags),
    )


def _ratio(num: int | None, den: int | None) -> Ratio | None:
    return None if num is None or den is None else Ratio(num=num, den=den)
