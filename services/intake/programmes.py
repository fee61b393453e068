"""The programmes as programme.v1 tells them: followed by every door, without a restart."""

from services.contracts.codec import decode
from services.contracts.programme import Programme
from services.contracts.programme.registry import Registry
from services.contracts.records import StoredRecord
from services.contracts.topics import PROGRAMME
from services.kit.errors import Unavailable
from services.kit.eventlog.follow import Follower
from services.kit.eventlog.kafka import KafkaAdmin, KafkaReader, LogSettings


def step(registry: Registry, record: StoredRecord) -> Registry:
    """One record of programme.v1; raises Rejected for one that is no event."""
    return registry.with_event(decode(record))


def follow(settings: LogSettings, admin: KafkaAdmin) -> Follower[Registry]:
    """A follower of programme.v1, not yet started; `admin` is the caller's to close."""
    return Follower(
        PROGRAMME.name,
        lambda positions: KafkaReader.of_partitions(settings, positions),
        admin,
        step,
        Registry(),
    )


def active(following: Follower[Registry], programme_id: str) -> Programme | None:
    """The version that counts now; None for a programme that is unknown or closed.

    Raises Unavailable while the topic has not been read to its end: "unknown" would be a guess.
    """
    registry = following.state
    programme = registry.active(programme_id)
    if programme is None and not following.caught_up:
        raise Unavailable(PROGRAMME.name)
    return None if programme_id in registry.closed else programme
