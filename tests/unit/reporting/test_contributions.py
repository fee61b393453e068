"""What each agency has contributed follows from what it owes; who has delivered nothing comes first."""

from itertools import count
from uuid import UUID

import pytest

from services.contracts.errors import Text
from services.contracts.programme import Agency, Obligation
from services.reporting.domain.contributions import Contributed, contributed
from services.reporting.domain.obligations import Standing
from tests.unit.reporting.town import W1, local

DUE = local("2024-01-16", "17:00")
NUMBERS = count(1)


def agency(name: str, kind: str = "police") -> Agency:
    return Agency(name, Text(name, name), kind, W1)


def owed(by: str, state: str) -> tuple[Obligation, Standing]:
    obligation = Obligation("F", W1, "2024-M01", by, DUE, UUID(int=next(NUMBERS)))
    return obligation, Standing(state, DUE, None, None, None, None)  # type: ignore[arg-type]


def of(states: list[str]) -> Contributed:
    (found,) = contributed([agency("a")], [owed("a", state) for state in states])
    return found


@pytest.mark.parametrize(
    ("states", "state"),
    [
        ([], "owes_none"),
        (["not_due", "not_due"], "not_due"),
        (["due"], "nothing"),
        (["overdue", "returned"], "nothing"),
        (["received", "overdue"], "behind"),
        (["late", "due"], "behind"),
        (["received", "late", "not_due"], "complete"),
    ],
)
def test_what_was_returned_is_not_there_and_what_is_not_yet_owed_is_not_missed(states: list[str], state: str) -> None:
    assert of(states).state == state


def test_every_report_owed_is_counted_once_and_what_was_delivered_never_exceeds_it() -> None:
    found = of(["received", "late", "overdue", "returned", "due", "not_due"])
    assert (found.owed, found.delivered, found.late, found.overdue, found.returned) == (5, 2, 1, 1, 1)


def test_those_who_have_delivered_nothing_come_first_and_of_equal_ones_the_order_of_the_data_holds() -> None:
    agencies = [agency(name) for name in ("idle", "done", "silent", "half", "mute")]
    asked = [owed("done", "received"), owed("silent", "overdue"), owed("half", "late"), owed("half", "due")]
    found = contributed(agencies, [*asked, owed("mute", "due")])
    assert [one.agency.id for one in found] == ["silent", "mute", "half", "done", "idle"]
