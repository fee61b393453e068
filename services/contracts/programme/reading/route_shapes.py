"""What routes.yaml may say. Explained for people in docs/programme.md."""

from dataclasses import dataclass, field
from typing import Annotated

from msgspec import Meta

from services.contracts.fields import IndicatorCode, RowCode
from services.contracts.programme.notices import Channel, Digest, GroupBy, Level, NoticeKind
from services.contracts.programme.reading.build import Shape
from services.contracts.programme.reading.shapes import ClockTime, Phrase

Days = Annotated[int, Meta(ge=0, le=60)]
Hours = Annotated[int, Meta(ge=0, le=8_760)]
Minutes = Annotated[int, Meta(ge=1, le=43_200)]
Percent = Annotated[int, Meta(ge=1, le=100)]
Limit = Annotated[int, Meta(ge=1, le=1_000)]
Answers = Annotated[int, Meta(ge=1, le=20)]


@dataclass(frozen=True, kw_only=True)
class HoursShape(Shape):
    opens: ClockTime
    closes: ClockTime
    provisional: bool
    source: Phrase


@dataclass(frozen=True, kw_only=True)
class ClassShape(Shape):
    code: RowCode
    urgent: bool = False
    acknowledge_minutes: Minutes | None = None
    digest: Digest = "none"
    group_by: list[GroupBy] = field(default_factory=list)
    repeat_hours: Hours


@dataclass(frozen=True, kw_only=True)
class RungShape(Shape):
    level: Level
    role: RowCode
    channels: list[Channel]
    required: Answers = 1


@dataclass(frozen=True, kw_only=True)
class LadderShape(Shape):
    code: RowCode
    rungs: list[RungShape]


@dataclass(frozen=True, kw_only=True)
class RouteShape(Shape):
    kind: NoticeKind
    notice_class: RowCode
    ladder: RowCode
    indicators: list[IndicatorCode] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class RoutesShape(Shape):
    hours: HoursShape
    soon_working_days: Days
    tip_soon_days: Days
    coverage_steps: list[Percent] = field(default_factory=list)
    daily_limit: Limit
    classes: list[ClassShape]
    ladders: list[LadderShape]
    routes: list[RouteShape]
