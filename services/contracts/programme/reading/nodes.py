"""CSV and YAML as one kind of tree, in which every node knows its line."""

import csv
import io
import unicodedata
from dataclasses import dataclass

import yaml

from services.contracts.programme.faults import Faults, Place


@dataclass(frozen=True, slots=True)
class Scalar:
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Record:
    fields: dict[str, "Node"]
    line: int


@dataclass(frozen=True, slots=True)
class Listing:
    items: tuple["Node", ...]
    line: int


Node = Scalar | Record | Listing

_NULL_TAG = "tag:yaml.org,2002:null"


def text_of(file: str, data: bytes, faults: Faults) -> str | None:
    """The text of a file; it must be UTF-8 in normal form NFC, with or without a byte-order mark."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        faults.add(Place(file, line), "", "không phải UTF-8", "is not UTF-8")
        return None
    for number, line_text in enumerate(text.split("\n"), start=1):
        if not unicodedata.is_normalized("NFC", line_text):
            faults.add(Place(file, number), "", "chữ không ở dạng chuẩn NFC", "text is not in normal form NFC")
    return text


def read_csv(
    file: str, text: str, columns: tuple[str, ...], faults: Faults, optional: frozenset[str] = frozenset()
) -> Listing:
    """A table as a listing of records; the header must name exactly the columns, in any order.

    `optional`: those of them that may be left out, because they came later than the tables that are on the log.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records: list[Node] = []
    header: list[str] | None = None
    line = 1
    try:
        for cells in reader:
            if header is None:
                header = cells
                if not _header_fits(file, header, columns, optional, faults):
                    break
            elif cells:
                record = _record(file, header, cells, line, faults)
                records += [record] if record else []
            line = reader.line_num + 1
    except csv.Error as error:
        faults.add(Place(file, reader.line_num), "", f"CSV hỏng ({error})", f"broken CSV ({error})")
    if header is None:
        faults.add(Place(file, 1), "", "thiếu dòng tiêu đề", "the header line is missing")
    return Listing(tuple(records), 1)


def _header_fits(
    file: str, header: list[str], columns: tuple[str, ...], optional: frozenset[str], faults: Faults
) -> bool:
    place = Place(file, 1)
    missing = set(columns) - set(header) - optional
    for name in sorted(missing):
        faults.add(place, name, f"thiếu cột {name}", f"column {name} is missing")
    for name in sorted(set(header) - set(columns)):
        faults.add(place, name, f"cột lạ {name!r}", f"unknown column {name!r}")
    if len(set(header)) != len(header):
        faults.add(place, "", "một cột lặp lại", "a column is there twice")
    return not missing and sorted(header) == sorted(set(header) & set(columns))


def _record(file: str, header: list[str], cells: list[str], line: int, faults: Faults) -> Record | None:
    if len(cells) != len(header):
        vi = f"dòng có {len(cells)} ô, tiêu đề có {len(header)} cột"
        en = f"the line has {len(cells)} cells, the header {len(header)} columns"
        faults.add(Place(file, line), "", vi, en)
        return None
    return Record({name: Scalar(cell.strip(), line) for name, cell in zip(header, cells, strict=True)}, line)


class _Composer(yaml.SafeLoader):
    """Composes nodes, not values. Aliases are refused: they make a small file huge, and a tree endless."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(problem="an alias is not allowed", problem_mark=mark)
        return super().compose_node(parent, index)


def read_yaml(file: str, text: str, faults: Faults) -> Node | None:
    """The one document of a YAML file."""
    try:
        loader = _Composer(text)
        try:
            document = loader.get_single_node()
        finally:
            loader.dispose()
        if document is not None:
            return _node(file, document, faults)
        faults.add(Place(file, 1), "", "tệp trống", "the file is empty")
    except yaml.YAMLError as error:
        line, problem = _where(text, error)
        faults.add(Place(file, line), "", f"YAML hỏng ({problem})", f"broken YAML ({problem})")
    except RecursionError:
        faults.add(Place(file, 1), "", "lồng quá sâu", "nested too deeply")
    return None


def _where(text: str, error: yaml.YAMLError) -> tuple[int, str]:
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        return (mark.line + 1 if mark else 1), str(error.problem or error.context)
    if isinstance(error, yaml.reader.ReaderError):
        return text.count("\n", 0, error.position) + 1, "a character that is not allowed"
    return 1, "unreadable"


def _node(file: str, node: yaml.Node, faults: Faults) -> Node:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        return Record(_fields(file, node, faults), line)
    if isinstance(node, yaml.SequenceNode):
        return Listing(tuple(_node(file, item, faults) for item in node.value), line)
    return Scalar("" if node.tag == _NULL_TAG else str(node.value).strip(), line)


def _fields(file: str, mapping: yaml.MappingNode, faults: Faults) -> dict[str, Node]:
    fields: dict[str, Node] = {}
    for key, value in mapping.value:
        place = Place(file, key.start_mark.line + 1)
        if not isinstance(key, yaml.ScalarNode):
            faults.add(place, "", "khoá phải là chữ", "a key must be a word")
        elif key.value in fields:
            faults.add(place, key.value, f"khoá {key.value!r} lặp lại", f"the key {key.value!r} is there twice")
        else:
            fields[key.value] = _node(file, value, faults)
    return fields
