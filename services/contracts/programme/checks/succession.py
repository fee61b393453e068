"""What became of whom: between units that meet, never in a circle, the parts of a unit together the whole of it."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from services.contracts.programme.checks.repeated import refuse_repeated
from services.contracts.programme.checks.units import rows_by_code
from services.contracts.programme.faults import Faults
from services.contracts.programme.reading.folder import Folder
from services.contracts.programme.reading.shapes import SuccessionRow, UnitRow
from services.contracts.programme.units import LEAF_KINDS

_ONE_DAY = timedelta(days=1)
_WHOLE_FILES = {"units.csv", "succession.csv"}
_ById = Mapping[str, UnitRow]
_ByCode = Mapping[str, list[UnitRow]]
_ByOld = Mapping[str, list[SuccessionRow]]


def check_succession(folder: Folder, faults: Faults) -> None:
    refuse_repeated(folder.succession, lambda row: (row.old_unit, row.new_unit, row.on), "old_unit", faults)
    units, by_code = {row.id: row for row in folder.units}, rows_by_code(folder.units)
    by_old: dict[str, list[SuccessionRow]] = {}
    for row in folder.succession:
        by_old.setdefault(row.old_unit, []).append(row)
    for row in folder.succession:
        _check_ends(row, by_code, "units.csv" in folder.whole, faults)
        _check_days(row, units, faults)
        _check_whole(row, by_old, faults)
        _check_weight(row, faults)
    for rows in by_old.values():
        _check_parts(rows, units.get(rows[0].old_unit), faults)
    if folder.whole >= _WHOLE_FILES:
        _check_reused_codes(by_code, by_old, faults)


def _check_ends(row: SuccessionRow, by_code: _ByCode, whole: bool, faults: Faults) -> None:
    """Codes are reused, so a wrong first day is the likely slip: the units that have the code are named."""
    if row.old_unit == row.new_unit:
        faults.add(row.place, "new_unit", "đơn vị kế tục chính nó", "a unit that succeeds itself")
    for name, ref in (("old_unit", row.old_unit), ("new_unit", row.new_unit)):
        alike = [unit.id for unit in by_code.get(ref.split("@", maxsplit=1)[0], ())]
        if whole and ref not in alike:
            others = f" ({', '.join(alike)}?)" if alike else ""
            faults.add(row.place, name, f"không có đơn vị {ref}{others}", f"there is no unit {ref}{others}")


def _check_days(row: SuccessionRow, units: _ById, faults: Faults) -> None:
    old, new = units.get(row.old_unit), units.get(row.new_unit)
    if new and not new.valid_from <= row.on <= new.last_day:
        vi, en = f"{new.id} không tồn tại ngày {row.on}", f"{new.id} does not stand on {row.on}"
        faults.add(row.place, "new_unit", vi, en)
    if old and not old.valid_from <= row.on - _ONE_DAY <= old.last_day:
        vi, en = f"{old.id} không tồn tại ngay trước {row.on}", f"{old.id} does not stand the day before {row.on}"
        faults.add(row.place, "old_unit", vi, en)
    elif old and row.extent == "whole" and old.last_day >= row.on:
        vi, en = f"{old.id} vẫn còn sau khi nhập toàn bộ", f"{old.id} still stands after the whole of it went"
        faults.add(row.place, "old_unit", vi, en)


def _check_whole(row: SuccessionRow, by_old: _ByOld, faults: Faults) -> None:
    if row.extent != "whole":
        return
    if any(other.on >= row.on and other is not row for other in by_old[row.old_unit]):
        vi = f"{row.old_unit} không thể nhập toàn bộ vào nhiều đơn vị"
        en = f"the whole of {row.old_unit} cannot go to several units"
        faults.add(row.place, "extent", vi, en)
    if row.old_unit != row.new_unit and row.old_unit in _reached(row, by_old):
        vi, en = f"{row.old_unit} thành đơn vị trước của chính nó", f"{row.old_unit} would come from itself"
        faults.add(row.place, "new_unit", vi, en)


def _reached(step: SuccessionRow, by_old: _ByOld) -> set[str]:
    """Everything that some of what moved in a step went to since, in order of time."""
    found = {step.new_unit}
    waiting = [step]
    while waiting:
        last = waiting.pop()
        for row in by_old.get(last.new_unit, ()):
            if row.on >= last.on and row.new_unit not in found:
                found.add(row.new_unit)
                waiting.append(row)
    return found


def _check_weight(row: SuccessionRow, faults: Faults) -> None:
    given = (row.weight_num is not None, row.weight_den is not None, row.weight_provisional is not None)
    if not any(given):
        return
    if row.extent == "whole":
        faults.add(row.place, "weight_num", "nhập toàn bộ thì không có tỷ lệ", "a whole unit has no weight")
    elif not all(given):
        vi = "tỷ lệ cần weight_num, weight_den và weight_provisional"
        en = "a weight needs weight_num, weight_den and weight_provisional"
        faults.add(row.place, "weight_num", vi, en)
    elif row.weight is None or row.weight > 1:
        vi, en = "tỷ lệ phải trên 0 và không quá 1", "a weight must be above 0 and not above 1"
        faults.add(row.place, "weight_num", vi, en)
    elif not row.weight_provisional and not row.weight_source:
        vi, en = "tỷ lệ không có nguồn thì phải là tạm tính", "a weight without a source must be provisional"
        faults.add(row.place, "weight_source", vi, en)


def _check_parts(rows: list[SuccessionRow], old: UnitRow | None, faults: Faults) -> None:
    """All rows of one old unit."""
    by_day: dict[date, list[SuccessionRow]] = {}
    for row in rows:
        if row.extent == "part":
            by_day.setdefault(row.on, []).append(row)
    for on, parts in by_day.items():
        weights = [row.weight for row in parts if row.weight is not None]
        if weights and old is not None:
            ended = old.last_day < on
            for vi, en in _wrong(old.id, sum(weights), whole=len(weights) == len(parts), ended=ended):
                faults.add(parts[-1].place, "weight_num", vi, en)


def _wrong(old: str, together: Fraction | int, *, whole: bool, ended: bool) -> Iterator[tuple[str, str]]:
    """What is wrong with the weights of one day's parts; `whole`: every part has one."""
    if not whole:
        yield f"chỉ một số phần của {old} có tỷ lệ", f"only some parts of {old} have a weight"
    elif ended and together != 1:
        yield (
            f"các phần của {old} cộng lại là {together}, không phải 1",
            f"the parts of {old} add up to {together}, not 1",
        )
    elif not ended and together >= 1:
        vi = f"{old} vẫn còn, nên các phần tách ra phải dưới 1, không phải {together}"
        yield vi, f"{old} still stands, so what left it must be below 1, not {together}"


def _check_reused_codes(by_code: _ByCode, by_old: _ByOld, faults: Faults) -> None:
    """Who has a code now is not who had it before: what became of the former one must be told, not guessed."""
    for rows in by_code.values():
        for earlier, later in pairwise(sorted(rows, key=lambda row: row.valid_from)):
            told = any(row.on > earlier.last_day for row in by_old.get(earlier.id, ()))
            if earlier.kind in LEAF_KINDS and not told:
                vi = f"mã {earlier.code} nay là {later.id}; succession.csv không ghi {earlier.id} đã thành gì"
                en = f"code {earlier.code} is {later.id} now; succession.csv does not say what became of {earlier.id}"
                faults.add(earlier.place, "code", vi, en)
