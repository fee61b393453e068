"""`python -m services.notify intake|dispatch|contacts|silence|check`."""

from services.intake.commands import checking, serving
from services.kit.lazy import LazyGroup
from services.notify.intake.run import serve_intake
from services.notify.settings import NotifyIntakeSettings

main = LazyGroup(
    help="Nhận tin tố giác, gửi thông báo. / Takes tips, sends notices.",
    modules={
        "dispatch": "services.notify.dispatch.run",
        "contacts": "services.notify.dispatch.contacts",
        "silence": "services.notify.dispatch.silences",
    },
)
main.command("intake", help="Chạy dịch vụ nhận tin. / Serve the tip API and the tip page.")(
    serving("notify intake", "NOTIFY_INTAKE", NotifyIntakeSettings, serve_intake)
)
main.command("check", help="In cấu hình. / Print the settings.")(checking("NOTIFY_INTAKE", NotifyIntakeSettings))

if __name__ == "__main__":
    main(prog_name="python -m services.notify")
