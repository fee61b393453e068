"""However a folder is broken, what comes out is a list of faults that each name a line: never a traceback."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.contracts.programme import Fault, Programme, ProgrammeFaults, cells, obligations, parse
from services.contracts.programme.content import FILES, OPTIONAL
from tests.support.programme_folder import Files, pilot_files

ODD = ("", "x", "-1", "0", "99999999999999999999", "2024-02-30", "1e5", "true", "~", "[]", "{}", "[a, b]", "{a: b}")
ODD_BYTES = (
    b"\x00",
    b"\xff\xfe",
    b'"',
    b"\n",
    b",",
    b": ",
    b"&a *a",
    b"\t",
    b"- ",
    "\u0301".encode(),
    b"\x07",
    b"[[[[",
)
files = st.sampled_from([name for name in FILES if name in pilot_files()])


@st.composite
def with_bytes(draw: st.DrawFn) -> Files:
    """Some bytes taken out of a file, some put in."""
    file = draw(files)
    data = pilot_files()[file]
    start = draw(st.integers(0, len(data)))
    length = draw(st.integers(0, 40))
    put_in = draw(st.sampled_from(ODD_BYTES) | st.binary(max_size=20))
    return {**pilot_files(), file: data[:start] + put_in + data[start + length :]}


@st.composite
def with_lines(draw: st.DrawFn) -> Files:
    """A line dropped, repeated, moved, or with another indentation."""
    file = draw(files)
    lines = pilot_files()[file].splitlines(keepends=True)
    at = draw(st.integers(0, len(lines) - 1))
    line = lines.pop(at)
    change = draw(st.sampled_from(("drop", "repeat", "move", "indent")))
    if change == "repeat":
        lines[at:at] = [line, line]
    elif change == "move":
        lines.insert(draw(st.integers(0, len(lines))), line)
    elif change == "indent":
        lines.insert(at, b"  " + line)
    return {**pilot_files(), file: b"".join(lines)}


@st.composite
def with_value(draw: st.DrawFn) -> Files:
    """One cell or one scalar replaced by something odd, or by the value of another line."""
    file = draw(files)
    lines = pilot_files()[file].decode().split("\n")
    at = draw(st.integers(0, len(lines) - 1))
    divider = "," if file.endswith(".csv") else ": "
    pieces = lines[at].split(divider)
    other = draw(st.sampled_from(lines)).split(divider)
    which = draw(st.integers(0, len(pieces) - 1))
    pieces[which] = draw(st.sampled_from(ODD) | st.sampled_from(other))
    lines[at] = divider.join(pieces)
    return {**pilot_files(), file: "\n".join(lines).encode()}


@st.composite
def without_files(draw: st.DrawFn) -> Files:
    gone = draw(st.frozensets(files, min_size=1))
    return {name: data for name, data in pilot_files().items() if name not in gone}


broken = st.one_of(with_bytes(), with_lines(), with_value(), without_files())


def outcome(folder: Files) -> Programme | list[Fault]:
    try:
        return parse(folder)
    except ProgrammeFaults as error:
        return error.faults


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(broken)
def test_a_broken_folder_ends_in_faults_with_a_line_or_in_a_programme_that_works(folder: Files) -> None:
    found = outcome(folder)
    if isinstance(found, Programme):
        assert len(obligations(found)) > 0
        assert all(found.units.by_id[unit] for unit, _, _ in cells(found))
        return
    assert found
    for fault in found:
        assert 1 <= fault.line <= folder.get(fault.file, b"").count(b"\n") + 2
        assert fault.message_vi
        assert fault.message_en


@given(st.dictionaries(st.text(max_size=12), st.binary(max_size=60), max_size=4))
def test_files_of_any_kind_end_in_faults_that_name_every_missing_file(folder: Files) -> None:
    found = outcome(folder)
    assert isinstance(found, list)
    assert {fault.file for fault in found} >= set(FILES) - OPTIONAL - set(folder)
