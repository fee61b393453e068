"""A record too large even for the dead letters stops nothing and takes nothing from the others."""

from sqlalchemy import Engine

from services.kit.eventlog.port import Partition
from services.reporting.ingest.letters import originals
from tests.support.ingesting import letters, new_log, nonsense, outcomes, post, post_programme, process, rows
from tests.support.streams import W2, event, signed

TOO_MUCH = b"x" * 1_100_000


def test_what_is_too_large_for_a_dead_letter_is_cut_and_nothing_else_is(reporting_engine: Engine) -> None:
    log = new_log()
    post_programme(log)
    small = nonsense("small")
    log.append(small)
    log.append(nonsense("value")._replace(value=TOO_MUCH))
    log.append(nonsense("header")._replace(headers=(*small.headers, ("x", TOO_MUCH))))
    post(log, [event(signed([1]), key=1)])
    process(log, reporting_engine).rounds(6)
    assert outcomes(reporting_engine) == {"applied": 2, "rejected": 3}
    found = {int(dict(one.headers)["dl-offset"]): one for one in letters(log, "pledge.v1.dead")}
    assert [(at, found[at].value, "dl-cut" in dict(found[at].headers)) for at in sorted(found)] == [
        (0, small.value, False),
        (1, b"", True),
        (2, b"", True),
    ]
    assert ("ce_id" in dict(found[1].headers), "ce_id" in dict(found[2].headers)) == (True, False)


def test_what_only_a_filled_generation_has_refused_is_sent_again_from_where_it_stands(reporting_engine: Engine) -> None:
    """It has no letter on the dead-letter topic: a generation that is being filled appends nothing."""
    log = new_log()
    post_programme(log)
    first, second = log.append(nonsense("first", W2)), log.append(nonsense("second", W2))
    log.corrupt(log.append(nonsense("third", W2)))
    running = process(log, reporting_engine, dead=False)
    running.rounds(6)
    where = Partition(first.topic, first.partition)
    found = originals(log.reader({where: first.offset}), [second, first, first._replace(offset=2)])
    assert found.keys() == {first, second}
    log.append(found[second])
    running.rounds(6)
    waiting = rows(reporting_engine, "select log_offset, first_offset from reject where reason <> 'corrupt' order by 1")
    assert [tuple(row) for row in waiting] == [(0, 0), (1, 1), (3, 1)]
