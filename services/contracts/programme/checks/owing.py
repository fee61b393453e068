"""Somebody owes every report: the root stands for the whole programme, and each reporting unit has its owner."""

from services.contracts.programme.checks.frame import programme_days
from services.contracts.programme.checks.units import parent_of, rows_by_code
from services.contracts.programme.faults import Faults
from services.contracts.programme.reading.folder import Folder
from services.contracts.programme.reading.shapes import AgencyRow, FormShape, ProgrammeShape, UnitRow
from services.contracts.programme.units import LEAF_KINDS


def check_owing(folder: Folder, faults: Faults) -> None:
    programme = folder.programme
    if programme is None or "units.csv" not in folder.whole:
        return
    root = next((row for row in folder.units if row.id == programme.root), None)
    if root is None:
        vi, en = f"units.csv không có {programme.root}", f"units.csv has no {programme.root}"
        faults.add(programme.place, "root", vi, en)
        return
    leaves = _reporting(folder, programme, root)
    _check_root(programme, root, leaves, faults)
    if "agencies.csv" in folder.whole:
        for form in folder.forms:
            _check_owners(form, leaves, folder, faults)


def _reporting(folder: Folder, programme: ProgrammeShape, root: UnitRow) -> list[UnitRow]:
    """Reporting units of the root that stand on some day of the programme."""
    days = programme_days(programme)
    if days is None:
        return []
    by_code = rows_by_code(folder.units)
    during = (row for row in folder.units if row.valid_from <= days[1] and days[0] <= row.last_day)
    return [row for row in during if row.kind in LEAF_KINDS and _is_below(row, root, by_code)]


def _is_below(row: UnitRow, root: UnitRow, by_code: dict[str, list[UnitRow]]) -> bool:
    seen: set[str] = set()
    above: UnitRow | None = row
    while above is not None and above.id not in seen:
        if above.id == root.id:
            return True
        seen.add(above.id)
        above = parent_of(above, by_code)
    return False


def _check_root(programme: ProgrammeShape, root: UnitRow, leaves: list[UnitRow], faults: Faults) -> None:
    days = programme_days(programme)
    if days is None:
        return
    if not (root.valid_from <= days[0] and days[1] <= root.last_day):
        vi = f"{root.id} không tồn tại suốt chương trình ({days[0]} đến {days[1]})"
        en = f"{root.id} does not stand for the whole programme ({days[0]} to {days[1]})"
        faults.add(programme.place, "root", vi, en)
    if not leaves:
        vi, en = f"không có đơn vị báo cáo nào dưới {root.id}", f"no reporting unit is below {root.id}"
        faults.add(programme.place, "root", vi, en)


def _check_owners(form: FormShape, leaves: list[UnitRow], folder: Folder, faults: Faults) -> None:
    by_unit: dict[str, list[AgencyRow]] = {}
    for agency in folder.agencies:
        if agency.kind == form.owner_kind:
            by_unit.setdefault(agency.unit, []).append(agency)
    for leaf in leaves:
        owners = by_unit.get(leaf.id, [])
        if not owners:
            vi = f"không có cơ quan {form.owner_kind} nào ở {leaf.id} để nộp {form.code}"
            en = f"no agency of kind {form.owner_kind} is in {leaf.id} to owe {form.code}"
            faults.add(form.place, "owner_kind", vi, en)
        for extra in owners[1:]:
            vi = f"{leaf.id} đã có cơ quan {form.owner_kind}: {owners[0].id}"
            en = f"{leaf.id} already has an agency of kind {form.owner_kind}: {owners[0].id}"
            faults.add(extra.place, "kind", vi, en)
