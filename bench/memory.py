"""What processes of ours hold in memory, a gunicorn parent and its worker taken together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import linear_regression, median
from time import monotonic, sleep

import psutil

_MIB = 1 << 20


@dataclass(frozen=True)
class Memory:
    """In MiB. `rss` counts what is shared once for each process; `pss` shares it out among them."""

    rss: float
    pss: float


@dataclass(frozen=True)
class Sample:
    at_s: float
    pss: float


def of(pid: int) -> Memory:
    """Of a process and its children."""
    found = [one.memory_full_info() for one in _family(pid)]
    return Memory(sum(one.rss for one in found) / _MIB, sum(one.pss for one in found) / _MIB)


def sampled(pids: Sequence[int], goes_on: Callable[[], bool], every_s: float) -> list[list[Sample]]:
    """Samples of each process, in their order, for as long as it goes on."""
    began = monotonic()
    found: list[list[Sample]] = [[] for _ in pids]
    while goes_on():
        for samples, pid in zip(found, pids, strict=True):
            samples.append(Sample(monotonic() - began, of(pid).pss))
        sleep(every_s)
    return found


def middle_and_last_third(samples: Sequence[Sample]) -> tuple[float, float]:
    """The median memory of the second and of the last third of the time, MiB. The first third is warming up."""
    third = len(samples) // 3
    return median(one.pss for one in samples[third : 2 * third]), median(one.pss for one in samples[2 * third :])


def growth_per_minute(samples: Sequence[Sample]) -> float:
    """The slope of a line through the last two thirds, MiB a minute."""
    later = samples[len(samples) // 3 :]
    return linear_regression([one.at_s / 60 for one in later], [one.pss for one in later]).slope


def _family(pid: int) -> list[psutil.Process]:
    parent = psutil.Process(pid)
    return [parent, *parent.children(recursive=True)]
