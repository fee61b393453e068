"""The pledge API: sheets, batches of sheets, withdrawals."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from flask import Flask

from services.contracts.door_answers import Accepted, AcceptedBatch
from services.contracts.requests import PostPledge, PostPledgeBatch, WithdrawPledge
from services.contracts.routes import CLOCK, IDEMPOTENCY_KEY, Route
from services.intake.desk import Desk, Post
from services.kit.web import mount
from services.pledge.accept import accept_batch, accept_sheet, accept_withdrawal
from services.pledge.signer_keys import SignerKeys

_PROBLEMS: Final = (400, 401, 403, 413, 415, 422, 503)
_HEADERS: Final = (IDEMPOTENCY_KEY, CLOCK)
POST_SHEET: Final = Route(
    "POST",
    "/v1/pledges",
    "postPledge",
    "Gửi một phiếu cam kết đã ký (1–500 người ký). / Post a signed sheet of 1 to 500 signers.",
    {202: Accepted},
    PostPledge,
    roles=("pledge",),
    parameters=_HEADERS,
    problems=_PROBLEMS,
)
POST_BATCH: Final = Route(
    "POST",
    "/v1/pledges:batch",
    "postPledgeBatch",
    "Gửi nhiều phiếu, được tất cả hoặc không phiếu nào. / Post many sheets, all or none.",
    {202: AcceptedBatch},
    PostPledgeBatch,
    roles=("pledge",),
    parameters=_HEADERS,
    problems=_PROBLEMS,
)
POST_WITHDRAWAL: Final = Route(
    "POST",
    "/v1/pledges:withdraw",
    "withdrawPledge",
    "Rút cam kết của một người ký. / End one signer's pledge.",
    {202: Accepted},
    WithdrawPledge,
    roles=("pledge",),
    parameters=_HEADERS,
    problems=_PROBLEMS,
)
ROUTES: Final = (POST_SHEET, POST_BATCH, POST_WITHDRAWAL)


def posts(keys: SignerKeys) -> tuple[Post, ...]:
    """What becomes of each post; the key is of the programme that is active under the posted name."""
    return (
        Post(POST_SHEET, lambda body, posting, _: [accept_sheet(body, posting, keys.of(posting.programme.id))]),
        Post(POST_BATCH, lambda body, posting, _: accept_batch(body, posting, keys.of(posting.programme.id)), by_sheet),
        Post(
            POST_WITHDRAWAL, lambda body, posting, _: [accept_withdrawal(body, posting, keys.of(posting.programme.id))]
        ),
    )


def by_sheet(body: Any, accepted: Sequence[Accepted]) -> AcceptedBatch:
    """The receipts in the order of the sheets, each with the agency's own name of its sheet."""
    items = zip(body.sheets, accepted, strict=True)
    return AcceptedBatch(items=[msgspec.structs.replace(one, sheet=sheet.sheet) for sheet, one in items])


def mount_pledges(app: Flask, desk: Desk, keys: SignerKeys) -> None:
    for post in posts(keys):
        mount(app, post.route, desk.handler(post))
