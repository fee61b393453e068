"""What reporting serve answers. Every answer says what it stands on (`as_of`)."""

from services.contracts.readings.contributions import Contributions
from services.contracts.readings.histories import Baseline, StatusHistory
from services.contracts.readings.lineage import UnitLineage
from services.contracts.readings.lists import Indicators, Periods, Programmes, Units
from services.contracts.readings.obligations import Obligations
from services.contracts.readings.publications import Draft, PeriodDecisions
from services.contracts.readings.statuses import StatusMatrix, UnitStatus
from services.contracts.readings.streaks import Streaks
from services.contracts.readings.verdicts import UnitVerdicts, VerdictMatrix
from services.contracts.values import Value

READINGS: tuple[type[Value], ...] = (
    Programmes,
    Units,
    Indicators,
    Periods,
    StatusMatrix,
    UnitStatus,
    Streaks,
    UnitLineage,
    StatusHistory,
    PeriodDecisions,
    Draft,
    Baseline,
    Obligations,
    UnitVerdicts,
    VerdictMatrix,
    Contributions,
)
