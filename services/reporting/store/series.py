"""What is stored of units and indicators over many periods, in one query: less of each cell, of many more cells."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from sqlalchemy import Connection, text

from services.contracts.fields import StatusName


class SeriesRow(NamedTuple):
    """The cells of a unit and an indicator, in no order; the lists go together.

    `bounded`: the value has a bound beside it. `due`: it is still to be evaluated anew.
    """

    unit: str
    indicator: str
    periods: Sequence[str]
    statuses: Sequence[StatusName]
    counts: Sequence[int | None]
    bounded: Sequence[bool]
    due: Sequence[bool]


_SERIES: Final = """
    select unit, indicator, array_agg(period), array_agg(status), array_agg(value_num),
        array_agg(worst_num is not null or best_num is not null), array_agg(coalesce(valid_until = '-infinity', false))
    from status
    where programme = :programme and unit = any(cast(:units as text[]))
        and indicator = any(cast(:indicators as text[])) and period = any(cast(:periods as text[]))
    group by unit, indicator
"""


def read_series(
    connection: Connection, programme: str, units: Sequence[str], indicators: Iterable[str], periods: Iterable[str]
) -> list[SeriesRow]:
    """Those of the cells that have a row."""
    given = {"programme": programme, "units": list(units), "indicators": list(indicators), "periods": list(periods)}
    return [SeriesRow(*row) for row in connection.execute(text(_SERIES), given)]
