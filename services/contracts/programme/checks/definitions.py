"""Several definitions of one indicator: numbered, each in force from a day on, and of one and the same thing."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Final

from services.contracts.programme.calendars import periods_of
from services.contracts.programme.changes import unversioned
from services.contracts.programme.checks.repeated import refuse_repeated
from services.contracts.programme.faults import Faults
from services.contracts.programme.model import Programme
from services.contracts.programme.reading.folder import Folder
from services.contracts.programme.reading.indicator_shapes import IndicatorShape

_ONE_THING: Final = ("kind", "form", "signer_kind", "frequency", "owner_kind")
"""What feeds it, how often and by whom: with another of these it is another indicator."""


def check_definitions(folder: Folder, faults: Faults) -> None:
    refuse_repeated(folder.indicators, lambda indicator: (indicator.code, indicator.version), "code", faults)
    starts_on = _starts_on(folder)
    for code in dict.fromkeys(indicator.code for indicator in folder.indicators):
        of_code = [indicator for indicator in folder.indicators if indicator.code == code]
        _check_first(of_code[0], starts_on, faults)
        for before, after in pairwise(of_code):
            _check_next(before, after, starts_on, faults)


def check_since(folder: Folder, programme: Programme, before: Programme, faults: Faults) -> None:
    """What the programme says of its definitions, against the version of it that holds now."""
    places = {(shape.code, shape.version): shape.place for shape in folder.indicators}
    for one in unversioned(before, programme):
        faults.add(places[one.code, one.version], "version", one.text.vi, one.text.en)


def _starts_on(folder: Folder) -> date | None:
    told = folder.programme
    return None if told is None else periods_of(told.calendar, told.first_year)[0].start


def _check_first(first: IndicatorShape, starts_on: date | None, faults: Faults) -> None:
    """No period is without a definition."""
    if starts_on is not None and first.effective_from is not None and first.effective_from > starts_on:
        vi = f"định nghĩa đầu tiên phải có hiệu lực từ ngày đầu chương trình ({starts_on}) hoặc trước đó"
        en = f"the first definition must be in force on the programme's first day ({starts_on})"
        faults.add(first.place, "effective_from", vi, en)


def _check_next(before: IndicatorShape, after: IndicatorShape, starts_on: date | None, faults: Faults) -> None:
    if after.version < before.version:
        vi, en = f"phải sau phiên bản {before.version}", f"must come after version {before.version}"
        faults.add(after.place, "version", vi, en)
    since = before.effective_from or starts_on
    if after.effective_from is None or (since is not None and after.effective_from <= since):
        vi, en = "phải có ngày hiệu lực sau định nghĩa trước", "needs a day later than that of the definition before"
        faults.add(after.place, "effective_from", vi, en)
    for name in _differing(before, after, _ONE_THING):
        vi = f"{name} khác định nghĩa trước: đó là một chỉ tiêu khác, cần mã khác"
        en = f"{name} is another than in the definition before: that is another indicator, with a code of its own"
        faults.add(after.place, name, vi, en)


def _differing(before: IndicatorShape, after: IndicatorShape, names: Sequence[str]) -> list[str]:
    return [name for name in names if getattr(before, name) != getattr(after, name)]
