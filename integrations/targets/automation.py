"""An automation that the company made in its Odoo (trigger `on_webhook`): its address is called,
and what it does with the record is its own affair.

Odoo answers 200 where its action ended well, 404 where no active rule has the address, and 500
where the action failed; what the action had done before that stands all the same (measured on 17
and 19). It knows no repeats. So what may have been done is never sent again by itself: the chatter
of the record is searched for the message's mark, which the body carries so that the action can
leave it there, as its last deed; where it is not found, a person has to look. A call goes to the
connection's own address and to no other, and no redirect is followed. The path is as good as a
password, and stands in no sentence.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http import HTTPStatus
from typing import Any

import urllib3
from django.conf import settings
from django.utils.translation import gettext as _

from exceptions.models import OutboxMessage
from integrations import resting, vault
from integrations.models import OdooAccess
from integrations.odoo import errors
from integrations.odoo.client import Odoo
from integrations.odoo.errands import Errand, message_with
from integrations.targets import Doubtful, NotConnected, NotNow, Now, Undelivered, Values, Way

TIMEOUT = urllib3.Timeout(connect=5, read=60)  # Odoo tries again by itself inside a call
MOST = 300  # bytes of the answer that are kept
# Certainly not done: a proxy in front of Odoo turned it away, and time may cure it.
TURNED_AWAY = frozenset({408, 425, 429, 503})
NOT_SENT = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)


@contextmanager
def opened(message: OutboxMessage, now: Now) -> Iterator[Way]:
    """Raises NotConnected where none is chosen, OdooError where Odoo cannot be reached."""
    rows = OdooAccess.objects.select_related("connection")
    row = rows.filter(connection=message.connection).exclude(sealed_automation="").first()
    if row is None:
        words = _("Not sent: no automation of Odoo is chosen on the page of the connection.")
        raise NotConnected(words)
    with resting.opened(row, now) as odoo:
        pool = urllib3.PoolManager(num_pools=1, retries=False, timeout=TIMEOUT)
        with pool:
            yield Calling(message, row, odoo, pool)


class Calling:
    """One call on its way."""

    def __init__(
        self, message: OutboxMessage, row: OdooAccess, odoo: Odoo, pool: urllib3.PoolManager
    ) -> None:
        self.message, self._row, self._odoo, self._pool = message, row, odoo, pool
        self._errand = Errand(message, message.case.document, settings.TOWER_BASE_URL)

    def find(self) -> Values | None:
        """The mark that the action left. Raises Undelivered if it may have been done without."""
        if self._errand.place and (left := self._left()):
            return left
        if self.message.sent_at is None:
            return None
        raise Undelivered(
            _(
                "The automation may or may not have run: nothing on the record bears the mark of "
                "this message. Look at the record in Odoo; send it again if nothing was done."
            )
        )

    def _left(self) -> Values | None:
        assert self._errand.place
        found = message_with(self._odoo, self._errand, *self._errand.place)
        return {**self._answered(HTTPStatus.OK, self._errand.key), **found} if found else None

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
            self._row.url + path_of(self._row),
            body=body(self._errand),
            headers={"Content-Type": "application/json", "X-Odoo-Database": self._row.database},
            redirect=False,
            preload_content=False,
        )
        said = answer.read(MOST, decode_content=False).decode("utf-8", "replace")
        answer.close()
        return answer.status, "".join(c if c.isprintable() else " " for c in said).strip()

    def _proof(self, status: int, said: str) -> Values:
        if status == HTTPStatus.OK and _is_ok(said):
            return self._answered(status, said)
        if status == HTTPStatus.INTERNAL_SERVER_ERROR:
            raise Undelivered(
                _(
                    "The automation failed in Odoo, and what it had done before that stands there. "
                    "Look at the record and at Odoo's log before you send it again."
                )
            )
        if status == HTTPStatus.NOT_FOUND:
            words = _(
                "Odoo knows no active automation at this address. Switch it on there, or choose "
                "it anew on the page of the connection; then send this again."
            )
            raise self._not_taken(Undelivered(words))
        words = _("Odoo answered %(status)s. %(words)s") % {"status": status, "words": said}
        if status in TURNED_AWAY:
            raise self._not_taken(NotNow(words))
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:  # a proxy's word: Odoo may be at it
            raise Doubtful(words)
        raise self._not_taken(Undelivered(words))

    def _answered(self, status: int, said: str) -> Values:
        return {"answered_by": str(self._row.connection), "status": int(status), "answer": said}

    def _not_taken(self, error: Undelivered) -> Undelivered:
        """It was certainly not carried out, so it may be sent as if for the first time."""
        self.message.sent_at = None
        return error


def path_of(row: OdooAccess) -> str:
    """Raises KeyNotOpened."""
    try:
        return f"/web/hook/{vault.unseal(row.sealed_automation)}"
    except vault.SealedWithAnotherKey:
        raise errors.KeyNotOpened from None


def body(errand: Errand) -> bytes:
    """JSON. `_model` and `_id` are what Odoo itself finds the record by; `mark` is for the action
    to leave in the chatter, where it is looked for."""
    message = errand.message
    told: dict[str, Any] = {
        "_model": message.model,
        "_id": message.record_id,
        "key": message.key,
        "mark": errand.key,
        "at": message.created_at.isoformat(),
        **message.parameters,
        "url": f"{errand.tower_url}/cases/{message.case_id}/",
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _is_ok(said: str) -> bool:
    """A page of somebody else is no answer of Odoo's."""
    try:
        answer = json.loads(said)
    except ValueError:
        return False
    return isinstance(answer, dict) and answer.get("status") == "ok"


def _silence(error: Exception) -> str:
    return _("Odoo did not answer: %s.") % type(error).__name__
