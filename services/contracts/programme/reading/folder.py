"""All files of a programme folder, read but not yet checked against each other."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from services.contracts.programme.content import FILES, OPTIONAL
from services.contracts.programme.faults import Faults, Place
from services.contracts.programme.reading.build import S, Shape, build, build_all, columns_of, optional_columns_of
from services.contracts.programme.reading.indicator_shapes import IndicatorShape, IndicatorsShape
from services.contracts.programme.reading.nodes import read_csv, read_yaml, text_of
from services.contracts.programme.reading.route_shapes import RoutesShape
from services.contracts.programme.reading.shapes import (
    AgencyRow,
    BaselineRow,
    DenominatorRow,
    FormShape,
    FormsShape,
    GroupRow,
    HolidayRow,
    OrganisationRow,
    ProgrammeShape,
    SuccessionRow,
    TipRecipientRow,
    UnitRow,
)
from services.contracts.programme.reading.verdict_shapes import RulePackShape, VerdictsShape

MAX_FILE_BYTES = 64 * 1024 * 1024
NOTES = (".md", ".txt")
MAP_FILES = ("units.csv", "succession.csv")
R = TypeVar("R", bound=Shape)


@dataclass(frozen=True, slots=True)
class Folder:
    """`whole` names the files that were read without a fault: only in these is a missing row surely missing."""

    programme: ProgrammeShape | None
    units: list[UnitRow]
    succession: list[SuccessionRow]
    groups: list[GroupRow]
    denominators: list[DenominatorRow]
    organisations: list[OrganisationRow]
    agencies: list[AgencyRow]
    tip_recipients: list[TipRecipientRow]
    holidays: list[HolidayRow]
    forms: list[FormShape]
    indicators: list[IndicatorShape]
    packs: list[RulePackShape]
    baseline: list[BaselineRow]
    routes: RoutesShape | None
    whole: frozenset[str]


def read_folder(files: Mapping[str, bytes], faults: Faults) -> Folder:
    """Every file, with a fault for each thing in it that is not as declared in `shapes`."""
    _refuse_strangers(files, faults)
    texts = {name: _text(name, files, faults) for name in FILES}
    forms = _document(FormsShape, "forms.yaml", texts, faults)
    indicators = _document(IndicatorsShape, "indicators.yaml", texts, faults)
    verdicts = _document(VerdictsShape, "verdicts.yaml", texts, faults)
    return Folder(
        programme=_document(ProgrammeShape, "programme.yaml", texts, faults),
        units=_table(UnitRow, "units.csv", texts, faults),
        succession=_table(SuccessionRow, "succession.csv", texts, faults),
        groups=_table(GroupRow, "groups.csv", texts, faults),
        denominators=_table(DenominatorRow, "denominators.csv", texts, faults),
        organisations=_table(OrganisationRow, "organisations.csv", texts, faults),
        agencies=_table(AgencyRow, "agencies.csv", texts, faults),
        tip_recipients=_table(TipRecipientRow, "tip_recipients.csv", texts, faults),
        holidays=_table(HolidayRow, "holidays.csv", texts, faults),
        forms=forms.forms if forms else [],
        indicators=indicators.indicators if indicators else [],
        packs=verdicts.packs if verdicts else [],
        baseline=_table(BaselineRow, "baseline.csv", texts, faults),
        routes=_document(RoutesShape, "routes.yaml", texts, faults),
        whole=frozenset(name for name in FILES if not faults.in_file(name)),
    )


def read_map(files: Mapping[str, bytes], faults: Faults) -> Folder:
    """As `read_folder`, of a folder that holds units.csv and succession.csv only."""
    texts = {name: _text(name, files, faults) for name in MAP_FILES}
    return Folder(
        programme=None,
        units=_table(UnitRow, "units.csv", texts, faults),
        succession=_table(SuccessionRow, "succession.csv", texts, faults),
        groups=[],
        denominators=[],
        organisations=[],
        agencies=[],
        tip_recipients=[],
        holidays=[],
        forms=[],
        indicators=[],
        packs=[],
        baseline=[],
        routes=None,
        whole=frozenset(name for name in MAP_FILES if not faults.in_file(name)),
    )


def _refuse_strangers(files: Mapping[str, bytes], faults: Faults) -> None:
    for name in sorted(files):
        if name not in FILES and not name.endswith(NOTES):
            faults.add(Place(name, 1), "", "tệp không thuộc chương trình", "no file of a programme")


def _text(name: str, files: Mapping[str, bytes], faults: Faults) -> str | None:
    if name not in files:
        if name not in OPTIONAL:
            faults.add(Place(name, 1), "", "thiếu tệp", "the file is missing")
        return None
    if len(files[name]) > MAX_FILE_BYTES:
        faults.add(Place(name, 1), "", "tệp quá lớn", "the file is too large")
        return None
    return text_of(name, files[name], faults)


def _table(shape: type[R], name: str, texts: Mapping[str, str | None], faults: Faults) -> list[R]:
    text = texts[name]
    if text is None:
        return []
    listing = read_csv(name, text, columns_of(shape), faults, optional_columns_of(shape))
    return build_all(shape, listing, name, faults)


def _document(shape: type[S], name: str, texts: Mapping[str, str | None], faults: Faults) -> S | None:
    text = texts[name]
    node = None if text is None else read_yaml(name, text, faults)
    return None if node is None else build(shape, node, name, faults)
