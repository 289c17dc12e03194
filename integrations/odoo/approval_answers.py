"""What people answered in Odoo's Approvals to requests of the tower, told to the tower.

What our own user answered is what the tower told Odoo before: it is not read as an answer.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from exceptions import hearing, playbooks
from exceptions.hearing import Answer
from exceptions.models import ApprovalRequest, OutboxMessage
from exceptions.vocabulary import ApprovalState, Ballot, OutboxState, Verb
from integrations.models import OdooAccess
from integrations.odoo import errors
from integrations.odoo.approval import REQUEST
from integrations.odoo.client import Odoo

APPROVER = "approval.approver"
BALLOTS = {"approved": Ballot.YES, "refused": Ballot.NO}
MOST = 200  # requests a round

Record = dict[str, Any]


def read(row: OdooAccess, odoo: Odoo, *, at: datetime) -> int:
    """Hear what is new about requests that wait; how many answers were heard."""
    asked = _asked(row)
    if not asked:
        return 0
    try:
        answers = list(_answers(odoo, sorted(asked)))
    except (errors.UnknownModel, errors.AccessRefused):
        return 0
    ours = [answer for answer in answers if answer["user_id"][0] != odoo.uid]
    people = _people(odoo, {answer["user_id"][0] for answer in ours})
    heard = [
        hearing.hear(asked[each["request_id"][0]], _told(each, people), at=at) for each in ours
    ]
    return sum(1 for each in heard if each)


def _asked(row: OdooAccess) -> dict[int, int]:
    """The requests that wait, by the id of Odoo's, as it was read back when they were asked."""
    waiting = ApprovalRequest.objects.filter(
        state=ApprovalState.PENDING, case__document__connection=row.connection
    )
    keys = {playbooks.asked_there(each): each.pk for each in waiting.order_by("id")[:MOST]}
    sent = OutboxMessage.objects.filter(
        key__in=list(keys), verb=Verb.ASK, state=OutboxState.CONFIRMED
    )
    return {
        message.after["id"]: keys[message.key]
        for message in sent
        if message.after and "request_status" in message.after
    }


def _answers(odoo: Odoo, ids: Sequence[int]) -> Iterator[Record]:
    """Oldest first: who answered first, votes first."""
    domain = [["request_id", "in", list(ids)], ["status", "in", sorted(BALLOTS)]]
    fields = ["request_id", "user_id", "status"]
    yield from odoo.search_read(APPROVER, domain, fields, order="write_date, id", limit=10 * MOST)


def _people(odoo: Odoo, ids: Iterable[int]) -> dict[int, Record]:
    rows = odoo.read("res.users", sorted(ids), ["name", "login", "email"]) if ids else []
    return {each["id"]: each for each in rows}


def _told(answer: Record, people: dict[int, Record]) -> Answer:
    user_id, name = answer["user_id"]
    who = people.get(user_id, {})
    return Answer(
        key=f"{APPROVER}:{answer['id']}",
        record=f"{REQUEST} {answer['request_id'][0]}",
        name=str(who.get("name") or name),
        addresses=frozenset(str(who[f]) for f in ("login", "email") if who.get(f)),
        ballot=BALLOTS[answer["status"]],
    )
