"""A programme folder as a programme, or everything that is wrong with it."""

from collections.abc import Mapping

from services.contracts.programme.assemble import assemble, map_of
from services.contracts.programme.checks import check_folder, check_map
from services.contracts.programme.checks.definitions import check_since
from services.contracts.programme.content import content_hash, content_of
from services.contracts.programme.faults import Faults
from services.contracts.programme.model import Programme
from services.contracts.programme.reading.folder import read_folder, read_map
from services.contracts.programme.units import Units


def parse_map(files: Mapping[str, bytes]) -> Units:
    """The map that units.csv and succession.csv declare; raises ProgrammeFaults as `parse` does."""
    faults = Faults()
    folder = read_map(files, faults)
    check_map(folder, faults)
    faults.raise_if_any()
    return map_of(folder)


def parse(files: Mapping[str, bytes], since: Programme | None = None) -> Programme:
    """The programme that {path: bytes} declare; raises ProgrammeFaults with every fault and its line.

    `since`: the version of it that holds now, of which no definition may be changed under its number.
    """
    faults = Faults()
    folder = read_folder(files, faults)
    check_folder(folder, faults)
    faults.raise_if_any()
    assert folder.programme is not None, "a folder without it has a fault"
    programme = assemble(folder, folder.programme, content_hash(content_of(files)))
    if since is not None:
        check_since(folder, programme, since, faults)
        faults.raise_if_any()
    return programme
