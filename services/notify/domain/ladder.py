"""A matter from its cause to an answer: told at one rung after another until somebody answers. Pure.

Every function takes a matter and what happened, and returns the matter as it is now, the lines of the ledger that
explain it, and the notices that are to go out at once.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from msgspec.structs import replace

from services.contracts.programme import NoticeClass, Rung
from services.notify.domain.addressing import recipients
from services.notify.domain.frame import Frame
from services.notify.domain.notices import (
    Cause,
    Decision,
    Matter,
    Notice,
    Recipient,
    Rule,
    State,
    Verdict,
    decision,
)
from services.notify.domain.placing import held, placed

EVERYBODY = Recipient("", "")


class Step(NamedTuple):
    matter: Matter
    decisions: tuple[Decision, ...] = ()
    handed: tuple[Notice, ...] = ()

    def then(self, later: "Step") -> "Step":
        return Step(later.matter, self.decisions + later.decisions, self.handed + later.handed)


def raised(cause: Cause, told_before: datetime | None, frame: Frame) -> Step:
    """A new matter. `told_before`: when this state of the subject was last told."""
    route = frame.programme.routes.route(cause.kind, cause.indicator)
    its_class = frame.programme.routes.classes.get(route.notice_class) if route else None
    matter = Matter(
        cause=cause,
        notice_class=route.notice_class if route else "",
        ladder=route.ladder if route else "",
        rung=-1,
        state="open",
        raised_at=frame.now,
    )
    if route is None or its_class is None:
        return _quietly(matter, "inhibited", "no_route", frame)
    if rule := _inhibited(cause, frame):
        return _quietly(matter, "inhibited", rule, frame)
    if told_before is not None and frame.now - told_before < timedelta(hours=its_class.repeat_hours):
        return _quietly(matter, "duplicate", "same_state", frame)
    return _scheduled(climbed(matter, frame))


def ticked(matter: Matter, frame: Frame) -> Step:
    """What has become due by now: notices to send, a pause that ends, an answer that did not come."""
    if not matter.open:
        return Step(replace(matter, next_at=None))
    if matter.state == "paused":
        if matter.paused_until is not None and frame.now < matter.paused_until:
            return Step(replace(matter, next_at=matter.paused_until))
        matter = _resumed(matter, frame)
    step = _sent_out(matter, frame)
    if step.matter.answer_by is not None and step.matter.answer_by <= frame.now:
        step = step.then(climbed(step.matter, frame))
        step = step.then(_sent_out(step.matter, frame))
    return _scheduled(step)


def delivered(matter: Matter, notice: UUID, rule: Rule, at: datetime, frame: Frame, detail: str = "") -> Step:
    """One notice has reached a channel (`accepted`), or never will. At the last failure of a rung the matter climbs."""
    known = next((one for one in matter.notices if one.id == notice), None)
    if known is None or known.standing not in ("handed", "waiting"):
        return Step(matter)
    ended = replace(known, standing="sent" if rule == "accepted" else "failed", ended_at=at)
    matter = replace(matter, notices=tuple(ended if one.id == notice else one for one in matter.notices))
    verdict: Verdict = "sent" if rule == "accepted" else "failed"
    told = decision(matter.cause, known.rung, _to(known), known.holder, verdict, rule, at)
    step = Step(matter, (replace(told, detail=detail),))
    return _scheduled(step.then(_settled(matter, frame))) if matter.open else step


def answered(matter: Matter, to: Recipient, holder: str, frame: Frame) -> Step:
    """Somebody who was addressed says that they have taken it up. Others change nothing."""
    who = "/".join((*to, holder))
    addressed = {"/".join((one.unit, one.role, one.holder)) for one in matter.notices if one.standing != "dropped"}
    if not matter.unsettled or who not in addressed or who in matter.answered_by:
        return Step(matter)
    matter = replace(matter, answered_by=(*matter.answered_by, who), answered_at=frame.now)
    rungs = frame.rungs(matter)
    required = rungs[matter.rung].required if 0 <= matter.rung < len(rungs) else 1
    if len(matter.answered_by) < required:
        return Step(matter)
    return _ended(matter, "acknowledged", "answered", frame.now)


def over(matter: Matter, frame: Frame) -> Step:
    """It was put right, or something newer says more: nobody need answer any longer."""
    return _ended(matter, "over", "over", frame.now) if matter.unsettled else Step(matter)


def orphaned(matter: Matter) -> Matter:
    """Of a programme that is closed: it keeps what it is, and nothing more becomes of it."""
    return replace(matter, next_at=None)


def paused(matter: Matter, until: datetime, frame: Frame) -> Step:
    """Its ladder stands still until then. What is urgent is not paused."""
    its_class = frame.notice_class(matter)
    if not matter.open or its_class is None or its_class.urgent:
        return Step(matter)
    return Step(replace(matter, state="paused", paused_until=until, answer_by=None, next_at=until))


def climbed(matter: Matter, frame: Frame) -> Step:
    """The next rung on which somebody is reached; at the top of the ladder in vain it stays unanswered."""
    rungs, its_class = frame.rungs(matter), frame.notice_class(matter)
    decisions: list[Decision] = []
    for number in range(matter.rung + 1, len(rungs)):
        if its_class is None:
            break
        notices, told = _rung(matter, number, rungs[number], its_class, frame)
        decisions += told
        if notices:
            fresh = replace(matter, rung=number, notices=(*matter.notices, *notices), answer_by=None)
            return Step(fresh, tuple(decisions))
    return Step(replace(matter, state="unanswered", answer_by=None, next_at=None), tuple(decisions))


def _rung(
    matter: Matter, number: int, rung: Rung, its_class: NoticeClass, frame: Frame
) -> tuple[list[Notice], list[Decision]]:
    cause = matter.cause
    addressed = recipients(frame.programme, cause, rung, frame.day)
    if not addressed:
        nobody = Recipient("", rung.role)
        return [], [decision(cause, number, nobody, "", "inhibited", "no_unit", frame.now)]
    before = {_to(one) for one in matter.notices}
    notices: list[Notice] = []
    decisions: list[Decision] = []
    for to in addressed:
        if to in before:
            decisions.append(decision(cause, number, to, "", "inhibited", "already_told", frame.now))
            continue
        made, told = placed(cause, number, rung, to, its_class, frame)
        notices += made
        decisions += told
    return notices, decisions


def _sent_out(matter: Matter, frame: Frame) -> Step:
    """Hands over what is due, unless it must be held back after all."""
    its_class = frame.notice_class(matter)
    if its_class is None:
        return _ended(matter, "over", "over", frame.now)
    notices: list[Notice] = []
    decisions: list[Decision] = []
    for one in matter.notices:
        if one.standing != "waiting" or one.send_at > frame.now:
            notices.append(one)
        elif keeps := held(matter.cause, _to(one), one.holder, its_class, frame):
            notices.append(replace(one, send_at=keeps.until))
            decisions.append(
                decision(matter.cause, one.rung, _to(one), one.holder, keeps.verdict, keeps.rule, frame.now)
            )
        else:
            notices.append(replace(one, standing="handed"))
    before = {one.id for one in matter.notices if one.standing == "waiting"}
    handed = tuple(one for one in notices if one.standing == "handed" and one.id in before)
    return Step(_urged(replace(matter, notices=tuple(notices)), handed, its_class, frame), tuple(decisions), handed)


def _urged(matter: Matter, handed: Iterable[Notice], its_class: NoticeClass, frame: Frame) -> Matter:
    """What is urgent climbs whether or not it could be delivered: its clock begins when it is handed over."""
    if not its_class.urgent or its_class.acknowledge_minutes is None or matter.answer_by or not list(handed):
        return matter
    return replace(matter, answer_by=frame.now + timedelta(minutes=its_class.acknowledge_minutes))


def _settled(matter: Matter, frame: Frame) -> Step:
    """After a delivery: the clock of an answer begins, or all of a rung has failed and the next one is told."""
    its_class = frame.notice_class(matter)
    here = [one for one in matter.notices if one.rung == matter.rung]
    if its_class is None or matter.state == "paused":
        return Step(matter)
    if any(one.standing == "sent" for one in here):
        if its_class.acknowledge_minutes is not None:
            return Step(matter if matter.answer_by else replace(matter, answer_by=_answer_by(its_class, frame)))
        waiting = any(one.standing in ("waiting", "handed") for one in here)
        return Step(matter if waiting else replace(matter, state="told", next_at=None))
    if all(one.standing in ("failed", "dropped") for one in here):
        step = climbed(matter, frame)
        return step.then(_sent_out(step.matter, frame)) if step.matter.open else step
    return Step(matter)


def _answer_by(its_class: NoticeClass, frame: Frame) -> datetime:
    minutes = its_class.acknowledge_minutes or 0
    return frame.now + timedelta(minutes=minutes) if its_class.urgent else frame.hours.plus(frame.now, minutes)


def _resumed(matter: Matter, frame: Frame) -> Matter:
    """After a pause whoever was told has the whole time again."""
    its_class = frame.notice_class(matter)
    told = any(one.standing == "sent" and one.rung == matter.rung for one in matter.notices)
    by = _answer_by(its_class, frame) if its_class and its_class.acknowledge_minutes and told else None
    return replace(matter, state="open", paused_until=None, answer_by=by)


def _ended(matter: Matter, state: State, rule: Rule, at: datetime) -> Step:
    """No notice that still waits is sent; each is accounted for. What is in a message is dropped when that is sent."""
    waiting = [one for one in matter.notices if one.standing == "waiting"]
    decisions = tuple(decision(matter.cause, one.rung, _to(one), one.holder, "inhibited", rule, at) for one in waiting)
    notices = tuple(
        replace(one, standing="dropped", ended_at=at) if one.standing == "waiting" else one for one in matter.notices
    )
    ended = replace(matter, state=state, notices=notices, answer_by=None, paused_until=None, next_at=None)
    return Step(ended, decisions)


def _quietly(matter: Matter, state: State, rule: Rule, frame: Frame) -> Step:
    verdict: Verdict = "duplicate" if state == "duplicate" else "inhibited"
    told = decision(matter.cause, -1, EVERYBODY, "", verdict, rule, frame.now)
    return Step(replace(matter, state=state), (told,))


def _inhibited(cause: Cause, frame: Frame) -> Rule | None:
    if cause.muted is not None:
        return cause.muted
    if frame.programme.sandbox:
        return None if frame.sandboxes else "sandbox"
    return "stale" if frame.now - cause.at > frame.stale_after else None


def _scheduled(step: Step) -> Step:
    """`next_at`: the earliest instant at which anything of it is due; at once what is due now."""
    matter = step.matter
    if not matter.open:
        return Step(replace(matter, next_at=None), step.decisions, step.handed)
    due = [one.send_at for one in matter.notices if one.standing == "waiting"]
    due += [at for at in (matter.answer_by, matter.paused_until) if at is not None]
    return Step(replace(matter, next_at=min(due, default=None)), step.decisions, step.handed)


def _to(notice: Notice) -> Recipient:
    return Recipient(notice.unit, notice.role)
