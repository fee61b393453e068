"""An ingest process that kills itself, as kill -9 does, at a named step: python -m tests.support.dying_ingest STEP NTH.

STEP `-` never dies. Settings as for ingest.
"""

import os
import signal
import sys
from itertools import count

from services.kit import logs
from services.kit.runtime import run
from services.kit.settings import load
from services.reporting.ingest.run import PREFIX, work
from services.reporting.settings import IngestSettings
from services.reporting.store.facts import Step


def dying_at(name: str, nth: int, by: signal.Signals = signal.SIGKILL) -> Step:
    seen = count(1)

    def step(here: str) -> None:
        if here == name and next(seen) == nth:
            os.kill(os.getpid(), by)

    return step


if __name__ == "__main__":
    logs.configure("dying-ingest")
    step = dying_at(sys.argv[1], int(sys.argv[2]))
    settings = load(PREFIX, IngestSettings, os.environ)
    sys.exit(run(lambda stop: work(settings, stop, step=step)))
