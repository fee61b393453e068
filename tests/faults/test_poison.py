"""What cannot count is put aside and the rest flows; too much of it stops ingest; sent again after a fix it counts."""

import json

from services.contracts.records import Record
from tests.faults.conftest import BarePath
from tests.support.ingesting import nonsense, outcomes, rows
from tests.support.streams import W2, activated, event, record_of, report, signed
from tests.support.waiting import until
from tests.support.whole_path import WholePath


def relabelled(record: Record, name: str, value: str) -> Record:
    return record._replace(headers=tuple((one, value.encode() if one == name else was) for one, was in record.headers))


def states(path: WholePath) -> dict[str, str]:
    found = rows(path.engine, "select reason, state from dead_letter order by topic, partition, log_offset")
    return {row.reason: row.state for row in found}


def test_a_source_of_nonsense_stops_ingest_with_a_row_until_resume_and_the_others_then_count(
    bare_path: BarePath,
) -> None:
    path, log = bare_path.path, bare_path.log
    ingest = path.ingest()
    log.append([nonsense(number) for number in range(150)])
    until(lambda: ingest.not_ready_as("run resume"), path.output, 60)
    until(lambda: ingest.metric("ingest_halted") == 1, path.output)
    assert '"halted"' in ingest.service.output
    (halt,) = rows(path.engine, "select topic, source, rejects, reason from reporting.halt where lifted_at is null")
    assert tuple(halt) == ("pledge.v1", "ubnd-18115", 100, "malformed")
    log.post([event(signed([1], W2), key="held back")])

    resumed = path.command("resume")
    assert (resumed.exit_code(30), "ubnd-18115" in resumed.output) == (0, True)
    path.wait_until_read()
    until(ingest.ready, path.output, 60)
    assert outcomes(path.engine) == {"applied": 2, "rejected": 150}
    path.assert_equal_to_a_replay()


def test_what_nobody_here_understands_is_put_aside_and_sent_again_or_discarded_counts_once(
    bare_path: BarePath,
) -> None:
    path, log = bare_path.path, bare_path.log
    path.ingest()
    fit = record_of(event(signed([1, 2]), key="fit"))
    stranger = relabelled(fit, "ce_type", "vn.binhyen.pledge.imagined")
    newer = relabelled(fit, "ce_dataschema", "urn:binhyen:pledge.signed:99")
    early = record_of(event(signed([3], W2), key="early", version=2))
    log.append([stranger, newer, fit, early])
    log.post([event(report(None), key="report")])
    path.wait_until_read()
    assert outcomes(path.engine) == {"applied": 3, "rejected": 3}
    assert states(path) == dict.fromkeys(("unknown_type", "unsupported_version", "unknown_programme"), "waiting")

    log.post(activated(version=2))  # the fix: what the early one was judged by is there now
    path.wait_until_read()
    for _ in range(2):
        sent = path.command("redrive", "--topic", "pledge.v1", "--all", "--json")
        path.wait_until_read()
    told = json.loads(sent.output.splitlines()[-1])
    assert (sent.exit_code(30), told) == (0, {"redriven": 2, "left": []}), "what was applied is sent once"
    assert states(path)["unknown_programme"] == "redriven"
    assert outcomes(path.engine) == {"applied": 5, "rejected": 3 + 2 + 2}

    discard_those_that_wait(path)
    path.wait_until_read()
    assert "waiting" not in states(path).values()
    assert outcomes(path.engine) == {"applied": 7, "rejected": 7}
    path.assert_books_balance()


def discard_those_that_wait(path: WholePath) -> None:
    """Each twice: the second time there is nothing to be discarded."""
    waiting = rows(
        path.engine, "select distinct first_partition, first_offset from dead_letter where state = 'waiting'"
    )
    assert len(waiting) == 2
    for row in waiting:
        place = ("--partition", str(row.first_partition), "--offset", str(row.first_offset))
        done = path.command("discard", "--topic", "pledge.v1", *place, "--reason", "not_ours")
        assert done.exit_code(30) == 0, done.output
        path.wait_until_read()
        again = path.command("discard", "--topic", "pledge.v1", *place, "--reason", "not_ours")
        assert again.exit_code(30) == 1, again.output
