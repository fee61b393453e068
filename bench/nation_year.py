"""The whole nation-year, once: from offset 0 by two ingest processes, then every status, then every change told.

`--share 0.1` takes a tenth of the wards. Nothing is compared: each figure has its goal.
"""

from itertools import chain

from bench.figures import Figure, Goal, Size
from bench.nation import reading, reports, sheets
from bench.nation.land import Land
from bench.nation.load import Ground
from bench.nation.log import opened
from bench.nation.watch import Watched, is_evaluated, is_told, watched
from bench.stage import Stage
from services.kit.db import engine

_TIME = Goal("at most", 900, of="value")
_MEMORY = Goal("at most", 512, of="value")
_TABLE = Goal("at most", 1, of="value")
_PAGE = Goal("at most", 20, of="value")
_TIMES = 5


def run(stage: Stage, size: Size) -> list[Figure]:
    land = size.pick(tiny=Land("nation-year", 4, 400), full=Land.part(stage.wishes.share or 1))
    database = engine(stage.database_url, pool_size=2, application_name="bench", statement_timeout_ms=600_000)
    try:
        with opened(stage.bootstrap_servers) as log:
            ground = Ground(stage, database, log)
            try:
                return [*_loaded(ground, land), *_read(ground, land)]
            finally:
                ground.end_all()
    finally:
        database.dispose()


def _loaded(ground: Ground, land: Land) -> list[Figure]:
    stage, town = ground.stage, ground.stage.town
    stage.say(f"{land.wards:,} wards, {land.signatures:,} signatures into the log")
    programme = ground.apply(land)
    records = ground.log.append(chain(sheets.sheets(land), reports.reports(programme)))
    stage.say(f"{records:,} records stand there; two processes read them")
    ingests = [stage.begin(member) for member in town.ingests]
    ground.running |= {one.member.name: one for one in ingests}
    facts = ground.caught_up(ingests)
    stage.say(f"facts after {facts.seconds:.0f} s")
    evaluators = ground.begin(town.evaluate)
    statuses = watched(evaluators, lambda: is_evaluated(ground.database))
    stage.say(f"statuses after {statuses.seconds:.0f} s more")
    told = watched(evaluators, lambda: is_told(ground.database))
    return _figures(land, facts, statuses, told)


def _figures(land: Land, facts: Watched, statuses: Watched, told: Watched) -> list[Figure]:
    peaks = {"ingest-1": facts.peaks_mib[0], "ingest-2": facts.peaks_mib[1], "evaluate": statuses.peaks_mib[0]}
    return [
        Figure("facts and statuses", facts.seconds + statuses.seconds, "s", goal=_TIME, less_is_better=True),
        Figure("facts", facts.seconds, "s", less_is_better=True),
        Figure("signatures", land.signatures / facts.seconds, "signatures/s"),
        Figure("statuses", statuses.seconds, "s", less_is_better=True),
        Figure("all told, after that", told.seconds, "s", less_is_better=True),
        *(Figure(f"{name}: most memory", peak, "MiB", None, _MEMORY, True) for name, peak in peaks.items()),
    ]


def _read(ground: Ground, land: Land) -> list[Figure]:
    (serve,) = ground.begin(ground.stage.town.serve)
    table = reading.table(serve, land, _TIMES)
    ward_ms = reading.ward_ms(serve, land, 3 * _TIMES)
    return [
        Figure("the table of all wards", table.seconds, "s", None, _TABLE, less_is_better=True),
        Figure("a ward's page", ward_ms, "ms", None, _PAGE, less_is_better=True),
    ]
