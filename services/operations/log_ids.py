"""Which log an installation has: written down once, when it is first met, and compared for ever after.

Two files, as the settings LOG_CLUSTER_ID_FILE and LOG_TOPIC_IDS_FILE take them.
"""

import json
from pathlib import Path
from typing import Final

from services.kit.eventlog.port import LogIdentity

CLUSTER: Final = "cluster-id"
TOPICS: Final = "topic-ids"


def remembered(folder: Path) -> LogIdentity | None:
    """None in a folder that has none yet."""
    cluster, topics = folder / CLUSTER, folder / TOPICS
    if not cluster.exists():
        return None
    return LogIdentity(cluster.read_text().strip(), json.loads(topics.read_text()))


def remember(folder: Path, found: LogIdentity) -> None:
    """What is known stays as it is; topics that are new are added. The cluster's file comes last: it says that all is
    written."""
    known = remembered(folder)
    topics = {**found.topic_ids, **(known.topic_ids if known else {})}
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / TOPICS, json.dumps(dict(sorted(topics.items())), separators=(",", ":")))
    if known is None:
        _write(folder / CLUSTER, found.cluster_id)


def _write(path: Path, text: str) -> None:
    """All of it or nothing, for whoever reads meanwhile."""
    new = path.with_suffix(".new")
    new.write_text(f"{text}\n")
    new.replace(path)
