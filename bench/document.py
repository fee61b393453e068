"""docs/benchmarks.md: the tables between their markers are written anew, the words around them are a person's."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from bench.figures import Figure
from bench.table import HEADINGS, row
from deploy.laptop import places

PAGE = places.ROOT / "docs" / "benchmarks.md"
MACHINE = "machine"


def write(found: Mapping[str, Sequence[Figure]], machine: Mapping[str, str], page: Path = PAGE) -> None:
    """The tables of these benchmarks and of the machine; those of other benchmarks stay as they are."""
    text = filled(page.read_text(), MACHINE, _table(("", ""), machine.items()))
    for name, figures in found.items():
        text = filled(text, name, _table(HEADINGS, map(row, figures)))
    page.write_text(text)


def filled(text: str, name: str, content: str) -> str:
    """The page with `content` between the markers of that name. Raises ValueError when there are none."""
    begin, end = f"<!-- bench:{name} -->", f"<!-- /bench:{name} -->"
    marked = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    if not marked.search(text):
        raise ValueError(f"the page has no {begin} ... {end}")
    return marked.sub(lambda _: f"{begin}\n{content}{end}", text)


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    ruler = ["---"] * len(headings)
    return "".join(f"| {' | '.join(cells)} |\n" for cells in (headings, ruler, *rows))
