"""Connecting: what is stored, what is kept, what is never shown."""

import pytest
from cryptography.fernet import Fernet
from pytest_django import Settings

from exceptions.kinds import KINDS
from exceptions.models import Connection, Policy
from integrations import connections, vault
from integrations.models import OdooAccess
from integrations.odoo.access import Access, Secret
from tests.integrations import linked as linking
from tests.integrations.linked import Linked

# What the integration user of the simulated company may not do.
LACKS = {
    "Scheduled actions": "missing",
    "account.move.reversal: create (decisions)": "by hand",
    "account.move.reversal: write (decisions)": "by hand",
}
BEFORE_19 = {"stock.quant: action_apply_inventory (decisions)": "missing"}


def test_a_connection_knows_how_to_reach_odoo_and_hides_the_key(
    linked: Linked, version: int
) -> None:
    row = OdooAccess.objects.get()

    assert (row.url, row.database, row.login) == (linked.url, "tower", "control.tower")
    assert (row.version.split(".")[0], row.user_id) == (str(version), 5)
    assert linking.KEY not in str(OdooAccess.objects.values()[0])
    assert vault.unseal(row.sealed_key) == linking.KEY
    assert row.probed_at == linked.at
    lacks = {what: outcome for what, outcome, _ in row.probe if outcome != "ok"}
    assert lacks == LACKS | (BEFORE_19 if version < 19 else {})


def test_the_first_connection_brings_the_first_policies(linked: Linked) -> None:
    assert linked.row.pk
    assert Policy.objects.exclude(published_at=None).count() == len(KINDS)


def test_connecting_again_keeps_history_and_hook(linked: Linked) -> None:
    linked.receipt()
    linked.sync()
    before = connections.hook_url(linked.row)

    again = linking.connected(linked, "Plant")

    assert (again.pk, again.connection_id) == (linked.row.pk, linked.row.connection_id)
    assert connections.hook_url(again) == before
    assert Connection.objects.count() == 1


def test_a_key_is_as_old_as_its_first_storing(linked: Linked) -> None:
    begun = linked.row.key_stored_at
    linked.later(minutes=90)
    again = linking.connected(linked, "Plant")
    assert begun is not None
    assert again.key_stored_at == begun

    OdooAccess.objects.update(sealed_key=vault.seal("another"))
    assert linking.connected(linked, "Plant").key_stored_at == linked.at


def test_connecting_again_after_the_encryption_key_was_lost_gives_a_new_hook(
    linked: Linked, settings: Settings
) -> None:
    """That is what the message tells people to do, so it must work."""
    before = connections.hook_url(linked.row)
    settings.TOWER_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]

    again = linking.connected(linked, "Plant")

    after = connections.hook_url(again)
    assert (again.pk, after == before) == (linked.row.pk, False)
    assert again.hook_digest == vault.digest(after.rstrip("/").rpartition("/")[2])
    assert linked.sync()["receipts"].error != ""  # the row in hand is the old one
    linked.row.refresh_from_db()
    assert linked.sync()["receipts"].error == ""


def test_an_unusable_report_is_not_stored(linked: Linked) -> None:
    access = Access(linked.url, "tower", "control.tower", Secret("wrong"))
    report = connections.look(access, at=linked.at)

    assert report.usable is False
    with pytest.raises(AssertionError):
        connections.connect("Other", access, report)
    assert OdooAccess.objects.count() == 1


def test_a_later_look_is_kept_with_the_new_version(linked: Linked) -> None:
    report = linking.look(linked, login=linking.LOGIN, key=linking.KEY)
    report.version = (20, 0)

    connections.renew(linked.row, report)

    linked.row.refresh_from_db()
    assert (linked.row.version, linked.row.probed_at) == ("20.0", linked.at)


def test_the_hook_s_address_is_the_tower_s_own(linked: Linked, settings: Settings) -> None:
    settings.TOWER_BASE_URL = "https://tower.example.com"

    url = connections.hook_url(linked.row)

    secret = vault.unseal(linked.row.sealed_hook_secret)
    assert url == f"https://tower.example.com/hooks/odoo/{secret}/"
