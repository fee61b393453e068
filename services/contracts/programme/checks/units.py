"""The map: one unit for each code and day, in a tree without cycles."""

from collections.abc import Iterable
from itertools import pairwise

from services.contracts.programme.checks.repeated import refuse_repeated
from services.contracts.programme.faults import Faults
from services.contracts.programme.reading.folder import Folder
from services.contracts.programme.reading.shapes import UnitRow
from services.contracts.programme.units import LEAF_KINDS


def check_units(folder: Folder, faults: Faults) -> None:
    refuse_repeated(folder.units, lambda row: row.id, "code", faults)
    by_code = rows_by_code(folder.units)
    for rows in by_code.values():
        _check_validity(rows, faults)
    for row in folder.units:
        _check_parent(row, by_code, "units.csv" in folder.whole, faults)
    _check_cycles(folder.units, by_code, faults)


def rows_by_code(rows: Iterable[UnitRow]) -> dict[str, list[UnitRow]]:
    found: dict[str, list[UnitRow]] = {}
    for row in rows:
        found.setdefault(row.code, []).append(row)
    return found


def parent_of(row: UnitRow, by_code: dict[str, list[UnitRow]]) -> UnitRow | None:
    """The unit of the parent's code that stands on every day on which this one stands."""
    holders = by_code.get(row.parent_code or "", ())
    return next((up for up in holders if up.valid_from <= row.valid_from and row.last_day <= up.last_day), None)


def _check_validity(rows: list[UnitRow], faults: Faults) -> None:
    """All rows of one code."""
    for row in rows:
        if row.last_day < row.valid_from:
            faults.add(row.place, "valid_to", "ngày cuối trước ngày đầu", "the last day is before the first")
    ordered = sorted(rows, key=lambda row: row.valid_from)
    for earlier, later in pairwise(ordered):
        if earlier.valid_from < later.valid_from <= earlier.last_day:
            vi = f"mã {later.code} chồng thời gian với dòng {earlier.place.line}"
            en = f"code {later.code} overlaps with line {earlier.place.line} in time"
            faults.add(later.place, "valid_from", vi, en)


def _check_parent(row: UnitRow, by_code: dict[str, list[UnitRow]], whole: bool, faults: Faults) -> None:
    if row.parent_code is None:
        return
    parent = parent_of(row, by_code)
    if parent is None:
        if whole or row.parent_code in by_code:
            vi = f"không có đơn vị {row.parent_code} trong suốt thời gian của {row.id}"
            en = f"no unit {row.parent_code} stands for as long as {row.id}"
            faults.add(row.place, "parent_code", vi, en)
    elif parent.kind in LEAF_KINDS:
        vi = f"{parent.id} là cấp báo cáo, không thể có đơn vị dưới nó"
        en = f"{parent.id} is a reporting unit and cannot have units below it"
        faults.add(row.place, "parent_code", vi, en)


def _check_cycles(rows: list[UnitRow], by_code: dict[str, list[UnitRow]], faults: Faults) -> None:
    for row in rows:
        seen = {row.id}
        above = parent_of(row, by_code)
        while above is not None and above.id not in seen:
            seen.add(above.id)
            above = parent_of(above, by_code)
        if above is not None and above.id == row.id:
            vi, en = f"{row.id} nằm dưới chính nó", f"{row.id} is below itself"
            faults.add(row.place, "parent_code", vi, en)
