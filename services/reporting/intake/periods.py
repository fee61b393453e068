"""From a posted publication of a period, or its reopening, to events. Pure.

That another person publishes than who reported is checked by agency here, and by actor where the facts are.
"""

from collections import Counter
from datetime import date

from services.contracts import details
from services.contracts.errors import Fault, fault
from services.contracts.events import Event, PeriodPublished, PeriodReopened
from services.contracts.programme import Period, Unit
from services.contracts.programme.ids import published_part_id
from services.contracts.published import digest_of
from services.contracts.requests import PublishedUnit, PublishPeriod, ReopenPeriod
from services.intake.posting import Posting
from services.intake.refusal import Refused, forbid, refuse


def accept_publication(body: PublishPeriod, posting: Posting, code: str) -> list[Event]:
    """One event for each unit, and last the closing one, under the id of the request."""
    period, top = _asked(body.unit, posting, code)
    if faults := _faults(body, top, posting):
        raise Refused(faults)
    closing = PeriodPublished(
        programme=posting.programme.id,
        unit=top.id,
        occurred_on=_day_in(top, period),
        period=period.code,
        digest=body.digest,
        positions=body.positions,
    )
    parts = [_part(one, body.digest, posting, period) for one in sorted(body.units, key=lambda one: one.unit)]
    return [*parts, posting.sealed(closing)]


def accept_reopening(body: ReopenPeriod, posting: Posting, code: str) -> Event:
    period, top = _asked(body.unit, posting, code)
    return posting.sealed(
        PeriodReopened(
            programme=posting.programme.id,
            unit=top.id,
            occurred_on=_day_in(top, period),
            period=period.code,
            reason=body.reason,
        )
    )


def _asked(ref: str, posting: Posting, code: str) -> tuple[Period, Unit]:
    programme = posting.programme
    period = programme.period(code)
    if period is None:
        refuse("period", "invalid_field", details.NO_PERIOD)
    top = posting.unit(ref, period.end)
    if posting.accepted_at < period.closes_at:
        refuse("period", "period_not_closed")
    below = programme.units.subtree(top.id)
    inside = {inner.code for inner in programme.periods() if period.contains(inner)}
    owed = (one for one in programme.obligations if one.owner == posting.agency)
    if any(one.unit in below and one.period in inside for one in owed):
        forbid("unit", "owes_reports")
    return period, top


def _faults(body: PublishPeriod, top: Unit, posting: Posting) -> list[Fault]:
    units, below = [one.unit for one in body.units], posting.programme.units.subtree(top.id)
    faults = [fault(f"units[{place}].unit", "not_below") for place, unit in enumerate(units) if unit not in below]
    if _twice(units):
        faults.append(fault("units", "same_unit"))
    for place, one in enumerate(body.units):
        if _twice([value.indicator for value in one.values]):
            faults.append(fault(f"units[{place}].values", "same_indicator"))
    if not faults and digest_of({one.unit: one.values for one in body.units}) != body.digest:
        faults.append(fault("digest", "digest_mismatch"))
    return faults


def _twice(names: list[str]) -> bool:
    return any(times > 1 for times in Counter(names).values())


def _part(one: PublishedUnit, digest: str, posting: Posting, period: Period) -> Event:
    unit = posting.programme.units.by_id[one.unit]
    data = PeriodPublished(
        programme=posting.programme.id,
        unit=unit.id,
        occurred_on=_day_in(unit, period),
        period=period.code,
        values=sorted(one.values, key=lambda value: value.indicator),
    )
    closing = posting.event_id(PeriodPublished)
    return posting.sealed(data, published_part_id(closing, digest, unit.id))


def _day_in(unit: Unit, period: Period) -> date:
    """The last day of the period on which the unit stood."""
    return period.end if unit.valid_to is None else min(period.end, unit.valid_to)
