"""What stands after a fault against an undisturbed reading of the same log: facts, and the statuses they lead to."""

from collections.abc import Iterator
from contextlib import contextmanager

from services.reporting.store import generations, now
from services.reporting.store.comparison import Differing, differing_statuses
from tests.support.doors import LIVE
from tests.support.ingesting import rows
from tests.support.pledge_load import Load
from tests.support.ports import free_port
from tests.support.waiting import until
from tests.support.whole_path import WholePath

SERVED, REPLAYED = 1, 2
PATIENCE_S = 120.0


def assert_ends_as_undisturbed(path: WholePath, load: Load) -> None:
    """The last thing in a test, for it stops ingest and evaluate: statuses can be compared at one `now` only.

    Every accepted sheet counts once; facts, statuses, books and running counts are those of another generation, which
    is filled from offset 0.
    """
    path.assert_undisturbed(load)
    path.assert_statuses_are_computed()
    for one in path.watched:
        one.service.stop()
    with _evaluating(path):
        until(lambda: _is_settled(path), path.output, PATIENCE_S)
    with _evaluating(path, "--generation", str(REPLAYED)):
        until(lambda: _reached(path, REPLAYED) == _reached(path, SERVED), path.output, PATIENCE_S)
        until(lambda: not _differing(path), lambda: f"{_differing(path)[:5]} {path.output()}", PATIENCE_S)
    recount = path.command("recount")
    assert recount.exit_code(PATIENCE_S) == 0, recount.output


@contextmanager
def _evaluating(path: WholePath, *words: str) -> Iterator[None]:
    bind = {"REPORTING_EVALUATE_BIND": f"127.0.0.1:{free_port()}", "DATABASE_URL": path.database_url}
    environment = {**path.installation.environment, **bind}
    service = path.start_service("services.reporting", "evaluate", *words, environment=environment)
    yield
    service.stop()


def _is_settled(path: WholePath) -> bool:
    """Everything is worked off up to the instant to which ingest had read when it was stopped."""
    with path.engine.begin() as connection:
        read = now.read_until(generations.bind(connection, SERVED))
    return not rows(path.engine, "select 1 from mark limit 1") and _reached(path, SERVED) == read is not None


def _reached(path: WholePath, generation: int) -> object:
    with path.engine.begin() as connection:
        return now.now_in(connection, generation, LIVE)


def _differing(path: WholePath) -> list[Differing]:
    with path.engine.begin() as connection:
        return differing_statuses(connection, SERVED, REPLAYED)
