"""Grafana's own types of a dashboard, and the compiler that compares a dashboard with them. 4.5 MB, fetched once."""

import json
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.support.npm import Package, run

SCHEMA: Final = Package(
    "@grafana/schema",
    "12.0.0",
    "sha512-wUJ+QCR97In5B+7OOR7Ma2If/SkP8IBM/NTWFLMKJ9x7jJLDYeUaJYIh0lCQPE4RvtxbO6MbgXQcfsF7pl4Ogw==",
)
"""Of the version of Grafana that docker-compose.yml runs."""
COMPILER: Final = Package(
    "typescript",
    "5.9.3",
    "sha512-jl1vZzPDinLr9eUt3J/t7V6FgNEw9QjvBPdysz9KfQDD41fQrC2Y4vKQdiaUpFT4bXlb1RHhLpp8wtm6M5TgSw==",
)
TYPES: Final = Path(__file__).with_name("grafana_schema.ts")
_OPTIONS: Final = ("--noEmit", "--strict", "--skipLibCheck", "--target", "es2022", "--module", "esnext")


@dataclass(frozen=True)
class Types:
    folder: Path

    def faults(self, dashboard: dict[str, Any]) -> list[str]:
        """What the compiler says of it; nothing of a dashboard without fault."""
        source = self.folder / "dashboard.ts"
        source.write_text(TYPES.read_text() + "".join(_constants(dashboard)))
        compiler = self.folder / "node_modules" / COMPILER.name / "bin" / "tsc"
        done = run(compiler, *_OPTIONS, "--moduleResolution", "bundler", str(source))
        return done.stdout.splitlines()


def fetch(cache: Path, folder: Path) -> Types:
    for package in (SCHEMA, COMPILER):
        home = folder / "node_modules" / package.name
        home.parent.mkdir(parents=True, exist_ok=True)
        with tarfile.open(package.fetch(cache)) as packed:
            packed.extractall(folder / "unpacked", filter="data")
        (folder / "unpacked" / "package").rename(home)
    return Types(folder)


def _constants(dashboard: dict[str, Any]) -> Iterator[str]:
    yield f"export const dashboard: Plain<Dashboard> = {json.dumps(dashboard)};\n"
    for panel in dashboard["panels"]:
        if panel["type"] != "row":
            custom = panel["fieldConfig"]["defaults"].get("custom", {})
            shown = {"options": panel["options"], "custom": custom, "targets": panel["targets"]}
            yield f'export const panel{panel["id"]}: Panels["{panel["type"]}"] = {json.dumps(shown)};\n'
