"""A world and its backup of the first day: both have read the same year since."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from tests.integration.reporting.evaluating import EARLY, World
from tests.integration.reporting.streams import year
from tests.support.database import Server

END = datetime(2025, 2, 1, tzinfo=UTC)


@contextmanager
def world_and_backup(database: Server, reached: datetime) -> Iterator[tuple[World, World]]:
    """Both stand at `reached`, which nothing has been evaluated up to."""
    with database.fresh() as url:
        world = World(url)
        world.reach(EARLY)
        world.settle()
        world.engine.dispose()
        with database.fresh(url.rpartition("/")[2]) as copy:
            restored = World.opened(copy)
            said = [world.event(one, EARLY) if not hasattr(one, "id") else one for one in year(world, seed=5, size=40)]
            for one in (world, restored):
                one.wall_clock = END
                one.post(*said)
                one.reach(reached)
            yield world, restored
            world.engine.dispose()
            restored.engine.dispose()
