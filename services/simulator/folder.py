"""A programme folder from disk, as the sandbox in which it is played."""

from pathlib import Path

from services.contracts.programme import Programme, parse
from services.contracts.programme.content import FILES


def read_sandbox(folder: Path, programme_id: str | None) -> Programme:
    """The programme of a folder under the id of its sandbox. Raises ProgrammeFaults."""
    files = {name: (folder / name).read_bytes() for name in FILES if (folder / name).is_file()}
    programme = parse(files)
    return programme.activated(programme_id or programme.id, version=1, sandbox=True)
