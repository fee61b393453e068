"""What must be true of a generation in the moment in which it is served in place of another."""

from typing import Final

from sqlalchemy import Connection, text

from services.reporting.store.facts import CHANNEL
from services.reporting.store.generations import schema_name

_SAME: Final = " and ".join(
    f"n.{name} is not distinct from s.{name}"
    for name in ("status", "value_num", "value_den", "worst_num", "worst_den", "best_num", "best_den", "flags")
)
_PAIR: Final = """
    case when s.{name}_num is null then cast('null' as jsonb) else jsonb_build_array(s.{name}_num, s.{name}_den) end
"""
_PAIRS: Final = ", ".join(f"'{name}', {_PAIR.format(name=name)}" for name in ("value", "worst", "best"))
_AS_TOLD: Final = f"jsonb_build_object('status', s.status, 'flags', to_jsonb(s.flags), {_PAIRS})"


def keep_instants(connection: Connection, number: int, served: int) -> int:
    """A cell that says the same as in the served generation has changed when it changed there; how many were not so."""
    statement = f"""
        update {schema_name(number)}.status n set changed_at = s.changed_at from {schema_name(served)}.status s
        where (n.programme, n.unit, n.indicator, n.period) = (s.programme, s.unit, s.indicator, s.period)
            and {_SAME} and n.changed_at <> s.changed_at
    """  # noqa: S608 - words from above
    return connection.execute(text(statement)).rowcount


def keep_caught_up(connection: Connection, number: int, served: int) -> None:
    """What has been read as far as there was known to be read to the end when it was there."""
    statement = f"""
        update {schema_name(number)}.position n set caught_up_at = s.caught_up_at from {schema_name(served)}.position s
        where (n.topic, n.partition) = (s.topic, s.partition) and n.next_offset >= s.next_offset
            and s.caught_up_at is not null and (n.caught_up_at is null or n.caught_up_at < s.caught_up_at)
    """  # noqa: S608 - words from above
    connection.execute(text(statement))


def make_untold_due(connection: Connection, number: int, programmes: list[str]) -> int:
    """Cells of which something else was last told than they say: whoever evaluates next tells of them; how many."""
    statement = f"""
        update {schema_name(number)}.status s set valid_until = '-infinity'
        where s.programme = any(cast(:programmes as text[])) and coalesce(
            (select {_AS_TOLD} is distinct from p.status from reporting.published p where
                (p.programme, p.unit, p.indicator, p.period) = (s.programme, s.unit, s.indicator, s.period)),
            s.status <> 'not_due'
        )
    """  # noqa: S608 - words from above
    return connection.execute(text(statement), {"programmes": programmes}).rowcount


def wake(connection: Connection) -> None:
    """Whoever evaluates what was served sees at once that it is no longer."""
    connection.execute(text("select pg_notify(:channel, '')"), {"channel": CHANNEL})
