"""What stops plumbing: four words beside `contracts.errors.Rejected`. Everything else is a bug."""

from collections.abc import Sequence


class Loggable(Exception):
    """Its message was written by us and names no one: it may be logged."""


class Unavailable(Loggable):
    """Try later. For an append it means *unknown*: the records may still be written."""

    def __init__(self, dependency: str, retry_after_s: int = 2, detail: str = "") -> None:
        super().__init__(f"{dependency} is unavailable{': ' if detail else ''}{detail}")
        self.dependency = dependency
        self.retry_after_s = retry_after_s
        self.detail = detail


class Fenced(Loggable):
    """Another owner holds what we thought was ours: drop the work, read the position again."""


class Misconfigured(Loggable):
    """Cannot start, or must not go on: every fault at once. Exit code 78."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = list(faults)


class Usage(Loggable):
    """The command line makes no sense. Exit code 64."""
