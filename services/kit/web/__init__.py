"""The HTTP edge: one way to route, to read a body, to refuse and to answer. Flask's door."""

from services.contracts.routes import Route
from services.kit.web.answers import Answer, html_answer, json_answer
from services.kit.web.app import counting_refusals, create_app, mount
from services.kit.web.arguments import arguments
from services.kit.web.bodies import body, decoded
from services.kit.web.forms import Form, form
from services.kit.web.problems import ProblemError
from services.kit.web.requests import caller, header, idempotency_key, left_s, query

__all__ = [
    "Answer",
    "Form",
    "ProblemError",
    "Route",
    "arguments",
    "body",
    "caller",
    "counting_refusals",
    "create_app",
    "decoded",
    "form",
    "header",
    "html_answer",
    "idempotency_key",
    "json_answer",
    "left_s",
    "mount",
    "query",
]
