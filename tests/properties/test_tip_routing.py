"""Who a tip is about never receives it, whatever the hierarchy; who may receive it, does."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from services.contracts.errors import Text
from services.contracts.programme import Agency, Programme, TipRecipient, Unit, Units
from services.notify.domain.routing import recipients, route
from tests.support.postings import hong_linh

DAY = date(2024, 3, 20)


@st.composite
def towns(draw: st.DrawFn) -> Programme:
    """A random tree of up to twelve units, police in some of them, and now and then a table of recipients."""
    count = draw(st.integers(1, 12))
    parents = [None] + [draw(st.integers(0, number - 1)) for number in range(1, count)]
    ids = [f"{10 + number}@2018-01-01" for number in range(count)]
    units = {
        ids[n]: Unit(ids[n], ids[n][:2], "ward", "w", date(2018, 1, 1), None, None if p is None else ids[p])
        for n, p in enumerate(parents)
    }
    seats = draw(st.lists(st.sampled_from(ids), unique=True))
    agencies = {f"ca-{seat[:2]}": Agency(f"ca-{seat[:2]}", Text("a", "a"), "police", seat) for seat in seats}
    rows = draw(st.lists(st.tuples(st.sampled_from(ids), st.sampled_from(sorted(agencies) or [""]), st.booleans())))
    table = tuple(
        TipRecipient(unit, agency, date(2018, 1, 1), None if still else date(2020, 1, 1), False, "x")
        for unit, agency, still in rows
        if agency
    )
    root = draw(st.sampled_from(ids))
    return replace(hong_linh(), units=Units(units), agencies=agencies, tip_recipients=table, root=root)


@given(towns(), st.data())
def test_nobody_of_the_unit_concerned_or_below_it_is_ever_a_recipient(town: Programme, data: st.DataObject) -> None:
    unit = data.draw(st.sampled_from(sorted(town.units.subtree(town.root))))
    concerned = data.draw(st.sampled_from(sorted(town.units.by_id)))
    keyed = frozenset(data.draw(st.lists(st.sampled_from(sorted(town.agencies) or ["-"]), unique=True)))
    routed = route(town, unit, concerned, DAY, keyed)
    if routed is None:
        return
    assert routed.agencies
    for agency in routed.agencies:
        assert not town.units.within(town.agencies[agency].unit, concerned)
        assert agency in keyed
    assert town.units.within(routed.unit, town.root)


@given(towns(), st.data())
def test_the_nearest_police_that_may_receive_it_does(town: Programme, data: st.DataObject) -> None:
    unit = data.draw(st.sampled_from(sorted(town.units.subtree(town.root))))
    keyed = frozenset(town.agencies)
    routed = route(town, unit, None, DAY, keyed)
    chain = (unit, *town.units.ancestors(unit))
    nearest = next((place for place in chain if set(recipients(town, place, DAY)) & keyed), None)
    assert (routed is None) is (nearest is None)
    if routed is not None and nearest is not None:
        assert set(routed.agencies) == set(recipients(town, nearest, DAY)) & keyed
