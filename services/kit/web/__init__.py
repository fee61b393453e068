"""The HTTP edge: one way to route, to read a body, to refuse and to answer. Flask's door."""

from services.contracts.routes import Route
from services.kit.web.problems import ProblemError

__all__ = ["ProblemError", "Route"]
