"""At least once, and never by two: kill -9 between send and mark, two replicas, a webhook that fails first."""

from datetime import UTC, datetime
from pathlib import Path

from services.contracts.events import ObligationOverdue
from services.contracts.records import Record
from services.notify.dispatch.channels.http import signature
from tests.support.dispatching import PROVINCE, TODAYS_WARD, Dispatching
from tests.support.notice_causes import owed


def test_killed_between_send_and_mark_it_sends_the_same_message_again_and_loses_nothing(
    dispatching: Dispatching, tmp_path: Path
) -> None:
    dispatching.register(TODAYS_WARD, "bac@ward.example")
    died = tmp_path / "died"
    dispatching.process("tests.support.dying_dispatch", "sent", str(died))
    dispatching.post([owed(ObligationOverdue, datetime.now(UTC))])
    dispatching.until(died.exists)
    with dispatching.engine.begin() as connection:
        connection.exec_driver_sql("update notify.message set lease_until = now()")  # instead of waiting it out
    dispatching.until(lambda: dispatching.rows("select 1 from notify.ledger where verdict = 'sent'"))
    assert len({mail["Message-ID"] for mail in dispatching.mail.to("bac@ward.example")}) == 1
    assert len(dispatching.mail.to("bac@ward.example")) == 2


def test_two_replicas_send_every_message_once_and_the_other_takes_over(dispatching: Dispatching) -> None:
    for number in range(1, 4):
        dispatching.register(TODAYS_WARD, f"bac{number}@ward.example")
    first, second = dispatching.process(), dispatching.process()
    now = datetime.now(UTC)
    dispatching.post([owed(ObligationOverdue, now, period=f"2024-M{month:02}") for month in range(1, 7)])
    dispatching.until(lambda: dispatching.rows("select 1 from notify.ledger where verdict = 'sent' limit 1"))
    active = first if "dispatch_active 1.0" in first.client.get("/metrics").text else second
    active.service.kill()
    dispatching.post([owed(ObligationOverdue, now, unit="18118@2018-01-01")])
    dispatching.until(lambda: dispatching.rows("select 1 from notify.matter where about = '18118@2018-01-01'"))
    dispatching.until(lambda: not dispatching.rows("select 1 from notify.message where state = 'waiting'"))
    ids = [(mail["To"], mail["Message-ID"]) for mail in dispatching.mail.mails]
    assert len(ids) == len(set(ids))


def test_a_webhook_is_signed_and_tried_again_under_the_same_id(dispatching: Dispatching) -> None:
    """Dead letters go to the operators of the root: the town is gone, so to those of the province."""
    told = dispatching.register(PROVINCE, dispatching.hooks.url, role="operator", channel="webhook")
    dispatching.hooks.answers.append(500)
    dispatching.process()
    headers = (("dl-topic", b"report.v1"), ("dl-partition", b"0"), ("dl-offset", b"7"), ("dl-reason", b"malformed"))
    dispatching.append([Record("report.v1.dead", b"x", b"{}", (*headers, ("ce_programme", b"hong-linh-2024")))])
    dispatching.until(lambda: len(dispatching.hooks.hooks) >= 2)
    first, second = dispatching.hooks.hooks[:2]
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == second.said["id"]
    at = second.headers["webhook-timestamp"]
    signed = signature(told["secret"], second.said["id"], at, second.body)
    assert second.headers["webhook-signature"] == signed
    assert second.body.decode().count("report.v1") >= 1
