"""E-mails to people: claimed, handed to the mail server once, and what became of each.

Before an e-mail is handed over, that is written down; so one whose sender dies on the way is not
sent a second time, but says that it may have arrived.
"""

import logging
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import format_datetime

from django.core.mail import EmailMessage

from exceptions import bundling
from exceptions.letters import Letter
from exceptions.models import NoticeMail
from exceptions.report import mails
from exceptions.vocabulary import MailKind
from integrations.targets import NotNow, Undelivered, mail

logger = logging.getLogger(__name__)

Now = Callable[[], datetime]

MOST_ATTEMPTS = 12  # some nine hours
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
NOT_THEIRS = "Not sent: the cases that it told of are no longer visible to this person."
OVER = "Not sent: the invitation is over, or the account is closed."
NO_REPORT = "Not sent: the subscription was ended, or this person sees none of its sites any more."
UNEXPECTED = "It could not be written; the log of the worker says why."


def send_due(now: Now, *, limit: int = 200) -> int:
    """Gather what waits and send what is due; returns how many were attempted. A mail server that
    cannot be reached is left alone for the rest of the run.
    """
    bundling.gather(at=now())
    mails.make_due(now())
    done = 0
    while done < limit and (claimed := bundling.claim(now())):
        done += 1
        if not send(claimed, now):
            break
    return done


def send(claimed: NoticeMail, now: Now) -> bool:
    """Send one claimed e-mail; every way it can end is written to the row. Whether the server
    answered.
    """
    if claimed.handed_at:
        bundling.doubt(claimed)
        return True
    try:
        return _send(claimed, now)
    except Exception:
        logger.exception("e-mail %s could not be sent", claimed.pk)
        bundling.fail(claimed, words=UNEXPECTED)
        return True


def _send(claimed: NoticeMail, now: Now) -> bool:
    letter = _letter(claimed, now())
    if letter is None or not claimed.person.email:
        words = bundling.no_address(claimed.person) if letter else _of_no_use(claimed)
        bundling.fail(claimed, words=words)
        return True
    try:
        with mail.connected() as server:
            if bundling.handing(claimed, letter.subject, at=now()):
                mail.hand_over(server, _written(claimed, letter, now()))
                bundling.sent(claimed, at=now())
    except Undelivered as error:
        _sort(claimed, error, now())
        return not error.silence
    return True


def _letter(claimed: NoticeMail, at: datetime) -> Letter | None:
    if claimed.kind == MailKind.REPORT:
        return mails.letter(claimed, at=at)
    return bundling.letter(claimed, at=at)


def _of_no_use(claimed: NoticeMail) -> str:
    words = {MailKind.NEWS: NOT_THEIRS, MailKind.REPORT: NO_REPORT}
    return words.get(MailKind(claimed.kind), OVER)


def _sort(claimed: NoticeMail, error: Undelivered, at: datetime) -> None:
    if error.ambiguous:
        bundling.doubt(claimed)
    elif isinstance(error, NotNow) and claimed.attempts < MOST_ATTEMPTS:
        bundling.postpone(claimed, until=at + _backoff(claimed.attempts), words=error.in_full)
    else:
        bundling.fail(claimed, words=error.in_full)


def _backoff(attempts: int) -> timedelta:
    wait = min(FIRST_WAIT * (1 << min(attempts - 1, 10)), LONGEST_WAIT)
    return wait * random.uniform(0.75, 1.25)  # noqa: S311 - no secret


def _written(claimed: NoticeMail, letter: Letter, at: datetime) -> EmailMessage:
    ended_at = {
        "List-Unsubscribe": f"<{letter.stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",  # RFC 8058
    }
    written = EmailMessage(
        subject=letter.subject,
        body=letter.text,
        to=[claimed.person.email],
        headers={
            "Message-ID": mail.message_id(f"notice:{claimed.pk}"),
            "Date": format_datetime(at),
            "Auto-Submitted": "auto-generated",
            **(ended_at if letter.stop else {}),
        },
    )
    for file in letter.files:
        written.attach(file.name, file.content, file.mime)
    return written
