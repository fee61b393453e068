"""A walk of everything that is declared: bounded, classified, and no personal data in any event."""

from collections.abc import Iterator
from typing import Annotated, Any

import pytest
from msgspec import Meta, Struct, inspect

from services.contracts.accounts import ACCOUNTS
from services.contracts.declarations import Part, parts
from services.contracts.door_answers import ANSWERS
from services.contracts.errors import FAULT_TEXTS, Reason
from services.contracts.events import EVENT_TYPES, Event
from services.contracts.explanations import EXPLANATIONS
from services.contracts.fields import Count, Instant
from services.contracts.readings import READINGS
from services.contracts.requests import REQUESTS

ON_KAFKA = {"code", "identifier", "token", "hash", "programme_content"}
"""There is no class for free text."""
IN_REQUESTS = ON_KAFKA | {"personal"}
IN_ANSWERS = IN_REQUESTS - {"token"} | {"word", "sentence", "receipt"}


def unbounded(kind: Any) -> bool:
    if isinstance(kind, inspect.StrType | inspect.BytesType | inspect.ListType | inspect.DictType):
        return kind.max_length is None
    if isinstance(kind, inspect.IntType):
        return kind.ge is None or kind.le is None
    return isinstance(kind, inspect.DateTimeType) and kind.tz is not True


def unfit(part: Part, classes: set[str]) -> Iterator[str]:
    """What is wrong with a part of a declaration, in words."""
    kind = part.kind
    if unbounded(kind):
        yield f"{part.path}: no bound"
    if isinstance(kind, inspect.StrType | inspect.BytesType) and part.classified not in classes:
        yield f"{part.path}: class {part.classified}"
    if isinstance(kind, inspect.DateType) and part.classified != "day":
        yield f"{part.path}: a day without bounds"
    if isinstance(kind, inspect.FloatType | inspect.AnyType | inspect.RawType | inspect.DecimalType):
        yield f"{part.path}: {type(kind).__name__}"
    if isinstance(kind, inspect.StructType) and not kind.forbid_unknown_fields:
        yield f"{part.path}: open"


def faults(declared: Any, classes: set[str]) -> list[str]:
    return [fault for part in parts(declared) for fault in unfit(part, classes)]


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_an_event_holds_only_bounded_and_classified_values_and_nothing_personal(name: str) -> None:
    assert faults(EVENT_TYPES[name], ON_KAFKA) == []


@pytest.mark.parametrize("struct", REQUESTS, ids=lambda struct: struct.__name__)
def test_a_request_holds_only_bounded_and_classified_values(struct: type[Struct]) -> None:
    assert faults(struct, IN_REQUESTS) == []


@pytest.mark.parametrize("struct", [*ANSWERS, *READINGS, *ACCOUNTS, *EXPLANATIONS], ids=lambda struct: struct.__name__)
def test_what_an_answer_says_is_classified(struct: type[Struct]) -> None:
    assert [fault for fault in faults(struct, IN_ANSWERS) if "class" in fault or "open" in fault] == []


def test_the_envelope_names_agency_and_officer_only() -> None:
    envelope = {part.path: part.classified for part in parts(Event) if isinstance(part.kind, inspect.StrType)}
    assert envelope == {"Event.source": "identifier", "Event.actor": "identifier"} | {
        path: kind for path, kind in envelope.items() if path.startswith("Event.data.")
    }


@pytest.mark.parametrize(
    ("declared", "fault"),
    [
        (str, "no bound"),
        (Annotated[str, Meta(max_length=10)], "class None"),
        (Annotated[str, Meta(max_length=10, extra={"class": "personal"})], "class personal"),
        (Annotated[str, Meta(extra={"class": "code"})], "no bound"),
        (Annotated[bytes, Meta(max_length=10)], "class None"),
        (list[Count], "no bound"),
        (dict[str, Count], "no bound"),
        (int, "no bound"),
        (float, "FloatType"),
        (Any, "AnyType"),
        (Annotated[Instant | None, Meta()], ""),
    ],
)
def test_the_walk_finds_what_it_must_refuse_however_deep(declared: Any, fault: str) -> None:
    class Inner(Struct, forbid_unknown_fields=True):
        part: Annotated[dict[Annotated[str, Meta(max_length=1, extra={"class": "code"})], declared], Meta(max_length=1)]

    class Outer(Struct, forbid_unknown_fields=True):
        inner: Annotated[list[Inner | None], Meta(max_length=1)]

    found = faults(Outer, ON_KAFKA)
    assert (found == []) == (fault == "")
    assert all(place.startswith("Outer.inner.*.part.*") for place in found)
    assert any(fault in place for place in found) or not fault


def test_every_fault_code_and_reason_speaks_vietnamese_and_english() -> None:
    assert {reason.value for reason in Reason} <= set(FAULT_TEXTS)
    for code, text in FAULT_TEXTS.items():
        assert text.vi.strip(), code
        assert text.en.strip(), code
        assert text.vi != text.en, code
        assert any(ord(letter) > 127 for letter in text.vi), code
        assert text.en.isascii() or "–" in text.en, code
