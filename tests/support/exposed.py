"""Every HTTP service of an installation as a process, with ingest behind them, for callers that mean no good."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine

from services.contracts.programme.ids import report_id
from services.contracts.request_examples import REQUEST_EXAMPLES
from services.contracts.requests import PostPledge
from tests.support.doors import LIVE, SANDBOX, DoorProcess, Installation, open_door
from tests.support.postings import WARD
from tests.support.services import Services
from tests.support.whole_path import WholePath

ROLES = ("pledge", "report", "decide", "tip", "clock", "operator")
COMMANDS = {
    "pledge": ("PLEDGE", "services.pledge", "serve"),
    "reporting-intake": ("REPORTING_INTAKE", "services.reporting", "intake"),
    "notify-intake": ("NOTIFY_INTAKE", "services.notify", "intake"),
    "notify-dispatch": ("NOTIFY_DISPATCH", "services.notify", "dispatch"),
    "reporting-serve": ("REPORTING_SERVE", "services.reporting", "serve"),
}


@dataclass(frozen=True)
class Exposed:
    """`token` may do everything in the sandbox; `event_id` names an event of its agency that has been read."""

    installation: Installation
    doors: Mapping[str, DoorProcess]
    token: str
    event_id: str

    def placed(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """An OpenAPI document whose examples are of this installation's sandbox, and name what is there."""
        found: dict[str, Any] = json.loads(json.dumps(document).replace(LIVE, SANDBOX))
        report = str(report_id(SANDBOX, "BC-THANG-UBND", WARD, "2024-M03", "ubnd-18115"))
        for path in found["paths"].values():
            for operation in path.values():
                for parameter in operation.get("parameters", ()):
                    if parameter["name"] in ("report_id", "event_id"):
                        parameter["example"] = report if parameter["name"] == "report_id" else self.event_id
        return found


def expose(installation: Installation, engine: Engine, start: Services) -> Exposed:
    """`engine`: a database with the tables of reporting; the environment names those of notify."""
    path = WholePath(installation, engine, start)
    path.ingest()
    with_database = installation.with_environment(DATABASE_URL=path.database_url)
    doors = {name: open_door(start, with_database, *command) for name, command in COMMANDS.items()}
    token = installation.token(*ROLES, agency="ubnd-437", unit="437", sandbox=True)
    sheet = {**REQUEST_EXAMPLES[PostPledge], "programme": SANDBOX}
    accepted = doors["pledge"].post("/v1/pledges", sheet, token, "exposed-0001", Clock="2024-03-02T09:30:00+07:00")
    assert accepted.status_code == 202, accepted.text
    path.wait_until_read()
    return Exposed(installation, doors, token, accepted.json()["event_id"])
