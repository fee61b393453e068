"""What is sealed of a tip: everything that its sender said, as JSON. Read by the police's own program."""

from datetime import date

import msgspec

from services.contracts.requests import PostTip

_ENCODER = msgspec.json.Encoder(order="sorted")


class Content(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`unit`, `concerns`: ids of units as the sender named them, before the tip was routed."""

    v: int = 1
    received_on: date
    unit: str
    concerns: str | None = None
    category: str
    text: str | None = None
    place: str | None = None
    happened: str | None = None
    contact: str | None = None
    images: int = 0


def content_of(posted: PostTip, unit: str, concerns: str | None, received_on: date) -> bytes:
    return _ENCODER.encode(
        Content(
            received_on=received_on,
            unit=unit,
            concerns=concerns,
            category=posted.category,
            text=posted.text,
            place=posted.place,
            happened=posted.happened,
            contact=posted.contact,
            images=len(posted.images),
        )
    )


def read_content(content: bytes) -> Content:
    return msgspec.json.decode(content, type=Content)


def canonical(posted: PostTip) -> bytes:
    """The one byte form of a request, by which a repetition is known."""
    return _ENCODER.encode(posted)
