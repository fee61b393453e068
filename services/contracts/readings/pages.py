"""What every answer of reporting serve begins with: what it stands on (`as_of`), and the page."""

from datetime import date
from typing import Annotated

from msgspec import Meta

from services.contracts.events import Value
from services.contracts.fields import Instant, Offset, PartitionNumber, Sentence, TopicName

Cursor = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{1,200}(?![\\s\\S])", max_length=200, extra={"class": "word"})]

Limit = Annotated[int, Meta(ge=1, le=500)]

LogDay = Annotated[date, Meta(extra={"class": "day"})]

Whole = Annotated[int, Meta(ge=0, le=2**62)]


class Name(Value, frozen=True, kw_only=True):
    vi: Sentence
    en: Sentence


class ReadUpTo(Value, frozen=True, kw_only=True, omit_defaults=False):
    """The next offset to be read of a partition, and until when the log was known to be read to its end."""

    topic: TopicName
    partition: PartitionNumber
    next_offset: Offset
    caught_up_at: Instant | None = None


class AsOf(Value, frozen=True, kw_only=True, omit_defaults=False):
    """What an answer stands on: one snapshot of one generation.

    In what anyone may read, `positions` leave out the topic of tips: they would tell the second of every tip.
    `now` is the instant up to which statuses are evaluated, `age_s` its age by the wall clock; in a sandbox the
    caller's clock rules and nothing has an age.
    """

    generation: Whole
    positions: list[ReadUpTo]
    now: Instant | None = None
    age_s: Whole | None = None


class Page(Value, frozen=True, kw_only=True, omit_defaults=False):
    """`next` is the `cursor` of the following page; null on the last."""

    as_of: AsOf
    next: Cursor | None = None
