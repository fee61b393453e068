"""Looking at the difference, accepting it, and serving another generation: each in a pause of its own."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from typing import Final, NamedTuple

from services.kit.db import Connection, translated
from services.kit.errors import Unavailable
from services.reporting.rebuild.difference import Differing, Digest, differences
from services.reporting.rebuild.pause import Pause, Rebuild, may_be_served, paused
from services.reporting.store import differences as store
from services.reporting.store import generations, switching
from services.reporting.store.programmes import read_programmes
from services.reporting.store.snapshots import snapshot_of

SHOWN: Final = 20


class Compared(NamedTuple):
    """One snapshot of both generations, taken while nobody wrote."""

    connection: Connection
    served: int
    number: int

    def differences(self) -> Iterator[Differing]:
        return differences(self.connection, self.served, self.number)


class Switched(NamedTuple):
    """`left`: differences that nobody has accepted, the first of them; then `served` is served as before."""

    served: int
    untold: int
    left: tuple[tuple[str, str], ...]


@contextmanager
def compared(rebuild: Rebuild, within_s: float) -> Iterator[Compared]:
    """What is looked at without haste: the pause ends with the snapshot. Raises Unavailable."""
    rebuild.catch_up()
    with ExitStack() as stack:
        with paused(rebuild, within_s):
            connection = stack.enter_context(snapshot_of(rebuild.filling.database, rebuild.number))
            served = generations.current(connection)  # the first statement takes the snapshot
        if served is None:
            raise Unavailable("database", detail="no generation is served yet")
        yield Compared(connection, served, rebuild.number)


def accept(rebuild: Rebuild, digest: str, within_s: float) -> tuple[bool, str]:
    """Accepts what has this digest, and nothing else: whether it was so, and the digest that was found."""
    with compared(rebuild, within_s) as both:
        found = Digest()
        for one in both.differences():
            found.add(one)
        if str(found) != digest:
            return False, str(found)
        listed = ((one.what, one.change) for one in both.differences())
        with translated(), rebuild.filling.database.begin() as writing:
            store.accept(writing, both.number, both.served, digest, listed)
    return True, digest


def switch(rebuild: Rebuild, within_s: float) -> Switched:
    """Serves the generation, if nothing differs but what was accepted. Raises Unavailable: then try again later."""
    may_be_served(rebuild)
    rebuild.catch_up()
    with paused(rebuild, within_s) as pause:
        return _switch(rebuild, pause)


def _switch(rebuild: Rebuild, pause: Pause) -> Switched:
    with pause.work() as (work, served):
        if served == rebuild.number:
            return Switched(served, 0, ())
        if left := _left(work.connection, rebuild.number, served):
            return Switched(served, 0, left)
        switching.keep_instants(work.connection, rebuild.number, served)
        switching.keep_caught_up(work.connection, rebuild.number, served)
        untold = switching.make_untold_due(work.connection, rebuild.number, _live(work.connection, rebuild.number))
        version = generations.projection_version(work.connection, rebuild.number)
        generations.make_current(work.connection, rebuild.number, version)
        switching.wake(work.connection)
    return Switched(served, untold, ())


def _left(connection: Connection, number: int, served: int) -> tuple[tuple[str, str], ...]:
    """What was accepted for another served generation counts for nothing."""
    known = store.accepted(connection, number)
    listed = ((one.what, one.change) for one in differences(connection, served, number))
    if known is None or known.against != served:
        return tuple(islice(listed, SHOWN))
    return tuple(islice(store.not_accepted(connection, number, listed), SHOWN))


def _live(connection: Connection, number: int) -> list[str]:
    """Nothing of a sandbox is ever told."""
    registry = read_programmes(generations.bind(connection, number)).registry
    programmes = (registry.active(programme_id) for programme_id in registry.ids())
    return [programme.id for programme in programmes if programme is not None and not programme.sandbox]
