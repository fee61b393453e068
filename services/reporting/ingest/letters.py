"""Dead letters as they stand on <topic>.dead, and what is appended again of them. Pure, but for `read`."""

from collections.abc import Collection
from typing import Final

from services.contracts.records import Headers, Position, Record, StoredRecord
from services.kit.eventlog.port import LogFault, Partition, Reader
from services.reporting.ingest.judging import FIRST_POSITION_HEADER
from services.reporting.ingest.rejects import CUT_HEADER, OURS, SERVICE

_PLACE: Final = ("dl-topic", "dl-partition", "dl-offset")
POLL_MS: Final = 500
POLL_RECORDS: Final = 1_000


def place_of(letter: StoredRecord) -> Position | None:
    """Where the original stands; None for a record that ingest has not written."""
    ours = dict(_headers_of_ours(letter))
    if ours.get("dl-service") != SERVICE:
        return None
    topic, partition, offset = (ours[name].decode() for name in _PLACE)
    return Position(topic, int(partition), int(offset))


def again(letter: StoredRecord) -> Record | None:
    """The original as it was, with a header that says where it stood first; None when its content was left out."""
    place = place_of(letter)
    if place is None or _is_cut(letter) or dict(_headers_of_ours(letter))["dl-reason"] == b"corrupt":
        return None
    return _again(letter, place, letter.headers[:-OURS])


def _again(record: StoredRecord, place: Position, headers: Headers) -> Record:
    if FIRST_POSITION_HEADER not in dict(headers):
        headers = (*headers, (FIRST_POSITION_HEADER, f"{place.topic}:{place.partition}:{place.offset}".encode()))
    return Record(place.topic, record.key, record.value or b"", headers)


def read(reader: Reader, wanted: Collection[Position]) -> dict[Position, StoredRecord]:
    """The latest letter of each place that is wanted. Raises Unavailable."""
    found: dict[Position, StoredRecord] = {}
    ends = reader.end_offsets()
    left = {partition for partition, at in reader.beginning_offsets().items() if at < ends[partition]}
    while left:
        try:
            polled = reader.poll(POLL_RECORDS, POLL_MS)
        except LogFault as fault:
            if fault.kind != "corrupt":
                raise
            reader.skip(fault.position)
            if fault.position.offset + 1 >= ends[Partition(fault.position.topic, fault.position.partition)]:
                left.discard(Partition(fault.position.topic, fault.position.partition))
            continue
        for partition, records in polled.items():
            found |= {place: one for one in records if (place := place_of(one)) in wanted and place is not None}
            if records[-1].offset + 1 >= ends[partition]:
                left.discard(partition)
    return found


def originals(reader: Reader, wanted: Collection[Position]) -> dict[Position, Record]:
    """What is appended again of records that have no letter: a generation that was filled has refused them alone.

    The reader is of the input topic. What is gone from the log, or cannot be read, is left out. Raises Unavailable.
    """
    found: dict[Position, Record] = {}
    ends = reader.end_offsets()
    for place in sorted(wanted):
        record = _at(reader, place, ends.get(Partition(place.topic, place.partition), 0))
        if record is not None:
            found[place] = _again(record, place, record.headers)
    return found


def _at(reader: Reader, place: Position, end: int) -> StoredRecord | None:
    where = Partition(place.topic, place.partition)
    reader.seek(where, place.offset)
    while place.offset < end:
        try:
            listed = reader.poll(POLL_RECORDS, POLL_MS).get(where)
        except LogFault:
            reader.seek(where, end)
            return None
        if listed:
            return listed[0] if listed[0].offset == place.offset else None
    return None


def _headers_of_ours(letter: StoredRecord) -> tuple[tuple[str, bytes], ...]:
    end = len(letter.headers) - (1 if _is_cut(letter) else 0)
    return letter.headers[max(0, end - OURS) : end]


def _is_cut(letter: StoredRecord) -> bool:
    """The last header of all: an original may carry one of that name, but before ours."""
    return bool(letter.headers) and letter.headers[-1][0] == CUT_HEADER
