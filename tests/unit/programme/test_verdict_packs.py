"""verdicts.yaml: optional, refused where it is nonsense; in the pilot's folder nothing unreadable ever decides."""

from datetime import date, timedelta
from fractions import Fraction

import pytest

from services.contracts.programme import Criterion, ProgrammeFaults, RulePack, content_hash, content_of, parse
from services.contracts.programme.content import OPTIONAL
from services.reporting.domain.criteria import Reading
from services.reporting.domain.inputs import Value
from services.reporting.domain.status import Status
from services.reporting.domain.verdicts import judge, needed
from tests.support.programme_folder import Files, edited, pilot, pilot_files
from tests.unit.programme.test_nonsense_is_refused import faults_of, line_of

FILE = "verdicts.yaml"
WARD, TOWN = "18115@2018-01-01", "437@2018-01-01"
IN_2024, IN_2026 = date(2024, 12, 14), date(2026, 3, 14)


def without_verdicts() -> Files:
    return {name: data for name, data in pilot_files().items() if name != FILE}


def the_pack(code: str) -> RulePack:
    found = pilot().pack(code, IN_2024)
    assert found is not None
    return found


def test_a_programme_without_verdicts_is_valid_and_keeps_the_hash_it_had() -> None:
    older = parse(without_verdicts())
    assert older.packs == ()
    assert older.hash == content_hash({name: text for name, text in content_of(pilot_files()).items() if name != FILE})
    assert older.indicators == pilot().indicators
    assert FILE in OPTIONAL


def test_a_pack_is_in_force_on_its_days_and_can_be_asked_for_on_any() -> None:
    assert [pack.code for pack in pilot().packs_in_force(IN_2024)] == ["mo-hinh-2024", "qd-3122-2010", "nghe-an-2024"]
    assert [pack.code for pack in pilot().packs_in_force(IN_2026)] == ["qd-28-2025"]
    assert [pack.code for pack in pilot().packs_in_force(date(2025, 8, 23))] == ["qd-3122-2010"]
    assert pilot().pack("qd-28-2025", IN_2024) is pilot().pack("qd-28-2025", IN_2026)
    assert pilot().pack("qd-9-9999", IN_2024) is None


def test_of_two_editions_the_one_of_the_day_speaks() -> None:
    text = pilot_files()[FILE].decode()
    first = text[text.index("  - code: mo-hinh-2024") : text.index("  - code: qd-28-2025")]
    later = first.replace("2023-11-23\n    valid_to: 2025-06-30\n", "2025-07-01\n")
    programme = parse({**pilot_files(), FILE: f"{text}\n{later}".encode()})
    editions = [pack for pack in programme.packs if pack.code == "mo-hinh-2024"]
    assert len({pack.definition_hash for pack in editions}) == 2
    assert programme.pack("mo-hinh-2024", IN_2024) is editions[0]
    assert programme.pack("mo-hinh-2024", IN_2026) is editions[1]


