"""What hangs on units: groups, denominators, the register of organisations, agencies."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from services.contracts.programme.checks.repeated import refuse_repeated
from services.contracts.programme.faults import Faults, Place
from services.contracts.programme.reading.folder import Folder
from services.contracts.programme.reading.shapes import DenominatorRow, UnitRow
from services.contracts.programme.units import LEAF_KINDS


class _OfUnit(Protocol):
    @property
    def unit(self) -> str: ...
    @property
    def place(self) -> Place: ...


def check_places(folder: Folder, faults: Faults) -> None:
    refuse_repeated(folder.groups, lambda row: row.group, "group", faults)
    refuse_repeated(folder.organisations, lambda row: row.id, "id", faults)
    refuse_repeated(folder.agencies, lambda row: row.id, "id", faults)
    refuse_repeated(folder.denominators, lambda row: (row.unit, row.kind, row.as_of), "as_of", faults)
    refuse_repeated(folder.tip_recipients, lambda row: (row.unit, row.agency, row.valid_from), "valid_from", faults)
    units = {row.id: row for row in folder.units}
    whole = "units.csv" in folder.whole
    _check_known(folder.agencies, units, whole, faults)
    _check_known(folder.tip_recipients, units, whole, faults)
    if "agencies.csv" in folder.whole:
        _check_recipients(folder, faults)
    for rows in (folder.groups, folder.denominators, folder.organisations):
        _check_known(rows, units, whole, faults)
        _check_leaf(rows, units, faults)
    for row in folder.denominators:
        _check_day(row, units.get(row.unit), faults)
    if {"organisations.csv", "denominators.csv"} <= folder.whole:
        _check_register(folder, faults)


def _check_known(rows: Iterable[_OfUnit], units: Mapping[str, UnitRow], whole: bool, faults: Faults) -> None:
    for row in rows:
        if whole and row.unit not in units:
            faults.add(row.place, "unit", f"không có đơn vị {row.unit}", f"there is no unit {row.unit}")


def _check_recipients(folder: Folder, faults: Faults) -> None:
    """Tips are opened by police alone."""
    police = {row.id for row in folder.agencies if row.kind == "police"}
    for row in folder.tip_recipients:
        if row.agency not in police:
            vi, en = f"{row.agency} không phải công an của chương trình", f"{row.agency} is no police of the programme"
            faults.add(row.place, "agency", vi, en)
        if row.valid_to is not None and row.valid_to < row.valid_from:
            faults.add(row.place, "valid_to", "trước ngày đầu", "before the first day")


def _check_leaf(rows: Iterable[_OfUnit], units: Mapping[str, UnitRow], faults: Faults) -> None:
    for row in rows:
        unit = units.get(row.unit)
        if unit is not None and unit.kind not in LEAF_KINDS:
            vi, en = f"{row.unit} không phải cấp báo cáo", f"{row.unit} is no reporting unit"
            faults.add(row.place, "unit", vi, en)


def _check_day(row: DenominatorRow, unit: UnitRow | None, faults: Faults) -> None:
    if unit is not None and not unit.valid_from <= row.as_of <= unit.last_day:
        vi, en = f"{unit.id} không tồn tại ngày {row.as_of}", f"{unit.id} does not stand on {row.as_of}"
        faults.add(row.place, "as_of", vi, en)


def _check_register(folder: Folder, faults: Faults) -> None:
    """The newest denominator of organisations and businesses must be what the register lists."""
    listed: dict[tuple[str, str], int] = {}
    for row in folder.organisations:
        listed[row.unit, row.kind] = listed.get((row.unit, row.kind), 0) + 1
    newest: dict[tuple[str, str], DenominatorRow] = {}
    for entry in sorted(folder.denominators, key=lambda entry: entry.as_of):
        if entry.kind in {"organisation", "business"}:
            newest[entry.unit, entry.kind] = entry
    for key, entry in newest.items():
        count = listed.get(key, 0)
        if count != entry.value:
            vi = f"organisations.csv liệt kê {count} {entry.kind} ở {entry.unit}"
            en = f"organisations.csv lists {count} {entry.kind} in {entry.unit}"
            faults.add(entry.place, "value", vi, en)
