"""A programme folder as a programme, or everything that is wrong with it."""

from collections.abc import Mapping

from services.contracts.programme.assemble import assemble
from services.contracts.programme.checks import check_folder
from services.contracts.programme.content import content_hash, content_of
from services.contracts.programme.faults import Faults
from services.contracts.programme.model import Programme
from services.contracts.programme.reading.folder import read_folder


def parse(files: Mapping[str, bytes]) -> Programme:
    """The programme that {path: bytes} declare; raises ProgrammeFaults with every fault and its line."""
    faults = Faults()
    folder = read_folder(files, faults)
    check_folder(folder, faults)
    faults.raise_if_any()
    assert folder.programme is not None, "a folder without it has a fault"
    return assemble(folder, folder.programme, content_hash(content_of(files)))
