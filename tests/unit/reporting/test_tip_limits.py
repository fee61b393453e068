"""Bộ luật Tố tụng hình sự 2015, articles 147 to 149, by hand: a tip of 20/1/2024 is due on 9/2/2024."""

from datetime import date

import pytest

from services.reporting.domain.tip_limits import Acts, due_day

RECEIVED, TOLD = date(2024, 1, 20), date(2024, 2, 9)


def on(day: str) -> date:
    return date.fromisoformat(day)


ROWS = [
    ("nothing is done", Acts(), TOLD),
    ("extended on the last day: two months from receipt", Acts(extended_on=TOLD), on("2024-03-20")),
    ("extended a day too late", Acts(extended_on=on("2024-02-10")), TOLD),
    (
        "extended again by the Procuracy: four months from receipt",
        Acts(extended_on=TOLD, extended_again_on=on("2024-03-20")),
        on("2024-05-20"),
    ),
    (
        "extended again a day too late",
        Acts(extended_on=TOLD, extended_again_on=on("2024-03-21")),
        on("2024-03-20"),
    ),
    ("the second extension needs the first", Acts(extended_again_on=on("2024-02-01")), TOLD),
    ("suspended: no day runs", Acts(suspended_on=on("2024-02-01")), None),
    ("suspended too late", Acts(suspended_on=on("2024-02-10")), TOLD),
    (
        "resumed: a month from that day",
        Acts(suspended_on=on("2024-02-01"), resumed_on=on("2024-04-02")),
        on("2024-05-02"),
    ),
    ("resumed, and suspended again", Acts(suspended_on=on("2024-02-05"), resumed_on=on("2024-02-03")), None),
    ("resumed without having been suspended", Acts(resumed_on=on("2024-02-03")), TOLD),
]


@pytest.mark.parametrize(("acts", "due"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_what_the_law_allows_moves_the_day(acts: Acts, due: date | None) -> None:
    assert due_day(RECEIVED, TOLD, acts) == due


def test_a_month_that_has_no_such_day_ends_on_its_last() -> None:
    acts = Acts(extended_on=on("2024-01-05"))
    assert due_day(on("2023-12-31"), on("2024-01-20"), acts) == on("2024-02-29")
