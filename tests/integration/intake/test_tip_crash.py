"""A crash at every step between a tip and its public fact: nothing is lost, counts twice or leaves early."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import msgspec
import pytest

from services.contracts import metrics as cards
from services.contracts.codec import decode
from services.contracts.door_answers import TipTaken
from services.contracts.records import Position, Record
from services.contracts.requests import PostTip
from services.contracts.topics import TIP
from services.kit.clock import FakeClock, SystemClock
from services.kit.db import Engine, engine
from services.kit.errors import Unavailable
from services.kit.eventlog.kafka import KafkaAppender, LogSettings
from services.kit.eventlog.port import Appender
from services.kit.metrics import Metrics
from services.notify.domain import sealing
from services.notify.intake import take as taking
from services.notify.intake.sweeping import Sweeper
from services.notify.intake.take import Arriving, Vault, take
from services.notify.store import sweeping
from services.notify.store.secrets import secrets
from services.operations.tips import read_private
from tests.support.doors import SANDBOX, Installation
from tests.support.postings import hong_linh
from tests.support.vault import VaultOfTests
from tests.support.waiting import until

AT = datetime(2024, 3, 20, 6, 37, tzinfo=UTC)
SLOT_S = 3_600
TODAY = date(2024, 3, 20)
PROGRAMME = hong_linh(SANDBOX, sandbox=True)


class Crash(Exception):
    """As kill -9 would: what was not committed is not there."""


@dataclass
class Log:
    """The real one, which dies before or after it appends, or is away."""

    real: Appender
    dies: str = ""
    appended: list[Record] = field(default_factory=list)

    def append(self, records: Sequence[Record], deadline_s: float) -> list[Position]:
        if self.dies == "before":
            raise Crash
        if self.dies == "away":
            raise Unavailable("log")
        positions = self.real.append(records, deadline_s)
        self.appended += records
        if self.dies == "after":
            raise Crash
        return positions

    def close(self, deadline_s: float) -> int:
        return self.real.close(deadline_s)


@pytest.fixture(scope="module")
def appender(installation: Installation) -> Iterator[KafkaAppender]:
    metrics = Metrics(
        [
            cards.LOG_APPEND_SECONDS,
            cards.LOG_IN_FLIGHT,
            cards.LOG_OLDEST_IN_FLIGHT,
            cards.LOG_UNAVAILABLE,
            cards.LOG_PROBE_AGE,
        ]
    )
    made = KafkaAppender(LogSettings(installation.bootstrap_servers), [TIP], metrics, SystemClock())
    made.start()
    until(lambda: made.ready().ok)
    yield made
    made.close(5)


@pytest.fixture
def stores(vault: VaultOfTests) -> Iterator[Vault]:
    rows, apart = (engine(url, pool_size=4, application_name="test") for url in (vault.rows_url, vault.secrets_url))
    yield Vault(rows, apart, 180, lambda: TODAY)
    rows.dispose()
    apart.dispose()


@pytest.fixture(autouse=True)
def nothing_waits(stores: Vault) -> None:
    """What other tests have left to sweep is not ours."""
    with stores.rows.begin() as connection:
        connection.exec_driver_sql("delete from notify.unswept")
        connection.exec_driver_sql("delete from notify.closed_slot")


def arriving(key: str, text: str = "Canary") -> Arriving:
    posted = msgspec.convert({"programme": SANDBOX, "unit": "18115", "text": text}, PostTip)
    return Arriving(PROGRAMME, posted, [], key * 8, AT, None)


def sweeper(stores: Vault, log: Log, at: datetime = AT) -> Sweeper:
    return Sweeper(stores, log, FakeClock(at), SLOT_S)


def end_of_slot(hour: int) -> datetime:
    return datetime(2024, 3, 20, hour, 0, 1, tzinfo=UTC)


def waiting(stores: Vault) -> int:
    with stores.rows.begin() as connection:
        return int(connection.exec_driver_sql("select count(*) from notify.unswept").scalar_one())


def assert_opens(stores: Vault, seen: VaultOfTests, taken: TipTaken) -> None:
    tip = seen.tip_of(taken.words)
    [(key_id, wrapped)] = seen.all("select key_id, wrapped from notify.tip_recipient where tip_id = %s", tip)
    sealed = sealing.unwrapped(tip, key_id, wrapped, stores.secret_of(tip) or b"")
    key = sealing.tip_key(sealed, read_private(seen.keys / "ca-18115.key"))
    content = seen.one("select content from notify.tip where tip_id = %s", tip)[0]
    assert b"Canary" in sealing.opened_content(tip, content, key)


@pytest.mark.parametrize("step", ["before the secret", "between secret and row", "within the row", "before the answer"])
def test_a_tip_that_was_asked_again_after_a_crash_is_one_row_that_opens(
    stores: Vault, vault: VaultOfTests, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    key = f"{['before the secret', 'between secret and row', 'within the row', 'before the answer'].index(step):04x}"
    before = vault.tips()

    def die(*_: object, **__: object) -> None:
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(
            *{
                "before the secret": (secrets, "keep", die),
                "between secret and row": (taking.tips, "keep", die),
                "within the row": (taking.tips, "add_fact", die),
                "before the answer": (taking, "_told", die),
            }[step]
        )
        with pytest.raises(Crash):
            take(stores, arriving(key))
    assert vault.tips() == before + (step == "before the answer")
    taken = take(stores, arriving(key))
    assert take(stores, arriving(key)) == taken
    assert vault.tips() == before + 1
    assert waiting(stores) == 1
    assert_opens(stores, vault, taken)


@pytest.mark.parametrize("dies", ["before", "after", "forgetting"])
def test_a_fact_is_appended_in_the_end_and_counts_once(
    stores: Vault,
    installation: Installation,
    appender: KafkaAppender,
    vault: VaultOfTests,
    monkeypatch: pytest.MonkeyPatch,
    dies: str,
) -> None:
    words = [take(stores, arriving(f"{dies[:3].encode().hex()[:3]}{number}")).words for number in range(5)]
    tips = {str(vault.tip_of(one)) for one in words}
    log = Log(appender, dies)
    with monkeypatch.context() as patch:
        if dies == "forgetting":
            patch.setattr(sweeping, "forget", lambda *_: (_ for _ in ()).throw(Crash()))
        with pytest.raises(Crash):
            sweeper(stores, log, end_of_slot(7)).end_of_slot()
    assert waiting(stores) == 5
    log.dies = ""
    sweeper(stores, log, end_of_slot(7)).end_of_slot()
    assert waiting(stores) == 0
    found = [one for one in installation.log(TIP.name) if (one.key or b"").decode() in tips]
    assert len(found) == (5 if dies == "before" else 10)
    assert len({decode(one).id for one in found}) == 5
    assert len({(decode(one).id, decode(one).body_hash, decode(one).accepted_at) for one in found}) == 5


def test_nothing_leaves_before_its_slot_has_ended_and_what_came_after_waits_for_the_next(
    stores: Vault, appender: KafkaAppender
) -> None:
    log = Log(appender)
    take(stores, arriving("aaa1"))
    assert sweeper(stores, log).publish(5) == 0
    sweeper(stores, log, end_of_slot(7)).end_of_slot()
    assert (len(log.appended), waiting(stores)) == (1, 0)
    take(stores, arriving("aaa2"))
    for late in (datetime(2024, 3, 20, 7, 0, 30, tzinfo=UTC), datetime(2024, 3, 20, 7, 40, tzinfo=UTC)):
        sweeper(stores, log, late).end_of_slot()
    assert (len(log.appended), waiting(stores)) == (1, 1)
    sweeper(stores, log, datetime(2024, 3, 20, 8, 30, tzinfo=UTC)).end_of_slot()
    assert waiting(stores) == 1, "whoever was away at the end of a slot closes nothing in its middle"
    sweeper(stores, log, end_of_slot(9)).end_of_slot()
    assert (len(log.appended), waiting(stores)) == (2, 0)


def test_while_the_log_is_away_tips_are_taken_and_what_was_closed_leaves_alone_when_it_is_back(
    stores: Vault, appender: KafkaAppender
) -> None:
    log = Log(appender, "away")
    take(stores, arriving("bbb1"))
    with pytest.raises(Unavailable):
        sweeper(stores, log, end_of_slot(7)).end_of_slot()
    take(stores, arriving("bbb2"))
    log.dies = ""
    sweeper(stores, log, datetime(2024, 3, 20, 7, 25, tzinfo=UTC)).end_of_slot()
    assert (len(log.appended), waiting(stores)) == (1, 1)


def test_facts_leave_in_another_order_than_they_came(
    stores: Vault, appender: KafkaAppender, vault: VaultOfTests
) -> None:
    came = [str(vault.tip_of(take(stores, arriving(f"cc{number:02x}")).words)) for number in range(24)]
    log = Log(appender)
    sweeper(stores, log, end_of_slot(7)).end_of_slot()
    left = [(one.key or b"").decode() for one in log.appended]
    assert sorted(left) == sorted(came)
    assert left != came


def test_a_secret_whose_time_is_over_is_destroyed_and_with_it_every_way_to_read_the_tip(
    stores: Vault, appender: KafkaAppender, vault: VaultOfTests
) -> None:
    old, young = (vault.tip_of(take(stores, arriving(key)).words) for key in ("ddd1", "ddd2"))
    _set_destruction(stores.secrets, str(old), TODAY)
    sweeper(stores, Log(appender), end_of_slot(7)).clear_away()
    assert stores.secret_of(old) is None
    assert stores.secret_of(young) is not None


def test_a_secret_without_a_row_is_cleared_away_and_one_with_a_row_stays(
    stores: Vault, appender: KafkaAppender, vault: VaultOfTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = vault.tip_of(take(stores, arriving("eee1")).words)
    with monkeypatch.context() as patch:
        patch.setattr(taking.tips, "keep", lambda *_: (_ for _ in ()).throw(Crash()))
        with pytest.raises(Crash):
            take(stores, arriving("eee2"))
    with stores.secrets.begin() as connection:
        before = connection.exec_driver_sql("select count(*) from tip_secrets.tip_secret").scalar_one()
        connection.exec_driver_sql("update tip_secrets.tip_secret set kept_on = '2024-03-01'")
    sweeper(stores, Log(appender)).clear_away()
    with stores.secrets.begin() as connection:
        after = connection.exec_driver_sql("select count(*) from tip_secrets.tip_secret").scalar_one()
    assert after < before
    assert after == vault.tips() - _without_secret(stores, vault)
    assert stores.secret_of(kept) is not None


def _without_secret(stores: Vault, seen: VaultOfTests) -> int:
    return sum(stores.secret_of(tip) is None for (tip,) in seen.all("select tip_id from notify.tip"))


def _set_destruction(of: Engine, tip: str, day: date) -> None:
    with of.begin() as connection:
        connection.exec_driver_sql("update tip_secrets.tip_secret set destroy_on = %s where tip_id = %s", (day, tip))
