"""An explanation of a cell from facts in memory, as the store makes it, without the events behind the inputs."""

from datetime import datetime

from services.contracts.explanations import Explanation
from services.contracts.programme import Programme
from services.contracts.readings.pages import AsOf
from services.reporting.domain.explain import Told, explain
from services.reporting.domain.inputs import Cell, Facts
from services.reporting.domain.stated import stated_inputs
from services.reporting.domain.status import evaluate, judge

TOLD = Told(AsOf(generation=1, positions=[]))


def explained(programme: Programme, cell: Cell, known: Facts, now: datetime) -> Explanation:
    judged = judge(cell, programme, known, now)
    until = judged.status.valid_until
    later = None if until is None else evaluate(cell, programme, known, until)
    inputs = stated_inputs(judged)
    return explain(judged, later, inputs, slice(0, len(inputs)), {}, TOLD)
