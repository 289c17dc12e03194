"""Connecting an Odoo in a browser: each step, what is refused, and what no page ever shows."""

import pytest
from django.test import Client

from exceptions.models import Connection, SettingChange, Site
from exceptions.vocabulary import Role, Via
from integrations import connections, provisioning, vault
from integrations.models import OdooAccess, OdooRules
from integrations.odoo import line
from integrations.simulator import webhooks
from tests.integrations import linked as linking
from tests.integrations.linked import Linked
from tests.integrations.web.test_pages import signed_in

NEW = "/integrations/connections/new/"
ADMIN = {"login": "admin", "key": "sim-admin-key"}


@pytest.fixture
def client(linked: Linked, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(webhooks, "_request", lambda _url, _body: 202)
    assert linked.row.pk
    return signed_in(Role.INTEGRATION_ADMIN)


def page(linked: Linked, more: str = "") -> str:
    return f"/integrations/connections/{linked.row.connection_id}/{more}"


def shown(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def given(linked: Linked, **other: str) -> dict[str, str]:
    usual = {"name": "Second", "url": linked.url, "database": linking.DATABASE}
    return {**usual, "login": linking.LOGIN, "key": linking.KEY, **other}


def rules(linked: Linked) -> int:
    return len(linked.world.tables["base.automation"].rows)


def test_a_new_connection_is_stored_with_sending_off(linked: Linked, client: Client) -> None:
    answer = client.post(NEW, given(linked))

    made = Connection.objects.get(name="Second")
    assert answer.headers["Location"] == f"/integrations/connections/{made.pk}/"
    assert (made.sending, made.enabled) == (False, True)
    assert vault.unseal(OdooAccess.objects.get(connection=made).sealed_key) == linking.KEY
    told = SettingChange.objects.filter(via=Via.WEB).order_by("number")
    assert [line.says for line in told][-2:] == [
        "Second: address and key of an Odoo stored",
        "Second: sending switched off",
    ]


def test_what_was_typed_stays_but_for_the_key(linked: Linked, client: Client) -> None:
    html = client.post(NEW, given(linked, key="wrong")).content.decode()

    assert 'value="control.tower"' in html
    assert "Odoo did not accept the login" in html
    assert 'value="wrong"' not in html
    assert not Connection.objects.filter(name="Second").exists()


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"name": "Plant"}, "A connection of this name is there already."),
        ({"url": "ftp://odoo"}, "http"),
        ({"database": ""}, "This field is required."),
    ],
)
def test_what_is_refused(linked: Linked, client: Client, other: dict[str, str], says: str) -> None:
    assert says in client.post(NEW, given(linked, **other)).content.decode()
    assert Connection.objects.count() == 1


def test_an_admin_of_one_site_connects_nothing(linked: Linked, client: Client) -> None:
    client.post(page(linked, "sites/"))
    assert signed_in(Role.INTEGRATION_ADMIN, Site.objects.first()).get(NEW).status_code == 403
    assert signed_in(Role.AUDITOR).get(NEW).status_code == 403


def test_warehouses_become_sites(linked: Linked, client: Client) -> None:
    assert "No warehouse has been read yet." in shown(client, page(linked))

    client.post(page(linked, "sites/"))

    warehouses = linked.world.tables["stock.warehouse"].rows.values()
    assert set(Site.objects.values_list("name", flat=True)) == {w["name"] for w in warehouses}


def test_a_plan_is_shown_and_nothing_done(linked: Linked, client: Client) -> None:
    html = client.post(page(linked, "rules/"), {**ADMIN, "what": "plan"}).content.decode()
    assert html.count('class="badge info">create') == 15
    assert ADMIN["key"] not in html
    assert rules(linked) == 0


def test_why_there_is_no_plan_is_said_below_the_form(linked: Linked, client: Client) -> None:
    typed = {"login": "admin", "key": "wrong", "what": "plan"}
    html = client.post(page(linked, "rules/"), typed).content.decode()
    below = html.partition('id="plan"')[2]
    assert "Odoo did not accept the login" in below


def test_a_plan_installs_nothing(linked: Linked, client: Client) -> None:
    del linked.world.models["base.automation"], linked.world.tables["base.automation"]
    linked.seen.forget()
    typed = {**ADMIN, "what": "plan", "install": "yes"}
    html = client.post(page(linked, "rules/"), typed).content.decode()
    assert "Automation rules (base_automation) are not installed" in html.partition('id="plan"')[2]
    assert linked.seen.of("ir.module.module", "button_immediate_install") == []


def test_setting_up_trying_and_removing(linked: Linked, client: Client) -> None:
    client.post(page(linked, "rules/"), {**ADMIN, "what": "set_up"})
    assert rules(linked) == 15
    assert "15 rules stand there since" in shown(client, page(linked))

    client.post(page(linked, "trial/"))
    assert 'hx-trigger="every 1s"' in shown(client, page(linked))
    linking.knock(linked, b'{"_model":"res.users","_id":5,"write_date":"2026-11-17 12:00:00.1"}')
    assert "after 0.0 s" in shown(client, page(linked))

    client.post(page(linked, "rules/"), {**ADMIN, "what": "remove"})
    assert rules(linked) == 0
    assert "Nothing of ours is left in Plant." in shown(client, page(linked))


