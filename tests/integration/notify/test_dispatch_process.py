"""From a record on the log to a mail, to an answer or the next rung, to the ledger: on real processes."""

import re
from datetime import UTC, datetime

from services.contracts.events import ObligationOverdue
from tests.support.dispatching import OTHER_WARD, PROVINCE, TODAYS_WARD, Dispatching
from tests.support.notice_causes import owed
from tests.support.sinks import words_of


def test_what_is_overdue_is_mailed_and_answered_by_the_button_or_told_one_rung_higher(dispatching: Dispatching) -> None:
    dispatching.register(TODAYS_WARD, "bac@ward.example")
    dispatching.register(OTHER_WARD, "nam@ward.example")
    dispatching.register(PROVINCE, "tinh@province.example")
    door = dispatching.process()
    now = datetime.now(UTC)
    dispatching.post([owed(ObligationOverdue, now), owed(ObligationOverdue, now, unit="18118@2018-01-01")])
    dispatching.until(lambda: len(dispatching.mail.mails) >= 2)
    (mail,) = dispatching.mail.to("bac@ward.example")
    assert "Bắc Hồng" in words_of(mail)
    (link,) = re.findall(r"/n/\S+", words_of(mail))
    before = dispatching.rows("select body from notify.matter order by cause")
    page = door.client.get(link)
    assert page.status_code == 200
    assert "<form method=post>" in page.text
    assert door.client.head(link).status_code == 200
    assert dispatching.rows("select body from notify.matter order by cause") == before
    assert door.client.get(link[:-1] + ("0" if link[-1] != "0" else "1")).status_code == 404
    assert "Bạn đã xác nhận" in door.client.post(link).text
    dispatching.until(lambda: dispatching.mail.to("tinh@province.example"))
    assert [mail["To"] for mail in dispatching.mail.mails] == [
        "bac@ward.example",
        "nam@ward.example",
        "tinh@province.example",
    ] or {mail["To"] for mail in dispatching.mail.mails[:2]} == {"bac@ward.example", "nam@ward.example"}
    assert "Nam Hồng" in words_of(dispatching.mail.to("tinh@province.example")[0])
    states = dispatching.rows("select about, state from notify.matter order by about")
    assert states == [("18115@2018-01-01", "acknowledged"), ("18118@2018-01-01", "open")]
    the_ledger_explains(dispatching, str(door.client.base_url))


def the_ledger_explains(dispatching: Dispatching, url: str) -> None:
    client, token = dispatching.processes[0].client, dispatching.installation.token
    asked = f"{url}/v1/notices/ledger"
    as_operator = {"Authorization": f"Bearer {token('operator', agency='operator', unit='437')}"}
    everything = client.get(asked, headers=as_operator).json()["items"]
    assert [(line["unit"], line["verdict"], line["rule"]) for line in everything if line["verdict"] == "sent"][-2:]
    assert {line["verdict"] for line in everything} == {"sent", "inhibited"}
    as_ward = {"Authorization": f"Bearer {token('report', agency='ubnd-18115', unit='18115')}"}
    theirs = client.get(asked, params={"programme": "hong-linh-2024"}, headers=as_ward).json()["items"]
    assert {(line["unit"], line["role"]) for line in theirs if line["unit"]} == {(TODAYS_WARD, "people_committee")}
    assert client.get(asked).status_code == 401
