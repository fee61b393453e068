"""One batch in its transaction while the next one is read and judged."""

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor

from services.kit.eventlog.port import Partition
from services.reporting.ingest.sorting import Sorted
from services.reporting.ingest.writing import Writer


class Flight:
    """At most one batch, in a thread of its own. `begin` and `land` are for the thread that reads, and for no other."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="transaction")
        self._written: Future[None] | None = None
        self.batch: Sorted | None = None

    def positions(self, known: Mapping[Partition, int]) -> Mapping[Partition, int]:
        """Where the next batch begins if this one lands."""
        return known if self.batch is None else {**known, **self.batch.ends}

    def begin(self, batch: Sorted, known: Mapping[Partition, int]) -> None:
        """`known`: where we stand, which must be where the batch begins. The one before must have landed."""
        assert self.batch is None
        starts = {partition: known[partition] for partition in batch.ends}
        self.batch = batch
        self._written = self._thread.submit(self._writer.write, batch, starts)

    def land(self) -> Sorted | None:
        """Waits for the transaction: the batch it has written, if there was one. Raises what `Writer.write` raises."""
        batch, written = self.batch, self._written
        self.batch = self._written = None
        if batch is None or written is None:
            return None
        written.result()
        self._writer.keep(batch)
        return batch