def test_what_does_not_arrive_says_what_to_do(linked: Linked, client: Client) -> None:
    client.post(page(linked, "rules/"), {**ADMIN, "what": "set_up"})
    client.post(page(linked, "trial/"))
    linked.later(seconds=31)

    html = shown(client, page(linked))
    assert "Odoo carried it out, but nothing arrived at" in html
    assert "every 1s" not in html


def test_the_operating_key_may_not_set_up(linked: Linked, client: Client) -> None:
    client.post(page(linked, "rules/"), {"login": linking.LOGIN, "key": linking.KEY})
    assert "base.group_system" in shown(client, page(linked))


def test_a_new_secret_is_planned_as_a_change(linked: Linked, client: Client) -> None:
    client.post(page(linked, "rules/"), {**ADMIN, "what": "set_up"})
    before = connections.hook_url(linked.row)

    client.post(page(linked, "secret/"))

    linked.row.refresh_from_db()
    after = connections.hook_url(linked.row)
    assert before != after
    html = client.post(page(linked, "rules/"), {**ADMIN, "what": "plan"}).content.decode()
    assert html.count('class="badge info">change') == 15
    assert after not in html


def test_a_new_key_is_stored_only_if_it_works(linked: Linked, client: Client) -> None:
    client.post(page(linked, "probe/"), {"login": linking.LOGIN, "key": "wrong"})
    linked.row.refresh_from_db()
    assert vault.unseal(linked.row.sealed_key) == linking.KEY

    client.post(page(linked, "probe/"), {"login": "owner", "key": "sim-owner-key"})
    linked.row.refresh_from_db()
    assert (linked.row.login, vault.unseal(linked.row.sealed_key)) == ("owner", "sim-owner-key")


def test_sending_is_switched_and_told(linked: Linked, client: Client) -> None:
    client.post(page(linked, "sending/"))
    assert Connection.objects.get().sending is False
    client.post(page(linked, "sending/"), {"on": "yes"})
    assert Connection.objects.get().sending is True
    told = SettingChange.objects.order_by("-number")[:2]
    assert [line.says for line in told] == [
        "Plant: sending switched on",
        "Plant: sending switched off",
    ]


def test_an_odoo_that_is_away_is_a_sentence(
    linked: Linked, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "TRIES", 1)
    OdooAccess.objects.update(url="http://127.0.0.1:1")
    for what in ("sites/", "rules/", "trial/", "probe/"):
        answer = client.post(page(linked, what), {**ADMIN, "what": "set_up"}, follow=True)
        assert "127.0.0.1" in answer.content.decode() or what == "trial/"
    assert OdooRules.objects.filter(provisioned_at=None).count() == 1
    assert provisioning.trial(linked.row) is None


def test_an_automation_of_odoo_is_chosen_kept_and_dropped(linked: Linked, client: Client) -> None:
    uuid = "2898ecab-9c0e-4647-968b-941f77def1ed"
    address, form = f"https://odoo.example.com/web/hook/{uuid}", page(linked, "automation/")
    wrong = client.post(form, {"address": "https://odoo.example.com/"}, follow=True)
    assert "This is no address of a webhook of Odoo" in wrong.content.decode()

    client.post(form, {"address": address, "event": ["case.opened", "no.such.event"]})
    linked.row.refresh_from_db()
    assert vault.unseal(linked.row.sealed_automation) == uuid
    client.post(form, {"address": "", "event": ["case.closed"]})
    connection = Connection.objects.get()
    assert (connection.automated, connection.tells) == (True, ["case.closed"])
    html = shown(client, page(linked))
    assert uuid not in html
    assert '<input type="checkbox" name="event" value="case.closed" checked>' in html

    client.post(form, {"what": "drop"})
    linked.row.refresh_from_db()
    connection.refresh_from_db()
    assert (linked.row.sealed_automation, connection.automated, connection.tells) == ("", False, [])


def test_the_right_to_read_scheduled_actions_is_offered_and_given(
    linked: Linked, client: Client
) -> None:
    asked = {**ADMIN, "grant": "yes"}
    html = client.post(page(linked, "rules/"), {**asked, "what": "plan"}).content.decode()
    assert "<code>res.groups</code>" in html
    assert "scheduled_actions" in html
    assert linked.world.tables["res.groups"].rows == {}

    client.post(page(linked, "rules/"), {**asked, "what": "set_up"})
    assert len(linked.world.tables["res.groups"].rows) == 1
    client.post(page(linked, "probe/"), {})
    assert "They can be read, so that late and failing ones are told." in shown(
        client, page(linked)
    )
