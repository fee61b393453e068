"""What the doors are compared with, under the same server: `python -m bench.doors without-log | bare`."""

import os
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from itertools import count

import click
from flask import Flask, Response, request

from services.contracts.records import Position, Record
from services.intake import programmes
from services.intake.desk import Desk
from services.intake.door import Door
from services.intake.opening import METRICS
from services.kit.auth import Verifier
from services.kit.clock import SystemClock
from services.kit.eventlog.kafka import KafkaAdmin
from services.kit.health import Health
from services.kit.http_server import Served, serve_http
from services.kit.keys import KeySet
from services.kit.metrics import Metrics
from services.kit.receipts import Signer
from services.kit.settings import load
from services.kit.web import create_app
from services.pledge.api import mount_pledges
from services.pledge.settings import PledgeSettings
from services.pledge.signer_keys import SignerKeys


class Nowhere:
    """A log that has everything at once and keeps nothing."""

    def __init__(self) -> None:
        self._offsets = count()
        self._lock = threading.Lock()

    def append(self, records: Sequence[Record], deadline_s: float) -> list[Position]:  # noqa: ARG002 - the port's
        with self._lock:
            return [Position(record.topic, 0, next(self._offsets)) for record in records]

    def close(self, deadline_s: float) -> int:  # noqa: ARG002 - the port's
        return 0


def without_log(settings: PledgeSettings) -> Served:
    """The whole door: token, body, identities, event, hash, receipt. Only the append is missing."""
    metrics, clock = Metrics(METRICS), SystemClock()
    receipts = Signer.load(settings.receipt_keys_dir)
    admin = KafkaAdmin(settings.log())
    following = programmes.follow(settings.log(), admin)
    door = Door(Nowhere(), lambda name: programmes.active(following, name), receipts, clock)
    app = create_app(
        "without-log", metrics=metrics, health=Health(ready={"programmes": following.ready}), jwks=receipts.jwks
    )
    desk = Desk(door, Verifier(KeySet(settings.jwks, clock), clock), settings.max_body_bytes)
    mount_pledges(app, desk, SignerKeys(settings.signer_keys_dir))
    following.start()

    def close() -> int:
        following.stop()
        admin.close()
        return 0

    return Served(app, close)


def bare(_settings: PledgeSettings) -> Served:
    """Flask alone: the body is read, and one constant answered; who asks for the statuses is sent that many bytes."""
    app = Flask("bare", static_folder=None)

    def answer() -> Response:
        request.get_data()
        return Response(b'{"event_id": "00000000-0000-0000-0000-000000000000"}', 202, content_type="application/json")

    app.add_url_rule("/v1/pledges", "answer", answer, methods=["POST"])

    def sent() -> Response:
        return Response(b" " * int(request.args["bytes"]), content_type="application/json")

    app.add_url_rule("/v1/status", "sent", sent)
    app.add_url_rule("/health/ready", "ready", lambda: Response(b"{}"))
    return Served(app, lambda: 0)


DOORS: Mapping[str, Callable[[PledgeSettings], Served]] = {"without-log": without_log, "bare": bare}


@click.command()
@click.argument("door", type=click.Choice(list(DOORS)))
def main(door: str) -> None:
    """Serve until SIGTERM, told by PLEDGE_* as the real one is."""
    settings = load("PLEDGE", PledgeSettings, os.environ)
    sys.exit(serve_http(lambda _: DOORS[door](settings), settings.bind, settings.threads))


if __name__ == "__main__":
    main(prog_name="python -m bench.doors")
