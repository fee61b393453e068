"""`python -m services.notify intake|dispatch|contacts|silence|check`."""

from services.contracts.topics import TIP
from services.intake.commands import checking, serving
from services.intake.opening import serve
from services.kit.lazy import LazyGroup
from services.notify.intake.api import mount_tips
from services.notify.settings import NotifyIntakeSettings


def _serve(settings: NotifyIntakeSettings) -> int:
    return serve("notify", settings, TIP, mount_tips, counted=False)


main = LazyGroup(
    help="Nhận tin tố giác, gửi thông báo. / Takes tips, sends notices.",
    modules={
        "dispatch": "services.notify.dispatch.run",
        "contacts": "services.notify.dispatch.contacts",
        "silence": "services.notify.dispatch.silences",
    },
)
main.command("intake", help="Chạy dịch vụ nhận tin. / Serve the tip API.")(
    serving("notify intake", "NOTIFY_INTAKE", NotifyIntakeSettings, _serve)
)
main.command("check", help="In cấu hình. / Print the settings.")(checking("NOTIFY_INTAKE", NotifyIntakeSettings))

if __name__ == "__main__":
    main(prog_name="python -m services.notify")
