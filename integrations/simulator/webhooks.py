"""Outgoing webhooks of automation rules, as Odoo sends them: unsigned, once, a second at most."""

import ast
import http.client
import json
import logging
from collections import deque
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from integrations.simulator import domains
from integrations.simulator.database import Database
from integrations.simulator.faults import Faults
from integrations.simulator.records import Row
from integrations.simulator.transactions import Change, Transaction

logger = logging.getLogger("simulator.webhooks")
TIMEOUT_SECONDS = 1.0
MOST_REDIRECTS = 30
HEADERS = (
    ("User-Agent", "python-requests/2.31.0"),
    ("Accept-Encoding", "gzip, deflate"),
    ("Accept", "*/*"),
    ("Connection", "keep-alive"),
)
WATCHED = {
    "on_create": {"create"},
    "on_write": {"write"},
    "on_create_or_write": {"create", "write"},
    "on_unlink": {"unlink"},
}
BOOKKEEPING = {"write_date", "write_uid"}


@dataclass(frozen=True, slots=True)
class Delivery:
    """One POST that is about to go out."""

    url: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a POST: the last status, or why there was none."""

    url: str
    body: dict[str, Any]
    status: int
    error: str


class Webhooks:
    """Finds the rules that a transaction fires and posts, one request a record, in sequence."""

    def __init__(self, database: Database, faults: Faults) -> None:
        self.database = database
        self.faults = faults
        self.outcomes: deque[Outcome] = deque(maxlen=10_000)

    def prepare(self, tx: Transaction) -> list[Delivery]:
        """The POSTs of a transaction, with the values that it leaves behind."""
        rules = self.database.tables["base.automation"].rows
        active = [rule for rule in rules.values() if rule.get("active")]
        return [delivery for rule in active for delivery in self._of_rule(tx, rule)]

    def _of_rule(self, tx: Transaction, rule: Row) -> list[Delivery]:
        kinds = WATCHED.get(rule.get("trigger", ""))
        model = self.database.tables["ir.model"].rows[rule["model_id"]]["model"]
        if kinds is None or not any(change.model == model for change in tx.changes):
            return []
        holds = self._filter(model, rule)
        actions = self._actions(rule)
        return [
            delivery
            for row in self._fired(tx, rule, model, kinds)
            if holds(row)
            for action in actions
            if (delivery := self._delivery(model, row, action))
        ]

    def _filter(self, model: str, rule: Row) -> domains.Predicate:
        text = rule.get("filter_domain")
        parsed = ast.literal_eval(text) if text else []
        return domains.compile_(self.database, model, domains.parse(parsed))

    def _actions(self, rule: Row) -> list[Row]:
        table = self.database.tables["ir.actions.server"]
        rows = (table.rows[each] for each in table.where("base_automation_id", rule["id"]))
        return [row for row in rows if row.get("state") == "webhook" and row.get("webhook_url")]

    def _fired(self, tx: Transaction, rule: Row, model: str, kinds: set[str]) -> list[Row]:
        """Rows for which the rule fires, each once a transaction."""
        fields = self.database.tables["ir.model.fields"].rows
        watched = {fields[each]["name"] for each in rule.get("trigger_field_ids", ())}
        rows = self.database.tables[model].rows
        by_record: dict[int, list[Change]] = {}
        for change in tx.changes:
            if change.model == model:
                by_record.setdefault(change.record_id, []).append(change)
        fired = []
        for record_id, changes in by_record.items():
            row = rows.get(record_id)
            if row is None and "unlink" in kinds:
                fired.append(changes[-1].before)
            elif row is not None and _fires(changes, row, kinds, watched):
                fired.append(row)
        return fired

    def _delivery(self, model: str, row: Row, action: Row) -> Delivery | None:
        if self.faults.take("drop_webhook", model):
            return None
        fields = self.database.tables["ir.model.fields"].rows
        names = sorted(
            {"id", *(fields[each]["name"] for each in action.get("webhook_field_ids", ()))}
        )
        values = {name: self.database.raw(model, name)(row) for name in names}
        values.update(_action=f"{action['name']}(#{action['id']})", _id=row["id"], _model=model)
        return Delivery(action["webhook_url"], json.dumps(values, sort_keys=True).encode())

    def send(self, deliveries: list[Delivery]) -> None:
        """Post one after another inside the caller's request; failures are only logged."""
        for delivery in deliveries:
            self._post(delivery)
            if self.faults.take("duplicate_webhook", ""):
                self._post(delivery)

    def _post(self, delivery: Delivery) -> None:
        status, error = 0, ""
        try:
            status = _request(delivery.url, delivery.body)
        except (OSError, http.client.HTTPException, ValueError) as reason:
            error = f"{type(reason).__name__}: {reason}"
            logger.warning("Webhook call failed: %s", type(reason).__name__)
        body = json.loads(delivery.body)
        self.outcomes.append(Outcome(delivery.url, body, status, error))


def _fires(changes: list[Change], row: Row, kinds: set[str], watched: set[str]) -> bool:
    if changes[0].kind == "create":
        return "create" in kinds
    if "write" not in kinds:
        return False
    if not watched:
        return True
    before: Row = {}
    for change in reversed(changes):
        before.update(change.before)
    return any(
        (before[name] or False) != (row.get(name) or False) for name in watched & set(before)
    )


def _request(url: str, body: bytes) -> int:
    """POST, following redirects as python-requests does (a GET from then on)."""
    method, payload = "POST", body
    for _ in range(MOST_REDIRECTS):
        status, location = _exchange(method, url, payload)
        if status not in {301, 302, 303, 307, 308} or not location:
            return status
        url = urljoin(url, location)
        if status < 307:
            method, payload = "GET", b""
    raise ValueError("too many redirects")


def _exchange(method: str, url: str, body: bytes) -> tuple[int, str]:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"no webhook can go to {parts.scheme or 'such'} addresses")
    secure = parts.scheme == "https"
    connection = (http.client.HTTPSConnection if secure else http.client.HTTPConnection)(
        parts.hostname, parts.port, timeout=TIMEOUT_SECONDS
    )
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.putrequest(method, target, skip_accept_encoding=True)
        for name, value in HEADERS:
            connection.putheader(name, value)
        if method == "POST":
            connection.putheader("Content-Type", "application/json")
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body or None)
        response = connection.getresponse()
        response.read()
        return response.status, response.headers.get("Location", "")
    finally:
        connection.close()
