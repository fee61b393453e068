"""Counts without a target: known, or missing, and never judged. January is due on 16/1/2024 at 17:00."""

import pytest

from services.reporting.domain.inputs import Value
from tests.unit.reporting.town import W1, W2, facts_of, indicator, local, status_at, town

M1, Q1 = "2024-M01", "2024-Q1"
FLOW, STOCK = indicator("flow", "none", 0), indicator("stock", "none", 0)
OPEN, CLOSED, DUE = local("2024-01-10"), local("2024-01-15"), local("2024-01-16", "17:00")
ROWS = [
    # indicator, what two wards say of January, (now, period), (status, value, worst, best)
    ("nothing yet", FLOW, {}, (OPEN, M1), ("not_due", None, None, None)),
    ("nothing yet", STOCK, {}, (OPEN, M1), ("not_due", None, None, None)),
    ("one is missing", FLOW, {W1: 3}, (CLOSED, M1), ("no_data", Value(3), None, Value(3))),
    ("one is missing", STOCK, {W1: 3}, (CLOSED, M1), ("no_data", Value(3), None, Value(3))),
    ("one is overdue", FLOW, {W1: 3}, (DUE, M1), ("overdue", Value(3), None, Value(3))),
    ("silence is no zero", STOCK, {}, (DUE, M1), ("overdue", None, None, Value(0))),
    ("all is known", FLOW, {W1: 3, W2: 2}, (CLOSED, M1), ("not_due", Value(5), None, None)),
    ("all is known", STOCK, {W1: 3, W2: 0}, (CLOSED, M1), ("not_due", Value(3), None, None)),
    ("more months come", FLOW, {W1: 3, W2: 2}, (CLOSED, Q1), ("not_due", Value(5), None, Value(5))),
    ("what holds now", STOCK, {W1: 3, W2: 2}, (CLOSED, Q1), ("not_due", Value(5), None, None)),
]


@pytest.mark.parametrize(
    ("goal", "said", "asked", "told"),
    [row[1:] for row in ROWS],
    ids=[f"{row[0]}, {row[1].kind}" for row in ROWS],
)
def test_a_count_without_a_target(goal, said, asked, told):
    programme = town(goal, wards=2)
    facts = facts_of(programme, {(ward, M1): number for ward, number in said.items()})
    found = status_at(programme, facts, *asked)
    assert (found.status, found.value, found.worst, found.best) == told
