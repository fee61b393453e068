"""Parts of a programme and exact numbers as they are answered, wherever they are answered."""

from services.contracts.errors import Text
from services.contracts.events import Ratio
from services.contracts.programme import Period
from services.contracts.programme.indicators import Target
from services.contracts.readings.lists import PeriodSummary, TargetSummary
from services.contracts.readings.pages import Name
from services.reporting.domain.inputs import Value


def name_of(text: Text) -> Name:
    return Name(vi=text.vi, en=text.en)


def period_summary(period: Period) -> PeriodSummary:
    return PeriodSummary(
        code=period.code,
        kind=period.kind,
        start=period.start,
        end=period.end,
        opens_at=period.opens_at,
        closes_at=period.closes_at,
    )


def target_summary(target: Target) -> TargetSummary:
    return TargetSummary(
        op=target.op,
        num=target.num,
        den=target.den,
        per=target.per,
        decision=target.decision,
        provisional=target.provisional,
        source=target.source,
    )


def ratio_of(value: Value | None) -> Ratio | None:
    return None if value is None else Ratio(num=value.num, den=value.den)
