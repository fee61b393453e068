"""Doctor and faults of the log itself, made for real: each adds exactly its findings."""

import json
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from kafka import KafkaAdminClient, TopicPartition

from services.contracts.codec import seal
from services.contracts.events import Event, ProgrammeActivated, TipReceived
from services.contracts.programme import content_hash, content_of, pack
from services.contracts.records import Position, Record
from services.kit.clock import SystemClock
from services.kit.eventlog.kafka import KafkaAdmin, LogSettings
from services.operations import keys
from services.operations.doctor.command import look
from services.operations.programme import read_files
from services.operations.topics import apply
from tests.support.broker import OwnBrokers
from tests.support.doors import LIVE, SANDBOX
from tests.support.postings import FOLDER, WARD
from tests.support.real_log import RealLog
from tests.support.services import Services
from tests.support.standing import ReadableFinding, Standing, read, stand
from tests.support.streams import record_of
from tests.support.waiting import until

TIP = UUID("0b6f7c64-7b0e-5d53-9e6d-2f7d2a5f6c11")
"""Of one tip, so that all its records stand on one partition."""


@pytest.fixture
def standing(own_broker: OwnBrokers, reporting_url: str, start_service: Services, run_folder: Path) -> Standing:
    folder = Path(tempfile.mkdtemp(dir=run_folder))
    return stand(start_service, own_broker().bootstrap_servers, reporting_url, folder)


@pytest.fixture
def log(standing: Standing) -> Iterator[RealLog]:
    log = RealLog(standing.installation.bootstrap_servers)
    yield log
    log.close()


@pytest.fixture
def client(standing: Standing) -> Iterator[KafkaAdminClient]:
    client = KafkaAdminClient(bootstrap_servers=standing.installation.bootstrap_servers)
    yield client
    client.close()


def sealed(data: TipReceived | ProgrammeActivated, accepted_at: datetime) -> Event:
    return seal(
        data,
        event_id=uuid4(),
        source="operator",
        accepted_at=accepted_at,
        programme_version=1,
        actor=None,
    )


def tip(programme: str, accepted_at: datetime) -> Record:
    day = accepted_at.date()
    data = TipReceived(
        programme=programme, unit=WARD, occurred_on=day, tip_id=TIP, category="use", channel="hotline", due_on=day
    )
    return record_of(sealed(data, accepted_at))


def part(version: int, content: bytes, number: int = 1, parts: int = 1, hash_: str = "0" * 64) -> Record:
    data = ProgrammeActivated(
        programme=LIVE,
        unit=WARD,
        occurred_on=datetime(2024, 3, 1, tzinfo=UTC).date(),
        version=version,
        hash=hash_,
        part=number,
        parts=parts,
        content=content,
    )
    return record_of(sealed(data, datetime.now(UTC)))


def test_faults_of_a_topic_and_of_what_stands_on_it(standing: Standing, log: RealLog, client: KafkaAdminClient) -> None:
    assert standing.found() == []
    position = _found_a_door_that_is_ahead(standing, log)
    where = f"tip.v1:{position.partition}"
    client.delete_records({TopicPartition("tip.v1", position.partition): 3})
    assert standing.found() == [
        ("identities", "fault", f"{where}: read up to 0, but the log begins at 3: 3 records are gone")
    ]
    client.delete_topics(["tip.v1"])
    admin = KafkaAdmin(LogSettings(standing.installation.bootstrap_servers))
    until(lambda: not admin.partitions(["tip.v1"]))
    assert standing.found() == [("topics", "fault", "There is no topic tip.v1")]
    apply(admin, None, {})
    remade = admin.identity(["tip.v1"]).topic_ids["tip.v1"]
    known = standing.environment["LOG_TOPIC_IDS"].partition('"tip.v1":"')[2].partition('"')[0]
    what = f"The topic tip.v1 was deleted and made again: its id is {remade}, not {known}"
    assert standing.found() == [
        ("identities", "fault", f"{what} (LOG_TOPIC_IDS)"),
        ("identities", "fault", f"{what} (database: position)"),
    ]
    admin.close()


def _found_a_door_that_is_ahead(standing: Standing, log: RealLog) -> Position:
    """But a sandbox has a clock of its own, and what is not yet read is no fault."""
    log.append([tip(SANDBOX, datetime.now(UTC) + timedelta(hours=1)), tip(LIVE, datetime.now(UTC))])
    assert standing.found() == []
    (position,) = log.append([tip(LIVE, datetime.now(UTC) + timedelta(hours=1))])
    ((check, severity, what),) = standing.found()
    assert (check, severity) == ("clocks", "fault")
    assert what.startswith("The clock of who accepted vn.binhyen.tip.received is 3")
    assert what.endswith(f"ahead of the broker's (tip.v1:{position.partition}:{position.offset})")
    return position


def test_faults_of_programmes(standing: Standing, log: RealLog, start_service: Services) -> None:
    expected: list[ReadableFinding] = []
    (position,) = log.append([Record("programme.v1", b"x", b"{", ())])
    expected.append(("programmes", "warning", f"The record programme.v1:0:{position.offset} cannot be read"))
    assert standing.found() == expected

    log.append([part(3, b"x", parts=2)])
    unfinished = ("programmes", "fault", f"Not all parts of {LIVE} v3 were written")
    assert sorted(standing.found()) == sorted([*expected, unfinished])
    expected.append(unfinished)

    log.append([part(4, b"x")])
    found = set(standing.found()) - set(expected)
    ((check, severity, what),) = found
    assert (check, severity, what.startswith(f"{LIVE} v4 cannot be used: ")) == ("programmes", "fault", True)
    expected.append((check, severity, what))

    content = content_of(read_files(FOLDER))
    log.append(
        [
            part(2, piece, number, len(pack(content)), content_hash(content))
            for number, piece in enumerate(pack(content), start=1)
        ]
    )
    unread = ("programmes", "warning", f"Reporting has not read {LIVE} v2 (it knows v1)")
    assert sorted(standing.found()) == sorted([*expected, unread])
    read(start_service, standing)
    assert sorted(standing.found()) == sorted(expected)


def test_a_log_without_a_programme_is_a_warning(
    own_broker: OwnBrokers, reporting_url: str, notify_databases: dict[str, str], tmp_path: Path
) -> None:
    servers = own_broker().bootstrap_servers
    admin = KafkaAdmin(LogSettings(servers))
    identity = apply(admin, None, {}).identity
    admin.close()
    keys.init(tmp_path, [], "20240101")
    environment = {
        "KAFKA_BOOTSTRAP_SERVERS": servers,
        "DATABASE_URL": reporting_url,
        **notify_databases,
        "LOG_CLUSTER_ID": identity.cluster_id,
        "LOG_TOPIC_IDS": json.dumps(identity.topic_ids),
    }
    seen = look(environment, tmp_path, SystemClock())
    ((check, finding),) = [(one.check, finding) for one in seen for finding in one.findings]
    assert (check, finding.severity, finding.what.en) == ("programmes", "warning", "No programme is applied")
