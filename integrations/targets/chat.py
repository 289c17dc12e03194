"""Messages to a chat: posted to the one incoming webhook of the settings, as Slack or Teams has it.

Such a webhook can neither be asked what it has posted nor told to drop repeats. So a message that
may have been taken (no answer to the end, or an error of the chat itself) is never posted again by
itself: a person looks into the channel. What proves it is the answer, any of 2xx. Redirects are not
followed; the path is as good as a password, and stands in no sentence.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import urllib3
from django.conf import settings
from django.utils.translation import gettext as _

from exceptions.models import OutboxMessage
from integrations.targets import Doubtful, NotConnected, NotNow, Now, Undelivered, Values, Way

SLACK, TEAMS = "slack", "teams"
TIMEOUT = urllib3.Timeout(connect=5, read=15)
MOST = 300  # bytes of the answer that are kept
TURNED_AWAY = frozenset({408, 425, 429})  # certainly not posted, and time may cure it
NOT_SENT = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)


@contextmanager
def opened(message: OutboxMessage, now: Now) -> Iterator[Way]:  # noqa: ARG001
    """Raises NotConnected until an address and a known format are set."""
    if not is_connected():
        raise NotConnected(
            _(
                "Not sent: no chat is connected. An administrator sets TOWER_CHAT_WEBHOOK_URL, and "
                "TOWER_CHAT_FORMAT to slack or teams."
            )
        )
    with urllib3.PoolManager(num_pools=1, retries=False, timeout=TIMEOUT) as pool:
        yield Posting(message, pool)


def is_connected() -> bool:
    """Whether there is a usable address, and a format that is known."""
    try:
        parts = urlsplit(settings.TOWER_CHAT_WEBHOOK_URL)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False
    return usable and parts.username is None and settings.TOWER_CHAT_FORMAT in (SLACK, TEAMS)


class Posting:
    """One message on its way."""

    def __init__(self, message: OutboxMessage, pool: urllib3.PoolManager) -> None:
        self.message, self._pool = message, pool

    def find(self) -> Values | None:
        """Raises Undelivered if it may have been posted before."""
        if self.message.sent_at is None:
            return None
        raise Undelivered(
            _(
                "The chat may or may not have taken this message, and the tower cannot look. Look "
                "into the channel; send it again if it is not there."
            )
        )

    def still_holds(self, at: datetime) -> bool:  # noqa: ARG002
        return True

    def before(self) -> Values | None:
        return None

    def do(self, at: datetime) -> Values | None:  # noqa: ARG002
        try:
            status, said = self._posted()
        except NOT_SENT as error:
            raise self._not_taken(NotNow(_silence(error), silence=True)) from None
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise Doubtful(_silence(error), silence=True) from None
        return self._proof(status, said)

    def _posted(self) -> tuple[int, str]:
        answer = self._pool.request(
            "POST",
            settings.TOWER_CHAT_WEBHOOK_URL,
            body=body(self.message),
            headers={"Content-Type": "application/json"},
            redirect=False,
            preload_content=False,
        )
        said = answer.read(MOST, decode_content=False).decode("utf-8", "replace")
        answer.close()
        return answer.status, "".join(c if c.isprintable() else " " for c in said).strip()

    def _proof(self, status: int, said: str) -> Values:
        if 200 <= status < 300:
            return {"answered_by": _host(), "status": status, "answer": said}
        words = _("The chat at %(host)s answered %(status)s. %(words)s") % {
            "host": _host(),
            "status": status,
            "words": said,
        }
        if status >= 500:  # it may have posted it all the same
            raise Doubtful(words)
        raise self._not_taken(NotNow(words) if status in TURNED_AWAY else Undelivered(words))

    def _not_taken(self, error: Undelivered) -> Undelivered:
        """It was certainly not posted, so it may be sent as if for the first time."""
        self.message.sent_at = None
        return error


def body(message: OutboxMessage) -> bytes:
    """The message as the chat of the settings wants it, with a link to the case."""
    said = message.parameters
    link = f"{settings.TOWER_BASE_URL}/cases/{message.case_id}/"
    write = _for_teams if settings.TOWER_CHAT_FORMAT == TEAMS else _for_slack
    told = write(said["title"], said["text"], message.case.reference, link)
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _for_slack(title: str, text: str, reference: str, link: str) -> dict[str, Any]:
    """`mrkdwn` of Slack: what came from elsewhere can neither mention anybody nor make links."""
    lines = f"*{_escaped(title)}*\n{_escaped(text)}\n<{link}|{reference}>"
    section = {"type": "section", "text": {"type": "mrkdwn", "text": lines}}
    return {"text": _escaped(f"{title} ({reference})"), "blocks": [section]}


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _for_teams(title: str, text: str, reference: str, link: str) -> dict[str, Any]:
    """One Adaptive Card, as the incoming webhooks of Teams and its workflows take it."""
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [
            {"type": "TextBlock", "text": title, "weight": "Bolder", "wrap": True},
            {"type": "TextBlock", "text": text, "wrap": True},
        ],
        "actions": [{"type": "Action.OpenUrl", "title": reference, "url": link}],
    }
    kind = "application/vnd.microsoft.card.adaptive"
    return {"type": "message", "attachments": [{"contentType": kind, "content": card}]}


def _silence(error: Exception) -> str:
    words = _("The chat at %(host)s did not answer: %(what)s.")
    return words % {"host": _host(), "what": type(error).__name__}


def _host() -> str:
    return str(urlsplit(settings.TOWER_CHAT_WEBHOOK_URL).netloc)
