"""Generations: each is a schema g<number> with the same tables, filled from the log on its own.

A generation is bound to a projection version. `reporting.current_generation` names the one that is served.
"""

from typing import Final

from sqlalchemy import Connection, func, select, text
from sqlalchemy.dialects.postgresql import insert

from services.reporting.store import views
from services.reporting.store.columns import GENERATION, metadata
from services.reporting.store.digest_sql import DIGEST
from services.reporting.store.lasting import acceptance, accepted_difference, current_generation
from services.reporting.store.lasting import generation as generation_made
from services.reporting.store.schema import GENERATION_TABLES, PROJECTION_VERSION

SWITCH_LOCK: Final = 0x62795F67
"""Advisory lock: shared by whoever works on a generation, exclusive while the current one is switched."""


def schema_name(number: int) -> str:
    if number < 1:
        raise ValueError(f"no generation {number}")
    return f"g{number}"


def bind(connection: Connection, number: int) -> Connection:
    """The same connection, its statements (textual ones too) speaking of one generation until the transaction ends."""
    name = schema_name(number)
    connection.execute(text(f"set local search_path to {name}, reporting"))
    return connection.execution_options(schema_translate_map={GENERATION: name})


def create(connection: Connection, number: int) -> None:
    """Makes the schema, tables and views of a generation. Does not make it the current one."""
    name = schema_name(number)
    connection.execute(text(f"create schema {name}"))
    bound = connection.execution_options(schema_translate_map={GENERATION: name})
    metadata.create_all(bound, tables=GENERATION_TABLES, checkfirst=False)
    for statement in views.statements(name):
        connection.execute(text(statement))


def drop(connection: Connection, number: int) -> None:
    """Forgets a generation that is not the current one."""
    if current(connection) == number:
        raise ValueError(f"generation {number} is the current one")
    connection.execute(text(f"drop schema if exists {schema_name(number)} cascade"))
    for table in (generation_made, acceptance, accepted_difference):
        connection.execute(table.delete().where(table.c.number == number))


def exists(connection: Connection, number: int) -> bool:
    found = connection.scalar(text("select to_regnamespace(:name)"), {"name": schema_name(number)})
    return found is not None


def current(connection: Connection) -> int | None:
    """The number of the generation that is served; None before the first migration has made one."""
    return connection.scalar(select(current_generation.c.number))


def make_known(connection: Connection, number: int) -> None:
    """Keeps by which projection version a generation that was just made is filled."""
    row = {"number": number, "projection_version": PROJECTION_VERSION}
    connection.execute(insert(generation_made).values(row).on_conflict_do_nothing())


def projection_version(connection: Connection, number: int) -> int:
    """Of a generation that a release before this table made: that of the one which is served."""
    own = select(generation_made.c.projection_version).where(generation_made.c.number == number)
    found = connection.scalar(own) or connection.scalar(select(current_generation.c.projection_version))
    return found or PROJECTION_VERSION


def numbers(connection: Connection) -> list[int]:
    """Of every generation that there is."""
    statement = (
        "select cast(substr(nspname, 2) as int4) from pg_namespace where nspname ~ '^g[1-9][0-9]{0,8}$' order by 1"
    )
    return list(connection.scalars(text(statement)))


def make_current(connection: Connection, number: int, projection: int = PROJECTION_VERSION) -> None:
    """Names the generation that is served from now on; the caller holds SWITCH_LOCK exclusively."""
    row = {"number": number, "projection_version": projection}
    statement = insert(current_generation).values(row)
    connection.execute(statement.on_conflict_do_update(index_elements=["only"], set_=row))


def lock_shared(connection: Connection) -> None:
    """Held to the end of the transaction, so that the current generation cannot change meanwhile."""
    connection.execute(select(func.pg_advisory_xact_lock_shared(SWITCH_LOCK)))


def digest(connection: Connection, number: int, *, recorded: bool = True) -> dict[str, str]:
    """A digest of the facts that count per programme/unit: equal for equal facts, whatever the order they were read in.

    Without `recorded` it leaves out when the facts were recorded, which differs between logs that say the same.
    """
    rows = bind(connection, number).execute(text(DIGEST), {"recorded": recorded})
    return {f"{row.programme}/{row.unit}": f"{row.facts}:{row.one}:{row.two}" for row in rows}


def compare(connection: Connection, one: int, other: int) -> dict[str, tuple[str | None, str | None]]:
    """The units whose digests differ, with both digests; empty when the generations say the same."""
    left, right = digest(connection, one), digest(connection, other)
    return {
        unit: (left.get(unit), right.get(unit))
        for unit in sorted(left.keys() | right.keys())
        if left.get(unit) != right.get(unit)
    }
