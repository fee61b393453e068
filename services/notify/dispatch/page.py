"""The page behind a notice's link. Vietnamese first, English beside it; plain HTML without scripts."""

from html import escape
from typing import Final

from services.contracts.errors import Text
from services.contracts.programme import Programme
from services.notify.dispatch.answering import Asked
from services.notify.domain.writing import Language, written

STANDS_WORDS: Final = {
    "open": Text("Đang chờ người xử lý.", "It waits for somebody to take it up."),
    "answered": Text("Đã có người nhận xử lý.", "It has been taken up."),
    "over": Text("Việc này đã xong.", "It is over."),
}
TAKE_UP: Final = Text("Đã nhận, tôi xử lý", "Taken up")
TAKEN_UP: Final = Text("Bạn đã xác nhận. Cảm ơn.", "You have taken it up. Thank you.")
_STYLE: Final = (
    "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:1rem auto;padding:0 1rem}"
    "button{font:inherit;padding:.8rem 1.5rem}small{color:#555}"
)


def render(asked: Asked, programme: Programme) -> str:
    vietnamese, english = (_lines(asked, programme, language) for language in ("vi", "en"))
    items = "".join(
        f"<li>{escape(vi)}<br><small lang=en>{escape(en)}</small></li>"
        for vi, en in zip(vietnamese, english, strict=True)
    )
    form = ""
    if asked.stands == "open" and not asked.answered:
        words = f"{escape(TAKE_UP.vi)} / <span lang=en>{escape(TAKE_UP.en)}</span>"
        form = f"<form method=post><button>{words}</button></form>"
    return (
        '<!doctype html><html lang=vi><meta charset=utf-8><meta name=viewport content="width=device-width">'
        f"<title>{escape(programme.name.vi)}</title><style>{_STYLE}</style>"
        f"<h1>{escape(programme.name.vi)}</h1><ul>{items}</ul><p>{_both(_standing(asked))}</p>{form}</html>\n"
    )


def _lines(asked: Asked, programme: Programme, language: Language) -> list[str]:
    lines = written(asked.message, programme, language, "").text.splitlines()
    return [line.removeprefix("- ") for line in lines if line.startswith("- ")]


def _standing(asked: Asked) -> Text:
    return TAKEN_UP if asked.answered else STANDS_WORDS[asked.stands]


def _both(text: Text) -> str:
    return f"{escape(text.vi)} <small lang=en>{escape(text.en)}</small>"
