"""Another generation from offset 0, by the two commands that an operator gives: first its facts, then its statuses."""

from dataclasses import replace
from typing import NamedTuple

from bench.nation.load import Ground
from bench.nation.watch import Watched, has_read, is_evaluated, watched
from bench.stage import Running
from deploy.laptop.faults import LaptopFault
from deploy.laptop.ports import free_port
from deploy.laptop.town import Member
from services.reporting.store import generations

_NUMBER = 2


class Rebuilt(NamedTuple):
    """Each from the start of its process."""

    facts: Watched
    statuses: Watched


def rebuild(ground: Ground) -> Rebuilt:
    """Everything on the log; the generation is dropped again."""
    town, ends = ground.stage.town, ground.log.ends()
    ingest, evaluate = _filling(ground, town.ingests[0]), None
    try:
        facts = watched([ingest], lambda: not ingest.service.process.alive)
        if not has_read(ground.database, ends, _NUMBER):
            raise LaptopFault(f"the facts are not all there: {ingest.service.output}")
        evaluate = _filling(ground, town.evaluate)
        statuses = watched([evaluate], lambda: is_evaluated(ground.database, _NUMBER))
    finally:
        for one in (ingest, evaluate):
            if one is not None:
                one.stop()
    with ground.database.begin() as connection:
        generations.drop(connection, _NUMBER)
    return Rebuilt(facts, statuses)


def _filling(ground: Ground, member: Member) -> Running:
    """Beside the one that serves: another port."""
    filling = replace(member, arguments=(*member.arguments, "--generation", str(_NUMBER)))
    return ground.stage.begin(filling, REPORTING_EVALUATE_BIND=f"127.0.0.1:{free_port()}")
