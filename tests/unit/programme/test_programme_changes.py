"""What another version of a programme changes is named part by part, and a redefinition told from a renaming."""

from dataclasses import fields

import pytest

from services.contracts.programme import Programme, parse
from services.contracts.programme.changes import PART_WORDS, STANDING, Change, changes
from services.operations.programme_changes import change_text
from tests.support.programme_folder import Files, added, edited, pilot, without


def changed(files: Files) -> list[Change]:
    return changes(pilot(), parse(files))


def test_the_same_content_changes_nothing_whatever_its_version() -> None:
    assert changes(pilot(), pilot().activated("hong-linh-2024", 7, sandbox=True)) == []


def test_another_target_redefines_its_indicator_and_no_other() -> None:
    (found,) = changed(edited("indicators.yaml", "num: 9\n", "num: 8\n"))
    assert (found.part, found.change, found.fields) == ("indicators", "changed", ("target", "definition_hash"))
    assert found.redefines
    assert found.before_hash != found.after_hash


@pytest.mark.parametrize(
    ("files", "part", "change"),
    [
        (added("holidays.csv", "2024-11-11,holiday,Thử,QĐ thử"), "holidays", "added"),
        (edited("programme.yaml", "2024.1", "2024.2"), "text_versions", "added"),
        (without("groups.csv", "18115@2018-01-01,18115-tdp-02"), "groups", "removed"),
    ],
)
def test_what_is_added_or_removed_is_named(files: Files, part: str, change: str) -> None:
    assert (part, change) in {(one.part, one.change) for one in changed(files)}
    assert not any(one.redefines for one in changed(files))


def test_another_threshold_is_told_of_its_pack_of_rules_and_redefines_no_indicator() -> None:
    (found,) = changed(edited("verdicts.yaml", "need: 5", "need: 4"))
    assert (found.part, found.key, found.change) == ("packs", "mo-hinh-2024 2023-11-23", "changed")
    assert found.fields == ("verdicts", "definition_hash")
    assert not found.redefines


def test_every_part_of_a_programme_is_compared_and_has_its_words() -> None:
    parts = {one.name for one in fields(Programme)} - STANDING
    assert parts == PART_WORDS.keys()
    for part in parts:
        vi, _, en = change_text(Change(part, "key", "added")).partition(" / ")
        assert vi != en
