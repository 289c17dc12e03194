"""What goes on around an installation while its programs are killed, all of it over HTTP."""

import http.client
import itertools
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from tests.integrations.simulator import speaking

LOST = (OSError, http.client.HTTPException)


class Traffic(threading.Thread):
    """Does `once` again and again until it is told to stop."""

    pause = 0.1  # seconds

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.enough = threading.Event()

    def run(self) -> None:
        while not self.enough.wait(self.pause):
            self.once()

    def once(self) -> None:
        raise NotImplementedError

    def stop(self) -> None:
        self.enough.set()
        self.join()


class Planner(Traffic):
    """Re-dates transfers in Odoo, which tells the tower each time: once, as Odoo does."""

    def __init__(self, odoo: str, hook: str, transfers: Sequence[int]) -> None:
        super().__init__()
        self.odoo = odoo
        self.hook = hook
        self.next = itertools.cycle(transfers)
        self.day = itertools.cycle(range(-6, 7))
        self.accepted: set[int] = set()
        self.known: dict[int, bool] = {}  # whether the tower took the latest news of a transfer
        self.lost = 0

    def once(self) -> None:
        transfer = next(self.next)
        plan = datetime.now(UTC).replace(microsecond=0) + timedelta(days=next(self.day))
        values = {"scheduled_date": f"{plan:%Y-%m-%d %H:%M:%S}"}
        write = {"ids": [transfer], "vals": values}
        speaking.call(self.odoo, "stock.picking", "write", speaking.OWNER, **write)
        self._tell(transfer)

    def _tell(self, transfer: int) -> None:
        wanted = {"ids": [transfer], "fields": ["write_date", "write_uid"]}
        (row,) = speaking.call(self.odoo, "stock.picking", "read", speaking.OWNER, **wanted)
        news = {
            "_action": "Webhook(#1)",
            "_model": "stock.picking",
            "_id": transfer,
            "id": transfer,
        }
        body = news | {"write_date": row["write_date"], "write_uid": row["write_uid"][0]}
        stored = self._post(body)
        self.known[transfer] = stored is not None
        if stored is None:
            self.lost += 1
        else:
            self.accepted.add(stored)

    def _post(self, body: Mapping[str, object]) -> int | None:
        """The id of the stored delivery; None when it was not taken."""
        try:
            answer = speaking.ask(self.hook, "POST", urlsplit(self.hook).path, body)
        except LOST:
            return None
        return int(answer.body["stored"]) if answer.status == 202 else None


@dataclass(frozen=True, slots=True)
class Press:
    """One button of one case, pressed once: `number` tells it from the others."""

    number: int
    case: int
    move: str
    fields: Mapping[str, object]


class Clerk(Traffic):
    """Presses button after button over the API; what got no answer is sent again, same key."""

    def __init__(self, tower: str, token: str, buttons: Iterator[Press]) -> None:
        super().__init__()
        self.tower = tower
        self.token = token
        self.buttons = buttons
        self.unanswered: Press | None = None
        self.made: list[Press] = []
        self.refused: list[tuple[Press, object]] = []
        self.lost = 0

    def once(self) -> None:
        press = self.unanswered = self.unanswered or next(self.buttons)
        try:
            answer = self._send(press)
        except LOST:
            self.lost += 1
            return
        if answer.status >= 500:
            self.lost += 1
            return
        self.unanswered = None
        if answer.status == 200:
            self.made.append(press)
        else:
            self.refused.append((press, answer.body))

    def _send(self, press: Press) -> speaking.Answer:
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": f"press-{press.number}",
        }
        path = f"/api/v1/cases/{press.case}/moves/"
        return speaking.ask(
            self.tower, "POST", path, {"move": press.move} | dict(press.fields), headers
        )
