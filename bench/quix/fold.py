"""Run by the environment of Quix Streams: python bench/quix/fold.py JOB (JSON) prints the seconds it took.

`same`: as much of ingest's fold as one of its applications can do: events decoded and checked by our own codec, each
counted once, and each signer once in whatever ward, which takes a repartition by token. What it cannot do in one: count
by ward after that (a second repartition), and what ingest does besides: judging by the programme, conflicts decided by
value, the facts themselves.
`lean`: plain JSON, and each event and signer once within a ward, counted by day: nothing that takes a repartition.
"""

import json
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import msgspec
from quixstreams import Application
from quixstreams.dataframe import StreamingDataFrame
from quixstreams.state import State

from services.contracts.codec import decode
from services.contracts.events import PledgeSigned
from services.contracts.records import StoredRecord

_DAY_KEY = "day {kind} {signed_on}"


class Job(msgspec.Struct):
    """`records`: how many sheets of one there are to read."""

    servers: str
    topic: str
    group: str
    records: int
    shape: str


class Stopwatch:
    """From the first record to the last; then the application ends."""

    def __init__(self, application: Application, records: int) -> None:
        self._application = application
        self._left = records
        self._began: float | None = None
        self.took_s = 0.0

    def begin(self) -> None:
        if self._began is None:
            self._began = perf_counter()

    def one_more(self, _: object = None) -> None:
        self._left -= 1
        if self._left == 0:
            self.took_s = perf_counter() - (self._began or 0.0)
            self._application.stop()


def run(job: Job) -> float:
    with tempfile.TemporaryDirectory() as folder:
        application = Application(
            broker_address=job.servers,
            consumer_group=job.group,
            auto_offset_reset="earliest",
            processing_guarantee="at-least-once",
            state_dir=folder,
            loglevel="WARNING",
            consumer_extra_config={"fetch.min.bytes": 65_536, "fetch.wait.max.ms": 100},
        )
        watch = Stopwatch(application, job.records)
        {"same": _same, "lean": _lean}[job.shape](application, job.topic, watch)
        application.run()
        return watch.took_s


def _same(application: Application, topic: str, watch: Stopwatch) -> None:
    def signers(value: bytes, _: Any, at: int, headers: list[tuple[str, bytes]], state: State) -> list[dict[str, str]]:
        watch.begin()
        event = decode(StoredRecord(topic, 0, 0, at, None, value, tuple(headers)))
        assert isinstance(event.data, PledgeSigned)
        if not _new(f"event {event.id}", state):
            return []
        return [{"token": one.token.hex(), "day": one.signed_on.isoformat()} for one in event.data.signers]

    sheets = application.topic(topic, value_deserializer="bytes", key_deserializer="str")
    frame: StreamingDataFrame = application.dataframe(sheets)
    frame = frame.apply(signers, stateful=True, metadata=True, expand=True)
    frame = frame.group_by("token").filter(lambda _, state: _new("seen", state), stateful=True)
    frame.update(watch.one_more)


def _lean(application: Application, topic: str, watch: Stopwatch) -> None:
    def count(value: dict[str, Any], _: Any, __: int, headers: list[tuple[str, bytes]], state: State) -> None:
        watch.begin()
        event_id = next(said for name, said in headers if name == "ce_id")
        if _new(f"event {event_id.decode()}", state):
            for one in value["signers"]:
                if _new(f"person {one['token']}", state):
                    day = _DAY_KEY.format(kind=value["kind"], **one)
                    state.set(day, state.get(day, 0) + 1)
        watch.one_more()

    sheets = application.topic(topic, value_deserializer="json", key_deserializer="str")
    application.dataframe(sheets).update(count, stateful=True, metadata=True)


def _new(key: str, state: State) -> bool:
    if state.get(key):
        return False
    state.set(key, 1)
    return True


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run(msgspec.json.decode(sys.argv[1], type=Job))))
