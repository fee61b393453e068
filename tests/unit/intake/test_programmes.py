"""A door knows the programmes of programme.v1: by version, without a restart, and only once it has read them."""

import pytest

from services.contracts.programme.registry import Registry
from services.contracts.topics import PROGRAMME
from services.intake.door import record_of
from services.intake.programmes import active, step
from services.kit.errors import Unavailable
from services.kit.eventlog.follow import Follower
from services.kit.eventlog.memory import MemoryLog
from services.operations.activation import activation, wanted
from services.operations.programme import read_files
from tests.support.postings import FOLDER, NOW
from tests.support.waiting import until

ID = "hong-linh-2024"


def followed(log: MemoryLog) -> Follower[Registry]:
    return Follower(PROGRAMME.name, log.reader, log, step, Registry())


def put(log: MemoryLog, version: int) -> None:
    for event in activation(wanted(read_files(FOLDER), None, sandbox=False), version, NOW, 2_000):
        log.append(record_of(event))


def test_nothing_is_called_unknown_before_the_topic_is_read_to_its_end() -> None:
    following = followed(MemoryLog({PROGRAMME.name: 1}))
    with pytest.raises(Unavailable):
        active(following, ID)


def test_a_new_version_is_taken_up_while_the_process_runs() -> None:
    log = MemoryLog({PROGRAMME.name: 1})
    put(log, 1)
    following = followed(log)
    following.start()
    try:
        assert following.wait_until_caught_up(10)
        first = active(following, ID)
        assert first is not None
        assert first.version == 1
        assert active(following, "no-such-programme") is None
        put(log, 2)
        until(lambda: (active(following, ID) or first).version == 2)
    finally:
        following.stop()
