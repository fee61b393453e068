"""`python -m services.notify intake|check`."""

import click

from services.intake.commands import checking, serving
from services.notify.intake.run import serve_intake
from services.notify.settings import NotifyIntakeSettings

main = click.Group(help="Nhận tin tố giác. / Takes tips.")
main.command("intake", help="Chạy dịch vụ nhận tin. / Serve the tip API and the tip page.")(
    serving("notify intake", "NOTIFY_INTAKE", NotifyIntakeSettings, serve_intake)
)
main.command("check", help="In cấu hình. / Print the settings.")(checking("NOTIFY_INTAKE", NotifyIntakeSettings))

if __name__ == "__main__":
    main(prog_name="python -m services.notify")
