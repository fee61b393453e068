"""The JSON side of tips: citizens without a token, officers with theirs. No metric moves with a single tip."""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from functools import partial
from typing import Any, Final
from uuid import UUID

from flask import Flask

from services.contracts.door_answers import TipCorrespondent, TipMoveTaken, TipsSwept, TipState, TipTaken
from services.contracts.fields import ProgrammeId
from services.contracts.programme import Programme, local_date, local_instant
from services.contracts.requests import AnswerTip, AskOfTip, MoveTip, PostTip, SweepTips
from services.contracts.routes import CLOCK, IDEMPOTENCY_KEY, Key, Link, Parameter, Route
from services.intake.desk import Desk, path_id, problem_of_refused
from services.intake.posting import accepted_at
from services.intake.refusal import Refused, refuse
from services.kit.auth import Caller
from services.kit.web import Answer, ProblemError, caller, header, idempotency_key, json_answer, left_s, mount, query
from services.notify.intake.asking import Budget, answer, ask, correspondent
from services.notify.intake.pictures import redrawn
from services.notify.intake.sweeping import Sweeper
from services.notify.intake.take import Arriving, Vault, take, take_move

_PROBLEMS: Final = (400, 401, 403, 404, 413, 415, 422, 503)
_HEADERS: Final = (IDEMPOTENCY_KEY, CLOCK)
_CHANCE: Final = re.compile("[0-9a-f]{32,64}")
_NAMED: Final = Parameter("tip_id", "path", UUID, "The id that an officer's answer names.")
POST_TIP: Final = Route(
    "POST",
    "/v1/tips",
    "postTip",
    "Gửi tin tố giác, ẩn danh hoặc do cán bộ ghi. / Leave a tip, anonymously or as an officer who took it.",
    {202: TipTaken},
    PostTip,
    parameters=(
        Parameter(
            "Idempotency-Key",
            "header",
            Key,
            "An officer's key of this request. Without a token: 32 to 64 hexadecimal digits drawn at random, or none.",
            required=False,
        ),
        CLOCK,
    ),
    problems=_PROBLEMS,
    links=(Link("moveTip", {"tip_id": "$response.body#/tip_id"}),),
)
MOVE_TIP: Final = Route(
    "POST",
    "/v1/tips/{tip_id}:move",
    "moveTip",
    "Ghi một bước xử lý của tin. / Record a step of a tip.",
    {202: TipMoveTaken},
    MoveTip,
    roles=("tip",),
    parameters=(_NAMED, *_HEADERS),
    problems=_PROBLEMS,
)
SWEEP_TIPS: Final = Route(
    "POST",
    "/v1/tips:sweep",
    "sweepTips",
    "Chương trình thử nghiệm: đưa ngay các tin lên Kafka. / Sandboxes: put the public facts on the log now.",
    {200: TipsSwept},
    SweepTips,
    roles=("clock",),
    problems=(400, 401, 403, 413, 415, 422, 503),
)
ASK_OF_TIP: Final = Route(
    "POST",
    "/v1/tips:ask",
    "askOfTip",
    "Quay lại bằng các từ của biên nhận. / Come back with the words of a receipt.",
    {200: TipState},
    AskOfTip,
    problems=(400, 413, 415, 422, 503),
)
ANSWER_TIP: Final = Route(
    "POST",
    "/v1/tips/{tip_id}:answer",
    "answerTip",
    "Công an trả lời người gửi. / The police answer a sender, sealed to the key that this names.",
    {202: TipCorrespondent},
    AnswerTip,
    roles=("tip",),
    parameters=(_NAMED, *_HEADERS),
    problems=_PROBLEMS,
)
CORRESPONDENT: Final = Route(
    "GET",
    "/v1/tips/{tip_id}/correspondent",
    "tipCorrespondent",
    "Khoá công khai của người gửi. / The key to which an answer to a tip's sender is sealed.",
    {200: TipCorrespondent},
    roles=("tip",),
    parameters=(_NAMED, Parameter("programme", "query", ProgrammeId, "The tip's programme.")),
    problems=(400, 401, 403, 404, 422, 503),
)
ROUTES: Final = (POST_TIP, MOVE_TIP, ASK_OF_TIP, ANSWER_TIP, CORRESPONDENT, SWEEP_TIPS)


