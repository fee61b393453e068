"""The key and the ways out that the settings name."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import httpx

from services.contracts.programme.notices import Channel
from services.kit.clock import Clock
from services.kit.errors import Misconfigured
from services.notify.dispatch.channels import Way
from services.notify.dispatch.channels.http import by_sms, by_webhook
from services.notify.dispatch.channels.mail import MailServer, by_mail
from services.notify.dispatch.channels.other import by_apprise
from services.notify.settings import NotifyDispatchSettings

KEY_BYTES: Final = 32


def notice_key(path: Path) -> bytes:
    """Raises Misconfigured."""
    try:
        key = path.read_bytes()
    except OSError as error:
        raise Misconfigured([f"{path}: no key can be read ({type(error).__name__}): run keys init"]) from error
    if len(key) != KEY_BYTES:
        raise Misconfigured([f"{path}: not a key of {KEY_BYTES} bytes"])
    return key


def ways(settings: NotifyDispatchSettings, key: bytes, clock: Clock) -> Mapping[Channel, Way]:
    """A channel that nothing is set for has no way out: its addresses are passed over."""
    found: dict[Channel, Way] = {}
    client = httpx.Client()
    if settings.smtp_host is not None:
        server = MailServer(
            host=settings.smtp_host,
            port=settings.smtp_port,
            security=settings.smtp_security,
            sender=settings.mail_from,
            user=settings.smtp_user,
            password=settings.smtp_password,
        )
        found["email"] = by_mail(server, clock)
    if settings.sms_url is not None:
        found["sms"] = by_sms(client, settings.sms_url, settings.sms_token)
    if settings.webhooks:
        found["webhook"] = by_webhook(client, key, clock)
    if settings.apprise:
        found["apprise"] = by_apprise()
    return found
