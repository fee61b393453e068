"""`docs`: writes docs/api and docs/metrics.md anew from the declarations, or checks that they are not stale."""

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import click

from services.contracts.asyncapi import asyncapi
from services.contracts.events import EVENT_TYPES
from services.contracts.metrics import CATALOGUE, MetricCard
from services.contracts.requests import REQUESTS
from services.contracts.routes import Route
from services.contracts.schemas import event_schema, openapi, request_schema
from services.contracts.topics import CARDS
from services.contracts.versions import versions_of
from services.notify.intake.api import ROUTES as NOTIFY_INTAKE
from services.pledge.api import ROUTES as PLEDGE
from services.reporting.intake.api import ROUTES as REPORTING_INTAKE
from services.reporting.serve.surface import ROUTES as REPORTING_SERVE

SURFACES: Final[Mapping[str, tuple[Route, ...]]] = {
    "pledge": PLEDGE,
    "reporting-intake": REPORTING_INTAKE,
    "reporting-serve": REPORTING_SERVE,
    "notify-intake": NOTIFY_INTAKE,
}
API: Final = Path("api")
METRICS: Final = Path("metrics.md")
_PREFIX: Final = "vn.binhyen."
_METRICS_HEAD: Final = """\
# Metrics

Written by `make docs` from `services/contracts/metrics.py`; do not edit. Every process serves its own at `/metrics`.
Nothing here moves with a single tip: whatever counts events by type or topic leaves tips out.

| name | kind | labels | what it tells |
|---|---|---|---|
"""


def documents() -> dict[Path, str]:
    """Every generated file, by its path below docs/."""
    made = {
        API / "events" / f"{_short(name)}.v{version}.json": _json(event_schema(name, version))
        for name in EVENT_TYPES
        for version in versions_of(name)
    }
    made |= {API / "requests" / f"{struct.__name__}.json": _json(request_schema(struct)) for struct in REQUESTS}
    made |= {
        API / f"{name}.openapi.json": _json(openapi(f"Bình Yên: {name}", routes)) for name, routes in SURFACES.items()
    }
    made[API / "asyncapi.json"] = _json(asyncapi("Bình Yên", tuple(CARDS.values())))
    return made | {METRICS: metrics_page(CATALOGUE)}


def metrics_page(cards: Iterable[MetricCard]) -> str:
    return _METRICS_HEAD + "".join(
        f"| `{card.name}` | {card.kind} | {', '.join(f'`{label}`' for label in card.labels) or '–'} | {card.help} |\n"
        for card in cards
    )


def write(folder: Path) -> list[Path]:
    """Writes what differs and removes what is no longer declared; the paths touched."""
    touched = stale(folder)
    made = documents()
    for path in touched:
        target = folder / path
        if path in made:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(made[path], encoding="utf-8")
        else:
            target.unlink()
    return touched


def stale(folder: Path) -> list[Path]:
    """Files that are missing, differ, or stand in docs/api without being declared."""
    made = documents()
    there = {path.relative_to(folder) for path in (folder / API).rglob("*") if path.is_file()}
    differing = {path for path, text in made.items() if _read(folder / path) != text}
    return sorted(differing | (there - made.keys()))


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def _short(event_type: str) -> str:
    return event_type.removeprefix(_PREFIX)


def _json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


@click.command("docs")
@click.option("--check", is_flag=True, help="Chỉ kiểm tra. / Only say what is stale; exit code 1 if anything is.")
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), default=Path("docs"), show_default=True)
def command(*, check: bool, folder: Path) -> None:
    """Tạo tài liệu API và danh mục số đo. / Write docs/api and docs/metrics.md from the declarations."""
    found = stale(folder) if check else write(folder)
    for path in found:
        click.echo(f"{'cũ / stale' if check else 'đã ghi / written'}: {folder / path}")
    sys.exit(1 if check and found else 0)
