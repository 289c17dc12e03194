"""Automations of Odoo with the trigger `on_webhook`: called once, told what it is about, and never
repeated where it may have been done."""

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from exceptions import policies, proofs, switches
from exceptions.actors import person
from exceptions.kinds import KINDS
from exceptions.models import Connection, Membership, OutboxMessage, SettingChange, User
from exceptions.verdicts import Step
from exceptions.vocabulary import Announced, KindCode, OutboxState, Role, Target, Tier, Verb
from integrations import automations, outbox
from integrations.automations import NoAutomation
from integrations.connections import FROM_COMMAND
from integrations.models import OdooAccess
from integrations.simulator.flows import transfers
from integrations.simulator.transactions import Transaction
from tests.integrations.linked import ADMIN, Linked

UUID = "2898ecab-9c0e-4647-968b-941f77def1ed"
# As Odoo shows it: by the name that it believes to have itself.
ADDRESS = f"http://localhost:8069/web/hook/{UUID}"
LOOK = outbox.LOOK_AFTER.total_seconds() + 1


@dataclass
class Automation:
    """What the company made in its Odoo. `leaves` the mark; `fails` after having done its work."""

    linked: Linked
    leaves: bool = True
    fails: bool = False
    got: list[dict[str, Any]] = field(default_factory=list)

    def run(self, tx: Transaction, model: str, record: int, payload: dict[str, Any]) -> None:
        self.got.append(payload)
        if self.leaves:
            told = {"model": model, "res_id": record, "body": f"<p>{payload['mark']}</p>"}
            tx.create("mail.message", told)
        if self.fails:
            raise ValueError

    def fault(self, kind: str) -> None:
        self.linked.odoo.faults.add(kind, model="base.automation", method="webhook", times=1)

    @property
    def message(self) -> OutboxMessage:
        return OutboxMessage.objects.get(verb=Verb.AUTOMATION)

    def deliver(self, **after: float) -> OutboxMessage:
        if after:
            self.linked.later(**after)
        self.linked.deliver()
        return self.message


@pytest.fixture
def automation(linked: Linked) -> Automation:
    """Called when a case opens."""
    made = Automation(linked)
    linked.world.automations[UUID] = made.run
    choose(linked, ADDRESS, Announced.OPENED)
    return made


def choose(linked: Linked, address: str, *events: Announced) -> None:
    automations.choose(linked.row, address, events, by=FROM_COMMAND, at=linked.at)


def opened(linked: Linked) -> int:
    """A late receipt with a case."""
    transfer = linked.receipt()
    linked.sync()
    return transfer


def test_it_is_told_of_the_record_and_the_case_once(linked: Linked, automation: Automation) -> None:
    transfer = opened(linked)
    case = linked.case("stock.picking", transfer)
    message = automation.deliver()
    automation.deliver(hours=9)

    (got,) = automation.got
    key = f"C-{case.pk}:n2:case.opened:own"
    assert {
        name: got[name] for name in ("_model", "_id", "key", "mark", "type", "case", "url")
    } == {
        "_model": "stock.picking",
        "_id": transfer,
        "key": key,
        "mark": f"[ct:{key}]",
        "type": "case.opened",
        "case": case.reference,
        "url": got["url"],
    }
    assert got["url"].endswith(f"/cases/{case.pk}/")
    assert (message.state, message.target, message.after) == (
        OutboxState.CONFIRMED,
        Target.AUTOMATION,
        {"answered_by": "Plant", "status": 200, "answer": '{"status": "ok"}'},
    )


def test_what_may_have_been_done_is_looked_for_by_its_mark(
    linked: Linked, automation: Automation
) -> None:
    opened(linked)
    automation.fault("lost_reply")
    assert automation.deliver().state == OutboxState.AMBIGUOUS

    message = automation.deliver(seconds=LOOK)
    assert (message.state, len(automation.got)) == (OutboxState.CONFIRMED, 1)


def test_without_the_mark_a_person_has_to_look(linked: Linked, automation: Automation) -> None:
    opened(linked)
    automation.leaves = False
    automation.fault("lost_reply")
    assert automation.deliver().state == OutboxState.AMBIGUOUS

    message = automation.deliver(seconds=LOOK)
    assert (message.state, message.error, len(automation.got)) == (
        OutboxState.FAILED,
        (
            "The automation may or may not have run: nothing on the record bears the mark of this"
            " message. Look at the record in Odoo; send it again if nothing was done."
        ),
        1,
    )
    proofs.try_again(message.pk, linked.owner(message.case), at=linked.at)
    assert (automation.deliver().state, len(automation.got)) == (OutboxState.CONFIRMED, 2)


@pytest.mark.parametrize(("leaves", "runs"), [(True, 1), (False, 2)])
def test_one_that_failed_is_not_repeated_by_itself(
    linked: Linked, automation: Automation, leaves: bool, runs: int
) -> None:
    """What it had done before it failed stands: if that was all, it is not done again."""
    opened(linked)
    automation.leaves, automation.fails = leaves, True
    message = automation.deliver()
    automation.deliver(hours=9)
    assert (message.state, message.error, len(automation.got)) == (
        OutboxState.FAILED,
        (
            "The automation failed in Odoo, and what it had done before that stands there. Look at"
            " the record and at Odoo's log before you send it again."
        ),
        1,
    )

    automation.fails = False
    proofs.try_again(message.pk, linked.owner(message.case), at=linked.at)
    assert (automation.deliver().state, len(automation.got)) == (OutboxState.CONFIRMED, runs)


