"""From checked declarations to the programme they make."""

import json
from dataclasses import fields
from datetime import time
from hashlib import sha256
from typing import Any

from services.contracts.errors import Text
from services.contracts.programme.agencies import Agency, Group, Organisation
from services.contracts.programme.checks.units import parent_of, rows_by_code
from services.contracts.programme.denominators import Denominator, Denominators
from services.contracts.programme.forms import Due, Form, Measure, RowField, RowKind, Rule
from services.contracts.programme.indicators import Indicator, Target
from services.contracts.programme.model import Decision, PledgeText, Programme, TipRules
from services.contracts.programme.reading.build import Shape
from services.contracts.programme.reading.folder import Folder
from services.contracts.programme.reading.shapes import (
    FormShape,
    IndicatorShape,
    ProgrammeShape,
    RowFieldShape,
    RowKindShape,
    TextShape,
)
from services.contracts.programme.units import Succession, Unit, Units
from services.contracts.programme.workdays import WorkCalendar


def assemble(folder: Folder, programme: ProgrammeShape, content_hash: str) -> Programme:
    """The programme of a folder without faults; version 0 and no sandbox until it is activated."""
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
        units=_units(folder),
        groups={of.group: Group(of.group, of.unit, of.name, of.provisional, of.source) for of in folder.groups},
        denominators=_denominators(folder),
        organisations={of.id: Organisation(of.id, of.unit, of.name, of.kind) for of in folder.organisations},
        agencies={of.id: Agency(of.id, Text(of.name_vi, of.name_en), of.kind, of.unit) for of in folder.agencies},
        holidays=_holidays(folder),
        forms={form.code: _form(form) for form in folder.forms},
        indicators={of.code: _indicator(of, programme) for of in folder.indicators},
    )


def _text(shape: TextShape) -> Text:
    return Text(shape.vi, shape.en)


def _units(folder: Folder) -> Units:
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
    successions = (Succession(of.old_unit, of.new_unit, of.on, of.extent, of.decision) for of in folder.succession)
    return Units(units, tuple(successions))


def _denominators(folder: Folder) -> Denominators:
    return Denominators(
        tuple(
            Denominator(of.unit, of.kind, of.as_of, of.value, of.provisional, of.source) for of in folder.denominators
        )
    )


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
        rules=tuple(Rule(rule.left, rule.right) for rule in shape.rules),
        rows={kind.code: _row_kind(kind) for kind in shape.rows},
    )


def _row_kind(shape: RowKindShape) -> RowKind:
    row_fields = {field.code: _row_field(field) for field in shape.fields}
    return RowKind(shape.code, _text(shape.name), row_fields, shape.max_rows)


def _row_field(shape: RowFieldShape) -> RowField:
    choices = {choice.code: _text(choice.name) for choice in shape.choices}
    return RowField(shape.code, _text(shape.name), choices, shape.max)


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
        definition_hash=_definition_hash(shape, programme),
    )


def _definition_hash(shape: IndicatorShape, programme: ProgrammeShape) -> str:
    stated = {"indicator": _plain(shape), "calendar": programme.calendar}
    if shape.kind == "tips_in_time":
        stated["tips"] = _plain(programme.tips)
    return sha256(json.dumps(stated, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _plain(value: Any) -> Any:
    """A shape without the place where it stands."""
    if isinstance(value, Shape):
        return {of.name: _plain(getattr(value, of.name)) for of in fields(value) if of.name != "place"}
    return value
