"""The HTTP edge's marshmallow schemas, made from the structs: they list every fault of a body at once.

A body is decoded by msgspec, which stops at the first fault; only a body that it refused is read again here.
A contract test keeps both of one opinion. The messages inside the schemas are codes of `errors.FAULT_TEXTS`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import islice
from types import MappingProxyType
from typing import Any, ClassVar, NamedTuple, cast
from uuid import UUID

import msgspec
from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validate, validates_schema
from msgspec import inspect

from services.contracts.details import plain
from services.contracts.errors import Fault, Unfit, fault
from services.contracts.events import EVENT_TYPES
from services.contracts.fields import FIRST_DAY, Instant
from services.contracts.requests import REQUESTS

MAX_FAULTS = 2_000
"""More faults than this are not told at once: the answer to a bad body must not be larger than any good one."""
Check = Callable[[Any], Any]
_SEPARATOR = "|"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}", re.ASCII)
_CODES: dict[str, Any] = {"invalid": "wrong_type", "null": "wrong_type", "type": "wrong_type", "required": "required"}


class _StructSchema(Schema):
    """Loads into `struct`, whose own rules then speak."""

    class Meta:
        unknown = RAISE

    error_messages: dict[str, str] = {"type": "wrong_type", "unknown": "unknown_field"}
    struct: ClassVar[type[msgspec.Struct]]

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _exactly_one(self, _data: Any, original: Any, **_options: Any) -> None:
        names: tuple[str, ...] = getattr(self.struct, "exactly_one", ())
        if not names or not isinstance(original, dict):
            return
        if sum(original.get(name) is not None for name in names) != 1:
            raise ValidationError(_message("exactly_one", ", ".join(names)))

    @post_load
    def _build(self, data: dict[str, Any], **_options: Any) -> msgspec.Struct:
        try:
            return self.struct(**data)
        except Unfit as error:
            raise ValidationError(_message(error.code, error.detail), error.field or "_schema") from error


class _Plain(fields.Field[Any]):
    """A JSON value of exactly one kind; `target` is what msgspec makes of its text, if not itself."""

    def __init__(self, json_kind: type, target: Any = None, **options: Any) -> None:
        super().__init__(error_messages=_CODES, **options)
        self.json_kind = json_kind
        self.target = target

    def _deserialize(self, value: Any, *_place: Any, **_options: Any) -> Any:
        if type(value) is not self.json_kind:
            raise self.make_error("invalid")
        if self.target is None:
            return value
        try:
            return msgspec.convert(value, self.target)
        except msgspec.ValidationError as error:
            raise ValidationError("wrong_pattern") from error


class _List(fields.List[Any]):
    """Its length is judged before its items: half a million bad ones are one fault, not half a million."""

    def __init__(self, items: fields.Field[Any], check_length: Check, **options: Any) -> None:
        super().__init__(items, error_messages=_CODES, **options)
        self.check_length = check_length

    def _deserialize(self, value: Any, *place: Any, **options: Any) -> list[Any]:
        if isinstance(value, list):
            self.check_length(value)
        return super()._deserialize(value, *place, **options)


class _Table(fields.Field[Any]):
    """An object with free keys; unlike marshmallow's own, faults are told by key alone."""

    def __init__(self, keys: fields.Field[Any], values: fields.Field[Any], check_length: Check, **options: Any) -> None:
        super().__init__(error_messages=_CODES, **options)
        self.keys = keys
        self.values = values
        self.check_length = check_length

    def _deserialize(self, value: Any, *_place: Any, **_options: Any) -> Any:
        if not isinstance(value, dict):
            raise self.make_error("invalid")
        self.check_length(value)
        faults: dict[str, Any] = {}
        loaded = {}
        for key, item in value.items():
            try:
                loaded[self.keys.deserialize(key)] = self.values.deserialize(item)
            except ValidationError as error:
                faults[key] = error.messages
        if faults:
            raise ValidationError(faults)
        return loaded


class _Either(fields.Field[Any]):
    """One of several plain fields, told apart by the kind of the JSON value."""

    def __init__(self, choices: list[_Plain], **options: Any) -> None:
        super().__init__(error_messages=_CODES, **options)
        self.choices = {choice.json_kind: choice for choice in choices}

    def _deserialize(self, value: Any, *_place: Any, **_options: Any) -> Any:
        if type(value) not in self.choices:
            raise self.make_error("invalid")
        return self.choices[type(value)].deserialize(value)


class _Facts(NamedTuple):
    """What stands around a type: may it be null, must it be there, its class and an example."""

    nullable: bool = False
    required: bool = True
    kind: str = ""
    example: str = ""

    @property
    def options(self) -> dict[str, Any]:
        return {"allow_none": self.nullable, "required": self.required}


_BARE = _Facts()


def _message(code: str, detail: str = "") -> str:
    return f"{code}{_SEPARATOR}{detail}"


def _length(kind: Any) -> Check:
    low, high = kind.min_length, kind.max_length
    return validate.Length(low or 0, high, error=_message("wrong_length", f"{low or 0}–{high or '∞'}"))


def _text(kind: inspect.StrType, facts: _Facts) -> fields.Field[Any]:
    checks = [_length(kind)]
    if kind.pattern:
        example = f"vd./e.g. {facts.example}" if facts.example else ""
        checks.append(_matches(re.compile(kind.pattern), _message("wrong_pattern", example)))
    return _Plain(str, validate=checks, **facts.options)


