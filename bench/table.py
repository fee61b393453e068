"""Figures as rows for a person: on the terminal and in docs/benchmarks.md."""

from collections.abc import Mapping, Sequence

from rich.table import Table

from bench.figures import Figure

HEADINGS = ("figure", "value", "baseline", "ratio", "goal", "reached")
_LARGE = 100


def number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= _LARGE else f"{value:.3g}"


def row(figure: Figure) -> tuple[str, ...]:
    """One text per heading."""
    base = figure.baseline
    return (
        figure.name,
        f"{number(figure.value)} {figure.unit}",
        f"{number(base.value)} {base.unit} ({base.name})" if base else "",
        f"{figure.ratio:.2f}" if figure.ratio is not None else "",
        _goal(figure),
        {None: "", True: "yes", False: "no"}[figure.reached],
    )


def _goal(figure: Figure) -> str:
    if figure.goal is None:
        return ""
    bound = number(figure.goal.bound)
    return f"{figure.goal.direction} {bound} {figure.unit if figure.goal.of == 'value' else '×'}"


def shown(found: Mapping[str, Sequence[Figure]]) -> Table:
    """All benchmarks in one table."""
    table = Table("benchmark", *HEADINGS)
    for name, figures in found.items():
        for figure in figures:
            table.add_row(name, *row(figure))
        table.add_section()
    return table
