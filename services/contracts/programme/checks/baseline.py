"""Figures of years before the programme: of units and indicators that it has, each once."""

from services.contracts.programme.checks.repeated import refuse_repeated
from services.contracts.programme.faults import Faults
from services.contracts.programme.reading.folder import Folder
from services.contracts.programme.reading.shapes import BaselineRow


def check_baseline(folder: Folder, faults: Faults) -> None:
    refuse_repeated(folder.baseline, lambda row: (row.unit, row.indicator, row.year), "year", faults)
    units = {row.id for row in folder.units}
    indicators = {row.code for row in folder.indicators}
    for row in folder.baseline:
        if "units.csv" in folder.whole and row.unit not in units:
            faults.add(row.place, "unit", f"không có đơn vị {row.unit}", f"there is no unit {row.unit}")
        if "indicators.yaml" in folder.whole and row.indicator not in indicators:
            vi, en = f"không có chỉ tiêu {row.indicator}", f"there is no indicator {row.indicator}"
            faults.add(row.place, "indicator", vi, en)
        _check_year(row, folder, faults)


def _check_year(row: BaselineRow, folder: Folder, faults: Faults) -> None:
    """A year of the programme has a value of its own."""
    if folder.programme is not None and row.year >= folder.programme.first_year:
        first = folder.programme.first_year
        faults.add(row.place, "year", f"phải trước năm {first}", f"must be before {first}")
