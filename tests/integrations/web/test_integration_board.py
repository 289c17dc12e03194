"""The integration dashboard: what it shows, to whom, and that its numbers list what they count."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from exceptions.models import Membership, User
from exceptions.vocabulary import Role
from exceptions.web.exports import page as exports
from tests.exceptions.web.dashboards.test_numbers import Rows, hold_to_lists, rows_in
from tests.integrations.integrated import Lived, lived
from tests.integrations.web.test_pages import signed_in
from tests.making import Tower

PAGE = "/dashboards/integration/"


@pytest.fixture
def past(tower: Tower) -> Lived:
    return lived(tower)


@pytest.mark.parametrize("days", [1, 7, 90])
def test_every_number_lists_what_it_counts(past: Lived, days: int) -> None:
    client = signed_in(Role.SUPERVISOR)
    page = client.get(f"{PAGE}?days={days}").context
    linked = [tile.name for tile in page["tiles"] if tile.values[0].href]

    assert linked == [
        "Webhook failures",
        "Duplicates",
        "Retries",
        "Dead letters",
        "Waits in the inbox",
        "Open gaps",
        "Age of open gaps",
        "Gaps found",
        "Gaps repaired",
    ]
    hold_to_lists(page, Rows(client))


@pytest.mark.parametrize("days", [7, 90])
def test_the_file_of_a_number_has_as_many_rows_as_it_counts(past: Lived, days: int) -> None:
    client = signed_in(Role.SUPERVISOR)
    tiles = client.get(f"{PAGE}?days={days}").context["tiles"]
    told = {tile.name: (v.n, v.href) for tile in tiles for v in tile.values if v.href}
    files = {name: exports.address(href, "data") for name, (_n, href) in told.items()}

    held = {name: len(rows_in(client, file)) for name, file in files.items()}

    assert held == {name: n for name, (n, _href) in told.items()}
    assert {file.split("/")[2] for file in files.values()} == {"deliveries", "gaps"}
    assert any(held.values())


def test_files_are_for_those_who_may_open_the_lists(tower: Tower, past: Lived) -> None:
    one_site = User.objects.create_user("one.site")
    Membership.objects.create(user=one_site, role=Role.SUPERVISOR, site=tower.site)
    client = Client()
    client.force_login(one_site)

    theirs = rows_in(client, "/exports/deliveries/data/")

    mine = [d for d in past.deliveries if d.connection == tower.connection]
    assert len(theirs) == len(mine) < len(past.deliveries)
    executive = signed_in(Role.EXECUTIVE)
    for what in ("deliveries", "gaps"):
        assert executive.get(f"/exports/{what}/data/").status_code == 403
    html = client.get("/integrations/deliveries/?state=set_aside").content.decode()
    assert "/exports/deliveries/csv/?state=set_aside" in html


def test_what_a_share_is_of_is_listed(past: Lived) -> None:
    client = signed_in(Role.AUDITOR)
    (share, *_rest) = client.get(f"{PAGE}?days=7").context["tiles"]
    assert share.n.split(" of ")[1] == f"{Rows(client).at(share.n_href)} deliveries"


def test_one_site_lists_its_connection_only(tower: Tower, past: Lived) -> None:
    client = signed_in(Role.SUPERVISOR)
    page = client.get(f"{PAGE}?days=7&site={past.far_site.pk}").context
    tile = next(tile for tile in page["tiles"] if tile.name == "Dead letters")
    far = [d for d in past.deliveries if d.connection == past.far and d.state == "set_aside"]
    assert tile.values[0].n == len(far)
    hold_to_lists(page, Rows(client))


def test_only_the_filters_that_narrow_it_are_offered(past: Lived) -> None:
    client = signed_in(Role.SUPERVISOR)
    page = client.get(f"{PAGE}?days=7&kind=late_inbound").context
    other = client.get("/dashboards/operations/?days=7").context

    assert [menu.name for menu in page["menus"]] == ["site"]
    assert [menu.name for menu in other["menus"]] == ["site", "kind", "tier", "team", "owner"]
    assert "do not narrow these numbers" in str(page["dashboard"].note)


def test_who_may_not_open_the_lists_gets_numbers_alone(tower: Tower, past: Lived) -> None:
    """An executive; and a supervisor of one site who only reads cases of another."""
    half = User.objects.create_user("half")
    Membership.objects.create(user=half, role=Role.SUPERVISOR, site=tower.site)
    Membership.objects.create(user=half, role=Role.OPERATOR, site=past.far_site)
    client = Client()
    client.force_login(half)
    for each in (client, signed_in(Role.EXECUTIVE)):
        page = each.get(f"{PAGE}?days=7").context
        assert [v.href for tile in page["tiles"] for v in tile.values if v.href] == []
        assert next(t for t in page["tiles"] if t.name == "Dead letters").values[0].n > 0
    here = client.get(f"{PAGE}?days=7&site={tower.site.pk}").context
    assert next(t for t in here["tiles"] if t.name == "Dead letters").values[0].href
    hold_to_lists(here, Rows(client))


def test_integration_admins_have_their_own_page(past: Lived) -> None:
    assert signed_in(Role.INTEGRATION_ADMIN).get(PAGE).status_code == 403


def test_it_says_since_when_it_counts(past: Lived) -> None:
    tiles = {t.name: t for t in signed_in(Role.AUDITOR).get(f"{PAGE}?days=90").context["tiles"]}
    since = past.at.date() - timedelta(days=29)
    told = f"Counted since {since.day} {since:%b}: what is older is not kept."
    assert told in tiles["Retries"].means
    assert tiles["Retries"].change is None
    assert "Counted since" not in tiles["Gaps found"].means


def test_a_range_of_which_nothing_is_kept(past: Lived) -> None:
    first, last = (past.at.date() - timedelta(days=days) for days in (39, 35))
    client = signed_in(Role.AUDITOR)
    page = client.get(f"{PAGE}?from={first}&to={last}").context
    retries = next(t for t in page["tiles"] if t.name == "Retries")
    assert (retries.values[0].n, retries.means.endswith("is kept any more.")) == (0, True)
    hold_to_lists(page, Rows(client))


def test_before_anything_came(tower: Tower) -> None:
    client = signed_in(Role.SUPERVISOR)
    answer = client.get(f"{PAGE}?days=7")
    assert [card.empty for card in answer.context["cards"]] == [True, True]
    assert {tile.values[0].n for tile in answer.context["tiles"]} == {0}
    assert "No connection of these sites is in use." in answer.content.decode()
    hold_to_lists(answer.context, Rows(client))


def test_what_does_not_run_in_odoo_is_named(past: Lived) -> None:
    html = signed_in(Role.SUPERVISOR).get(f"{PAGE}?days=7").content.decode()
    bad = [a.name for a in past.actions if a.state in ("failing", "late", "switched_off")]
    assert bad
    assert [name for name in bad if f"{name} <span" not in html] == []
    assert "has ended" in html


def test_each_verb_is_told_with_its_failures(past: Lived) -> None:
    page = signed_in(Role.SUPERVISOR).get(f"{PAGE}?days=7")
    first = page.context["first_day"]
    made = [call for call in past.calls if call.at.date() >= first]
    told = {
        verb: (row.n, row.failed) for verb, row, _times in page.context["parts"][0].told["lines"]
    }
    assert told == {
        verb: (
            sum(call.method == verb for call in made),
            sum(call.method == verb and call.outcome != "ok" for call in made),
        )
        for verb in {call.method for call in made}
    }


def test_the_command_tells_them(past: Lived) -> None:
    out, today = StringIO(), past.at.date()
    call_command("kpis", f"--from={today}", f"--to={today}", "--format=json", stdout=out)
    told = {kpi["key"]: kpi for kpi in json.loads(out.getvalue())["kpis"]}
    aside = sum(d.state == "set_aside" for d in past.deliveries)
    assert told["dead_letters"]["value"] == aside
    assert told["api_latency"]["unit"] == "latency"
    assert {"p50", "p95", "p99"} <= {part["part"] for part in told["api_latency"]["parts"]}


def test_putting_back_keeps_to_what_is_listed(past: Lived) -> None:
    """What among says holds for the button of the list, too; what cannot be read holds it back."""
    client = signed_in(Role.INTEGRATION_ADMIN)
    asked = {"state": "set_aside", "among": str(past.far.pk), "again": "retried"}
    client.post("/integrations/deliveries/replay/", {**asked, "among": "x"})
    assert left(past) == set()
    client.post("/integrations/deliveries/replay/", asked)
    assert left(past) == {
        d.pk
        for d in past.deliveries
        if d.state == "set_aside" and d.connection == past.far and d.attempts > 1
    }


def left(past: Lived) -> set[int]:
    """Of what was set aside, what waits again."""
    ids = [d.pk for d in past.deliveries if d.state == "set_aside"]
    found = type(past.deliveries[0]).objects.filter(pk__in=ids, state="waiting")
    return set(found.values_list("pk", flat=True))
