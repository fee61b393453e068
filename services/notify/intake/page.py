"""The public page of tips: works without scripts, needs nothing from elsewhere, knows nobody.

A form that another site sends does nothing which that site could not do itself, because nothing here rests on who
somebody is; a browser that says so is turned away all the same.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import msgspec
from jinja2 import Environment, FileSystemLoader, Template

from services.contracts.door_answers import TipTaken
from services.contracts.errors import Fault
from services.contracts.programme import Programme, Unit, local_date
from services.contracts.requests import AskOfTip, PostTip
from services.contracts.routes import Parameter, Route
from services.intake.refusal import Refused
from services.kit.errors import Unavailable
from services.kit.web import Answer, Form, ProblemError, decoded, form, header, html_answer, mount, query
from services.notify.intake.api import TipDesk, chance_key, is_chance
from services.notify.intake.asking import ask
from services.notify.intake.words import HOTLINE, PAGE_WORDS

TEMPLATES: Final = Path(__file__).parent / "templates"
Language = Literal["vi", "en"]
_TEXTS: Final = ("unit", "category", "concerns", "text", "place", "happened", "contact")
_BESIDE: Final = frozenset({*_TEXTS, "images", "words", "message"})
_RETRY_AFTER_S: Final = "30"
_PROGRAMME: Final = Parameter("programme", "query", str, "Of several the one; else the first.", required=False)
_LANGUAGE: Final = Parameter("lang", "query", Literal["vi", "en"], "Vietnamese, or English.", required=False)
TIP_PAGE: Final = Route(
    "GET",
    "/tip",
    "tipPage",
    "Trang tố giác. / The page on which a tip is left.",
    {200: None},
    parameters=(_PROGRAMME, _LANGUAGE),
    problems=(503,),
    media_type="text/html",
)
SEND_TIP: Final = Route(
    "POST",
    "/tip",
    "sendTip",
    "Gửi biểu mẫu của trang tố giác. / Takes the form of the page of tips.",
    {200: None, 422: None},
    problems=(400, 403, 413, 415, 422, 503),
    media_type="text/html",
)
ANSWER_PAGE: Final = Route(
    "GET",
    "/tip/answer",
    "tipAnswerPage",
    "Trang xem trả lời. / The page on which a sender comes back.",
    {200: None},
    parameters=(_LANGUAGE,),
    problems=(503,),
    media_type="text/html",
)
ASK_ON_PAGE: Final = Route(
    "POST",
    "/tip/answer",
    "askOnPage",
    "Gửi biểu mẫu của trang xem trả lời. / Takes the form of that page.",
    {200: None, 422: None},
    problems=(400, 403, 413, 415, 422, 503),
    media_type="text/html",
)
ROUTES: Final = (TIP_PAGE, SEND_TIP, ANSWER_PAGE, ASK_ON_PAGE)


def mount_page(app: Any, at: TipDesk) -> None:
    mount(app, TIP_PAGE, lambda: _shown(at), counted=False)
    mount(app, SEND_TIP, lambda: _sent(at), counted=False)
    mount(app, ANSWER_PAGE, lambda: _page("answer.html", _language(query("lang")), 200, wrong={}), counted=False)
    mount(app, ASK_ON_PAGE, lambda: _asked(at), counted=False)


def _shown(at: TipDesk) -> Answer:
    lang = _language(query("lang"))
    programme = _chosen(at.programmes(), query("programme"))
    return _away(lang) if programme is None else _form(at, programme, lang, chance_key(), {}, {})


def _sent(at: TipDesk) -> Answer:
    sent = _form_of_ours(at)
    lang = _language(sent.fields.get("lang"))
    programme = _chosen(at.programmes(), sent.fields.get("programme"))
    if programme is None:
        return _away(lang)
    key = sent.fields.get("key", "")
    key = key if is_chance(key) else chance_key()
    try:
        return _taken(programme, lang, _take(at, programme, sent, key))
    except (ProblemError, Refused) as refused:
        return _form(at, programme, lang, key, sent.fields, _beside(refused.faults, lang))
    except Unavailable:
        return _form(at, programme, lang, key, sent.fields, {}, away=True)


def _asked(at: TipDesk) -> Answer:
    sent = _form_of_ours(at)
    lang = _language(sent.fields.get("lang"))
    body = {"words": sent.fields.get("words", ""), "message": sent.fields.get("message") or None}
    try:
        found = ask(at.vault, at.budget, decoded(msgspec.json.encode(body), AskOfTip))
    except (ProblemError, Refused) as refused:
        wrong = _beside(refused.faults, lang)
        return _page("answer.html", lang, 422, wrong=wrong, message=sent.fields.get("message", ""))
    except Unavailable:
        return _away(lang)
    return _page("answer.html", lang, 200, wrong={}, found=found)


def _form_of_ours(at: TipDesk) -> Form:
    if header("Sec-Fetch-Site") == "cross-site":
        raise ProblemError(403, "forbidden")
    return form(at.desk.max_body_bytes)


def _language(named: str | None) -> Language:
    return "en" if named == "en" else "vi"


def _take(at: TipDesk, programme: Programme, sent: Form, key: str) -> TipTaken:
    """With a new key where this one was used for another tip: a copy of a page that somebody kept must lose nothing."""
    posted = _posted(programme, sent)
    try:
        return at.take(posted, key)
    except Refused as refused:
        if all(fault.code != "key_used" for fault in refused.faults):
            raise
    return at.take(posted, chance_key())


def _posted(programme: Programme, sent: Form) -> PostTip:
    """The form as the request of the API, checked as that is. Raises ProblemError."""
    given = {name: sent.fields[name] for name in _TEXTS if sent.fields.get(name)}
    body = {"programme": programme.id, **given, "images": list(sent.files.get("images", ()))}
    return decoded(msgspec.json.encode(body), PostTip)


def _chosen(programmes: Sequence[Programme], named: str | None) -> Programme | None:
    return next((one for one in programmes if named in (None, "", one.id)), None)


def _beside(faults: Sequence[Fault], lang: Language) -> dict[str, list[str]]:
    """Every fault at the field that it is about; of a list at the list."""
    found: dict[str, list[str]] = {}
    for fault in faults:
        name = fault.field.partition("[")[0]
        found.setdefault(name if name in _BESIDE else "", []).append(getattr(fault, lang))
    return found


def _form(
    at: TipDesk,
    programme: Programme,
    lang: Language,
    key: str,
    given: Mapping[str, str],
    wrong: Mapping[str, Sequence[str]],
    *,
    away: bool = False,
) -> Answer:
    units = _units(programme, local_date(at.instant(programme, None)))
    told = {"programme": programme, "units": units, "key": key, "given": given, "wrong": wrong, "away": away}
    return _page("tip.html", lang, 503 if away else 422 if wrong else 200, **told)


def _taken(programme: Programme, lang: Language, taken: TipTaken) -> Answer:
    due = taken.due_on.strftime("%d/%m/%Y")
    return _page("taken.html", lang, 200, programme=programme, words=taken.words, due=due)


def _away(lang: Language) -> Answer:
    return _page("away.html", lang, 503)


def _page(name: str, lang: Language, status: int, **told: Any) -> Answer:
    words = {key: getattr(text, lang) for key, text in PAGE_WORDS.items()}
    answer = html_answer(_template(name).render(t=words, lang=lang, hotline=HOTLINE, **told), etag=None, status=status)
    if status == 503:  # noqa: PLR2004 - what the page itself says
        answer.headers["Retry-After"] = _RETRY_AFTER_S
    return answer


def _units(programme: Programme, day: date) -> list[Unit]:
    """Where something may have happened: the wards of the day, and the whole."""
    leaves = [programme.units.by_id[one] for one in programme.units.standing(programme.root, day)]
    return [*leaves, programme.units.by_id[programme.root]]


@cache
def _template(name: str) -> Template:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.get_template(name)
