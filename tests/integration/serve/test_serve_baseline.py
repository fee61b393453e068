"""A unit's years before the programme stand beside those of it."""

from pathlib import Path

from sqlalchemy import Engine

from services.contracts.events import ProgrammeActivated
from services.contracts.programme import Programme, content_hash, content_of, pack
from services.reporting.domain.status import Status
from tests.support.facts_store import Stream
from tests.support.programme_folder import pilot_files
from tests.support.reading import Reader, reader, store_statuses, value
from tests.support.streams import NOON, PROGRAMME, TOWN, W1, W2, event

FIGURES = f"""unit,indicator,year,num,den,provisional,source
{W1},CT14,2023,4,,false,a report of the town police
{W1},CT14,2018,9,,true,an estimate
{W2},CT14,2018,1,,true,an estimate
{W1},CT21,2022,30,40,false,a report of the town police
"""


def apply(stream: Stream, version: int) -> None:
    content = content_of({**pilot_files(), "baseline.csv": FIGURES.encode()})
    (part,) = pack(content)
    said = ProgrammeActivated(
        programme=PROGRAMME,
        unit=TOWN,
        occurred_on=NOON.date(),
        version=version,
        hash=content_hash(content),
        part=1,
        parts=1,
        content=part,
    )
    stream.write([event(said, key=("with a baseline", version), source="operator", version=version)])


def test_a_unit_without_figures_has_nothing_to_compare(ask: Reader) -> None:
    assert ask.get("/v1/units/18115@2018-01-01/baseline", programme=PROGRAMME).json["items"] == []


def test_years_before_stand_in_their_order_beside_the_programmes_own(
    stream: Stream, engine: Engine, programme: Programme, tmp_path: Path
) -> None:
    apply(stream, 2)
    store_statuses(engine, programme, [(W1, "CT14", "2024-Y", Status("on_track", value(2)))], NOON)
    answer = reader(engine, tmp_path).get(f"/v1/units/{W1}/baseline", programme=PROGRAMME).json
    first, second = answer["items"]
    assert (first["indicator"], second["indicator"]) == ("CT14", "CT21")
    assert [(one["year"], one["value"], one["provisional"]) for one in first["before"]] == [
        (2018, {"num": 9}, True),
        (2023, {"num": 4}, False),
    ]
    assert first["before"][1]["source"] == "a report of the town police"
    (year,) = first["after"]
    assert (year["period"], year["status"]["status"], year["status"]["value"]) == ("2024-Y", "on_track", {"num": 2})
    assert second["before"] == [
        {"year": 2022, "value": {"num": 30, "den": 40}, "provisional": False, "source": "a report of the town police"}
    ]
    assert second["after"] == [{"period": "2024-Y", "status": None}]
