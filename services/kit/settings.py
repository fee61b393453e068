"""Settings: the environment, parsed once into a frozen dataclass, with every fault listed at once."""

import dataclasses
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints
from urllib.parse import urlsplit, urlunsplit

from services.kit.errors import Misconfigured

SHARED = ("KAFKA_BOOTSTRAP_SERVERS", "DATABASE_URL", "LOG_CLUSTER_ID", "LOG_TOPIC_IDS")
FILE = "_FILE"
_BOOLEANS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
_MASK = "***"
T = TypeVar("T")
Fields = tuple["dataclasses.Field[Any]", ...]


def setting(
    default: Any = dataclasses.MISSING,
    *,
    secret: bool = False,
    at_least: float | None = None,
    at_most: float | None = None,
    variable: str | None = None,
) -> Any:
    """A field of a settings class. `secret` is masked when shown; the bounds are for numbers.

    `variable` is the one name under which several processes are told the same.
    """
    metadata = {"secret": secret, "at_least": at_least, "at_most": at_most, "variable": variable}
    return dataclasses.field(default=default, metadata=metadata)


def load(prefix: str, cls: type[T], environ: Mapping[str, str]) -> T:
    """The settings from <PREFIX>_<FIELD>, or from a shared name. Raises Misconfigured with every fault.

    <NAME>_FILE names a file that holds the value, as secrets are handed to containers. A variable of our prefix that
    no field asks for is a fault: a typing error must not go unnoticed.
    """
    kinds = get_type_hints(cls)
    fields = dataclasses.fields(cls)  # type: ignore[arg-type]
    faults = _unknown(prefix, fields, environ)
    values: dict[str, Any] = {}
    for field in fields:
        name = _name(prefix, field, environ)
        try:
            text = _given(name, environ)
            if text is not None:
                values[field.name] = _bounded(field, _parse(kinds[field.name], text))
            elif _required(field):
                faults.append(f"{name}: is not set")
        except ValueError as error:
            faults.append(f"{name}: {error}")
    if faults:
        raise Misconfigured(faults)
    return _made(prefix, cls, values)


def masked(settings: Any) -> dict[str, Any]:
    """The settings as they may be shown: secrets and the passwords of URLs hidden."""
    return {
        field.name: _MASK if field.metadata.get("secret") else _without_password(getattr(settings, field.name))
        for field in dataclasses.fields(settings)
    }


def _made(prefix: str, cls: type[T], values: dict[str, Any]) -> T:
    try:
        return cls(**values)
    except ValueError as error:  # a __post_init__ that compares fields
        raise Misconfigured([f"{prefix}_*: {error}"]) from error


def _unknown(prefix: str, fields: Fields, environ: Mapping[str, str]) -> list[str]:
    names = [field.metadata.get("variable") or f"{prefix}_{field.name.upper()}" for field in fields]
    known = {f"{name}{end}" for name in names for end in ("", FILE)}
    ours = (name for name in environ if name.startswith(f"{prefix}_"))
    return [f"{name}: no such setting" for name in sorted(set(ours) - known)]


def _name(prefix: str, field: "dataclasses.Field[Any]", environ: Mapping[str, str]) -> str:
    """The service's own name of a setting, unless only the shared one is there."""
    if variable := field.metadata.get("variable"):
        return str(variable)
    own, shared = f"{prefix}_{field.name.upper()}", field.name.upper()
    if shared not in SHARED or own in environ or own + FILE in environ:
        return own
    return shared if shared in environ or shared + FILE in environ else own


def _given(name: str, environ: Mapping[str, str]) -> str | None:
    path = environ.get(name + FILE)
    if path is None:
        return environ.get(name)
    if name in environ:
        raise ValueError(f"is given twice: {name}{FILE} is set too")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} cannot be read ({type(error).__name__})") from None


def _parse(kind: Any, text: str) -> Any:
    if get_origin(kind) in (Union, UnionType):
        kinds = [part for part in get_args(kind) if part is not NoneType]
        return None if text == "" else _parse(kinds[0], text)
    if get_origin(kind) is Literal:
        return _one_of(get_args(kind), text)
    if get_origin(kind) is tuple:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    return _PARSERS[get_origin(kind) or kind](text)


def _one_of(allowed: tuple[Any, ...], text: str) -> str:
    if text not in allowed:
        raise ValueError(f"must be one of {', '.join(map(str, allowed))}")
    return text


def _text(text: str) -> str:
    if text == "":
        raise ValueError("is empty")
    return text


def _integer(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError("must be a whole number") from None


def _decimal(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError("must be a number") from None


def _boolean(text: str) -> bool:
    if text.lower() not in _BOOLEANS:
        raise ValueError("must be true or false")
    return _BOOLEANS[text.lower()]


def _mapping(text: str) -> dict[str, str]:
    try:
        found = json.loads(text)
    except json.JSONDecodeError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise ValueError("must be a JSON object of texts")
    return found


_PARSERS: Mapping[Any, Callable[[str], Any]] = {
    str: _text,
    int: _integer,
    float: _decimal,
    bool: _boolean,
    Path: lambda text: Path(_text(text)),
    dict: _mapping,
}


def _required(field: "dataclasses.Field[Any]") -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _bounded(field: "dataclasses.Field[Any]", value: Any) -> Any:
    least, most = field.metadata.get("at_least"), field.metadata.get("at_most")
    if value is not None and least is not None and value < least:
        raise ValueError(f"must be at least {least}")
    if value is not None and most is not None and value > most:
        raise ValueError(f"must be at most {most}")
    return value


def _without_password(value: Any) -> Any:
    if not isinstance(value, str) or "://" not in value:
        return value
    parts = urlsplit(value)
    if parts.password is None:
        return value
    return urlunsplit(parts._replace(netloc=parts.netloc.replace(f":{parts.password}@", f":{_MASK}@")))
