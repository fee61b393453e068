"""What operators look at and are woken by is really exported, and leads to an entry of the runbook."""

from collections import Counter
from itertools import combinations
from typing import Any, Final

import pytest

from services.contracts.metrics import CATALOGUE
from tests.support.deployment import DASHBOARD, PROMETHEUS, ROOT, read, read_by, rules

ALERTS: Final = rules("alert")
RECORDS: Final = rules("record")
PANELS: Final[list[dict[str, Any]]] = read(DASHBOARD)["panels"]
OF_PROMETHEUS: Final = {"up": set(), "ALERTS": {"alertstate", "alertname", "severity"}}
ADDED_BY_PROMETHEUS: Final = {"job", "instance", "__name__"}
SHOWN_ELSEWHERE: Final = {"unit_indicator_status"}  # by agencies' own dashboards, for the units they name


def exported() -> dict[str, set[str]]:
    """{name of a time series: its labels}"""
    found: dict[str, set[str]] = dict(OF_PROMETHEUS)
    for card in CATALOGUE:
        labels = set(card.labels)
        if card.kind == "histogram":
            found[f"{card.name}_bucket"] = labels | {"le"}
            found[f"{card.name}_count"] = found[f"{card.name}_sum"] = labels
        else:
            found[card.name] = labels
    return found | {name: set() for name in RECORDS}


def queries() -> dict[str, str]:
    """{where it stands: the expression}"""
    found = {name: str(rule["expr"]) for name, rule in (ALERTS | RECORDS).items()}
    for panel in PANELS:
        for target in panel.get("targets", []):
            found[f"{panel['title']} {target['refId']}"] = target["expr"]
    return found


@pytest.mark.parametrize(("place", "expression"), queries().items())
def test_an_expression_reads_only_what_is_exported(place: str, expression: str) -> None:
    known, asked = exported(), read_by(expression)
    assert asked.metrics or expression.startswith("vector"), place
    labels = set(ADDED_BY_PROMETHEUS)
    for metric, matched in asked.metrics.items():
        assert metric in known, f"{place}: nobody exports {metric}"
        assert matched <= known[metric] | ADDED_BY_PROMETHEUS, f"{place}: {metric} has no such label"
        labels |= known[metric]
    assert asked.groupings <= labels, f"{place}: no metric of it has such a label"


def test_every_metric_is_drawn_or_alerts() -> None:
    seen = {metric for expression in queries().values() for metric in read_by(expression).metrics}
    names = {card.name for card in CATALOGUE if not any(metric.startswith(card.name) for metric in seen)}
    assert names == SHOWN_ELSEWHERE


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_says_how_urgent_it_is_and_where_to_read_on(name: str) -> None:
    alert = ALERTS[name]
    assert alert["labels"]["severity"] in {"page", "ticket"}
    assert " / " in alert["annotations"]["summary"], "Vietnamese and English"
    assert alert["annotations"]["runbook"] == f"docs/runbook.md#{name.lower()}"
    page = (ROOT / "docs" / "runbook.md").read_text()
    entry = page.partition(f"\n### {name}\n")[2].partition("\n#")[0]
    for part in ("**Means.**", "**Look.**", "**Do.**"):
        assert part in entry, f"{name}: {part}"


def test_every_alert_is_seen_firing_and_silent() -> None:
    tests = [test for path in PROMETHEUS.glob("tests/*.yml") for test in read(path)["tests"]]
    cases = [case for test in tests for case in test.get("alert_rule_test", [])]
    assert {case["alertname"] for case in cases if case["exp_alerts"]} == set(ALERTS)
    assert {case["alertname"] for case in cases if not case["exp_alerts"]} == set(ALERTS)


def test_alertmanager_keeps_quiet_only_alerts_that_exist() -> None:
    config = read(ROOT / "deploy" / "alertmanager" / "alertmanager.yml")
    for rule in config["inhibit_rules"]:
        for matcher in (*rule["source_matchers"], *rule["target_matchers"]):
            name, _, value = matcher.partition("=")
            if name == "alertname":
                assert set(value.strip('~"').split("|")) <= set(ALERTS)


def test_every_process_is_asked_by_its_name() -> None:
    asked = {}
    for job in read(PROMETHEUS / "prometheus.yml")["scrape_configs"]:
        (found,) = job["dns_sd_configs"]
        asked[job["job_name"]] = (found["names"], found["port"])
    matched = read_by(str(ALERTS["ProcessDown"]["expr"]))
    assert "up" in matched.metrics
    assert all(f'absent(up{{job="{job}"}})' in ALERTS["ProcessDown"]["expr"] for job in asked)
    assert asked == {job: ([job], 8080) for job in asked}


def test_panels_have_their_own_place_and_source() -> None:
    ids = Counter(panel["id"] for panel in PANELS)
    assert set(ids.values()) == {1}
    for one, other in combinations([panel["gridPos"] for panel in PANELS], 2):
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        above = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert beside or above, (one, other)
    provisioned = read(ROOT / "deploy" / "grafana" / "provisioning" / "datasources" / "prometheus.yml")
    (source,) = provisioned["datasources"]
    used = [target["datasource"] for panel in PANELS for target in panel.get("targets", [])]
    assert used
    assert all(one == {"type": source["type"], "uid": source["uid"]} for one in used)
