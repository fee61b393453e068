"""A programme's parts as they are answered."""

from services.contracts.errors import Text
from services.contracts.events import Ratio
from services.contracts.programme import Indicator, Period, Programme, Unit
from services.contracts.readings import (
    CellStatus,
    IndicatorSummary,
    Name,
    PeriodSummary,
    ProgrammeSummary,
    TargetSummary,
    UnitSummary,
)
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


def unit_summary(unit: Unit) -> UnitSummary:
    return UnitSummary(
        id=unit.id,
        code=unit.code,
        kind=unit.kind,
        name=unit.name,
        valid_from=unit.valid_from,
        valid_to=unit.valid_to,
        parent=unit.parent,
    )


def indicator_summary(indicator: Indicator) -> IndicatorSummary:
    target = indicator.target
    return IndicatorSummary(
        code=indicator.code,
        name=name_of(indicator.name),
        definition=name_of(indicator.definition),
        kind=indicator.kind,
        form=indicator.form,
        measures=list(indicator.measures),
        signer_kind=indicator.signer_kind,
        target=TargetSummary(
            op=target.op,
            num=target.num,
            den=target.den,
            per=target.per,
            decision=target.decision,
            provisional=target.provisional,
            source=target.source,
        ),
        trajectory=indicator.trajectory,
        frequency=indicator.frequency,
        owner_kind=indicator.owner_kind,
        definition_hash=indicator.definition_hash,
    )


def period_summary(period: Period) -> PeriodSummary:
    return PeriodSummary(
        code=period.code,
        kind=period.kind,
        start=period.start,
        end=period.end,
        opens_at=period.opens_at,
        closes_at=period.closes_at,
    )


def cell_status(row: StatusRow) -> CellStatus:
    return CellStatus(
        indicator=row.indicator,
        status=row.status,  # type: ignore[arg-type]  # the table holds nothing else
        value=_ratio(row.value_num, row.value_den),
        worst=_ratio(row.worst_num, row.worst_den),
        best=_ratio(row.best_num, row.best_den),
        flags=list(row.flags),
        definition_hash=row.definition_hash,
        changed_at=row.changed_at,
        valid_until=row.valid_until,
        stale=row.stale,
    )


def name_of(text: Text) -> Name:
    return Name(vi=text.vi, en=text.en)


def _ratio(num: int | None, den: int | None) -> Ratio | None:
    return None if num is None or den is None else Ratio(num=num, den=den)
