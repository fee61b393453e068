"""The parameters of a request, as its route declares them."""

from collections.abc import Mapping
from typing import Any

import msgspec
from flask import request

from services.contracts.details import plain
from services.contracts.errors import Fault, fault
from services.contracts.routes import Route
from services.kit.web.problems import ProblemError
from services.kit.web.requests import query


def arguments(route: Route, path: Mapping[str, str]) -> dict[str, Any]:
    """The parameters of path and query as their declared types. Raises ProblemError 422 with every fault."""
    found: dict[str, Any] = {}
    faults: list[Fault] = []
    declared = [parameter for parameter in route.parameters if parameter.place != "header"]
    for parameter in declared:
        text = path.get(parameter.name) if parameter.place == "path" else query(parameter.name)
        if text is None:
            if parameter.required:
                faults.append(fault(parameter.name, "required"))
            continue
        try:
            found[parameter.name] = msgspec.convert(text, parameter.kind, strict=False)
        except msgspec.ValidationError:
            faults.append(fault(parameter.name, "invalid_field"))
    known = {parameter.name for parameter in declared}
    if set(request.args) - known:
        faults.append(fault("?", "unknown_field", plain(", ".join(sorted(known)))))
    if faults:
        raise ProblemError(422, "invalid_field", faults)
    return found
