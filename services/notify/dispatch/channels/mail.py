"""E-mail by SMTP: plain text and HTML, one message a connection."""

import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final, Literal

from services.kit.clock import Clock
from services.notify.dispatch.channels import Envelope, Way
from services.notify.domain.retrying import Outcome

TIMEOUT_S: Final = 20
_THROTTLED: Final = frozenset({"4.7.0", "4.7.28", "4.3.2", "4.2.1"})
"""Enhanced codes (RFC 3463) by which servers ask for patience."""
_PATIENCE: Final = frozenset({421})
_PERMANENT: Final = 500
_OURS: Final = frozenset({530, 534, 535, 538, 554})
"""What is wrong with our own account or host, and not with the address."""
Security = Literal["none", "starttls", "tls"]


@dataclass(frozen=True)
class MailServer:
    host: str
    port: int
    security: Security
    sender: str
    user: str | None = None
    password: str | None = None


def by_mail(server: MailServer, clock: Clock) -> Way:
    return Way(lambda _address: f"smtp:{server.host}", lambda envelope: _send(server, clock, envelope))


def composed(envelope: Envelope, server: MailServer, clock: Clock) -> EmailMessage:
    """Message-ID follows from the message: a repetition after a crash is recognised by mail programmes."""
    mail = EmailMessage()
    mail["From"] = server.sender
    mail["To"] = Address(addr_spec=envelope.address)
    mail["Subject"] = envelope.written.subject
    mail["Date"] = format_datetime(clock.now())
    mail["Message-ID"] = f"<{envelope.id}@{server.sender.rpartition('@')[2].rstrip('>')}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(envelope.written.text)
    mail.add_alternative(envelope.written.html, subtype="html")
    return mail


def _send(server: MailServer, clock: Clock, envelope: Envelope) -> Outcome:
    try:
        mail = composed(envelope, server, clock)
    except ValueError:
        return Outcome("permanent", "address")
    return classified(lambda: _deliver(server, mail))


def _deliver(server: MailServer, mail: EmailMessage) -> None:
    context = ssl.create_default_context()
    if server.security == "tls":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_S, context=context)
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S)
    with connection:
        if server.security == "starttls":
            connection.starttls(context=context)
        if server.user is not None:
            connection.login(server.user, server.password or "")
        connection.send_message(mail)


def classified(deliver: Callable[[], None]) -> Outcome:
    """What an attempt came to. The words of a server are not kept: they may quote an address."""
    try:
        deliver()
    except smtplib.SMTPRecipientsRefused as refused:
        return _of_code(*next(iter(refused.recipients.values()), (451, b"")))
    except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError, ssl.SSLCertVerificationError) as error:
        return Outcome("misconfigured", type(error).__name__)
    except smtplib.SMTPResponseException as error:
        return _of_code(error.smtp_code, error.smtp_error)
    except (smtplib.SMTPException, OSError) as error:
        return Outcome("transient", type(error).__name__)
    return Outcome("accepted", "250")


def _of_code(code: int, said: bytes | str) -> Outcome:
    words = (said.decode(errors="replace") if isinstance(said, bytes) else said).split()
    enhanced = words[0] if words and words[0][:2] in ("2.", "4.", "5.") else ""
    if code in _PATIENCE or enhanced in _THROTTLED:
        return Outcome("throttled", str(code))
    if code < _PERMANENT:
        return Outcome("transient", str(code))
    if code in _OURS and not enhanced.startswith("5.1"):
        return Outcome("misconfigured", str(code))
    return Outcome("permanent", str(code))
