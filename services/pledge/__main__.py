"""`python -m services.pledge serve|check`."""

import click

from services.contracts.topics import PLEDGE
from services.intake.commands import checking, serving
from services.intake.opening import serve
from services.pledge.api import mount_pledges
from services.pledge.settings import PledgeSettings
from services.pledge.signer_keys import SignerKeys


def _serve(settings: PledgeSettings) -> int:
    keys = SignerKeys(settings.signer_keys_dir)
    return serve("pledge", settings, PLEDGE, lambda app, desk: mount_pledges(app, desk, keys))


main = click.Group(help="Nhận phiếu cam kết đã ký. / Takes signed pledge sheets.")
main.command("serve", help="Chạy dịch vụ. / Serve the pledge API.")(serving("pledge", "PLEDGE", PledgeSettings, _serve))
main.command("check", help="In cấu hình. / Print the settings.")(checking("PLEDGE", PledgeSettings))

if __name__ == "__main__":
    main(prog_name="python -m services.pledge")
