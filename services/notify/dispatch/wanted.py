"""Before a message is sent: which of its notices somebody must still hear of."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from services.notify.dispatch.deciding import Pages
from services.notify.domain.messages import Item, Message
from services.notify.domain.notices import Decision, Matter, Rule, decision


def wanted(pages: Pages, message: Message, now: datetime) -> Message | None:
    """The message without what has found its end meanwhile, each notice accounted for; None: none is left."""
    matters = {one.cause.id: one for one in pages.matters_of([item.cause.id for item in message.items])}
    kept, dropped = _sorted(message.items, matters)
    if dropped:
        pages.add_decisions([_not_needed(item, message, matters[item.cause.id], now) for item in dropped])
        pages.save_matters([_without(matters[item.cause.id], item.notice) for item in dropped])
    return replace(message, items=tuple(kept)) if kept else None


def _sorted(items: Sequence[Item], matters: dict[UUID, Matter]) -> tuple[list[Item], list[Item]]:
    """Those that are still to be told, and those whose matter has found its end meanwhile."""
    kept: list[Item] = []
    dropped: list[Item] = []
    for item in items:
        matter = matters.get(item.cause.id)
        (kept if matter is None or matter.state not in ("over", "acknowledged") else dropped).append(item)
    return kept, dropped


def _not_needed(item: Item, message: Message, matter: Matter, now: datetime) -> Decision:
    notice = next((one for one in matter.notices if one.id == item.notice), None)
    rule: Rule = "answered" if matter.state == "acknowledged" else "over"
    rung = notice.rung if notice else matter.rung
    return decision(item.cause, rung, message.to, message.holder, "inhibited", rule, now)


def _without(matter: Matter, notice: UUID) -> Matter:
    notices = tuple(replace(one, standing="dropped") if one.id == notice else one for one in matter.notices)
    return replace(matter, notices=notices)
