"""What the ledger of notices answers."""

from typing import Literal

from services.contracts.events import Value
from services.contracts.fields import EntityId, Instant, ProgrammeId, UnitId, Word
from services.contracts.programme.notices import NoticeKind
from services.contracts.readings.pages import Cursor, Name

VerdictName = Literal["sent", "grouped", "silenced", "inhibited", "quiet", "duplicate", "throttled", "failed"]
MatterState = Literal["open", "paused", "acknowledged", "over", "told", "unanswered", "inhibited", "duplicate"]


class LedgerLine(Value, frozen=True, kw_only=True, omit_defaults=False):
    """One decision about one recipient of one event. Later lines of the same two continue the story.

    `event`: what gave cause. `about`: the unit it is about. `rung` counts from 1; 0: before any. `unit`, `role` null:
    it holds for everybody. `holder` null: for the role as a whole. Of tips `at` is the beginning of a local day.
    """

    event: EntityId
    kind: NoticeKind
    programme: ProgrammeId
    about: UnitId
    rung: int
    unit: UnitId | None
    role: Word | None
    holder: Word | None
    verdict: VerdictName
    rule: Word
    text: Name
    why: Name
    at: Instant
    state: MatterState | None


class Ledger(Value, frozen=True, kw_only=True, omit_defaults=False):
    """Newest first. `next` is the `cursor` of the following page; null on the last.

    `note`: why an event that was asked for has no line for the caller.
    """

    items: list[LedgerLine]
    next: Cursor | None = None
    note: Name | None = None