@dataclass(frozen=True)
class TipDesk:
    """What a request for the vault needs."""

    desk: Desk
    vault: Vault
    sweeper: Sweeper
    budget: Budget
    programmes: Callable[[], list[Programme]]

    def programme(self, programme_id: str) -> Programme:
        """The active one. Raises Refused; Unavailable while programmes are not read."""
        found = self.desk.door.programme(programme_id)
        return found if found is not None else refuse("programme", "unknown_programme")

    def instant(self, programme: Programme, clock_header: str | None) -> datetime:
        """When a request counts; in a sandbox whose years are over, without a Clock header, on its last day."""
        at = accepted_at(programme, clock_header, self.desk.door.clock.now())
        if programme.sandbox and clock_header is None and local_date(at) > programme.ends_on:
            return local_instant(programme.ends_on, time(12))
        return at

    def take(self, posted: PostTip, key: str) -> TipTaken:
        """Of somebody whom nobody asks who he is. Raises Refused and Unavailable."""
        programme = self.programme(posted.programme)
        at = self.instant(programme, header("Clock"))
        return take(self.vault, Arriving(programme, posted, redrawn(posted.images), key, at, None))

    def take_of_officer(self, who: Caller, key: str, posted: PostTip) -> TipTaken:
        """Of an officer who took it: a call, a visit, the box. Raises Refused and Unavailable."""
        posting = self.desk.door.posting(who, posted.programme, key, header("Clock"))
        arriving = Arriving(posting.programme, posted, redrawn(posted.images), key, posting.accepted_at, posting)
        return take(self.vault, arriving)

    def read(self, struct: Any) -> Any:
        return self.desk.read(struct, self.desk.max_body_bytes)


def is_chance(key: str) -> bool:
    return _CHANCE.fullmatch(key) is not None


def chance_key() -> str:
    """A key that nobody can guess, from which the words of a receipt follow."""
    return secrets.token_hex(16)


def mount_tips(app: Flask, at: TipDesk) -> None:
    handlers: tuple[tuple[Route, Callable[..., Answer]], ...] = (
        (POST_TIP, _post),
        (MOVE_TIP, _move),
        (ASK_OF_TIP, _ask),
        (ANSWER_TIP, _answer),
        (CORRESPONDENT, _told_correspondent),
        (SWEEP_TIPS, _sweep),
    )
    for route, work in handlers:
        mount(app, route, _refusing(partial(work, at)), counted=False)


def _post(at: TipDesk) -> Answer:
    if header("Authorization") is None:
        key = _key_of_sender()
        return json_answer(at.take(at.read(PostTip), key), 202)
    who, key = caller(at.desk.verifier, "tip"), idempotency_key()
    return json_answer(at.take_of_officer(who, key, at.read(PostTip)), 202)


def _move(at: TipDesk, **path: str) -> Answer:
    who, key = caller(at.desk.verifier, "tip"), idempotency_key()
    tip, posted = path_id(path, "tip_id"), at.read(MoveTip)
    posting = at.desk.door.posting(who, posted.programme, key, header("Clock"))
    taken = take_move(at.vault, tip, posted, posting)
    if taken is None:
        raise ProblemError(404, "not_found")
    return json_answer(taken, 202)


def _ask(at: TipDesk) -> Answer:
    return json_answer(ask(at.vault, at.budget, at.read(AskOfTip)))


def _answer(at: TipDesk, **path: str) -> Answer:
    who, key = caller(at.desk.verifier, "tip"), idempotency_key()
    tip, posted = path_id(path, "tip_id"), at.read(AnswerTip)
    posting = at.desk.door.posting(who, posted.programme, key, header("Clock"))
    return json_answer(_correspondent(answer(at.vault, tip, posted.sealed, posting)), 202)


def _told_correspondent(at: TipDesk, **path: str) -> Answer:
    who = caller(at.desk.verifier, "tip")
    posting = at.desk.door.posting(who, query("programme") or "", "correspondent", None)
    return json_answer(_correspondent(correspondent(at.vault, path_id(path, "tip_id"), posting)))


def _sweep(at: TipDesk) -> Answer:
    who, posted = caller(at.desk.verifier, "clock"), at.read(SweepTips)
    posting = at.desk.door.posting(who, posted.programme, "sweep", None)
    if not posting.programme.sandbox:
        refuse("programme", "not_a_sandbox")
    return json_answer(TipsSwept(swept=at.sweeper.sweep_sandbox(posted.programme, left_s())))


def _correspondent(sender_key: bytes | None) -> TipCorrespondent:
    if sender_key is None:
        raise ProblemError(404, "not_found")
    return TipCorrespondent(sender_key=sender_key)


def _refusing(work: Callable[..., Answer]) -> Callable[..., Answer]:
    def handle(**path: str) -> Answer:
        try:
            return work(**path)
        except Refused as refused:
            raise problem_of_refused(refused) from None

    return handle


def _key_of_sender() -> str:
    given = header("Idempotency-Key")
    if given is None:
        return chance_key()
    if not is_chance(given):
        refuse("Idempotency-Key", "chance_key")
    return given
