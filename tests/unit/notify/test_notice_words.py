"""What notices say: in both languages what their templates may hold, and of a tip only whose it is and by when."""

from datetime import date, timedelta
from typing import get_args

import pytest

from services.contracts.notice_words import (
    CURRENT_TEMPLATE,
    RULE_WORDS,
    TEMPLATES,
    VERDICT_WORDS,
    names_in,
)
from services.contracts.programme.notices import NoticeKind
from services.notify.domain.notices import Rule, Verdict
from services.notify.domain.tips import VaultRow
from services.notify.domain.writing import written
from tests.support.notice_causes import tip_row
from tests.support.notices import START, Office, live


@pytest.mark.parametrize("kind", get_args(NoticeKind))
def test_every_kind_has_a_template_in_both_languages_with_the_same_values(kind: NoticeKind) -> None:
    template = TEMPLATES[kind, CURRENT_TEMPLATE]
    for text in (template.title, template.line):
        assert text.vi != text.en
        assert names_in(text.vi) == names_in(text.en) <= template.variables


def test_every_verdict_and_rule_is_explained_in_both_languages() -> None:
    assert set(VERDICT_WORDS) == set(get_args(Verdict))
    assert set(RULE_WORDS) == set(get_args(Rule))


@pytest.mark.parametrize("kind", ["tip_unacknowledged", "tip_due_soon"])
def test_a_notice_about_a_tip_can_hold_nothing_but_a_unit_and_a_day(kind: NoticeKind) -> None:
    assert TEMPLATES[kind, CURRENT_TEMPLATE].variables == {"unit", "due_on"}
    assert "category" not in VaultRow._fields


def test_of_a_tip_neither_its_id_nor_its_category_reaches_a_message() -> None:
    office = Office()
    office.take_over(tip_row("tip_received", START.date(), due_on=START.date() + timedelta(days=20), tip=0xC0FFEE))
    (_, envelope) = office.sent[0]
    (message,) = office.book.posted.values()
    (item,) = message.items
    assert set(item.cause.facts) == {"due_on"}
    said = " ".join(envelope.written)
    assert "c0ffee" not in said.replace("-", "")
    assert date(2024, 3, 21).strftime("%d/%m/%Y") in said


def test_a_message_is_html_that_runs_nothing_and_escapes_everything() -> None:
    office = Office()
    office.take_over(tip_row("tip_received", START.date(), due_on=START.date()))
    (message,) = office.book.posted.values()
    html = written(message, live(), "en", 'https://x.example/"><script>').html
    assert "<script" not in html
    assert 'lang="en"' in html