EDITS = [
    # old, new, field, words of the message
    ("reads: [{indicator: CT13}]", "reads: [{indicator: CT99}]", "indicator", "no indicator CT99"),
    ("reads: [{indicator: CT13}]", "reads: [{indicator: CT13}, {indicator: CT13}]", "indicator", "repeats line"),
    ("reads: [{indicator: CT13}]", "reads: [{indicator: CT13}, {indicator: CT05}]", "indicator", "cannot be added"),
    ("reads: [{indicator: CT13}]", "per: [{indicator: CT13}]", "per", "nothing to divide"),
    ("reads: [{indicator: CT13}]\n        at_most", "at_most", "reads", "reads no indicator"),
    ("reads: [{indicator: CT11}]", "reads: [{indicator: CT11}, {indicator: CT14}]", "each", "about one indicator"),
    ("reads: [{indicator: CT13}]", "reads: [{indicator: CT21}]", "criterion", "judged every quarter"),
    ("        at_most: {num: 0}\n", "", "at_least", "no threshold"),
    ("at_most: {num: 0}", "at_most: {num: 0, den: 0}", "den", "1 or more"),
    ("at_most: {num: 0}", "at_most: {num: 0}\n        below: {num: 1}", "below", "two upper"),
    (
        "at_least: {num: 1}\n        at_most: {num: 1}",
        "at_least: {num: 2}\n        at_most: {num: 1}",
        "at_least",
        "no",
    ),
    ("at_least: {num: 50}", "at_least: {num: 100}", "at_least", "no number lies between"),
    ("provisional: false", "provisional: true", "reason", "says why"),
    (
        "        provisional: false",
        "        provisional: false\n        reason: {vi: Vì, en: Because}",
        "reason",
        "only what is prov",
    ),
    ("at_most: {num: 0}", "at_most: {num: 0, provisional: true}", "reason", "says why"),
    ("at_most: {num: 0}", "at_most: {num: 0, provisional: soon}", "provisional", "true or false"),
    ("need: 5", "need: 6", "need", "6 of 5 criteria"),
    ("need: 5", "need: 0", "need", "from 1"),
    ("- {criterion: MH-5}", "- {criterion: MH-4}", "criterion", "repeats line"),
    ("- {criterion: MH-5}", "- {criterion: MH-9}", "criterion", "no criterion MH-9"),
    ("- {criterion: MH-5}", "", "code", "no verdict asks for MH-5"),
    ("code: MH-2", "code: MH-1", "code", "repeats line"),
    ("code: MH-2", "code: mh 2", "code", "a code of the right form"),
    ("code: drug_crime", "code: no_drug_crime", "code", "repeats line"),
    ("{kind: town}, {kind: ward}", "{kind: ward}, {kind: ward}", "kind", "repeats line"),
    ("{kind: town}, {kind: ward}", "{kind: planet}, {kind: ward}", "kind", "one of"),
    ("judges: [{kind: town}, {kind: ward}, {kind: commune}]", "judges: []", "judges", "no kind of unit"),
    ("frequency: month", "frequency: week", "frequency", "one of: month"),
    ("valid_to: 2025-06-30", "valid_to: 2023-11-22", "valid_to", "before the first"),
    ("valid_to: 2025-08-23", "valid_to: 2025-08-32", "valid_to", "a day that exists"),
    ("number: 28/2025/QĐ-TTg", 'number: ""', "number", "without a number"),
    ("    citation:\n", "    source:\n", "citation", "a value is missing"),
    ("      en: The pilot of the town of Hồng Lĩnh, 2024\n", "", "en", "a value is missing"),
    ("      vi: Mô hình thí điểm của thị xã Hồng Lĩnh năm 2024\n", "", "vi", "a value is missing"),
]


@pytest.mark.parametrize(("old", "new", "field", "words"), EDITS, ids=lambda value: str(value)[:40])
def test_nonsense_in_verdicts_is_refused_where_it_stands(old: str, new: str, field: str, words: str) -> None:
    found = faults_of(edited(FILE, old, new))
    told = [fault for fault in found if fault.file == FILE and fault.field == field and words in fault.message_en]
    assert told, [f"{fault.line} {fault.field} {fault.message_en}" for fault in found]
    assert all(fault.message_vi != fault.message_en for fault in told)


def test_two_editions_of_a_pack_whose_days_overlap_are_refused_at_the_second() -> None:
    files = edited(FILE, "code: qd-3122-2010", "code: qd-28-2025")
    late = {**files, FILE: files[FILE].replace(b"valid_to: 2025-08-23", b"valid_to: 2025-08-24")}
    assert parse(files).packs_in_force(date(2025, 8, 23))[0].citation.number == "3122/2010/QĐ-BCA"
    with pytest.raises(ProgrammeFaults) as caught:
        parse(late)
    [fault] = caught.value.faults
    assert (fault.field, fault.line) == (
        "valid_from",
        line_of(late, FILE, "- code: qd-28-2025\n    name:\n      vi: Ph"),
    )
    assert "overlaps" in fault.message_en


def test_a_fault_of_the_indicators_brings_none_about_the_verdicts_that_read_them() -> None:
    broken = edited("indicators.yaml", "code: CT13", "code: Tụ điểm")
    assert {fault.file for fault in faults_of(broken)} == {"indicators.yaml"}


