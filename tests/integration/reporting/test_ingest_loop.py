"""The loop of ingest against a log in memory and a real database."""

from datetime import date

from sqlalchemy import Engine

from services.kit.eventlog.port import Partition
from tests.support.ingesting import new_log, outcomes, post, post_programme, process, rows
from tests.support.streams import W2, event, moved, report, signed, tip, withdrawn

DAY = date(2024, 3, 5)


def test_what_is_read_becomes_facts_and_positions_in_one_go(reporting_engine: Engine) -> None:
    log = new_log()
    post_programme(log)
    post(log, [event(signed([1, 2, 3]), key=1), event(signed([3, 4], W2), key=2), event(withdrawn(1, DAY), key=3)])
    post(log, [event(report({"propaganda_sessions": 2}), key=4), event(tip(1), key=5), event(moved(1), key=6)])
    running = process(log, reporting_engine)
    running.rounds()
    assert outcomes(reporting_engine) == {"applied": 7}
    ends = {
        Partition(row.topic, row.partition): row.next_offset for row in rows(reporting_engine, "select * from position")
    }
    assert ends == log.end_offsets(["pledge.v1", "report.v1", "tip.v1", "programme.v1"])
