"""What a programme folder may not say although each of its files can be read: nonsense, named with its line."""

from services.contracts.programme.checks.baseline import check_baseline
from services.contracts.programme.checks.forms import check_forms
from services.contracts.programme.checks.frame import check_frame
from services.contracts.programme.checks.indicators import check_indicators
from services.contracts.programme.checks.owing import check_owing
from services.contracts.programme.checks.places import check_places
from services.contracts.programme.checks.routes import check_routes
from services.contracts.programme.checks.small_numbers import check_small_numbers
from services.contracts.programme.checks.succession import check_succession
from services.contracts.programme.checks.units import check_units
from services.contracts.programme.checks.verdicts import check_verdicts
from services.contracts.programme.faults import Faults
from services.contracts.programme.reading.folder import Folder


def check_map(folder: Folder, faults: Faults) -> None:
    """Adds every fault of the units and of what became of them."""
    check_units(folder, faults)
    check_succession(folder, faults)


def check_folder(folder: Folder, faults: Faults) -> None:
    """Adds every fault that shows only when records are compared with each other."""
    check_frame(folder, faults)
    check_map(folder, faults)
    check_places(folder, faults)
    check_forms(folder, faults)
    check_indicators(folder, faults)
    check_small_numbers(folder, faults)
    check_owing(folder, faults)
    check_verdicts(folder, faults)
    check_baseline(folder, faults)
    check_routes(folder, faults)
