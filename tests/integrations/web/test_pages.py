"""The integrations page: who may see it, what it says, and putting things back."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from exceptions import audit, lifecycle
from exceptions.models import Case, Connection, Membership, OutboxMessage, Site, User
from exceptions.vocabulary import DecisionState, Move, OutboxState, Role, Via
from integrations.models import DeliveryState, InboxDelivery, ScheduledAction, SyncCursor
from tests.integrations.test_health import reached
from tests.making import Tower

PAGE = "/integrations/"


def signed_in(role: Role, site: Site | None = None) -> Client:
    user = User.objects.create_user(f"{role}.{site}")
    Membership.objects.create(user=user, role=role, site=site)
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.INTEGRATION_ADMIN, 200),
        (Role.AUDITOR, 200),
        (Role.SUPERVISOR, 200),
        (Role.OPERATOR, 403),
        (Role.EXECUTIVE, 403),
        (Role.APPROVER, 403),
        (Role.POLICY_ADMIN, 403),
    ],
)
def test_who_may_see_it(tower: Tower, role: Role, status: int) -> None:
    client = signed_in(role)
    assert client.get(PAGE).status_code == status
    in_rail = f'href="{PAGE}"' in client.get("/").content.decode()
    assert in_rail is (status == 200)


def test_without_a_connection_it_says_how_to_begin(db: None) -> None:
    html = signed_in(Role.INTEGRATION_ADMIN).get(PAGE).content.decode()
    assert html.count("python manage.py odoo_connect --name Odoo") == 1


def test_what_failed_is_told_in_the_sources_own_words(tower: Tower, at: datetime) -> None:
    reached(tower.connection, probe=[["Key expiry", "missing", "The key ends <soon>."]])
    SyncCursor.objects.create(
        connection=tower.connection, source="receipts", error="Odoo did not answer.", failed_at=at
    )
    html = signed_in(Role.AUDITOR).get(PAGE).content.decode()

    told = ("Odoo did not answer.", "The key ends &lt;soon&gt;.", "1 thing needs a person.")
    assert [html.count(words) for words in told] == [1, 1, 1]


def aside(tower: Tower) -> InboxDelivery:
    now = timezone.now()
    return InboxDelivery.objects.create(
        connection=tower.connection,
        key="sha256:1",
        received_at=now - timedelta(hours=3),
        body=b"nonsense",
        state=DeliveryState.SET_ASIDE,
        next_attempt_at=now,
        attempts=8,
        done_at=now,
        outcome="This is not what Odoo's webhooks send.",
    )


def replay(delivery: InboxDelivery) -> str:
    return f"/integrations/deliveries/{delivery.pk}/replay/"


def test_a_delivery_set_aside_is_put_back(tower: Tower) -> None:
    delivery = aside(tower)
    client = signed_in(Role.INTEGRATION_ADMIN)
    answers = [client.post(replay(delivery), follow=True) for _ in range(2)]
    delivery.refresh_from_db()

    assert (delivery.state, delivery.attempts, delivery.done_at) == ("waiting", 0, None)
    assert delivery.outcome == "Put back by integration_admin.None"
    assert [[str(m) for m in answer.context["messages"]] for answer in answers] == [
        ["The delivery waits again; it is worked through in a moment."],
        ["Somebody was faster: this delivery waits already."],
    ]


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SUPERVISOR, Role.OPERATOR])
def test_only_an_integration_admin_puts_things_back(tower: Tower, role: Role) -> None:
    delivery, message = aside(tower), failed(tower)
    client = signed_in(role)
    answers = [client.post(replay(delivery)), client.post(retry(message))]

    assert [answer.status_code for answer in answers] == [403, 403]
    delivery.refresh_from_db()
    message.refresh_from_db()
    assert (delivery.state, message.state) == ("set_aside", "failed")


def failed(tower: Tower) -> OutboxMessage:
    tower.late_case(at=timezone.now())
    message = OutboxMessage.objects.earliest("id")
    message.state, message.attempts = OutboxState.FAILED, 1
    message.error = "Odoo: You cannot modify a done transfer."
    message.save()
    return message


def retry(message: OutboxMessage) -> str:
    return f"/integrations/messages/{message.pk}/retry/"


def test_a_failed_message_is_put_back_and_the_case_tells_it(tower: Tower) -> None:
    message = failed(tower)
    signed_in(Role.INTEGRATION_ADMIN).post(retry(message))
    message.refresh_from_db()
    case = Case.objects.get()

    assert (message.state, message.error, message.attempts) == (OutboxState.PENDING, "", 1)
    last = case.events.latest("number")
    assert (last.happening, last.actor_name, last.via) == (
        "noted",
        "integration_admin.None",
        Via.WEB,
    )
    assert list(audit.verify(case)) == []


def test_what_did_not_fail_is_not_sent_again(tower: Tower) -> None:
    message = failed(tower)
    OutboxMessage.objects.filter(pk=message.pk).update(state=OutboxState.CONFIRMED)
    answer = signed_in(Role.INTEGRATION_ADMIN).post(retry(message), follow=True)

    assert [str(m) for m in answer.context["messages"]] == [
        "Only what failed can be sent again; this is confirmed."
    ]


def decided(tower: Tower, state: DecisionState) -> OutboxMessage:
    """A decision on a case whose messages all failed."""
    now = timezone.now()
    case = tower.late_case(at=now)
    owner = tower.owner_of(case)
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, owner, at=now)
    data = {
        "decision": "new_date",
        "substance": case.document.substance,
        "reason": "Agreed on the phone.",
        "date": now + timedelta(days=2),
    }
    lifecycle.move(case.pk, Move.PROPOSE, owner, at=now, data=data)
    messages = OutboxMessage.objects.filter(decision__isnull=False)
    messages.update(state=OutboxState.FAILED, error="No.")
    message = messages.earliest("id")
    assert message.decision
    message.decision.state = state
    message.decision.save()
    return message


def test_a_decision_is_sent_again_as_a_whole(tower: Tower) -> None:
    message = decided(tower, DecisionState.FAILED)
    signed_in(Role.INTEGRATION_ADMIN).post(retry(message))
    message.refresh_from_db()

    assert message.decision
    assert message.decision.state == DecisionState.APPROVED
    assert set(message.decision.outbox.values_list("state", flat=True)) == {OutboxState.PENDING}


def test_a_void_decision_is_not_sent_again(tower: Tower) -> None:
    message = decided(tower, DecisionState.VOID)
    answer = signed_in(Role.INTEGRATION_ADMIN).post(retry(message), follow=True)

    assert [str(m) for m in answer.context["messages"]] == [
        "The record changed after the decision was made. Propose it anew."
    ]


def test_an_admin_of_one_site_reaches_nothing_of_another(tower: Tower) -> None:
    far = Connection.objects.create(name="Far away")
    there = Site.objects.create(connection=far, external_id=1, code="PNQ", name="Pune")
    client = signed_in(Role.INTEGRATION_ADMIN, there)
    delivery, message = aside(tower), failed(tower)

    assert [client.post(url).status_code for url in (replay(delivery), retry(message))] == [
        404,
        404,
    ]
    assert [row.health.connection for row in client.get(PAGE).context["rows"]] == [far]


def test_a_case_is_linked_for_those_who_may_open_it(tower: Tower) -> None:
    message = failed(tower)
    link = f'href="/cases/{message.case_id}/"'
    seen = {
        role: signed_in(role).get(PAGE).content.decode().count(link) > 0
        for role in (Role.SUPERVISOR, Role.INTEGRATION_ADMIN)
    }
    assert seen == {Role.SUPERVISOR: True, Role.INTEGRATION_ADMIN: False}


def test_what_odoo_does_by_itself_is_told_where_it_does_not_run(tower: Tower, at: datetime) -> None:
    access = reached(tower.connection)
    access.actions_read_at = at
    access.save()
    common = {"connection": tower.connection, "since": at, "seen_at": at}
    ScheduledAction.objects.create(cron_id=1, name="Run <scheduler>", state="late", **common)
    ScheduledAction.objects.create(cron_id=2, name="Vacuum", state="fine", **common)
    html = signed_in(Role.AUDITOR).get(PAGE).content.decode()

    told = ("Run &lt;scheduler&gt;", "1 scheduled action of Odoo does not run as it should.")
    assert [html.count(words) for words in told] == [1, 1]
    assert "Vacuum" not in html


def test_that_scheduled_actions_may_not_be_read_is_said(tower: Tower, at: datetime) -> None:
    access = reached(tower.connection)
    access.actions_read_at, access.actions_note = at, "The tower's user may not read them."
    access.save()
    html = signed_in(Role.AUDITOR).get(PAGE).content.decode()

    assert html.count("The tower&#x27;s user may not read them.") == 1
