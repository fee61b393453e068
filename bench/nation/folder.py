"""The programme of a land: the pilot's definitions with other places, as the files of a programme folder."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from bench.nation.land import COUNTRY, GROUPS, SINCE, Land, Ward, unit_id
from deploy.laptop.installation import PROGRAMME
from services.contracts.programme import Programme, parse

_PILOT: Final = Path(PROGRAMME)
_KEPT: Final = ("forms.yaml", "indicators.yaml", "holidays.csv")
_SOURCE: Final = "Mô phỏng / simulated"
_DENOMINATORS_ON: Final = "2023-12-15"


def write(land: Land, folder: Path) -> Path:
    """The folder that `programme apply` is given."""
    folder.mkdir(parents=True)
    for name, content in files(land).items():
        (folder / name).write_bytes(content)
    return folder


def files(land: Land) -> dict[str, bytes]:
    """Every agency that the pilot's forms and indicators name stands in every ward."""
    pilot = parse({path.name: path.read_bytes() for path in _PILOT.iterdir()})
    tables = {
        "units.csv": (("code", "valid_from", "valid_to", "kind", "name", "parent_code", "note"), _units(land)),
        "succession.csv": (("old_unit", "new_unit", "on", "extent", "decision"), ()),
        "groups.csv": (("unit", "group", "name", "provisional", "source"), _groups(land)),
        "denominators.csv": (("unit", "kind", "as_of", "value", "provisional", "source"), _denominators(land)),
        "organisations.csv": (("unit", "id", "name", "kind"), ()),
        "agencies.csv": (("id", "name_vi", "name_en", "kind", "unit"), _agencies(land, pilot)),
    }
    kept = {name: (_PILOT / name).read_bytes() for name in _KEPT}
    return {"programme.yaml": _frame(land), **kept, **{name: _table(*table) for name, table in tables.items()}}


def agency(kind: str, ward: Ward) -> str:
    return f"{kind.replace('_', '-')}-{ward.code}"


def _frame(land: Land) -> bytes:
    """The pilot's, with another id and root."""
    text = (_PILOT / "programme.yaml").read_text()
    text = re.sub(r"(?m)^id: .*$", f"id: {land.programme}", text)
    return re.sub(r"(?m)^root: .*$", f"root: {unit_id(COUNTRY)}", text).encode()


def _units(land: Land) -> Iterator[tuple[str, ...]]:
    wards = list(land.listed())
    yield COUNTRY, SINCE, "", "country", "Toàn quốc (mô phỏng)", "", _SOURCE
    for province in sorted({ward.province for ward in wards}):
        yield province, SINCE, "", "province", f"Tỉnh {province}", COUNTRY, _SOURCE
    for ward in wards:
        yield ward.code, SINCE, "", "ward", f"Phường {ward.code}", ward.province, _SOURCE


def _groups(land: Land) -> Iterator[tuple[str, ...]]:
    for ward in land.listed():
        for number in range(GROUPS):
            yield ward.id, ward.group(number), f"Tổ dân phố {number + 1}", "true", _SOURCE


def _denominators(land: Land) -> Iterator[tuple[str, ...]]:
    for ward in land.listed():
        yield ward.id, "household", _DENOMINATORS_ON, str(land.households), "true", _SOURCE


def _agencies(land: Land, pilot: Programme) -> Iterator[tuple[str, ...]]:
    kinds = {form.owner_kind for form in pilot.forms.values()} | {
        indicator.owner_kind for indicator in pilot.indicators.values()
    }
    yield "operator", "Đơn vị vận hành", "Operator", "operator", unit_id(COUNTRY)
    for ward in land.listed():
        for kind in sorted(kinds):
            name = agency(kind, ward)
            yield name, name, name, kind, ward.id


def _table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> bytes:
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    table.writerow(columns)
    table.writerows(rows)
    return written.getvalue().encode()


def programme_of(land: Land) -> Programme:
    """As every process knows it once it is applied: version 1."""
    return parse(files(land)).activated(land.programme, 1, sandbox=False)
