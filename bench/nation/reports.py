"""A year of reports on every form by every ward of a land: the records of report.v1, in the order of their periods."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from random import Random
from typing import Final
from uuid import UUID

from services.contracts.codec import encode, seal
from services.contracts.events import ReportSubmitted
from services.contracts.programme import Form, Measure, Obligation, Programme
from services.contracts.records import Record

_EARLY: Final = timedelta(hours=8)
_LATE: Final = 20
"""One of so many is a day late; the others come hours before they are due."""
_ZERO: Final = 4
"""Of so many stocks and flows one is not 0: mostly there is nothing to report, as one would hope."""


def reports(programme: Programme) -> Iterator[Record]:
    """The first revision of everything that is owed."""
    periods = {period.code: period.closes_at for period in programme.periods()}
    for owed in sorted(programme.obligations, key=lambda one: (periods[one.period], one.form)):
        yield report(programme, owed)


def report(
    programme: Programme, owed: Obligation, revision: int = 1, values: Mapping[str, int] | None = None
) -> Record:
    """One revision; another one says something else. `values`: of these measures, in place of chance."""
    chance = Random(f"{programme.id} report {owed.report_id} {revision}")
    late = chance.randrange(_LATE) == 0
    accepted_at = owed.due_at + timedelta(days=1) if late else owed.due_at - _EARLY
    data = ReportSubmitted(
        programme=programme.id,
        unit=owed.unit,
        occurred_on=accepted_at.date(),
        report_id=owed.report_id,
        form=owed.form,
        period=owed.period,
        owner=owed.owner,
        revision=revision,
        received_via="software",
        values={**_values(programme.forms[owed.form], chance), **(values or {})},
    )
    event_id = UUID(bytes=chance.randbytes(16))
    sealed = seal(
        data,
        event_id=event_id,
        source=owed.owner,
        accepted_at=accepted_at,
        programme_version=programme.version,
        actor=f"{owed.owner}-officer",
    )
    return encode(sealed)


def _values(form: Form, chance: Random) -> Mapping[str, int]:
    values = {code: _value(measure, chance) for code, measure in form.measures.items()}
    for rule in form.rules:
        together = sum(values[code] for code in rule.rights)
        values[rule.left] = together if rule.op == "sum_of" else min(values[rule.left], together)
    return values


def _value(measure: Measure, chance: Random) -> int:
    if measure.type == "flag":
        return int(chance.randrange(_LATE) > 0)
    found = chance.randrange(1, 10) if chance.randrange(_ZERO) == 0 else 0
    return found if measure.max is None else min(found, measure.max)
