"""What is found of a hundredth and of a tenth of the nation, in one town that holds both."""

from itertools import chain
from typing import NamedTuple

from bench.figures import Figure, Goal, Size
from bench.nation import reading, reports, sheets
from bench.nation.land import Land
from bench.nation.load import Ground, Rates, load
from bench.nation.log import opened
from bench.nation.one_more import Took, one_more
from bench.nation.rebuild import Rebuilt, rebuild
from bench.nation.watch import Watched
from bench.stage import Stage
from services.kit.db import engine

_STATEMENT_MS = 600_000
_MEMORY = Goal("at most", 512, of="value")
_TABLE = Goal("at most", 1, of="value")
_PAGE = Goal("at most", 20, of="value")
_SAME = Goal("at most", 1.2)
_EMPTY_REVISION, _LOADED_REVISION = 100, 500


class Plan(NamedTuple):
    """`few` and `many` are the lands; `times`: how often what is short is repeated."""

    few: Land
    many: Land
    times: int


class Many(NamedTuple):
    """What is found while the tenth is loaded."""

    empty: Took
    rates: Rates
    statuses: Watched
    loaded: Took


def run(stage: Stage, size: Size) -> list[Figure]:
    plan = size.pick(
        tiny=Plan(Land("nation-few", 3, 400), Land("nation-many", 6, 400), 1),
        full=Plan(Land.part(0.01), Land.part(0.1), 11),
    )
    database = engine(stage.database_url, pool_size=2, application_name="bench", statement_timeout_ms=_STATEMENT_MS)
    try:
        with opened(stage.bootstrap_servers) as log:
            ground = Ground(stage, database, log)
            try:
                return _measured(ground, plan)
            finally:
                ground.end_all()
    finally:
        database.dispose()


def _measured(ground: Ground, plan: Plan) -> list[Figure]:
    ground.begin(ground.stage.town.ingests[0])
    _few_loaded(ground, plan.few)
    before = _rebuilt(ground)
    many = _many_loaded(ground, plan)
    after = _rebuilt(ground)
    return [*_rates(many.rates), *_rebuilds(plan, before, after), *_one_more(many), *_readings(ground.stage, plan)]


def _few_loaded(ground: Ground, land: Land) -> None:
    ground.stage.say(f"{land.wards:,} wards, {land.signatures:,} signatures")
    programme = ground.apply(land)
    ground.fed(chain(sheets.sheets(land), reports.reports(programme)))
    ground.settle()


def _many_loaded(ground: Ground, plan: Plan) -> Many:
    land, say = plan.many, ground.stage.say
    say(f"{land.wards:,} wards, {land.signatures:,} signatures")
    programme = ground.apply(land)
    empty = one_more(ground, programme, plan.times, _EMPTY_REVISION)
    say(f"one more report while empty: {empty.ward_s:.3f} s, all {empty.all_s:.3f} s")
    rates = load(ground, land, programme)
    statuses = ground.settle()
    say(f"statuses after {statuses.seconds:.1f} s, {statuses.peaks_mib[0]:.0f} MiB")
    loaded = one_more(ground, programme, plan.times, _LOADED_REVISION)
    say(f"one more report while loaded: {loaded.ward_s:.3f} s, all {loaded.all_s:.3f} s")
    return Many(empty, rates, statuses, loaded)


def _rebuilt(ground: Ground) -> Rebuilt:
    found = rebuild(ground)
    ground.stage.say(f"rebuilt: facts in {found.facts.seconds:.1f} s, statuses in {found.statuses.seconds:.1f} s")
    return found


def _rebuilds(plan: Plan, before: Rebuilt, after: Rebuilt) -> list[Figure]:
    """The log of the second holds both lands. Linear growth would be a ratio of one."""
    signatures = (plan.few.signatures + plan.many.signatures) / plan.few.signatures
    wards = (plan.few.wards + plan.many.wards) / plan.few.wards
    named = {
        "facts": (after.facts, before.facts, signatures),
        "statuses": (after.statuses, before.statuses, wards),
    }
    return [
        figure
        for name, (late, early, times) in named.items()
        for figure in (
            Figure(f"rebuild: {name}", late.seconds, "s", _few(early.seconds * times, "s"), _SAME, True),
            Figure(
                f"rebuild: {name}, memory", max(late.peaks_mib), "MiB", _few(max(early.peaks_mib), "MiB"), _MEMORY, True
            ),
        )
    ]


def _rates(rates: Rates) -> list[Figure]:
    return [
        figure
        for unit, (one, two) in (("signatures", rates.signatures), ("reports", rates.reports))
        for figure in (
            Figure(f"{unit}: one process", one, f"{unit}/s"),
            Figure(f"{unit}: two processes", two, f"{unit}/s", Figure("one process", one, f"{unit}/s")),
        )
    ]


def _one_more(found: Many) -> list[Figure]:
    named = {
        "until its ward shows it": (found.empty.ward_s, found.loaded.ward_s),
        "until all is told": (found.empty.all_s, found.loaded.all_s),
    }
    return [
        Figure(f"one more report: {name}", loaded, "s", Figure("while it is empty", empty, "s"), _SAME, True)
        for name, (empty, loaded) in named.items()
    ]


def _readings(stage: Stage, plan: Plan) -> list[Figure]:
    serve = stage.start(stage.town.serve)
    try:
        found = reading.table(serve, plan.many, plan.times)
        stage.say(f"{found.units:,} units, {found.bytes:,} bytes, {found.seconds:.3f} s")
        few_ms, many_ms = [reading.ward_ms(serve, land, 3 * plan.times) for land in (plan.few, plan.many)]
    finally:
        serve.stop()
    return [
        Figure("the table of all wards", found.seconds, "s", None, _TABLE, less_is_better=True),
        Figure("a ward's page", many_ms, "ms", _few(few_ms, "ms"), _PAGE, less_is_better=True),
    ]


def _few(value: float, unit: str) -> Figure:
    return Figure("a hundredth, as many times", value, unit, less_is_better=True)
