"""The programmes as programme.v1 tells them, read to its end: for commands that need the version that holds now."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from services.contracts.programme import Programme
from services.contracts.programme.registry import Registry
from services.contracts.topics import PROGRAMME
from services.intake import programmes
from services.kit.errors import Unavailable
from services.kit.eventlog.follow import Follower
from services.kit.eventlog.kafka import KafkaAdmin, LogSettings
from services.operations.settings import of_log

PATIENCE_S: Final = 30.0


@contextmanager
def following(settings: LogSettings) -> Iterator[Follower[Registry]]:
    """Everything on programme.v1, read to its end and followed from there. Raises Unavailable."""
    admin = KafkaAdmin(settings)
    followed = programmes.follow(settings, admin)
    followed.start()
    try:
        if not followed.wait_until_caught_up(PATIENCE_S):
            raise Unavailable(PROGRAMME.name, detail=followed.error or "not read to its end")
        yield followed
    finally:
        followed.stop()
        admin.close()


def active(programme_id: str) -> Programme | None:
    """The version that holds now, on the log that the environment names; None: none was ever applied."""
    with following(of_log(os.environ).log()) as followed:
        return followed.state.active(programme_id)
