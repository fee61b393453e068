"""The smallest process that serves HTTP as ours do: python -m tests.support.small_service, steered by SMALL_*."""

import os
import sys
import time
from dataclasses import dataclass

from services.contracts import metrics as cards
from services.contracts.routes import Route
from services.kit import logs, web
from services.kit.errors import Misconfigured
from services.kit.health import Health
from services.kit.http_limits import Limits
from services.kit.http_server import Served, serve_http
from services.kit.metrics import Metrics
from services.kit.runtime import Die
from services.kit.settings import load, setting


@dataclass(frozen=True, kw_only=True)
class Settings(Limits):
    bind: str
    undelivered: int = 0
    broken: bool = False
    answer_after_s: float = setting(0.0, at_least=0)


def build(settings: Settings, die: Die) -> Served:
    if settings.broken:
        raise Misconfigured(["a is wrong", "b is wrong"])
    app = web.create_app("small", metrics=Metrics(cards.CATALOGUE), health=Health())

    def die_with(code: str) -> web.Answer:
        die(int(code), "asked to")
        return web.json_answer("dead")

    def slow() -> web.Answer:
        logs.get_logger().info("slow began")
        time.sleep(settings.answer_after_s)
        return web.json_answer({"pid": os.getpid()})

    web.mount(app, Route("GET", "/die/{code}", "die", "", {200: None}), die_with)
    web.mount(app, Route("GET", "/slow", "slow", "", {200: None}), slow)
    return Served(app, lambda: settings.undelivered)


def main() -> int:
    logs.configure("small")
    settings = load("SMALL", Settings, os.environ)
    return serve_http(
        lambda die: build(settings, die), settings.bind, threads=4, graceful_timeout_s=10, limits=settings
    )


if __name__ == "__main__":
    sys.exit(main())
