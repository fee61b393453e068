"""Which criteria of the pilot's packs decide, and by which indicator: one that counts the criterion's own words."""

import re
from collections.abc import Mapping

import pytest

from services.contracts.programme import Criterion, RulePack
from services.reporting.domain.criteria import Reading
from services.reporting.domain.inputs import Value
from services.reporting.domain.status import Status
from services.reporting.domain.verdicts import judge, needed
from tests.support.programme_folder import pilot

WARD = "18115@2018-01-01"
PACKS = {pack.code: pack for pack in pilot().packs}
DECIDED = {
    "mo-hinh-2024": {"MH-1": "CT13", "MH-2": "CT14", "MH-3": "CT15", "MH-4": "CT16", "MH-5": "CT17"},
    "qd-28-2025": {
        "KMT-1a": "CT19",
        "KMT-1b": "CT20",
        "KMT-2a": "PT05",
        "KMT-2b": "CT18",
        "KMT-3": "PT06",
        "I-1": "PT01 PT02 PT07",
        "I-2": "PT06",
        "I-3": "PT04 PT07",
        "I-4a": "PT08",
        "I-4b": "PT09",
        "II-2": "PT06",
        "II-3": "PT04 PT07",
        "II-4a": "PT09",
    },
    "qd-3122-2010": {"K-1": "PT01", "K-2": "PT02", "K-3": "PT03", "C-1": "PT01", "C-2": "CT13"},
    "nghe-an-2024": {"NA-2a": "CT11"},
}
"""CT17 is cases and offenders together, CT19 and CT20 leave out the exceptions, CT13 counts gathering points and not
points of use: so these criteria read auxiliary indicators. CT31 does not tell which models are effective: NA-5 reads
nothing."""
SHOWN = {"qd-28-2025": {"II-1": "PT01 PT02 PT07"}, "qd-3122-2010": {"C-4": "PT01", "C-5": "PT01"}}
"""Provisional, for no source gives their thresholds; `passes_now` shows how they would stand."""
REASONS = [(criterion, criterion.reason) for pack in PACKS.values() for criterion in pack.criteria.values()]


@pytest.mark.parametrize(("code", "read"), DECIDED.items(), ids=DECIDED)
def test_a_criterion_decides_exactly_where_an_indicator_counts_its_words(code: str, read: Mapping[str, str]) -> None:
    criteria = PACKS[code].criteria.values()
    read_by = {one.code: " ".join((*one.reads, *one.per)) for one in criteria if one.reads}
    provisional = {one.code for one in criteria if one.provisional}
    assert {name: codes for name, codes in read_by.items() if name not in provisional} == read
    assert {name: codes for name, codes in read_by.items() if name in provisional} == SHOWN.get(code, {})


def test_what_is_auxiliary_is_read_by_a_verdict_and_counts_what_no_indicator_does() -> None:
    read = {name for pack in PACKS.values() for one in pack.criteria.values() for name in (*one.reads, *one.per)}
    auxiliary = [indicator for indicator in pilot().indicators.values() if indicator.auxiliary]
    assert {indicator.code for indicator in auxiliary} == {f"PT{number:02}" for number in range(1, 10)}
    assert {indicator.code for indicator in auxiliary} <= read
    counted = [indicator.measures for indicator in pilot().indicators.values() if indicator.measures]
    assert len(set(counted)) == len(counted)


@pytest.mark.parametrize("criterion", [one for one, reason in REASONS if reason], ids=lambda one: one.code)
def test_no_reason_says_that_an_indicator_is_missing_which_is_there(criterion: Criterion) -> None:
    assert criterion.reason is not None
    named = [set(re.findall(r"[CP]T\d\d", text)) for text in (criterion.reason.vi, criterion.reason.en)]
    assert named[0] == named[1] <= pilot().indicators.keys()
    assert not re.search(r"chưa có chỉ tiêu về.*CT\d\d", criterion.reason.vi)
    assert not re.search(r"has no indicators? of.*CT\d\d", criterion.reason.en)


@pytest.mark.parametrize("bad", [None, "CT13", "CT14", "CT15", "CT16", "CT17"])
def test_there_is_no_drug_crime_where_all_five_are_zero_and_one_of_them_ends_it(bad: str | None) -> None:
    assert grades(PACKS["mo-hinh-2024"], bad) == (["drug_crime"] if bad else ["no_drug_crime"])


@pytest.mark.parametrize("bad", [None, "CT18", "CT19", "CT20", "PT05", "PT06"])
def test_a_ward_is_drug_free_where_all_five_are_zero_and_one_of_them_ends_it(bad: str | None) -> None:
    assert grades(PACKS["qd-28-2025"], bad) == (["not_drug_free"] if bad else ["drug_free"])


@pytest.mark.parametrize("bad", [None, "PT01", "PT02", "PT03"])
def test_a_ward_was_drug_free_without_addicts_users_and_offenders(bad: str | None) -> None:
    assert grades(PACKS["qd-3122-2010"], bad) == (["not_drug_free"] if bad else ["drug_free"])


def grades(pack: RulePack, bad: str | None) -> list[str]:
    """What the pack's verdict of a closed month may come to where every cell is 0, but for one that is 1."""
    month = pilot().period("2024-M03")
    assert month is not None
    readings = {
        cell: Reading(Status("not_met", Value(1)) if cell.indicator == bad else Status("met", Value(0)))
        for cell in needed(pilot(), pack, WARD, month)
    }
    [ruling] = judge(pilot(), pack, WARD, month, readings, month.closes_at).rulings
    return [grade.code for grade in ruling.possible]