def test_one_that_is_switched_off_has_done_nothing(linked: Linked, automation: Automation) -> None:
    code = linked.world.automations.pop(UUID)
    opened(linked)
    message = automation.deliver()
    assert (message.state, message.error, message.sent_at) == (
        OutboxState.FAILED,
        (
            "Odoo knows no active automation at this address. Switch it on there, or choose it"
            " anew on the page of the connection; then send this again."
        ),
        None,
    )

    linked.world.automations[UUID] = code
    proofs.try_again(message.pk, linked.owner(message.case), at=linked.at)
    assert automation.deliver().state == OutboxState.CONFIRMED


def test_a_proxy_that_gave_up_may_have_let_it_through(
    linked: Linked, automation: Automation
) -> None:
    opened(linked)
    automation.fault("bad_gateway")
    assert automation.deliver().state == OutboxState.AMBIGUOUS


@pytest.mark.parametrize("off", ["enabled", "sending"])
def test_it_waits_while_nothing_is_sent_to_this_odoo(
    linked: Linked, automation: Automation, off: str
) -> None:
    opened(linked)
    Connection.objects.update(**{off: False})
    assert (automation.deliver(hours=1).state, automation.got) == (OutboxState.PENDING, [])

    Connection.objects.update(**{off: True})
    assert automation.deliver(hours=1).state == OutboxState.CONFIRMED


def test_a_kill_switch_stops_it(linked: Linked, automation: Automation) -> None:
    user = User.objects.create(username="ines")
    Membership.objects.create(user=user, role=Role.INTEGRATION_ADMIN)
    opened(linked)
    switches.engage(
        person(user), verb=Verb.AUTOMATION, site=None, reason="It goes wrong.", at=linked.at
    )
    assert (automation.deliver(hours=1).state, automation.got) == (OutboxState.PENDING, [])


def test_an_odoo_that_does_not_answer_rests_and_is_asked_later(
    linked: Linked, automation: Automation
) -> None:
    opened(linked)
    url = linked.row.url
    OdooAccess.objects.update(url="http://127.0.0.1:9")
    assert automation.deliver().state == OutboxState.PENDING

    OdooAccess.objects.update(url=url)
    message = automation.deliver(hours=1)
    assert (message.state, len(automation.got)) == (OutboxState.CONFIRMED, 1)


def test_the_end_of_the_case_is_told_too(linked: Linked, automation: Automation) -> None:
    choose(linked, "", Announced.RESOLVED)
    transfer = opened(linked)
    with linked.world.acting_as(ADMIN) as tx:
        transfers.validate(tx, transfer)
    linked.sync()
    automation.deliver()

    assert [got["type"] for got in automation.got] == ["case.resolved"]


def test_a_playbook_calls_it(linked: Linked, automation: Automation) -> None:
    choose(linked, "")
    late = KindCode.LATE_INBOUND
    step = Step(verb=Verb.AUTOMATION, text="tell the gate")
    settings = replace(KINDS[late].default_policy, playbook=dict.fromkeys(Tier, (step,)))
    policies.publish(late, settings, at=linked.at)
    opened(linked)

    assert automation.deliver().state == OutboxState.CONFIRMED
    assert [(got["type"], got["event"]) for got in automation.got] == [
        ("case.late_inbound", "tell the gate")
    ]


def test_what_waits_is_withdrawn_when_none_is_chosen_any_more(
    linked: Linked, automation: Automation
) -> None:
    opened(linked)
    automations.drop(linked.row, by=FROM_COMMAND, at=linked.at)
    message = automation.deliver()

    assert (message.state, message.error) == (
        OutboxState.WITHDRAWN,
        "Not sent: no automation of Odoo is chosen on the page of the connection.",
    )
    linked.receipt()
    linked.sync()
    assert OutboxMessage.objects.filter(verb=Verb.AUTOMATION).count() == 1


@pytest.mark.parametrize(
    "address",
    [
        f"https://evil.example.com/web/hook/{UUID}",
        f"http://169.254.169.254/web/hook/{UUID.upper()}/",
        f"  /web/hook/{UUID} ",
    ],
)
def test_wherever_it_points_odoo_itself_is_called(
    linked: Linked, automation: Automation, address: str
) -> None:
    choose(linked, address, Announced.OPENED)
    opened(linked)
    assert (automation.deliver().state, len(automation.got)) == (OutboxState.CONFIRMED, 1)


@pytest.mark.parametrize(
    "address",
    [
        "https://odoo.example.com/web/hook/",
        f"https://odoo.example.com/web/hook/{UUID}?x=1",
        f"https://odoo.example.com/web/hook/{UUID}/../../jsonrpc",
        f"https://user:pass@odoo.example.com/other/web/hook/{UUID}",
        f"file:///web/hook/{UUID}",
        "https://odoo.example.com/web/login",
    ],
)
def test_what_is_no_address_of_a_webhook_is_refused(linked: Linked, address: str) -> None:
    with pytest.raises(NoAutomation, match="This is no address of a webhook of Odoo"):
        choose(linked, address)
    assert OdooAccess.objects.get().sealed_automation == ""


def test_an_address_has_to_be_given_once(linked: Linked) -> None:
    with pytest.raises(NoAutomation, match="Paste the address"):
        choose(linked, " ", Announced.OPENED)


def test_the_address_is_sealed_and_stands_in_no_history(
    linked: Linked, automation: Automation
) -> None:
    row = OdooAccess.objects.get()
    assert row.sealed_automation
    assert UUID not in row.sealed_automation
    change = SettingChange.objects.latest("number")
    assert (change.says, change.data["events"]) == (
        "Plant: automation of Odoo chosen",
        ["case.opened"],
    )
    assert UUID not in str(change.data)
