"""Which publications stand follows from the decisions, not from their delivery, and nothing later changes them."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.reporting.domain.publishing import PeriodDecision, standing

BEGIN = datetime(2024, 4, 1, tzinfo=UTC)
PEOPLE = ["head", "deputy", None]


def decision(number: int, hour: int, kind: str, actor: str | None) -> PeriodDecision:
    digest = f"{number:064}" if kind == "published" else None
    at = BEGIN + timedelta(hours=hour)
    return PeriodDecision(at, UUID(int=number), kind, "2024-M03", "437", "ubnd-437", actor, digest)  # type: ignore[arg-type]


kinds = st.sampled_from(["published", "published", "reopened"])
decisions = st.lists(
    st.builds(decision, st.integers(1, 30), st.integers(0, 40), kinds, st.sampled_from(PEOPLE)),
    max_size=12,
    unique_by=lambda one: one.event_id,
)
hands = st.frozensets(st.integers(1, 30).map(lambda number: UUID(int=number)))


@given(decisions, hands, st.data())
def test_any_delivery_of_the_decisions_gives_the_same_standing(
    said: list[PeriodDecision], own: frozenset[UUID], data: st.DataObject
) -> None:
    again = data.draw(st.lists(st.sampled_from(said), max_size=5)) if said else []
    delivered = data.draw(st.permutations(said + again))

    def is_own(one: PeriodDecision) -> bool:
        return one.event_id in own

    assert standing(delivered, is_own) == standing(said, is_own)


@given(decisions, hands, st.integers(0, 40))
def test_what_was_decided_by_an_instant_is_worth_the_same_whatever_is_decided_later(
    said: list[PeriodDecision], own: frozenset[UUID], hour: int
) -> None:
    def is_own(one: PeriodDecision) -> bool:
        return one.event_id in own

    by_then = [one for one in said if one.accepted_at <= BEGIN + timedelta(hours=hour)]
    before = standing(by_then, is_own).judged
    assert standing(said, is_own).judged[: len(before)] == before


@given(decisions, hands)
def test_levels_alternate_and_each_is_another_persons(said: list[PeriodDecision], own: frozenset[UUID]) -> None:
    found = standing(said, lambda one: one.event_id in own)
    counting = [one.decision for one in found.judged if one.void is None]
    assert [one.kind for one in counting] == (["published", "reopened"] * len(counting))[: len(counting)]
    for before, after in pairwise(counting):
        if after.kind == "reopened":
            assert after.actor is None or after.actor != before.actor
    assert not any(one.event_id in own for one in counting if one.kind == "published" and one.actor is not None)
    assert found.state == (counting[-1].kind if counting else "open")
    assert len(found.judged) == len(said)
