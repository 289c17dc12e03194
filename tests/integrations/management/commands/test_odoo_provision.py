"""odoo_provision: what it prints, what it asks for, what it keeps, and that an event arrives."""

import io
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from exceptions.models import SettingChange
from exceptions.vocabulary import Governed
from integrations import provisioning
from integrations.management.commands import odoo_provision
from integrations.models import InboxDelivery, OdooCall, OdooRules
from integrations.simulator import webhooks
from tests.integrations import linked as linking
from tests.integrations.linked import Linked

ADMIN_KEY = "sim-admin-key"


@dataclass
class Wire:
    """What Odoo posted, on its way: the simulator posts in a thread of its own, which does not see
    the transaction of the test."""

    linked: Linked
    posted: list[tuple[str, bytes]] = field(default_factory=list)

    def arrive(self, _seconds: float = 0.0) -> None:
        while self.posted:
            url, body = self.posted.pop(0)
            answer = Client().post(urlsplit(url).path, body, content_type="application/json")
            assert answer.status_code == 202


@pytest.fixture
def wire(linked: Linked, monkeypatch: pytest.MonkeyPatch) -> Wire:
    """What Odoo posts arrives while the command waits."""
    wire = Wire(linked)

    def post(url: str, body: bytes) -> int:
        wire.posted.append((url, body))
        return 202

    monkeypatch.setattr(webhooks, "_request", post)
    monkeypatch.setattr(time, "sleep", wire.arrive)
    return wire


@pytest.fixture
def hooked(wire: Wire) -> Linked:
    return wire.linked


def run(monkeypatch: pytest.MonkeyPatch, *flags: str, key: str = ADMIN_KEY) -> str:
    printed = io.StringIO()
    monkeypatch.setattr("sys.stdin", io.StringIO(key + "\n"))
    named = ["--connection=Plant", "--key-from-stdin", *flags]
    try:
        call_command("odoo_provision", *named, stdout=printed)
    except CommandError as error:
        printed.write(f"CommandError: {error}")
    return printed.getvalue()


def rules(linked: Linked) -> int:
    return len(linked.world.tables["base.automation"].rows)


def test_it_sets_up_and_an_event_arrives(hooked: Linked, monkeypatch: pytest.MonkeyPatch) -> None:
    printed = run(monkeypatch)

    assert "create  stock.picking" in printed
    assert "quality.check is not installed here; nothing is set up for it." in printed
    assert "All rules stand in Odoo as they shall." in printed
    assert "A trial event arrived 0.0 s after Odoo was asked for it." in printed
    kept = OdooRules.objects.get()
    assert (len(kept.standing), kept.provisioned_at) == (15, hooked.at)
    assert kept.standing[0] == ["stock.picking", "on_create_or_write"]
    delivery = InboxDelivery.objects.get()
    assert delivery.key.startswith(f"res.users:{linking.INTEGRATION}:")


def test_the_key_is_kept_nowhere(hooked: Linked, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ADMIN_KEY not in run(monkeypatch)
    kept = [
        *OdooRules.objects.values(),
        *SettingChange.objects.values(),
        *OdooCall.objects.values(),
    ]
    assert ADMIN_KEY not in str(kept)


def test_the_history_says_what_was_done(hooked: Linked, monkeypatch: pytest.MonkeyPatch) -> None:
    run(monkeypatch)
    run(monkeypatch)
    run(monkeypatch, "--remove")

    told = SettingChange.objects.filter(area=Governed.CONNECTION).order_by("number")
    assert list(told.values_list("says", "data__create", "data__remove")) == [
        ("Plant: rules in Odoo set up", 15, 0),
        ("Plant: rules in Odoo removed", 0, 15),
    ]


def test_a_dry_run_changes_nothing(hooked: Linked, monkeypatch: pytest.MonkeyPatch) -> None:
    printed = run(monkeypatch, "--dry-run")
    assert "Nothing was changed (--dry-run)." in printed
    assert "The integration user lacks:\nScheduled actions" in printed
    assert "account.move.reversal: create (decisions)" in printed
    assert "The group Accounting / Invoicing (account.group_account_invoice) gives" in printed
    assert rules(hooked) == 0
    assert OdooRules.objects.get().provisioned_at is None


def test_removing(hooked: Linked, monkeypatch: pytest.MonkeyPatch) -> None:
    run(monkeypatch)
    assert "remove  stock.picking" in run(monkeypatch, "--remove", "--dry-run")
    assert rules(hooked) == 15

    assert "Nothing of ours is left in Odoo." in run(monkeypatch, "--remove")
    assert rules(hooked) == 0
    assert OdooRules.objects.get().provisioned_at is None


def test_an_operating_key_is_refused(hooked: Linked, monkeypatch: pytest.MonkeyPatch) -> None:
    printed = run(monkeypatch, "--admin-login=control.tower", key=linking.KEY)
    assert "Use the key of a user in Administration / Settings (base.group_system)." in printed
    assert rules(hooked) == 0


def test_a_wrong_key_is_a_sentence(hooked: Linked, monkeypatch: pytest.MonkeyPatch) -> None:
    printed = run(monkeypatch, key="wrong")
    assert printed.startswith("CommandError: Odoo did not accept the login")


def test_what_does_not_arrive_says_what_to_do(
    linked: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(odoo_provision, "PATIENCE", 0.0)
    monkeypatch.setattr(webhooks, "_request", lambda _url, _body: 502)
    printed = run(monkeypatch)
    assert printed.endswith(f"CommandError: {provisioning.nothing_came()}")
    assert rules(linked) == 15


def test_only_trying_takes_no_key(hooked: Linked, monkeypatch: pytest.MonkeyPatch) -> None:
    printed = run(monkeypatch, "--only-try", key="")
    assert "CommandError: Set up the rules in Odoo first; then this can be tried." in printed

    run(monkeypatch)
    hooked.later(seconds=1)
    assert "A trial event arrived" in run(monkeypatch, "--only-try", key="")


def test_the_trial_s_delivery_is_worked_through_as_our_own(
    hooked: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(monkeypatch)
    hooked.later(seconds=10)
    hooked.work_inbox()

    trial = provisioning.trial(hooked.row)
    assert trial
    assert (trial.done_at, trial.outcome) == (hooked.at, "Our own write; nothing to read.")


def test_news_in_odoo_become_a_case(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    hooked = wire.linked
    run(monkeypatch)
    hooked.sync()
    hooked.later(seconds=1)

    transfer = hooked.receipt(days=-3)
    wire.arrive()
    hooked.later(seconds=6)
    hooked.work_inbox()

    assert hooked.case("stock.picking", transfer).kind == "late_inbound"


def test_a_deleted_record_is_told(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    hooked = wire.linked
    transfer = hooked.receipt()
    hooked.sync()
    run(monkeypatch)
    hooked.later(seconds=1)

    hooked.delete("stock.picking", transfer)
    wire.arrive()
    hooked.later(seconds=6)
    hooked.work_inbox()

    assert hooked.case("stock.picking", transfer).resolved_at == hooked.at


def test_an_unknown_connection(hooked: Linked) -> None:
    with pytest.raises(CommandError, match="There is no connection “Nowhere”"):
        call_command("odoo_provision", "--connection=Nowhere", "--key-from-stdin")
