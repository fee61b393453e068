"""How one obligation stands: M03 of a ward closes on 14/3 and is due on 18/3 at 17:00."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.contracts.programme import Agency
from services.reporting.domain.obligations import Extension, History, Rates, Share, Submission, rates, standing
from tests.unit.reporting.town import MONTHLY, NO_TEXT, TOWN, W1, local, town

PLAIN = town()
PROGRAMME = replace(
    PLAIN,
    agencies={
        **PLAIN.agencies,
        "ubnd-437": Agency("ubnd-437", NO_TEXT, "people_committee", TOWN),
        "ubnd-18115": Agency("ubnd-18115", NO_TEXT, "people_committee", W1),
    },
)
OWED = PROGRAMME.obligations_of[MONTHLY, W1, "2024-M03"]
CLOSES, DUE, INSTANT = local("2024-03-15"), local("2024-03-18", "17:00"), timedelta(microseconds=1)
LATER = DUE + timedelta(days=3)
ID = UUID(int=1)


def sent(at, revision: int = 1, source: str = OWED.owner, **more: Any) -> Submission:
    return Submission(revision, at, ID, source, **more)


def put_off(until: str, source: str = "ubnd-437") -> Extension:
    return Extension(date.fromisoformat(until), "storm", source, DUE, ID)


def at(now, *submissions: Submission, extensions: tuple[Extension, ...] = ()):
    return standing(OWED, CLOSES, PROGRAMME, History(submissions, extensions), now)


EARLY, LATE = sent(DUE - INSTANT), sent(DUE)
PAPER = {"received_on": date(2024, 3, 18)}
ROWS = [
    ("nothing is owed before the period has closed", CLOSES - INSTANT, [], "not_due", False),
    ("it is due once the period has closed", CLOSES, [], "due", False),
    ("until just before the due instant", DUE - INSTANT, [], "due", False),
    ("the due instant is too late", DUE, [], "overdue", True),
    ("a report may come before its period closes", CLOSES - INSTANT, [sent(CLOSES - 2 * INSTANT)], "received", False),
    ("just in time", LATER, [EARLY], "received", False),
    ("at the due instant", LATER, [LATE], "late", True),
    ("a late revision does not make it late", LATER, [EARLY, sent(LATER, 2)], "received", False),
    ("an early revision is not lost by a late one that counts", LATER, [sent(LATER, 1), sent(DUE, 2)], "late", True),
    ("returned", LATER, [sent(CLOSES, decision="returned")], "returned", False),
    ("returned and sent again", LATER, [sent(CLOSES, decision="returned"), sent(LATER, 2)], "received", False),
    ("paper in time, entered late by who received it", LATER, [sent(LATER, 1, "ubnd-437", **PAPER)], "received", False),
    ("paper in time, as the owner says", LATER, [sent(LATER, **PAPER)], "late", True),
    ("paper in time, as a neighbour says", LATER, [sent(LATER, 1, "ubnd-18115", **PAPER)], "late", True),
    (
        "paper in time, as the owner says and the town approves",
        LATER,
        [sent(LATER, **PAPER, decision="approved", decided_by="ubnd-437")],
        "received",
        False,
    ),
    (
        "paper in time, as the owner says and a neighbour approves",
        LATER,
        [sent(LATER, **PAPER, decision="approved", decided_by="ubnd-18115")],
        "late",
        True,
    ),
    (
        "paper of a later day than its acceptance",
        LATER,
        [sent(DUE - INSTANT, 1, "ubnd-437", received_on=date(2024, 3, 25))],
        "received",
        False,
    ),
]


@pytest.mark.parametrize(("now", "said", "state", "late"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_the_state_of_an_obligation(now, said, state, late):
    found = at(now, *said)
    assert (found.state, found.late) == (state, late)


def test_an_extension_from_above_moves_the_due_instant_to_the_same_hour_of_its_day():
    found = at(DUE, extensions=(put_off("2024-03-20"), put_off("2024-03-19")))
    assert (found.state, found.due_at, found.extension) == ("due", local("2024-03-20", "17:00"), put_off("2024-03-20"))
    assert at(local("2024-03-20", "17:00"), extensions=(put_off("2024-03-20"),)).state == "overdue"


@pytest.mark.parametrize("source", [OWED.owner, "ubnd-18115", "nobody"])
def test_an_extension_from_elsewhere_is_void(source):
    found = at(DUE, extensions=(put_off("2024-03-20", source),))
    assert (found.state, found.due_at, found.extension) == ("overdue", DUE, None)


def test_an_extension_to_an_earlier_day_changes_nothing():
    assert at(DUE, extensions=(put_off("2024-03-11"),)) == at(DUE)


def test_lateness_is_counted_in_days_from_the_due_day():
    assert at(DUE).late_days(DUE) == 0
    assert at(LATER).late_days(LATER) == 3
    assert at(LATER, LATE).late_days(LATER) == 0
    assert at(LATER, sent(LATER)).late_days(LATER + timedelta(days=9)) == 3
    assert at(LATER, EARLY).late_days(LATER) is None


def test_rates_count_what_is_owed_and_what_is_decided():
    early, late, silent, returned = (
        at(LATER, EARLY),
        at(LATER, LATE),
        at(DUE),
        at(LATER, sent(CLOSES, decision="returned")),
    )
    assert rates([early, late, silent, returned]) == Rates(Share(2, 4), Share(2, 4))
    assert rates([at(CLOSES), early]) == Rates(Share(1, 2), Share(1, 1))
    assert rates([at(CLOSES - INSTANT)]) == Rates(None, None)
