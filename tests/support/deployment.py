"""The files of a deployment as tests read them."""

import json
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml
from promql_parser import AggregateExpr, Expr, MatrixSelector, VectorSelector, parse, walk

ROOT: Final = Path(__file__).parents[2]
COMPOSE: Final = ROOT / "docker-compose.yml"
PROMETHEUS: Final = ROOT / "deploy" / "prometheus"
DASHBOARD: Final = ROOT / "deploy" / "grafana" / "dashboards" / "binh-yen.json"
OURS: Final = (
    "pledge",
    "reporting-intake",
    "notify",
    "notify-dispatch",
    "reporting-ingest",
    "reporting-evaluate",
    "reporting-serve",
)


def read(path: Path) -> Any:
    """A YAML or JSON file."""
    text = path.read_text()
    return json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)


def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = read(COMPOSE)["services"]
    return found


def rules(kind: str) -> dict[str, dict[str, Any]]:
    """Every rule of a kind (`alert`, `record`) by its name."""
    groups = [group for path in sorted(PROMETHEUS.glob("rules/*.yml")) for group in read(path)["groups"]]
    return {rule[kind]: rule for group in groups for rule in group["rules"] if kind in rule}


class Read(NamedTuple):
    """What an expression reads, and the labels that it asks for: in matchers of one metric, and in its groupings."""

    metrics: dict[str, set[str]]
    groupings: set[str]


def read_by(expression: str) -> Read:
    """Raises ValueError for what is no PromQL."""
    found = Read({}, set())
    for node in _nodes(expression):
        if isinstance(node, VectorSelector):
            matched = {matcher.name for matcher in node.matchers.matchers}
            found.metrics.setdefault(str(node.name), set()).update(matched)
        if isinstance(node, AggregateExpr) and node.modifier is not None:
            found.groupings.update(node.modifier.labels)
    return found


def selectors(expression: str) -> list[VectorSelector]:
    return [node for node in _nodes(expression) if isinstance(node, VectorSelector)]


def _nodes(expression: str) -> list[Expr]:
    """Every part; of a selection over time the selector that it is made of."""
    found: list[Expr] = []

    def visit(node: Expr) -> bool:
        found.append(node.vector_selector if isinstance(node, MatrixSelector) else node)
        return True

    walk(parse(expression.replace("$__rate_interval", "5m")), visit)
    return found
