"""What two generations say of every cell, side by side: the facts are compared by `generations.compare`."""

from typing import Final, NamedTuple

from sqlalchemy import Connection, text

from services.reporting.store.generations import schema_name


class Differing(NamedTuple):
    """`what`: programme/unit/indicator/period, or programme/now, or programme/mark. None: that side has no row."""

    what: str
    one: str | None
    other: str | None


_SHOWN: Final = """
    cast(to_jsonb({side}) - array['programme', 'unit', 'indicator', 'period', 'changed_at', 'evaluated_at', 'positions']
        as text)
"""
_DIFFERING: Final = f"""
    with status as (
        select concat_ws('/', programme, unit, indicator, period) as what,
            {_SHOWN.format(side="l")} as one, {_SHOWN.format(side="r")} as other
        from {{one}}.status l full join {{other}}.status r using (programme, unit, indicator, period)
    ),
    reached as (
        select programme || '/now' as what, cast(l.now as text) as one, cast(r.now as text) as other
        from {{one}}.programme_now l full join {{other}}.programme_now r using (programme)
    ),
    waiting as (
        select programme || '/mark' as what, cast(l.n as text) as one, cast(r.n as text) as other
        from (select programme, count(*) as n from {{one}}.mark group by programme) l
        full join (select programme, count(*) as n from {{other}}.mark group by programme) r using (programme)
    )
    select * from waiting
    union all select * from reached where one is distinct from other
    union all select * from status where one is distinct from other
    order by 1
"""  # noqa: S608 - words from above


def differing_statuses(connection: Connection, one: int, other: int) -> list[Differing]:
    """The cells whose status, value, bounds, flags, definition or end of validity differ.

    Statuses can be compared at one `now` only: another `now`, and marks that wait, are told as differences too.
    """
    statement = _DIFFERING.format(one=schema_name(one), other=schema_name(other))
    return [Differing(*row) for row in connection.execute(text(statement))]
