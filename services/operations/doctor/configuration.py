"""Settings: what this environment tells each process, all faults at once. A process on its defaults is told enough."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Final

from services.contracts.errors import Text
from services.kit.db import engine
from services.kit.errors import Misconfigured
from services.kit.settings import FILE, SHARED, load
from services.operations.doctor.findings import Finding
from services.operations.processes import PROCESSES

_FAMILIES: Final = ("REPORTING_", "NOTIFY_")
_VARIABLES: Final = tuple(
    str(one.metadata["variable"]) for kind in PROCESSES.values() for one in fields(kind) if one.metadata.get("variable")
)
_WHY: Final = {
    "is not set": "chưa được đặt",
    "is empty": "đang để trống",
    "no such setting": "không có cài đặt này",
    "must be a whole number": "phải là số nguyên",
    "must be true or false": "phải là true hoặc false",
}
_ADVICE: Final = Text(
    "Sửa trong môi trường (hoặc tệp mà <TÊN>_FILE chỉ đến) rồi khởi động lại các tiến trình dùng nó.",
    "Correct it in the environment (or in the file that <NAME>_FILE names) and restart who uses it.",
)


def findings(environ: Mapping[str, str]) -> Iterator[Finding]:
    """A finding a fault; one that several processes share is told once."""
    faults = [_shared(fault, environ) for prefix in PROCESSES for fault in _faults(prefix, environ)]
    return (_finding(fault) for fault in dict.fromkeys([*faults, *_strays(environ)]))


def elsewhere(environ: Mapping[str, str]) -> bool:
    """Whether tokens are issued by an identity provider of others: a door fetches its keys."""
    return any(value.startswith("https://") for name, value in environ.items() if name.endswith("_JWKS"))


def _faults(prefix: str, environ: Mapping[str, str]) -> list[str]:
    try:
        settings = load(prefix, PROCESSES[prefix], environ)
        if hasattr(settings, "log"):
            settings.log()
        for name in (one.name for one in fields(settings) if one.name.endswith("database_url")):
            engine(getattr(settings, name), pool_size=1, application_name="doctor").dispose()
    except Misconfigured as error:
        return error.faults
    return []


def _shared(fault: str, environ: Mapping[str, str]) -> str:
    """A fault under the shared name, when the process was not told by its own."""
    own, _, why = fault.partition(": ")
    for name in SHARED:
        if own.endswith(f"_{name}") and own not in environ and own + FILE not in environ:
            return f"{name}: {why}"
    return fault


def _strays(environ: Mapping[str, str]) -> Iterator[str]:
    """Names of our family that no process asks for, not even by its prefix."""
    known = (*(f"{prefix}_" for prefix in PROCESSES), *_VARIABLES)
    for name in sorted(environ):
        if name.startswith(_FAMILIES) and not name.startswith(known):
            yield f"{name}: no such setting"


def _finding(fault: str) -> Finding:
    name, told, why = fault.partition(": ")
    what = Text(f"Cài đặt {name}: {_WHY.get(why, why)}", f"The setting {name}: {why}")
    return Finding("fault", what if told else Text(f"Cài đặt sai: {fault}", f"A wrong setting: {fault}"), _ADVICE)
