"""What ingest says of its health."""

from collections.abc import Callable, Sequence

from services.contracts.metrics import INGEST_HEARTBEAT_AGE
from services.kit.health import Check, Health
from services.kit.metrics import Metrics
from services.reporting.ingest.loop import Ingest


def health(
    running: Sequence[Ingest],
    log: Callable[[], Check],
    clock: Callable[[], Check],
    live_within_s: float,
    metrics: Metrics,
) -> Health:
    """`running` is empty until the log was met: alive then, but not ready."""

    def of_loop(check: Callable[[Ingest], Check]) -> Callable[[], Check]:
        return lambda: check(running[0]) if running else Check(False, "waiting for the log")

    def beats() -> Check:
        return running[0].heartbeat.check(live_within_s) if running else Check(True, "waiting for the log")

    metrics.gauge(INGEST_HEARTBEAT_AGE).set_function(lambda: running[0].heartbeat.age_s() if running else 0.0)
    return Health(
        live={"loop": beats},
        ready={
            "log": log,
            "clock": clock,
            "caught_up": of_loop(_caught_up),
            "halt": of_loop(_not_halted),
            "positions": of_loop(_whole),
            "database": of_loop(_not_resting),
        },
    )


def _caught_up(loop: Ingest) -> Check:
    if loop.unread is None:
        return Check(False, "no partitions assigned yet")
    return Check(not loop.unread, f"{len(loop.unread)} partitions not read to the end seen at the start")


def _not_halted(loop: Ingest) -> Check:
    halt = loop.halt
    if halt is None:
        return Check(True)
    return Check(False, f"{halt.rejects} rejects, most by {halt.source} on {halt.topic} ({halt.reason}): run resume")


def _whole(loop: Ingest) -> Check:
    lost = [f"{topic}:{partition}:{at}" for (topic, partition), at in sorted(loop.truncated.items())]
    return Check(not lost, f"gone from the log: {', '.join(lost)}" if lost else "")


def _not_resting(loop: Ingest) -> Check:
    return Check(not loop.resting, "backing off" if loop.resting else "")