EVERY = [(pack, criterion) for pack in pilot().packs for criterion in pack.criteria.values()]


@pytest.mark.parametrize(("pack", "criterion"), EVERY, ids=lambda one: one.code)
def test_every_criterion_says_in_both_languages_what_it_asks_for_and_whence(
    pack: RulePack, criterion: Criterion
) -> None:
    texts = [
        pack.name,
        pack.citation.text,
        pack.notes,
        criterion.name,
        *([criterion.reason] if criterion.reason else []),
    ]
    assert all(text.vi and text.en and text.vi != text.en for text in texts)
    assert criterion.source


READABLE = {
    "qd-28-2025": {
        "I-1": (Fraction(1, 200), None, None),
        "I-2": (Fraction(2), None, None),
        "I-3": (Fraction(1, 1000), None, None),
        "I-4a": (Fraction(3000), None, None),
        "I-4b": (Fraction(750), None, None),
        "II-2": (Fraction(1), Fraction(1), None),
        "II-4a": (Fraction(125), None, Fraction(750)),
        "II-3": (Fraction(1, 2000), None, Fraction(1, 1000)),
    },
    "qd-3122-2010": {"C-1": (Fraction(100), None, None), "C-2": (Fraction(5), None, None)},
}


@pytest.mark.parametrize(("code", "thresholds"), READABLE.items(), ids=READABLE)
def test_readable_thresholds_are_exact(code: str, thresholds: dict[str, tuple[Fraction | None, ...]]) -> None:
    criteria = the_pack(code).criteria
    found = {name: (criteria[name].at_least, criteria[name].at_most, criteria[name].below) for name in thresholds}
    assert found == thresholds


def test_the_upper_threshold_of_class_two_is_inferred_and_so_is_no_other() -> None:
    found = {one.code: one.unsettled for pack in pilot().packs for one in pack.criteria.values() if one.unsettled}
    assert found == {"II-3": {"below"}}


def test_a_pack_in_the_words_of_the_release_before_keeps_the_hash_that_it_had_there() -> None:
    assert the_pack("nghe-an-2024").definition_hash[:8] == "83357912"
    assert the_pack("mo-hinh-2024").definition_hash[:8] == "99444265"


UNREADABLE = {
    "qd-28-2025": "I-5 II-1 II-4b II-5 III-1",
    "qd-3122-2010": "C-3 C-4 C-5",
    "nghe-an-2024": "NA-7",
}


@pytest.mark.parametrize(("code", "criteria"), UNREADABLE.items(), ids=UNREADABLE)
@pytest.mark.parametrize("everything", [0, 1, 2, 5, 1_000])
def test_what_is_not_readable_is_provisional_and_never_decides(code: str, criteria: str, everything: int) -> None:
    pack, year = the_pack(code), pilot().period("2024-Y")
    assert year is not None
    for unit in (WARD, TOWN):
        cells = needed(pilot(), pack, unit, year)
        readings = {cell: Reading(Status("met", Value(everything))) for cell in cells}
        found = judge(pilot(), pack, unit, year, readings, year.closes_at + timedelta(days=60))
        states = {judged.criterion.code: judged.state for judged in found.criteria}
        assert {states[name] for name in criteria.split() if name in states} <= {"undecided"}
        assert all(pack.criteria[name].provisional for name in criteria.split())


def test_the_towns_scorecard_tells_what_is_not_reached_and_never_that_all_is() -> None:
    pack, year = the_pack("nghe-an-2024"), pilot().period("2024-Y")
    assert year is not None
    cells = needed(pilot(), pack, TOWN, year)
    assert len(cells) == 6 * 12
    for sessions, expected in ((1, None), (0, "not_reached")):
        readings = {cell: Reading(Status("met", Value(sessions))) for cell in cells}
        [ruling] = judge(pilot(), pack, TOWN, year, readings, year.closes_at).rulings
        assert (ruling.outcome.code if ruling.outcome else None) == expected
