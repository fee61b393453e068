"""While the vault is away the page says whom to call, and keeps what was typed on the sender's screen."""

from pathlib import Path

import pytest

from services.notify.domain.receipts import words_of
from services.notify.intake.words import PAGE_WORDS
from tests.support.doors_in_memory import Doors


@pytest.fixture
def doors(tmp_path: Path) -> Doors:
    return Doors(tmp_path)


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_page_names_the_hotline_and_113_and_loses_no_word(doors: Doors, lang: str) -> None:
    typed = {
        "programme": "hong-linh-thu",
        "lang": lang,
        "text": "Điều tôi thấy",
        "place": "cuối ngõ",
        "category": "use",
    }
    answer = doors.client.post("/tip", data=typed, content_type="multipart/form-data")
    assert answer.status_code == 503
    assert "Retry-After" in answer.headers
    page = answer.get_data(as_text=True)
    alert = page.partition('role="alert"')[2].partition("</p>")[0]
    assert "0769.04.04.04" in alert
    assert "113" in alert
    assert all(word in page for word in ("Điều tôi thấy", "cuối ngõ", 'value="use" checked'))
    assert 'class="fault"' not in page


def test_coming_back_while_it_is_away_names_them_too(doors: Doors) -> None:
    answer = doors.client.post("/tip/answer", data={"words": " ".join(words_of(b"x" * 16))})
    assert answer.status_code == 503
    assert "0769.04.04.04" in answer.get_data(as_text=True)


def test_the_api_answers_503_and_an_officers_key_is_good_for_asking_again(doors: Doors) -> None:
    taken = {"programme": "hong-linh-2024", "unit": "18115", "category": "use"}
    status, problem = doors.post("/v1/tips", taken, doors.token("tip", agency="ca-18115"))
    assert (status, problem["code"]) == (503, "unavailable")


@pytest.mark.parametrize("name", PAGE_WORDS)
def test_every_word_of_the_pages_stands_in_both_languages(name: str) -> None:
    text = PAGE_WORDS[name]
    assert text.vi
    assert text.en
    assert text.vi != text.en
