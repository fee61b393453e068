"""What each agency has contributed to a period, from what it owes. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final, Literal, NamedTuple

from services.contracts.programme import Agency, Obligation
from services.reporting.domain.obligations import Standing

State = Literal["nothing", "behind", "complete", "not_due", "owes_none"]
ORDER: Final[tuple[State, ...]] = ("nothing", "behind", "complete", "not_due", "owes_none")
"""Those who have not contributed first."""
_DELIVERED: Final = frozenset({"received", "late"})


class Contributed(NamedTuple):
    """Numbers of reports: owed by now or delivered ahead, and of these delivered, and so on."""

    agency: Agency
    state: State
    owed: int
    delivered: int
    late: int
    overdue: int
    returned: int


def contributed(agencies: Iterable[Agency], standings: Iterable[tuple[Obligation, Standing]]) -> list[Contributed]:
    """One for each agency, the worst first, then in the order of the data."""
    owed: dict[str, list[Standing]] = defaultdict(list)
    for obligation, standing in standings:
        owed[obligation.owner].append(standing)
    found = [_one(agency, owed.get(agency.id, [])) for agency in agencies]
    return sorted(found, key=lambda one: ORDER.index(one.state))


def _one(agency: Agency, asked: list[Standing]) -> Contributed:
    owed = [one for one in asked if one.state != "not_due"]
    delivered = [one for one in owed if one.state in _DELIVERED]
    return Contributed(
        agency=agency,
        state=_state(len(asked), len(owed), len(delivered)),
        owed=len(owed),
        delivered=len(delivered),
        late=sum(one.state == "late" for one in owed),
        overdue=sum(one.state == "overdue" for one in owed),
        returned=sum(one.state == "returned" for one in owed),
    )


def _state(asked: int, owed: int, delivered: int) -> State:
    if not asked:
        return "owes_none"
    if not owed:
        return "not_due"
    return "nothing" if not delivered else "behind" if delivered < owed else "complete"
