"""A message in words: one language, plain and as HTML, from codes and the programme. Pure."""

from collections.abc import Mapping
from datetime import date, datetime
from html import escape
from typing import Final, Literal, NamedTuple

from services.contracts.errors import Text
from services.contracts.notice_words import ANSWER, FOOTER, MANY, TEMPLATES, Template
from services.contracts.programme import LOCAL_ZONE, Programme
from services.contracts.words import STATUS_WORDS, reason_text
from services.notify.domain.messages import Item, Message

Language = Literal["vi", "en"]
MOST_SHORT: Final = 300


class Written(NamedTuple):
    """`short`: for channels that take a line. `link`: where it is answered; empty where no answer is wanted."""

    subject: str
    text: str
    html: str
    short: str
    link: str


def written(message: Message, programme: Programme, language: Language, link: str) -> Written:
    """The words of a message. Nothing goes in but what its templates name."""
    filled = [_filled(item, programme, language) for item in message.items]
    subject = filled[0][0]
    if len(filled) > 1:
        subject = _in(MANY, language).format(count=len(filled), first=subject)
    lines = [line for _, line in filled]
    closing = [_in(ANSWER, language), link] if link else []
    footer = _in(FOOTER, language).format(
        programme=_in(programme.name, language), role=message.role, unit=_unit(message.unit, programme)
    )
    text = "\n".join([*(f"- {line}" for line in lines), "", *closing, "", footer, ""])
    short = f"{subject} {link}".strip()
    return Written(subject, text, _html(lines, closing, footer, language), short[:MOST_SHORT], link)


def _filled(item: Item, programme: Programme, language: Language) -> tuple[str, str]:
    template = TEMPLATES[item.cause.kind, item.template]
    values = {name: _value(name, item, programme, language) for name in template.variables}
    return _said(template, values, language)


def _said(template: Template, values: Mapping[str, str], language: Language) -> tuple[str, str]:
    return _in(template.title, language).format(**values), _in(template.line, language).format(**values)


def _value(name: str, item: Item, programme: Programme, language: Language) -> str:
    """One value that a template names, from the codes of a cause. A code that is not known is shown as it is."""
    facts = item.cause.facts
    given = facts.get(name, "")
    match name:
        case "unit":
            found = _unit(item.cause.unit, programme)
        case "form":
            found = _in(programme.forms[given].name, language) if given in programme.forms else given
        case "indicator":
            known = programme.indicators.get(given)
            found = f"{given} {_in(known.name, language)}" if known else given
        case "status":
            found = _in(STATUS_WORDS.get(given, Text(given, given)), language)
        case "reason":
            found = _in(reason_text(given), language)
        case "due":
            found = datetime.fromisoformat(facts["due_at"]).astimezone(LOCAL_ZONE).strftime("%H:%M %d/%m/%Y")
        case "due_on":
            found = date.fromisoformat(given).strftime("%d/%m/%Y")
        case _:
            found = given
    return found or "–"


def _unit(unit: str, programme: Programme) -> str:
    known = programme.units.by_id.get(unit)
    return known.name if known else unit


def _html(lines: list[str], closing: list[str], footer: str, language: Language) -> str:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    answer = ""
    if closing:
        hint, link = closing
        answer = f'<p>{escape(hint)}</p><p><a href="{escape(link)}">{escape(link)}</a></p>'
    small = f"<p><small>{escape(footer)}</small></p>"
    return f'<!doctype html><html lang="{language}"><body><ul>{items}</ul>{answer}{small}</body></html>\n'


def _in(text: Text, language: Language) -> str:
    return text.vi if language == "vi" else text.en
