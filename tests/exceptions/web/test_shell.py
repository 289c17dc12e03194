"""What stands around every page, and what stands there when something fails."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from exceptions.actors import Actor
from exceptions.models import Connection, Membership, Site, User
from exceptions.vocabulary import Role
from exceptions.web import errors, shell
from tests.exceptions.cases import member
from tests.exceptions.web.pages import cases, now, signed_in, words
from tests.making import Tower


def everywhere(role: Role) -> Actor:
    return member("reader", role)


@pytest.mark.parametrize(
    ("age", "look"),
    [
        (timedelta(seconds=9), ""),
        (timedelta(minutes=3), "warn"),
        (timedelta(minutes=20), "bad"),
        (None, "warn"),
    ],
)
def test_freshness_is_that_of_the_oldest_connection(
    tower: Tower, age: timedelta | None, look: str
) -> None:
    at = now()
    Connection.objects.update(read_at=at)
    Connection.objects.create(name="Second", read_at=at - age if age else None)
    Connection.objects.create(name="Off", enabled=False)

    told = shell.freshness(everywhere(Role.AUDITOR), at)
    oldest = "Odoo" if age == timedelta(0) else "Second"
    assert (told.look, told.name) == (look, oldest)


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.INTEGRATION_ADMIN])
def test_freshness_names_no_source_of_other_sites(tower: Tower, role: Role) -> None:
    at = now()
    secret = Connection.objects.create(name="Acquisition", read_at=at - timedelta(days=1))
    there = Site.objects.create(connection=secret, external_id=9, code="X", name="Elsewhere")
    Connection.objects.update(read_at=at)
    here, elsewhere, nowhere = (
        member("here", role, site=tower.site),
        member("elsewhere", role, site=there),
        member("nowhere", None),
    )

    assert [shell.freshness(who, at).name for who in (here, elsewhere, nowhere)] == [
        "Odoo",
        "Acquisition",
        "",
    ]


def test_without_a_connection_it_says_so(db: None) -> None:
    told = shell.freshness(everywhere(Role.AUDITOR), now())

    assert told == shell.Freshness("off", "", None)


def test_the_menu_names_roles_and_sites(tower: Tower) -> None:
    user = User.objects.create_user("marta")
    for site in (tower.site, tower.other_site):
        Membership.objects.create(user=user, role=Role.SUPERVISOR, site=site)
    Membership.objects.create(user=user, role=Role.AUDITOR)

    assert shell.roles(user) == ["Auditor · every site", "Supervisor · Rotterdam, Chicago"]


def test_the_rail_counts_what_is_open(tower: Tower) -> None:
    cases(tower, 3)

    assert signed_in("lead.rtm").get("/").context["open_count"] == 3
    assert signed_in("lead.chi").get("/").context["open_count"] == 0


@pytest.mark.parametrize(
    ("role", "near", "more"),
    [
        (
            Role.SUPERVISOR,
            ["queue", "inbox", "approvals", "dashboards"],
            {"held-back", "policies", "calendars", "people", "integrations"},
        ),
        (Role.INTEGRATION_ADMIN, ["queue", "inbox", "people", "integrations"], {"imports"}),
        (None, ["queue", "inbox"], set()),
    ],
)
def test_a_thumb_reaches_what_is_used_most_and_the_rest_unfolds(
    tower: Tower, role: Role | None, near: list[str], more: set[str]
) -> None:
    """Every place of the rail once, and the inbox."""
    actor = member("reader", role)
    entries = shell.rail(actor)
    thumb = shell.Thumb.of(entries)
    places = [entry.section for entry in [*thumb.near, *thumb.more]]

    assert [entry.section for entry in thumb.near] == near
    assert {entry.section for entry in thumb.more} >= more
    assert sorted(places) == sorted({entry.section for entry in entries} | {"inbox"})
    assert ("More" in words(signed_in("reader").get("/"))) == bool(more)


def test_an_address_that_is_none_says_so(tower: Tower) -> None:
    page = signed_in("lead.rtm").get("/nothing/")

    assert page.status_code == 404
    assert "There is nothing at this address" in words(page)
    assert Client().get("/nothing/").status_code == 404


def test_the_policy_of_the_browser_is_strict(tower: Tower) -> None:
    headers = signed_in("lead.rtm").get("/").headers
    policy = headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_pages_carry_no_inline_script_or_style(tower: Tower) -> None:
    case = cases(tower, 1)[0]
    client = signed_in("lead.rtm")
    for address in ("/", f"/cases/{case.pk}/", "/palette/", "/sign-in/"):
        html = client.get(address, follow=True).content.decode()
        assert " style=" not in html
        assert "<style" not in html
        assert html.count("<script") == html.count("<script src=")
        assert " onclick=" not in html


@pytest.mark.parametrize(
    ("raised", "status", "says"),
    [
        (OperationalError("gone"), 503, "The control tower cannot reach its database"),
        (RuntimeError("secret"), 500, "Something failed on our side"),
    ],
)
def test_a_failure_is_told_plainly(raised: Exception, status: int, says: str) -> None:
    try:
        raise raised
    except Exception:  # noqa: BLE001 - as Django's handler does
        page = errors.failed(RequestFactory().get("/"))

    assert page.status_code == status
    assert says in words(page)
    assert "secret" not in words(page)


@pytest.mark.parametrize("code", ["400", "403_csrf", "500", "503"])
def test_pages_of_errors_need_nothing(code: str) -> None:
    assert "To the queue" in render_to_string(f"{code}.html")


def test_a_form_that_was_open_too_long_says_so(tower: Tower) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.get(username="lead.rtm"))
    page = client.post("/cases/moves/", {"move": "acknowledge"})

    assert page.status_code == 403
    assert "This form was open for too long" in words(page)


def test_the_alarm_of_cases_that_nobody_owns(tower: Tower) -> None:
    """On every page of whom it concerns, with the way to exactly these cases, or to people."""
    case = tower.late_case(at=now())
    User.objects.filter(username="procurement.rtm").update(is_active=False)
    member("ines", Role.INTEGRATION_ADMIN)
    member("adam", Role.AUDITOR)
    lead, admin = signed_in("lead.rtm"), signed_in("ines")
    page = lead.get("/dashboards/").content.decode()
    queue = lead.get(f"/?unowned=yes&site={tower.site.pk}").content.decode()

    assert "1 open case has nobody who may work on it." in page
    assert f'href="/?site={tower.site.pk}&amp;unowned=yes"' in page
    assert case.reference in queue
    assert '<a href="/people/">Give somebody the work</a>' in admin.get("/").content.decode()
    for other in ("lead.chi", "adam"):
        assert "nobody who may work" not in signed_in(other).get("/").content.decode()
