"""From checked declarations to the programme they make."""

import json
from collections.abc import Mapping
from datetime import time
from hashlib import sha256

from services.contracts.errors import Text
from services.contracts.programme.agencies import Agency, Group, Organisation, TipRecipient
from services.contracts.programme.assemble_packs import rule_pack
from services.contracts.programme.assemble_routes import routes_of
from services.contracts.programme.baseline import BaselineFigure
from services.contracts.programme.checks.units import parent_of, rows_by_code
from services.contracts.programme.denominators import Denominator, Denominators
from services.contracts.programme.forms import Due, Form, Measure, RowField, RowKind, Rule
from services.contracts.programme.indicators import Indicator, Target
from services.contracts.programme.model import Decision, PledgeText, Programme, SmallNumbers, TipRules
from services.contracts.programme.reading.build import stated
from services.contracts.programme.reading.folder import Folder
from services.contracts.programme.reading.indicator_shapes import IndicatorShape
from services.contracts.programme.reading.shapes import (
    FormShape,
    ProgrammeShape,
    RowFieldShape,
    RowKindShape,
    RuleShape,
    SmallNumbersShape,
    SuccessionRow,
    TextShape,
)
from services.contracts.programme.units import Succession, Unit, Units
from services.contracts.programme.workdays import WorkCalendar


def assemble(folder: Folder, programme: ProgrammeShape, content_hash: str) -> Programme:
    """The programme of a folder without faults; version 0 and no sandbox until it is activated."""
    definitions = _definitions(folder, programme)
    return Programme(
        id=programme.id,
        name=_text(programme.name),
        sandbox=False,
        version=0,
        hash=content_hash,
        calendar=programme.calendar,
        years=range(programme.first_year, programme.last_year + 1),
        root=programme.root,
        decisions=tuple(Decision(of.number, _text(of.name), of.provisional) for of in programme.decisions),
        text_versions={of.version: PledgeText(of.version, _text(of.text)) for of in programme.pledge_texts},
        tips=TipRules(programme.tips.handover_days, programme.tips.provisional, programme.tips.source),
        units=map_of(folder),
        groups={of.group: Group(of.group, of.unit, of.name, of.provisional, of.source) for of in folder.groups},
        denominators=_denominators(folder),
        organisations={of.id: Organisation(of.id, of.unit, of.name, of.kind) for of in folder.organisations},
        agencies=_agencies(folder, {of.agency_kind: of.title for of in programme.heads}),
        holidays=_holidays(folder),
        forms={form.code: _form(form) for form in folder.forms},
        baseline=tuple(
            BaselineFigure(of.unit, of.indicator, of.year, of.num, of.den, of.provisional, of.source)
            for of in folder.baseline
        ),
        indicators={code: of_code[-1] for code, of_code in definitions.items()},
        former={code: tuple(of_code[:-1]) for code, of_code in definitions.items() if len(of_code) > 1},
        tip_recipients=tuple(
            TipRecipient(of.unit, of.agency, of.valid_from, of.valid_to, of.provisional, of.source)
            for of in folder.tip_recipients
        ),
        packs=tuple(rule_pack(of) for of in folder.packs),
        small_numbers=_small_numbers(programme.small_numbers),
        routes=routes_of(folder.routes),
    )


def _small_numbers(shape: SmallNumbersShape | None) -> SmallNumbers | None:
    if shape is None:
        return None
    return SmallNumbers(shape.fewest, frozenset(shape.indicators), shape.provisional, shape.source)


def _text(shape: TextShape) -> Text:
    return Text(shape.vi, shape.en)


def map_of(folder: Folder) -> Units:
    """The units of a folder without faults, and what became of them."""
    by_code = rows_by_code(folder.units)
    units = {}
    for row in folder.units:
        parent = parent_of(row, by_code)
        units[row.id] = Unit(
            id=row.id,
            code=row.code,
            kind=row.kind,
            name=row.name,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            parent=parent.id if parent else None,
        )
    return Units(units, tuple(_succession(row) for row in folder.succession))


