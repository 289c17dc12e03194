"""Worker, web, Valkey and PostgreSQL are killed (SIGKILL) in turn, in the middle of work."""

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from exceptions import tokens
from exceptions.models import Case, CaseEvent, Document, OutboxMessage, User
from exceptions.vocabulary import UNFINISHED, DecisionKind, KindCode, OutboxState, Target, Verb
from integrations import vault
from integrations.models import DeliveryState, InboxDelivery, OdooAccess
from integrations.odoo.datetimes import from_odoo
from tests import plant
from tests.controltower.launcher.launching import new_folder
from tests.integrations.simulator import speaking
from tests.races import invariants, jobs
from tests.races.installation import Installation, installed
from tests.races.traffic import Clerk, Planner, Press

KILLED = ("worker", "web", "valkey", "postgres")
DECISIONS = {
    KindCode.DELIVERY_DELAY: DecisionKind.CHASE,
    KindCode.INVENTORY_DISCREPANCY: DecisionKind.INVESTIGATE,
}
SLOW = {"kind": "stall", "fraction": 0.2, "seconds": 0.3, "method": "search_read"}
KEY = re.compile(r"\[ct:([^\]]+)\]")
RECEIPTS = [
    ["picking_type_code", "=", "incoming"],
    ["return_id", "=", False],
    ["state", "in", ["assigned", "confirmed"]],
]


@pytest.fixture
def installation(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Installation]:
    with django_db_blocker.unblock(), new_folder() as folder, installed(folder) as made:
        yield made


def test_killing_everything_in_turn_loses_nothing_and_doubles_nothing(
    installation: Installation,
) -> None:
    row = plant.connect(installation.odoo, at=timezone.now())
    jobs.sync(timezone.now())
    speaking.ask(installation.odoo, "POST", "/simulator/faults", SLOW)
    planner, clerk = planner_of(installation, row), clerk_of(installation)
    installation.open_for_business()
    planner.start()
    clerk.start()
    for name in KILLED:
        assert at_work(installation, planner, clerk), f"before {name} was killed"
        assert installation.kill(name), f"{name} did not come back"
    assert at_work(installation, planner, clerk), "after all of them came back"
    speaking.ask(installation.odoo, "DELETE", "/simulator/faults")
    planner.stop()
    clerk.stop()
    finish(installation)

    assert (planner.lost > 0, clerk.lost > 0) == (True, True)  # it was really in the middle
    every_accepted_delivery_is_worked_through(planner, installation)
    every_answered_move_is_in_history_once(clerk)
    every_message_stands_in_odoo_once(installation.odoo)
    assert invariants.broken() == []


def planner_of(installation: Installation, row: OdooAccess) -> Planner:
    """Re-dates every second open receipt."""
    url = installation.odoo
    wanted = {"domain": RECEIPTS, "order": "id"}
    receipts = speaking.call(url, "stock.picking", "search", speaking.OWNER, **wanted)
    hook = f"{installation.address}/hooks/odoo/{vault.unseal(row.sealed_hook_secret)}/"
    return Planner(url, hook, receipts[::2])


def clerk_of(installation: Installation) -> Clerk:
    """A supervisor who works on what is not about receipts."""
    lead = User.objects.get(username="lead")
    token = tokens.issue(lead, name="clerk", scopes=[tokens.MOVE], at=timezone.now())
    cases = Case.objects.filter(kind__in=DECISIONS).select_related("document").order_by("id")
    return Clerk(installation.address, token, buttons(list(cases)))


def buttons(cases: Sequence[Case]) -> Iterator[Press]:
    """Each case is acknowledged and decided on, and from then on judged anew, without end."""
    count = itertools.count()
    for case in cases:
        decision = {
            "decision": str(DECISIONS[KindCode(case.kind)]),
            "substance": case.document.substance,
            "reason": "In the storm",
        }
        yield Press(next(count), case.pk, "acknowledge", {})
        yield Press(next(count), case.pk, "propose", decision)
    for case in itertools.cycle(cases):
        number = next(count)
        judged = {"severity": number % 101, "reason": "In the storm"}
        yield Press(number, case.pk, "reclassify", judged)


def at_work(installation: Installation, planner: Planner, clerk: Clerk) -> bool:
    """Whether, from now on, deliveries are accepted and worked through, and moves are made."""
    accepted, made = len(planner.accepted), len(clerk.made)
    fresh = InboxDelivery.objects.filter(state=DeliveryState.DONE, done_at__gt=timezone.now())
    return installation.until(
        lambda: len(planner.accepted) > accepted and len(clerk.made) > made and fresh.exists()
    )


def finish(installation: Installation) -> None:
    """Do the rest here, as if half an hour later, when the leases of the dead have run out."""
    installation.stop("beat")
    installation.stop("worker")
    at = timezone.now() + timedelta(minutes=30)
    for _ in range(20):
        jobs.work_inbox(at)
        jobs.deliver(at)
        if not waits():
            return
        at += timedelta(minutes=20)
    raise AssertionError(list(OutboxMessage.objects.values("key", "state", "error")))


def waits() -> bool:
    deliveries = InboxDelivery.objects.filter(state=DeliveryState.WAITING)
    return deliveries.exists() or OutboxMessage.objects.filter(state__in=UNFINISHED).exists()


def every_accepted_delivery_is_worked_through(planner: Planner, installation: Installation) -> None:
    ended = InboxDelivery.objects.filter(pk__in=planner.accepted)
    assert Counter(ended.values_list("state", flat=True)) == {
        DeliveryState.DONE: len(planner.accepted)
    }
    known = [transfer for transfer, latest in planner.known.items() if latest]
    assert known
    documents = Document.objects.filter(model="stock.picking", record_id__in=known)
    ours = {d.record_id: datetime.fromisoformat(d.facts["planned_at"]) for d in documents}
    rows = speaking.call(
        installation.odoo, "stock.picking", "read", ids=known, fields=["scheduled_date"]
    )
    assert ours == {row["id"]: from_odoo(row["scheduled_date"]) for row in rows}


def every_answered_move_is_in_history_once(clerk: Clerk) -> None:
    said = Counter((press.case, press.move) for press in clerk.made)
    by_the_lead = CaseEvent.objects.filter(actor__username="lead")
    told = Counter(by_the_lead.values_list("case_id", "move"))
    unanswered = [(p.case, p.move) for p in [clerk.unanswered] if p]
    assert clerk.refused == []
    assert told in (said, said + Counter(unanswered))


def every_message_stands_in_odoo_once(odoo: str) -> None:
    marks = [
        mark
        for model, field in plant.MARKS
        for row in speaking.call(
            odoo,
            model,
            "search_read",
            speaking.OWNER,
            domain=[[field, "ilike", "[ct:"]],
            fields=[field],
        )
        for mark in KEY.findall(row[field])
        if not mark.endswith(f":{Verb.HOLD}")
    ]
    # These set a value, a hold at least where it can; all others leave their key.
    setting = [Verb.PRIORITY, Verb.NEW_DATE, Verb.HOLD]
    messages = OutboxMessage.objects.filter(target=Target.SOURCE).exclude(verb__in=setting)
    confirmed = messages.filter(state=OutboxState.CONFIRMED).values_list("key", flat=True)
    assert Counter(marks) == Counter(confirmed)
    states = set(OutboxMessage.objects.values_list("state", flat=True))
    assert states - {OutboxState.WITHDRAWN} == {OutboxState.CONFIRMED}
