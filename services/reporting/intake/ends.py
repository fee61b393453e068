"""Where the input topics end, asked within a request's deadline: the cluster's own answer may take ten seconds."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from services.kit.errors import Unavailable
from services.kit.eventlog.port import Admin


class Ends:
    """One question at a time, in a thread of its own; who cannot wait for it is told Unavailable."""

    def __init__(self, admin: Admin, topics: Sequence[str]) -> None:
        self._admin = admin
        self._topics = list(topics)
        self._asking = ThreadPoolExecutor(1, thread_name_prefix="ends")

    def __call__(self, timeout_s: float) -> dict[str, list[int]]:
        """The next offset of every partition by topic. Raises Unavailable."""
        asked = self._asking.submit(self._ask)
        try:
            return asked.result(timeout_s)
        except TimeoutError:
            asked.cancel()
            raise Unavailable("log", detail="end offsets") from None

    def _ask(self) -> dict[str, list[int]]:
        found = self._admin.end_offsets(self._topics)
        return {topic: [found[where] for where in sorted(found) if where.topic == topic] for topic in self._topics}