def _succession(row: SuccessionRow) -> Succession:
    return Succession(
        old_unit=row.old_unit,
        new_unit=row.new_unit,
        on=row.on,
        extent=row.extent,
        decision=row.decision,
        weight=row.weight,
        provisional=bool(row.weight_provisional),
        source=row.weight_source,
    )


def _denominators(folder: Folder) -> Denominators:
    return Denominators(
        tuple(
            Denominator(of.unit, of.kind, of.as_of, of.value, of.provisional, of.source) for of in folder.denominators
        )
    )


def _agencies(folder: Folder, titles: Mapping[str, TextShape]) -> dict[str, Agency]:
    named = ((of, Text(of.name_vi, of.name_en)) for of in folder.agencies)
    return {of.id: Agency(of.id, name, of.kind, of.unit, _head(titles.get(of.kind), name)) for of, name in named}


def _head(title: TextShape | None, agency: Text) -> Text | None:
    return Text(f"{title.vi} {agency.vi}", f"{title.en}, {agency.en}") if title else None


def _holidays(folder: Folder) -> WorkCalendar:
    return WorkCalendar(
        holidays=frozenset(row.day for row in folder.holidays if row.kind == "holiday"),
        working=frozenset(row.day for row in folder.holidays if row.kind == "working"),
    )


def _form(shape: FormShape) -> Form:
    due = shape.due
    return Form(
        code=shape.code,
        name=_text(shape.name),
        owner_kind=shape.owner_kind,
        frequency=shape.frequency,
        due=Due(due.working_days, time.fromisoformat(due.at), due.provisional, due.source),
        measures={of.code: Measure(of.code, _text(of.name), of.type, _text(of.unit), of.max) for of in shape.measures},
        rules=tuple(_rule(rule) for rule in shape.rules),
        rows={kind.code: _row_kind(kind) for kind in shape.rows},
    )


def _rule(shape: RuleShape) -> Rule:
    said = Text("", "") if shape.message is None else _text(shape.message)
    return Rule(shape.left, shape.op, shape.rights, shape.severity, said)


def _row_kind(shape: RowKindShape) -> RowKind:
    row_fields = {field.code: _row_field(field) for field in shape.fields}
    return RowKind(shape.code, _text(shape.name), row_fields, shape.max_rows)


def _row_field(shape: RowFieldShape) -> RowField:
    choices = {choice.code: _text(choice.name) for choice in shape.choices}
    return RowField(shape.code, _text(shape.name), choices, shape.max, shape.optional)


def _definitions(folder: Folder, programme: ProgrammeShape) -> dict[str, list[Indicator]]:
    """By code in the order of the data, the newest last."""
    found: dict[str, list[Indicator]] = {}
    for shape in folder.indicators:
        found.setdefault(shape.code, []).append(_indicator(shape, programme))
    return found


def _indicator(shape: IndicatorShape, programme: ProgrammeShape) -> Indicator:
    target = shape.target
    return Indicator(
        code=shape.code,
        name=_text(shape.name),
        definition=_text(shape.definition),
        kind=shape.kind,
        form=shape.form,
        measure=shape.measure,
        numerator=shape.numerator,
        denominator=shape.denominator,
        signer_kind=shape.signer_kind,
        target=Target(
            target.op, target.num, target.den, target.per, target.decision, target.provisional, target.source
        ),
        trajectory=shape.trajectory,
        frequency=shape.frequency,
        owner_kind=shape.owner_kind,
        sum_of=tuple(shape.measures),
        version=shape.version,
        effective_from=shape.effective_from,
        definition_hash=_definition_hash(shape, programme),
    )


def _definition_hash(shape: IndicatorShape, programme: ProgrammeShape) -> str:
    """Of what is said: under which number, and from when on, is no part of it."""
    said = {"indicator": stated(shape), "calendar": programme.calendar}
    del said["indicator"]["version"], said["indicator"]["effective_from"]
    if not shape.measures:  # a definition in the words of the release before keeps the hash that it had there
        del said["indicator"]["measures"]
    if shape.kind == "tips_in_time":
        said["tips"] = stated(programme.tips)
    return sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
