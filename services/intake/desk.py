"""The HTTP side of a door: caller, key, body, event, append, 202. The same order for every post."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from msgspec import structs

from services.contracts.door_answers import Accepted, ProblemFault
from services.contracts.events import Event
from services.contracts.programme import Programme
from services.contracts.programme.judge import warnings
from services.contracts.routes import Route
from services.intake.door import Door
from services.intake.posting import Posting
from services.intake.refusal import Refused
from services.kit.auth import Verifier
from services.kit.web import Answer, ProblemError, body, caller, header, idempotency_key, json_answer, left_s

Accept = Callable[[Any, Posting, Mapping[str, str]], Sequence[Event]]
"""(body, posting, parameters of the path) -> events; raises Refused."""
Reply = Callable[[Any, Sequence[Accepted]], Any]
"""(body, receipts in order) -> what 202 answers with."""


def first(_body: Any, accepted: Sequence[Accepted]) -> Accepted:
    return accepted[0]


def programme_in_body(posted: Any, _path: Mapping[str, str]) -> str:
    return str(posted.programme)


def programme_in_path(_posted: Any, path: Mapping[str, str]) -> str:
    return path["programme"]


class Post(NamedTuple):
    """One row of a door's table: what is posted where, and what becomes of it."""

    route: Route
    accept: Accept
    reply: Reply = first
    programme_of: Callable[[Any, Mapping[str, str]], str] = programme_in_body


@dataclass(frozen=True)
class Desk:
    """`read` decodes the current request's body: (struct, limit in bytes) -> struct."""

    door: Door
    verifier: Verifier
    max_body_bytes: int
    read: Callable[[Any, int], Any] = body

    def handler(self, post: Post) -> Callable[..., Answer]:
        """What Flask calls. 401 and 403 come before the body is read; 503 means that the outcome is unknown."""

        def handle(**path: str) -> Answer:
            who = caller(self.verifier, *post.route.roles)
            key = idempotency_key()
            posted = self.read(post.route.request, self.max_body_bytes)
            try:
                posting = self.door.posting(who, post.programme_of(posted, path), key, header("Clock"))
                events = post.accept(posted, posting, path)
                accepted = self.door.append(events, left_s())
            except Refused as refused:
                raise problem_of_refused(refused) from None
            told = [_warned(*one, posting.programme) for one in zip(accepted, events, strict=True)]
            return json_answer(post.reply(posted, told), 202)

        return handle


def _warned(accepted: Accepted, event: Event, programme: Programme) -> Accepted:
    found = [ProblemFault(**one._asdict()) for one in warnings(event, programme)]
    return structs.replace(accepted, warnings=found) if found else accepted


def path_id(path: Mapping[str, str], name: str) -> UUID:
    """An id of the path; what is no UUID names nothing: 404."""
    try:
        return UUID(path[name])
    except ValueError:
        raise ProblemError(404, "not_found") from None


def problem_of_refused(refused: Refused) -> ProblemError:
    code = refused.faults[0].code if len(refused.faults) == 1 else "invalid_field"
    return ProblemError(refused.status, code, refused.faults)
