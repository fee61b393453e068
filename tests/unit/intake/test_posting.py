"""Who may post under which programme, and which clock counts."""

from datetime import UTC, datetime

import pytest

from services.contracts.errors import fault
from services.contracts.programme import Programme
from services.intake.posting import accepted_at, opened
from services.intake.refusal import Refused, gathered
from services.kit.auth import Caller
from tests.support.postings import NOW, hong_linh

LIVE = hong_linh()
SANDBOX = hong_linh("hong-linh-thu", sandbox=True)


def caller(
    agency: str = "ubnd-18115", actor: str = "officer-1", *, sandbox: bool = False, programme: str | None = None
) -> Caller:
    return Caller(agency, actor, "18115", frozenset({"pledge"}), sandbox, programme)


@pytest.mark.parametrize(
    ("programme", "who"),
    [
        (LIVE, caller()),
        (LIVE, caller(programme="hong-linh-2024")),
        (SANDBOX, caller(sandbox=True)),
        (SANDBOX, caller()),
    ],
)
def test_a_programme_opens_to_a_registered_agency(programme: Programme, who: Caller) -> None:
    assert opened(programme, who) is programme


@pytest.mark.parametrize(
    ("programme", "who", "status", "code"),
    [
        (None, caller(), 422, "unknown_programme"),
        (LIVE, caller(sandbox=True), 403, "test_token"),
        (LIVE, caller(programme="hong-linh-thu"), 403, "forbidden"),
        (LIVE, caller(agency="ubnd-99999"), 403, "unknown_agency"),
        (LIVE, caller(actor="a.person@example.org"), 403, "forbidden"),
        (LIVE, caller(actor="Nguyễn Văn A"), 403, "forbidden"),
    ],
)
def test_a_programme_stays_closed_to_others(programme: Programme | None, who: Caller, status: int, code: str) -> None:
    with pytest.raises(Refused) as refused:
        opened(programme, who)
    assert (refused.value.status, refused.value.faults[0].code) == (status, code)
    assert "example" not in str(refused.value)


def test_without_a_header_the_wall_clock_counts_in_a_sandbox_too() -> None:
    assert accepted_at(LIVE, None, NOW) == accepted_at(SANDBOX, None, NOW) == NOW


def test_in_a_sandbox_the_callers_clock_rules() -> None:
    at = accepted_at(SANDBOX, "2024-03-20T10:00:00.5+07:00", NOW)
    assert at == datetime(2024, 3, 20, 3, 0, 0, 500_000, tzinfo=UTC)
    assert at.tzinfo is UTC


def test_a_live_programme_takes_no_clock_from_a_caller() -> None:
    with pytest.raises(Refused) as refused:
        accepted_at(LIVE, "2024-03-20T10:00:00+07:00", NOW)
    assert refused.value.faults[0].code == "not_a_sandbox"


@pytest.mark.parametrize(
    "header",
    [
        "",
        "2024-03-20",
        "2024-03-20T10:00:00",
        "1710900000",
        "2017-12-31T00:00:00Z",
        "2101-01-01T00:00:00Z",
        "9999-13-01",
    ],
)
def test_a_clock_that_is_no_sensible_instant_is_refused(header: str) -> None:
    with pytest.raises(Refused) as refused:
        accepted_at(SANDBOX, header, NOW)
    assert [(found.field, found.code) for found in refused.value.faults] == [("Clock", "clock")]


def test_many_refusals_are_one_with_each_fault_below_its_path_and_forbidden_if_any_is() -> None:
    invalid = Refused([fault("unit", "unknown_unit"), fault("", "too_large")])
    forbidden = Refused([fault("unit", "forbidden")], 403)
    together = gathered([("sheets[0]", invalid), ("sheets[2]", forbidden)])
    assert [found.field for found in together.faults] == ["sheets[0].unit", "sheets[0]", "sheets[2].unit"]
    assert together.status == 403
    assert gathered([("sheets[0]", invalid)]).status == 422
