"""The processes of the platform as they run side by side on one laptop: what is started, with which settings, where."""

import shlex
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from deploy.laptop import places
from deploy.laptop.faults import LaptopFault
from deploy.laptop.ports import free_ports, is_free

_USUAL_PORTS = (8100, 8101, 8102, 8103, 8104, 8111, 8112, 8113)


@dataclass(frozen=True)
class Member:
    """One process: `python -m <arguments>` with its own settings; it answers on `port`."""

    name: str
    arguments: tuple[str, ...]
    settings: Mapping[str, str]
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def ready(self) -> bool:
        try:
            with urlopen(f"{self.url}/health/ready", timeout=2):  # noqa: S310 - our own address
                return True
        except (URLError, OSError):
            return False


@dataclass(frozen=True)
class Town:
    serve: Member
    pledge: Member
    intake: Member
    notify: Member
    dispatch: Member
    ingests: tuple[Member, ...]
    evaluate: Member

    @property
    def members(self) -> tuple[Member, ...]:
        return (self.pledge, self.intake, self.notify, self.dispatch, *self.ingests, self.evaluate, self.serve)


def lay_out(keys: Path, ports: Sequence[int]) -> Town:
    """Two ingest processes, one of everything else; `ports` are eight."""
    serve, pledge, intake, notify, dispatch, first, second, evaluate = ports
    access = {"JWKS": str(keys / "jwks.json"), "RECEIPT_KEYS_DIR": str(keys / "receipts")}
    signing = {"SIGNER_KEYS_DIR": str(keys / "signers")}
    return Town(
        serve=_member("serve", ("services.reporting", "serve"), "REPORTING_SERVE", serve, access),
        pledge=_member("pledge", ("services.pledge", "serve"), "PLEDGE", pledge, access | signing),
        intake=_member("intake", ("services.reporting", "intake"), "REPORTING_INTAKE", intake, access),
        notify=_member("notify", ("services.notify", "intake"), "NOTIFY_INTAKE", notify, access),
        dispatch=_dispatch(dispatch, keys),
        ingests=(_ingest("ingest-1", first), _ingest("ingest-2", second)),
        evaluate=_member("evaluate", ("services.reporting", "evaluate"), "REPORTING_EVALUATE", evaluate, {}),
    )


def choose_ports() -> list[int]:
    """The usual ports where they are free, else others."""
    taken = [port for port in _USUAL_PORTS if not is_free(port)]
    others = iter(free_ports(len(taken)))
    return [next(others) if port in taken else port for port in _USUAL_PORTS]


def procfile(members: Sequence[Member]) -> str:
    """The lines that honcho starts."""
    return "".join(f"{member.name}: exec {_command(member)}\n" for member in members)


def wait_until_ready(
    members: Sequence[Member], timeout_s: float, alive: Callable[[], bool], told: Callable[[Member], None]
) -> None:
    """Until every process answers that it is ready; LaptopFault names those that do not in time."""
    deadline = time.monotonic() + timeout_s
    waiting = list(members)
    while waiting:
        for member in [one for one in waiting if one.ready]:
            waiting.remove(member)
            told(member)
        if waiting and (time.monotonic() > deadline or not alive()):
            raise LaptopFault(f"not ready: {', '.join(member.name for member in waiting)}")
        time.sleep(0.1)


def _member(name: str, arguments: tuple[str, ...], prefix: str, port: int, settings: Mapping[str, str]) -> Member:
    named = {"BIND": f"127.0.0.1:{port}", **settings}
    return Member(name, arguments, {f"{prefix}_{key}": value for key, value in named.items()}, port)


def _dispatch(port: int, keys: Path) -> Member:
    made = _member(
        "dispatch", ("services.notify", "dispatch"), "NOTIFY_DISPATCH", port, {"JWKS": str(keys / "jwks.json")}
    )
    return replace(made, settings={**made.settings, "NOTIFY_NOTICE_KEY": str(keys / "notices.key")})


def _ingest(name: str, port: int) -> Member:
    return _member(name, ("services.reporting", "ingest"), "REPORTING_INGEST", port, {})


def _command(member: Member) -> str:
    settings = [f"{name}={value}" for name, value in member.settings.items()]
    words = ["env", f"PYTHONPATH={places.ROOT}", *settings, sys.executable, "-m", *member.arguments]
    return " ".join(shlex.quote(word) for word in words)
