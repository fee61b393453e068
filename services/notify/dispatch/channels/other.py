"""Whatever else Apprise speaks to, by URL. Its door: nothing else imports it."""

import logging
from typing import Final

import apprise

from services.notify.dispatch.channels import Envelope, Way
from services.notify.domain.retrying import Outcome

_LIBRARY: Final = "apprise"


def by_apprise() -> Way:
    """Apprise only says whether it went: what did not is tried again. It logs addresses, and so is not let."""
    logging.getLogger(_LIBRARY).setLevel(logging.CRITICAL)
    return Way(lambda address: f"apprise:{address.partition(':')[0]}", _send)


def _send(envelope: Envelope) -> Outcome:
    service = apprise.Apprise.instantiate(envelope.address)
    if service is None:
        return Outcome("permanent", "url")
    written = envelope.written
    went = service.notify(title=written.subject, body=written.text, body_format=apprise.NotifyFormat.TEXT)
    return Outcome("accepted" if went else "transient", "apprise")
