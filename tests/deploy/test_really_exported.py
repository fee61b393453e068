"""Every query of the dashboard and of the rules, against what running processes of each kind really show.

`test_rules_and_dashboard.py` compares them with the catalogue; this does with `/metrics`, labels and their values.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest
from promql_parser import VectorSelector
from sqlalchemy import Engine

from tests.deploy.test_rules_and_dashboard import ADDED_BY_PROMETHEUS, OF_PROMETHEUS, RECORDS, queries
from tests.support.broker import OwnBrokers
from tests.support.deployment import read_by, selectors
from tests.support.doors import SANDBOX, DoorProcess, install, open_door
from tests.support.ingesting import nonsense
from tests.support.pledge_load import sheet_of
from tests.support.real_log import RealLog
from tests.support.services import Services
from tests.support.waiting import until
from tests.support.whole_path import WholePath

_SAMPLE: Final = re.compile(r"^([a-z_]+)(?:\{(.*)\})? \S+$", re.MULTILINE)
_LABEL: Final = re.compile(r'([a-z_]+)="([^"]*)"')
_KIND: Final = re.compile(r"^# TYPE (\S+) (\S+)$", re.MULTILINE)
_RATED: Final = re.compile(r"\b(?:rate|increase)\(\s*([a-z_]+)")
OF_OTHERS: Final = {*OF_PROMETHEUS, *RECORDS}
UNSEEN: Final = {
    "ingest_log_faults_total": {"kind"},
    "ingest_retries_total": {"cause"},
    "notice_attempts_total": {"channel", "outcome"},
    "dispatch_skipped_total": {"topic", "reason"},
}
"""Labels of what does not happen here: shown without a sample."""


@dataclass
class Shown:
    """{sample: {label: its values}} of all processes together, and the kind of each family."""

    samples: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)

    def read(self, page: str) -> None:
        for name, inside in _SAMPLE.findall(page):
            values = self.samples.setdefault(name, defaultdict(set))
            for label, value in _LABEL.findall(inside):
                values[label].add(value)
        self.kinds.update(_KIND.findall(page))

    def labels(self, name: str) -> set[str]:
        return set(self.samples.get(name, ())) or UNSEEN.get(name, set())


@pytest.fixture
def shown(
    own_broker: OwnBrokers,
    reporting_engine: Engine,
    notify_databases: dict[str, str],
    start_service: Services,
    tmp_path: Path,
) -> Shown:
    """One process of each kind, after a post, a refusal, a reject and a change of status."""
    installation = install(own_broker().bootstrap_servers, tmp_path / "installation").with_environment(
        **notify_databases
    )
    path = WholePath(installation, reporting_engine, start_service)
    doors = [
        open_door(start_service, installation, prefix, *words)
        for prefix, words in (
            ("PLEDGE", ("services.pledge", "serve")),
            ("REPORTING_INTAKE", ("services.reporting", "intake")),
            ("NOTIFY_INTAKE", ("services.notify", "intake")),
            ("NOTIFY_DISPATCH", ("services.notify", "dispatch")),
        )
    ]
    serving = installation.with_environment(DATABASE_URL=path.database_url)
    doors.append(open_door(start_service, serving, "REPORTING_SERVE", "services.reporting", "serve"))
    log = RealLog(installation.bootstrap_servers)
    log.append([nonsense()])
    log.close()
    ingest, evaluate = path.ingest(), path.evaluate(REPORTING_EVALUATE_STATUS_UNITS="18115@2018-01-01")
    token = installation.token("pledge")
    path.wait_until_read()
    until(lambda: evaluate.metric("status_published_total") > 0, path.output)
    assert doors[0].post("/v1/pledges", sheet_of(1), token, "sheet-000001").status_code == 202
    assert doors[0].post("/v1/pledges", {}, token, "sheet-000002").status_code == 422
    until(lambda: evaluate.metric('status_freshness_seconds_count{since="recorded"}') > 0, path.output)
    books = 'books_residual_events{topic="pledge.v1"}'
    until(lambda: books in ingest.get("/metrics")[1], path.output)
    until(lambda: "dead_letters_waiting{" in ingest.get("/metrics")[1], path.output)
    clock = installation.token("clock", agency="operator", unit="437", sandbox=True)
    moved = doors[1].post(f"/v1/programmes/{SANDBOX}/clock", {"now": "2024-03-01T00:00:00Z"}, clock, "clock-0001")
    assert moved.status_code == 202, moved.text
    until(lambda: "unit_indicator_status{" in evaluate.get("/metrics")[1], path.output)
    told = ("dispatch_lag_events{", "notices_decided_total{")
    until(lambda: all(one in _page(doors[3]) for one in told), path.output)
    return seen([*(_page(door) for door in doors), ingest.get("/metrics")[1], evaluate.get("/metrics")[1]])


def seen(pages: list[str]) -> Shown:
    found = Shown()
    for page in pages:
        found.read(page)
    return found


def _page(door: DoorProcess) -> str:
    return door.client.get("/metrics").raise_for_status().text


def faults(place: str, expression: str, shown: Shown) -> Iterator[str]:
    asked = read_by(expression)
    for name, matched in asked.metrics.items():
        if name not in OF_OTHERS:
            if name not in shown.samples and name not in UNSEEN:
                yield f"{place}: no process shows {name}"
            yield from (f"{place}: {name} has no {one}" for one in matched - shown.labels(name) - ADDED_BY_PROMETHEUS)
    every = set().union(
        *(shown.labels(name) for name in asked.metrics), *(OF_PROMETHEUS.get(n, ()) for n in asked.metrics)
    )
    yield from (
        f"{place}: grouped by {one}, which no sample has" for one in asked.groupings - every - ADDED_BY_PROMETHEUS
    )
    yield from (fault for selector in selectors(expression) for fault in _without_values(place, selector, shown))
    for name in _RATED.findall(expression):
        family = re.sub(r"_(bucket|count|sum)$", "", name)
        if shown.kinds.get(name, shown.kinds.get(family)) not in {"counter", "histogram"}:
            yield f"{place}: the rate of {name}, which does not count up"


def _without_values(place: str, selector: VectorSelector, shown: Shown) -> Iterator[str]:
    """A value that is asked for by name must have been seen: le="0.25" is a bucket, or the answer is always empty."""
    name = str(selector.name)
    for matcher in selector.matchers.matchers:
        plain = str(matcher.op) == "MatchOp.Equal" and not matcher.value.startswith("$")
        if plain and name in shown.samples and matcher.value not in shown.samples[name].get(matcher.name, ()):
            yield f"{place}: no {name} has {matcher.name}={matcher.value}"


def test_every_query_finds_what_it_asks_for_on_running_processes(shown: Shown) -> None:
    found = [fault for place, expression in queries().items() for fault in faults(place, expression, shown)]
    assert found == []


@pytest.mark.parametrize(
    ("expression", "fault"),
    [
        ("sum(rate(eventz_total[5m]))", "no process shows eventz_total"),
        ("sum by (kind) (seen_total)", "grouped by kind, which no sample has"),
        ('seen_total{kind="a"}', "seen_total has no kind"),
        ('seen_seconds_bucket{le="0.3"}', "no seen_seconds_bucket has le=0.3"),
        ("rate(age_seconds[5m])", "the rate of age_seconds, which does not count up"),
    ],
)
def test_a_query_that_finds_nothing_is_a_fault(expression: str, fault: str) -> None:
    page = """# TYPE seen_total counter
seen_total{topic="x"} 1.0
# TYPE age_seconds gauge
age_seconds 2.0
# TYPE seen_seconds histogram
seen_seconds_bucket{le="0.25"} 1.0
"""
    told = list(faults("here", expression, seen([page])))
    assert f"here: {fault}" in told