def _matches(pattern: re.Pattern[str], message: str) -> Check:
    def check(value: str) -> None:
        if pattern.search(value) is None:
            raise ValidationError(message)

    return check


def _whole(kind: inspect.IntType, facts: _Facts) -> fields.Field[Any]:
    message = _message("out_of_range", f"{kind.ge}–{kind.le}")
    return _Plain(int, validate=validate.Range(kind.ge, kind.le, error=message), **facts.options)


def _day(_kind: inspect.DateType, facts: _Facts) -> fields.Field[Any]:
    message = _message("out_of_range", f"≥ {FIRST_DAY}")
    checks = [validate.Range(min=FIRST_DAY, error=message)] if facts.kind == "day" else []
    return _Plain(str, date, validate=checks, **facts.options)


def _bytes(kind: inspect.BytesType, facts: _Facts) -> fields.Field[Any]:
    return _Plain(str, bytes, validate=_length(kind), **facts.options)


def _choice(kind: inspect.LiteralType, facts: _Facts) -> fields.Field[Any]:
    message = _message("not_one_of", " · ".join(str(value) for value in kind.values))
    return _Plain(str, validate=validate.OneOf(kind.values, error=message), **facts.options)


def _list(kind: inspect.ListType, facts: _Facts) -> fields.Field[Any]:
    return _List(_field(kind.item_type), _length(kind), **facts.options)


def _table(kind: inspect.DictType, facts: _Facts) -> fields.Field[Any]:
    return _Table(_field(kind.key_type), _field(kind.value_type), _length(kind), **facts.options)


def _union(kind: inspect.UnionType, facts: _Facts) -> fields.Field[Any]:
    others = [member for member in kind.types if not isinstance(member, inspect.NoneType)]
    facts = facts._replace(nullable=len(others) < len(kind.types))
    if len(others) == 1:
        return _field(others[0], facts)
    return _Either([cast("_Plain", _field(member)) for member in others], **facts.options)


def _nested(kind: inspect.StructType, facts: _Facts) -> fields.Field[Any]:
    return fields.Nested(_schema(kind), error_messages=_CODES, **facts.options)


_BUILDERS: Mapping[type[inspect.Type], Callable[..., fields.Field[Any]]] = MappingProxyType(
    {
        inspect.StrType: _text,
        inspect.IntType: _whole,
        inspect.BoolType: lambda _kind, facts: _Plain(bool, **facts.options),
        inspect.DateType: _day,
        inspect.DateTimeType: lambda _kind, facts: _Plain(str, Instant, **facts.options),
        inspect.UUIDType: lambda _kind, facts: _Plain(str, UUID, **facts.options),
        inspect.BytesType: _bytes,
        inspect.LiteralType: _choice,
        inspect.ListType: _list,
        inspect.DictType: _table,
        inspect.UnionType: _union,
        inspect.StructType: _nested,
    }
)


def _field(kind: inspect.Type, facts: _Facts = _BARE) -> fields.Field[Any]:
    if isinstance(kind, inspect.Metadata):
        example = (kind.extra_json_schema or {}).get("examples", [""])[0]
        facts = facts._replace(kind=(kind.extra or {}).get("class", ""), example=example)
        return _field(kind.type, facts)
    return _BUILDERS[type(kind)](kind, facts)


def _schema(kind: inspect.StructType) -> _StructSchema:
    made = {field.name: _field(field.type, _Facts(required=field.required)) for field in kind.fields}
    schema = _StructSchema.from_dict(made, name=kind.cls.__name__)
    schema.struct = kind.cls  # type: ignore[attr-defined]
    return cast("_StructSchema", schema())


def make_schema(struct: type[msgspec.Struct]) -> Schema:
    """A new schema of a struct. `schema_for` has those of the public language ready."""
    return _schema(cast("inspect.StructType", inspect.type_info(struct)))


_SCHEMAS: Mapping[type[msgspec.Struct], Schema] = MappingProxyType(
    {struct: make_schema(struct) for struct in (*REQUESTS, *EVENT_TYPES.values())}
)


def schema_for(struct: type[msgspec.Struct]) -> Schema:
    """The schema of an event's data or of a request's body; its `load` answers with the struct."""
    return _SCHEMAS[struct]


def explain(struct: type[msgspec.Struct], body: bytes) -> list[Fault]:
    """The faults of a body that must be a `struct`, all up to MAX_FAULTS, by dotted path; empty if it is fit."""
    try:
        payload = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return [fault("", "malformed")]
    try:
        schema_for(struct).load(payload)
    except ValidationError as error:
        return list(islice(_faults(error.messages, ()), MAX_FAULTS))
    return _refused_by_decoder_alone(struct, body)


def _refused_by_decoder_alone(struct: type[msgspec.Struct], body: bytes) -> list[Fault]:
    """A repeated key whose first value is bad: only the decoder of bytes sees it."""
    try:
        msgspec.json.decode(body, type=struct)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return [fault("", "invalid_field")]
    return []


def _faults(messages: Any, path: tuple[str, ...]) -> Iterator[Fault]:
    """Leaves of marshmallow's tree. A name that is not a plain word may hold anything, and is not repeated."""
    if isinstance(messages, dict):
        for name, below in messages.items():
            yield from _faults(below, path if name == "_schema" else (*path, _plain(name)))
        return
    code, _, detail = str(messages[0]).partition(_SEPARATOR)
    yield fault(".".join(path), code, plain(detail))


def _plain(name: Any) -> str:
    return str(name) if isinstance(name, int) or _NAME.fullmatch(name) else "?"
