"""The life of a process: signals, exit codes, heartbeats, and the end of a loop that hangs."""

import faulthandler
import os
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType

from services.kit.clock import Clock
from services.kit.errors import Misconfigured, Unavailable, Usage
from services.kit.health import Check
from services.kit.logs import described, get_logger

OK = 0
UNDELIVERED = 1
USAGE = 64
BUG = 70
TEMPORARY = 75
MISCONFIGURED = 78

Main = Callable[[threading.Event], int | None]
Die = Callable[[int, str], None]


def run(main: Main) -> int:
    """Run `main` until it returns; its end as an exit code. SIGTERM and SIGINT set the event it is given."""
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    previous = {number: signal.signal(number, on_signal) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        return main(stop) or OK
    except Exception as error:  # noqa: BLE001 - the top of a process
        return _told(error)
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _told(error: Exception) -> int:
    match error:
        case Misconfigured():
            sys.stderr.writelines(f"{fault}\n" for fault in error.faults)
            return MISCONFIGURED
        case Usage():
            sys.stderr.write(f"{error}\n")
            return USAGE
        case Unavailable():
            get_logger().error("gave up", **described(error))
            return TEMPORARY
        case _:
            get_logger().error("bug", **described(error))
            return BUG


def die(code: int, message: str) -> None:
    """End this process now, from any thread: nothing that would wait may run."""
    get_logger().critical("process ends", code=code, reason=message)
    sys.stdout.flush()
    os._exit(code)


def spawn(name: str, work: Callable[[], None], die: Die = die) -> threading.Thread:
    """Run `work` in a thread that does not hold up the end. A bug in it ends the process: half a process is worse."""

    def guarded() -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - the top of a thread
            get_logger().critical("bug in a thread", thread=name, **described(error))
            die(BUG, f"thread {name} ended")

    thread = threading.Thread(target=guarded, name=name, daemon=True)
    thread.start()
    return thread


class Heartbeat:
    """A loop beats once each round; others watch the age. The beat stands outside every blocking call."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = clock.monotonic()

    def beat(self) -> None:
        self._last = self._clock.monotonic()

    def age_s(self) -> float:
        return self._clock.monotonic() - self._last

    def check(self, limit_s: float) -> Check:
        age_s = self.age_s()
        return Check(age_s < limit_s, f"last round {age_s:.1f} s ago")


class StuckDetector:
    """Ends the process with 70 when the heart stands still, after dumping every thread's stack to stderr."""

    def __init__(self, heartbeat: Heartbeat, limit_s: float, die: Die = die, check_every_s: float = 1.0) -> None:
        self._heartbeat = heartbeat
        self._limit_s = limit_s
        self._die = die
        self._every_s = check_every_s
        self._ended = threading.Event()

    def start(self) -> None:
        spawn("stuck-detector", self._watch, self._die)

    def stop(self) -> None:
        self._ended.set()

    def _watch(self) -> None:
        while not self._ended.wait(self._every_s):
            if self._heartbeat.age_s() > self._limit_s:
                faulthandler.dump_traceback(sys.__stderr__ or sys.stderr)
                self._die(BUG, f"no round for {self._limit_s:.0f} s")
                return
