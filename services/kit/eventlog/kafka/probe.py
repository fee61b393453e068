"""One thread that asks every few seconds: do you answer, and are you still the log we know?"""

import threading
from collections.abc import Mapping

from services.kit.clock import Clock
from services.kit.errors import Unavailable
from services.kit.eventlog.kafka.admin import KafkaAdmin
from services.kit.eventlog.kafka.options import LogSettings
from services.kit.eventlog.port import LogIdentity, mismatches
from services.kit.health import Check
from services.kit.logs import described, get_logger
from services.kit.runtime import MISCONFIGURED, Die, spawn

LOOKS_APART_S = 0.2
"""At least, whoever suspects what."""


class Probe:
    """Never asked in a request's path: what it found last is read from memory.

    The wrong log at the first answer ends the process as Misconfigured; a log that becomes another one later makes
    the process not ready, for as long as that lasts. Who suspects one asks for a look at once (`suspect`).
    """

    def __init__(self, settings: LogSettings, topics: list[str], clock: Clock, die: Die) -> None:
        self._settings = settings
        self._topics = topics
        self._clock = clock
        self._die = die
        self._admin = KafkaAdmin(settings)
        self._stop = threading.Event()
        self._suspected = threading.Event()
        self._known: LogIdentity | None = None
        self._missing: list[str] = topics
        self._faults: list[str] = []
        self._answered_at: float | None = None
        self._healthy_since: float | None = None

    def start(self) -> None:
        spawn("log-probe", self._run, self._die)

    def stop(self) -> None:
        """Ends the thread, which may be in the middle of a call; nobody waits for that one."""
        self._stop.set()
        self._suspected.set()

    def suspect(self) -> None:
        """Look again now; from any thread, and as often as one likes."""
        self._suspected.set()

    def age_s(self) -> float:
        """Seconds since the right log last answered; infinite before the first time."""
        if self._answered_at is None:
            return float("inf")
        return self._clock.monotonic() - self._answered_at

    def healthy_for_s(self) -> float:
        """For how long every probe has succeeded; 0 when the last one did not."""
        if self._healthy_since is None or self.age_s() >= self._settings.probe_fresh_s:
            return 0.0
        return self._clock.monotonic() - self._healthy_since

    @property
    def topic_ids(self) -> Mapping[str, str]:
        """Of the log that we have come to know; nothing before it answered, and no topic that it has never had."""
        return self._known.topic_ids if self._known else {}

    def is_another_log(self) -> bool:
        """Whether it was not the one we know when it last answered."""
        return bool(self._faults)

    def ready(self) -> Check:
        if self._faults:
            return Check(False, "; ".join(self._faults))
        if self.age_s() >= self._settings.probe_fresh_s:
            return Check(False, "the log does not answer")
        if self._missing:
            return Check(False, f"no topic {', '.join(self._missing)}")
        return Check(True, f"the log answered {self.age_s():.1f} s ago")

    def _run(self) -> None:
        while not self._stop.is_set():
            self._suspected.clear()
            self.look()
            self._stop.wait(LOOKS_APART_S)
            self._suspected.wait(max(0.0, self._settings.probe_every_s - LOOKS_APART_S))
        self._admin.close()

    def look(self) -> None:
        """One probe."""
        try:
            found = self._admin.identity(self._topics)
        except Unavailable as error:
            self._healthy_since = None
            get_logger().warning("log probe failed", **described(error))
            return
        self._compare(found)

    def _compare(self, found: LogIdentity) -> None:
        first = self._known is None
        known = self._known or self._expected(found)
        self._faults = mismatches(known, found)
        if self._faults:
            self._healthy_since = None
            get_logger().error("this is another log", faults=self._faults)
            if first:
                self._die(MISCONFIGURED, "; ".join(self._faults))
            return
        self._known = LogIdentity(known.cluster_id, {**found.topic_ids, **known.topic_ids})
        self._missing = [topic for topic in self._topics if topic not in found.topic_ids]
        self._answered_at = self._clock.monotonic()
        if self._healthy_since is None:
            self._healthy_since = self._answered_at

    def _expected(self, found: LogIdentity) -> LogIdentity:
        return LogIdentity(self._settings.cluster_id or found.cluster_id, self._settings.topic_ids or {})
