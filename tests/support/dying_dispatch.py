"""A dispatch process whose worker kills itself once, as kill -9 does: python -m tests.support.dying_dispatch STEP FILE.

FILE is made when it dies: the worker that comes after it lives. Settings as for dispatch.
"""

import os
import signal
import sys
from functools import partial
from pathlib import Path

from services.kit import logs
from services.kit.http_server import serve_http
from services.kit.runtime import run
from services.kit.settings import load
from services.notify.dispatch.run import opened
from services.notify.dispatch.sending import Step
from services.notify.settings import DISPATCH, NotifyDispatchSettings


def dying_once(name: str, file: Path) -> Step:
    def step(here: str) -> None:
        if here == name and not file.exists():
            file.touch()
            os.kill(os.getpid(), signal.SIGKILL)

    return step


if __name__ == "__main__":
    logs.configure("dying-dispatch")
    settings = load(DISPATCH, NotifyDispatchSettings, os.environ)
    step = dying_once(sys.argv[1], Path(sys.argv[2]))
    sys.exit(run(lambda _: serve_http(partial(opened, settings, step=step), settings.bind, settings.threads)))
