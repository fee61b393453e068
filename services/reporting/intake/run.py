"""`python -m services.reporting intake [--check]`."""

from typing import Final

import click

from services.contracts.topics import INPUTS, REPORT
from services.intake.commands import checking, serving
from services.intake.opening import serve
from services.kit.eventlog.kafka import KafkaAdmin
from services.reporting.intake.api import mount_reports
from services.reporting.intake.ends import Ends
from services.reporting.intake.settings import ReportingIntakeSettings

PREFIX: Final = "REPORTING_INTAKE"


def _serve(settings: ReportingIntakeSettings) -> int:
    ends = Ends(KafkaAdmin(settings.log()), [card.name for card in INPUTS])
    return serve("reporting intake", settings, REPORT, lambda app, desk: mount_reports(app, desk, ends))


@click.command("intake")
@click.option("--check", is_flag=True, help="Chỉ in cấu hình. / Only print the settings.")
def command(check: bool) -> None:
    """Nhận báo cáo. / Takes reports."""
    if check:
        checking(PREFIX, ReportingIntakeSettings)()
    serving("reporting intake", PREFIX, ReportingIntakeSettings, _serve)()
