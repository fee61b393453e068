"""`topics apply|check`: the topics are what their cards say, and the cluster is named for every process to compare."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import click

from services.contracts.topics import CARDS
from services.kit.eventlog.kafka import KafkaAdmin, LogSettings
from services.kit.eventlog.port import LogIdentity, mismatches
from services.operations.log_ids import remember, remembered
from services.operations.settings import of_log
from services.operations.topic_plan import Difference, TopicPlan, TopicState, configs, differences, plans

FOLDER: Final = click.Path(file_okay=False, path_type=Path)


class TopicAdmin(Protocol):
    """What these commands ask of a cluster; every method may raise Unavailable."""

    def identity(self, topics: list[str]) -> LogIdentity: ...

    def nodes(self) -> int: ...

    def partitions(self, topics: list[str]) -> dict[str, int]: ...

    def replicas(self, topics: list[str]) -> dict[str, int]: ...

    def configs(self, topic: str) -> dict[str, str]: ...

    def create(self, topic: str, partitions: int, replicas: int, configs: Mapping[str, str]) -> None: ...

    def set_configs(self, topic: str, configs: Mapping[str, str]) -> None: ...

    def add_partitions(self, topic: str, total: int) -> None: ...


@dataclass(frozen=True)
class Report:
    """`repaired` were found and mended, `left` still stand; `another`: why this is not the log that was expected."""

    nodes: int
    identity: LogIdentity
    repaired: list[Difference]
    left: list[Difference]
    another: list[str]

    @property
    def ok(self) -> bool:
        return not self.left and not self.another


def apply(admin: TopicAdmin, known: LogIdentity | None, partitions: Mapping[str, int]) -> Report:
    """Make every topic and mend what can be mended. What cannot (fewer partitions, replicas) is left and told.

    Another cluster than the known one is left alone.
    """
    wanted = plans(CARDS.values(), admin.nodes(), partitions)
    found = _compared(admin, wanted)
    if known is None or not mismatches(known, admin.identity(list(CARDS))):
        for plan in wanted:
            _mend(admin, plan, [difference for difference in found if difference.topic == plan.name])
    return _reported(admin, known, wanted, found)


def check(admin: TopicAdmin, known: LogIdentity | None, partitions: Mapping[str, int]) -> Report:
    """Compare only."""
    return _reported(admin, known, plans(CARDS.values(), admin.nodes(), partitions), [])


def _reported(
    admin: TopicAdmin, known: LogIdentity | None, wanted: list[TopicPlan], before: list[Difference]
) -> Report:
    left, identity = _compared(admin, wanted), admin.identity(list(CARDS))
    another = [] if known is None else mismatches(known, identity)
    return Report(admin.nodes(), identity, [one for one in before if one not in left], left, another)


def _compared(admin: TopicAdmin, wanted: list[TopicPlan]) -> list[Difference]:
    states = _states(admin, [plan.name for plan in wanted])
    return [difference for plan in wanted for difference in differences(plan, states.get(plan.name))]


def _states(admin: TopicAdmin, names: list[str]) -> dict[str, TopicState]:
    partitions, replicas = admin.partitions(names), admin.replicas(names)
    return {name: TopicState(count, replicas[name], admin.configs(name)) for name, count in partitions.items()}


def _mend(admin: TopicAdmin, plan: TopicPlan, found: list[Difference]) -> None:
    repairs = {difference.repair for difference in found}
    if "create" in repairs:
        admin.create(plan.name, plan.partitions, plan.replicas, configs(plan.card, plan.replicas))
    if "configs" in repairs:
        admin.set_configs(plan.name, {one.what: one.wanted for one in found if one.repair == "configs"})
    if "partitions" in repairs:
        admin.add_partitions(plan.name, plan.partitions)


def env_file(identity: LogIdentity) -> str:
    """The cluster's and the topics' ids as lines of an env file."""
    ids = json.dumps(dict(sorted(identity.topic_ids.items())), separators=(",", ":"))
    return f"LOG_CLUSTER_ID={identity.cluster_id}\nLOG_TOPIC_IDS='{ids}'\n"


def as_json(report: Report) -> dict[str, Any]:
    return {
        "ok": report.ok,
        "nodes": report.nodes,
        "cluster_id": report.identity.cluster_id,
        "topic_ids": dict(report.identity.topic_ids),
        "repaired": [one._asdict() for one in report.repaired],
        "left": [one._asdict() for one in report.left],
        "another": report.another,
    }


def as_text(report: Report) -> str:
    """One line a difference, then the env file."""
    lines = [_line("đã sửa / mended", one) for one in report.repaired]
    lines += [_line("khác / differs", one) for one in report.left]
    lines += [f"# không phải cụm đã biết / another log: {fault}" for fault in report.another]
    return "\n".join([*lines, env_file(report.identity).rstrip()])


def _line(word: str, one: Difference) -> str:
    return f"# {word}: {one.topic} {one.what}: {one.found} -> {one.wanted}"


class _Partitions(click.ParamType[tuple[str, int]]):
    """TOPIC=NUMBER"""

    name = "topic=number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int]:
        topic, _, number = str(value).partition("=")
        if topic not in CARDS or not number.isdecimal() or int(number) < 1:
            self.fail(f"{value}: cần <chủ đề>=<số> / a known topic and a number are needed", param, ctx)
        return topic, int(number)


def _options(work: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--json", "json_", is_flag=True, help="In JSON. / Print JSON."),
        click.option("--env-file", "ids_file", type=click.Path(path_type=Path), help="Ghi mã cụm. / Write the ids."),
        click.option("--ids", "ids_folder", type=FOLDER, help="Nhớ cụm ở đây. / Which log it is stands here."),
        click.option("--partitions", "-p", multiple=True, type=_Partitions(), help="pledge.v1=12"),
        click.option("--bootstrap-servers", help="KAFKA_BOOTSTRAP_SERVERS"),
    ):
        work = option(work)
    return work


@click.group("topics")
def command() -> None:
    """Tạo và kiểm tra các chủ đề. / Make and check the topics."""


@command.command("apply")
@_options
@click.pass_context
def apply_command(ctx: click.Context, /, **options: Any) -> None:
    """Tạo, sửa cho đúng thẻ chủ đề, in mã cụm. / Make and mend the topics, print the ids as an env file."""
    _told(ctx, apply, **options)


@command.command("check")
@_options
@click.pass_context
def check_command(ctx: click.Context, /, **options: Any) -> None:
    """So sánh; mã thoát 1 nếu khác. / Compare only; exit code 1 and every difference if there is one."""
    _told(ctx, check, **options)


def _told(
    ctx: click.Context,
    work: Callable[[TopicAdmin, LogIdentity | None, Mapping[str, int]], Report],
    *,
    bootstrap_servers: str | None,
    partitions: tuple[tuple[str, int], ...],
    ids_file: Path | None,
    ids_folder: Path | None,
    json_: bool,
) -> None:
    settings = of_log(os.environ)
    admin = KafkaAdmin(LogSettings(bootstrap_servers or settings.kafka_bootstrap_servers))
    known = (remembered(ids_folder) if ids_folder else None) or settings.known()
    try:
        report = work(admin, known, dict(partitions))
    finally:
        admin.close()
    if ids_folder is not None and not report.another:
        remember(ids_folder, report.identity)
    if ids_file is not None and not report.another:
        ids_file.parent.mkdir(parents=True, exist_ok=True)
        ids_file.write_text(env_file(report.identity))
    click.echo(json.dumps(as_json(report)) if json_ else as_text(report))
    ctx.exit(0 if report.ok else 1)
