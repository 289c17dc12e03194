"""E-mail: handed to the mail server of the settings, once.

Nobody can look into the recipients' mailboxes. What is proved is that the server took the message.
One that may have been taken, because the server fell silent or the sender died, is never sent again
by itself: a person decides. The Message-ID follows from the key, so that a mailbox may know the
second copy of a message that a person had sent again.
"""

import hashlib
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.translation import gettext as _

from exceptions.models import OutboxMessage
from integrations.targets import Doubtful, NotConnected, NotNow, Now, Undelivered, Values, Way

TEMPORARY = range(400, 500)  # replies of SMTP: try again later


@contextmanager
def opened(message: OutboxMessage, now: Now) -> Iterator[Way]:  # noqa: ARG001
    """Raises NotConnected where nobody is to get it; NotNow where the server cannot be reached, so
    that nothing was sent."""
    if not message.parameters["to"]:
        raise NotConnected(
            _("Not sent: the step names nobody, and nobody of the team has an e-mail address.")
        )
    mailing = Mailing(message)
    try:
        yield mailing
    finally:
        mailing.hang_up()


class Mailing:
    """One e-mail on its way."""

    def __init__(self, message: OutboxMessage) -> None:
        self.message = message
        self._server: BaseEmailBackend | None = None

    def find(self) -> Values | None:
        """Raises Undelivered if it may have gone out before."""
        if self.message.sent_at is None:
            return None
        raise Undelivered(
            _(
                "The mail server may or may not have taken this e-mail, and nobody can look. Ask "
                "one of the recipients; send it again if it did not arrive."
            )
        )

    def still_holds(self, at: datetime) -> bool:  # noqa: ARG002
        return True

    def before(self) -> Values | None:
        """Nothing stands there; but a server that is away is found out before anything is sent."""
        self._server = connect()
        return None

    def do(self, at: datetime) -> Values | None:
        assert self._server is not None
        mail = written(self.message, at)
        try:
            hand_over(self._server, mail)
        except Doubtful:
            raise
        except Undelivered:  # the server said no, so it certainly has not taken it
            self.message.sent_at = None
            raise
        return {
            "handed_to": handed_to(),
            "message_id": str(mail.extra_headers["Message-ID"]),
            "to": ", ".join(mail.to),
        }

    def hang_up(self) -> None:
        if self._server is not None:
            self._server.close()


@contextmanager
def connected() -> Iterator[BaseEmailBackend]:
    """The mail server of the settings. Raises NotNow where it cannot be reached."""
    server = connect()
    try:
        yield server
    finally:
        server.close()


def connect() -> BaseEmailBackend:
    """Raises NotNow where the mail server cannot be reached, so that nothing was sent."""
    server: BaseEmailBackend = get_connection()
    try:
        server.open()
    except (smtplib.SMTPException, OSError) as error:
        words = _("The mail server cannot be reached, or does not let the tower in: %s.")
        raise NotNow(words % _kind(error), silence=True) from None
    return server


def hand_over(server: BaseEmailBackend, mail: EmailMessage) -> None:
    """Raises NotNow or Undelivered where the server said no, Doubtful where it fell silent."""
    try:
        server.send_messages([mail])
    except smtplib.SMTPRecipientsRefused as error:
        raise _refused(max(code for code, _said in error.recipients.values())) from None
    except smtplib.SMTPResponseException as error:
        raise _refused(error.smtp_code) from None
    except (smtplib.SMTPException, OSError) as error:
        words = _("The mail server did not answer to the end: %s.") % _kind(error)
        raise Doubtful(words, silence=True) from None


def _refused(code: int) -> Undelivered:
    words = _("The mail server did not take it (reply %s).") % code
    return NotNow(words) if code in TEMPORARY else Undelivered(words)


def written(message: OutboxMessage, at: datetime) -> EmailMessage:
    """The e-mail itself, with a link to the case."""
    case, said = message.case, message.parameters
    link = f"{settings.TOWER_BASE_URL}/cases/{case.pk}/"
    return EmailMessage(
        subject=" ".join(said["subject"].split()),
        body=f"{said['text']}\n\n{case.reference}: {link}\n",
        to=said["to"],
        headers={
            "Message-ID": message_id(message.key),
            "Date": format_datetime(at),
            "Auto-Submitted": "auto-generated",  # out-of-office replies would go nowhere
        },
    )


def message_id(key: str) -> str:
    """The same for the same key of the same tower."""
    host = urlsplit(settings.TOWER_BASE_URL).hostname or "localhost"
    digest = hashlib.sha256(f"{settings.TOWER_BASE_URL} {key}".encode()).hexdigest()
    return f"<{digest[:32]}@{host}>"


def handed_to() -> str:
    """Who took it; a backend that is no mail server is named as what it is."""
    backend: str = settings.EMAIL_BACKEND.rpartition(".")[0].rpartition(".")[2]
    if backend == "smtp":
        return _("mail server %(host)s:%(port)s") % {
            "host": settings.EMAIL_HOST,
            "port": settings.EMAIL_PORT,
        }
    return _("%s backend of Django, which is no mail server") % backend


def _kind(error: Exception) -> str:
    """What happened, without what a server may have echoed of a login."""
    said = error.strerror if isinstance(error, OSError) else None
    return str(said or type(error).__name__)
