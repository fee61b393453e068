"""Logs: one JSON object a line on stdout, and nothing personal in it.

Not logged, ever: bodies, query strings, addresses, and the message of an exception that is not ours, because a
database's message quotes the row.
"""

import logging
import sys
import traceback
from typing import Any, TextIO

import structlog

from services.contracts.errors import Rejected
from services.kit.errors import Loggable

_QUIET = {
    **dict.fromkeys(("kafka", "sqlalchemy", "httpx", "werkzeug", "alembic"), logging.WARNING),
    # Several lines at each attempt to reconnect, twice a second; the probe says it once.
    **dict.fromkeys(("kafka.net", "kafka.cluster"), logging.CRITICAL),
}
_FRAMES = 12


def get_logger() -> Any:
    return structlog.get_logger()


def described(error: BaseException) -> dict[str, Any]:
    """An exception as it may be logged: its class, its place, and the message only when we wrote it."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    found: dict[str, Any] = {"error": type(error).__name__}
    if isinstance(error, Loggable):
        found["message"] = str(error)
    if isinstance(error, Rejected):
        found |= {"reason": error.reason.value, "field": error.field}
    if error.__cause__ is not None:
        found["cause"] = type(error.__cause__).__name__
    found["frames"] = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
    return found


def configure(service: str, stream: TextIO | None = None) -> None:
    """Everything that is logged, by us or by a library, becomes a JSON line with the service's name, on stdout or
    where a command that answers on stdout wants it."""
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_foreign, *_stamps(service)],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name, level in _QUIET.items():
        logging.getLogger(name).setLevel(level)
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            *_stamps(service),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _stamps(service: str) -> list[Any]:
    def named(_logger: Any, _method: str, event: Any) -> Any:
        event["service"] = service
        return event

    return [named, structlog.processors.TimeStamper(fmt="iso", utc=True), _without_traceback]


def _foreign(_logger: Any, method: str, event: Any) -> Any:
    """A library's own record: its level and name."""
    record: logging.LogRecord | None = event.get("_record")
    event["level"] = record.levelname.lower() if record else method
    event["logger"] = record.name if record else ""
    return event


def _without_traceback(_logger: Any, _method: str, event: Any) -> Any:
    """An exception handed to the logger is described, not printed."""
    given = event.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        event |= described(error)
    return event
