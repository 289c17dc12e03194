"""Blackouts are made and ended on the page of what is held back."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from exceptions import intake
from exceptions.models import Blackout, Case, Membership, Site, User
from exceptions.vocabulary import Role
from tests.exceptions.web.pages import now, signed_in, words
from tests.making import Tower

MAKE = "/held-back/blackouts/"


def petra(*, site: Site | None = None, zone: str = "UTC") -> Client:
    user = User.objects.create_user("petra", time_zone=zone)
    Membership.objects.create(user=user, role=Role.POLICY_ADMIN, site=site)
    return signed_in("petra")


def local(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M}"


def said(tower: Tower, **other: Any) -> dict[str, Any]:
    base = {
        "site": tower.site.pk,
        "starts_at": local(now()),
        "ends_at": local(now() + timedelta(days=1)),
        "reason": "Stocktaking",
    }
    return base | other


def test_what_is_found_while_it_runs_is_held_back_until_it_is_taken_back(tower: Tower) -> None:
    client = petra()
    client.post(MAKE, said(tower))
    intake.take_in([tower.receipt(at=now())], at=now())
    page = words(client.get("/held-back/"))
    blackout = Blackout.objects.get()

    assert "blackout Stocktaking" in page
    assert Case.objects.count() == 0
    assert str(blackout.made_by) == "petra"
    ended = client.post(f"/held-back/blackouts/{blackout.pk}/take-back/", follow=True)
    assert "It is over. What it held back is looked at again now." in words(ended)
    intake.recheck_due(at=now() + timedelta(hours=1))
    assert Case.objects.count() == 1
    again = client.post(f"/held-back/blackouts/{blackout.pk}/take-back/", follow=True)
    assert "It is over already." in words(again)


def test_an_instant_is_one_of_the_reader_s_zone(tower: Tower) -> None:
    petra(zone="Asia/Kolkata").post(
        MAKE, said(tower, starts_at="2030-01-02T03:30", ends_at="2030-01-03T05:30")
    )
    made = Blackout.objects.get()
    assert (made.starts_at, made.ends_at) == (
        datetime(2030, 1, 1, 22, 0, tzinfo=UTC),
        datetime(2030, 1, 3, 0, 0, tzinfo=UTC),
    )


def test_a_partner_is_chosen_by_name(tower: Tower) -> None:
    intake.take_in([tower.receipt(at=now())], at=now())
    client = petra()
    client.post(MAKE, said(tower, site="", partner="kempten bearings"))
    made = Blackout.objects.get()

    assert (made.site, made.connection, made.partner_id, made.partner_name) == (
        None,
        tower.connection,
        7,
        "Kempten Bearings",
    )


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"reason": ""}, "Say in a sentence why."),
        ({"site": ""}, "Say for which site or which partner."),
        ({"ends_at": "2020-01-01T00:00"}, "A blackout ends after it starts, and not before now."),
        ({"starts_at": "soon"}, "Give a date and a time."),
        (
            {"partner": "Nobody"},
            "Choose a partner from the list, or give the number in Odoo, such as 42.",
        ),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    tower: Tower, wrong: dict[str, str], says: str
) -> None:
    page = petra().post(MAKE, said(tower, **wrong))

    assert page.status_code == 422
    assert says in words(page)
    kept = wrong.get("reason", "Stocktaking")
    assert f'name="reason" maxlength="200" required value="{kept}"' in page.content.decode()
    assert Blackout.objects.count() == 0


def test_who_rules_a_site_rules_that_site_only(tower: Tower) -> None:
    client = petra(site=tower.site)
    for site in ("", tower.other_site.pk):
        assert "Choose one of your sites." in words(client.post(MAKE, said(tower, site=site)))
    client.post(MAKE, said(tower))
    assert [blackout.site for blackout in Blackout.objects.all()] == [tower.site]


def test_readers_see_them_and_make_none(tower: Tower) -> None:
    petra().post(MAKE, said(tower))
    lead = signed_in("lead.rtm")
    page = lead.get("/held-back/")

    assert "Stocktaking" in words(page)
    assert "Make a blackout" not in words(page)
    assert lead.post(MAKE, said(tower)).status_code == 403
    blackout = Blackout.objects.get()
    assert lead.post(f"/held-back/blackouts/{blackout.pk}/take-back/").status_code == 403
    blackout.refresh_from_db()
    assert (Blackout.objects.count(), blackout.withdrawn_at) == (1, None)
