"""The page of what is held back."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from exceptions import blackouts, intake, policies
from exceptions.kinds import KINDS
from exceptions.models import Case, Sighting, User
from exceptions.verdicts import Override, Scope
from exceptions.vocabulary import HeldBy, KindCode, Rollout
from tests.exceptions.web.pages import now, signed_in, words
from tests.making import Tower

LATE, DELAY = KindCode.LATE_INBOUND, KindCode.DELIVERY_DELAY


def publish(kind: KindCode, **changed: Any) -> None:
    policies.publish(kind, replace(KINDS[kind].default_policy, **changed), at=now())


@pytest.fixture
def held(tower: Tower) -> list[int]:
    """Two receipts tried out, one of them elsewhere; a delivery that has to last; a case."""
    publish(LATE, rollout=Rollout.OBSERVING)
    publish(DELAY, hold_minutes=60)
    batch = [
        tower.receipt(1, at=now()),
        tower.receipt(2, at=now(), site_id=tower.other_site.pk),
        tower.delivery(1, at=now()),
        tower.count(1, at=now()),
    ]
    intake.take_in(batch, at=now())
    ranked = Sighting.objects.order_by("-kind", "document__record_id")
    return list(ranked.values_list("pk", flat=True))


def rows(page: Any) -> list[int]:
    return sorted(row.pk for row in page.context["rows"])


def tallies(page: Any) -> dict[str, int]:
    return {tab.label: tab.n for tab in page.context["tabs"]}


def test_nothing_is_held_back(tower: Tower) -> None:
    assert "Nothing is held back" in words(signed_in("lead.rtm").get("/held-back/"))


def test_it_lists_what_is_held_back_at_the_sites_of_the_reader(held: list[int]) -> None:
    page = signed_in("lead.rtm").get("/held-back/")
    said = words(page)

    assert rows(page) == sorted([held[0], held[2]])
    assert "P00001 from Kempten Bearings is late" in said
    assert "being tried out Being tried out here: it opens no cases yet." in said
    assert "It has to last 60 minutes before it opens a case." in said
    assert tallies(page) == {
        "All reasons": 2,
        "Being tried out": 1,
        "Blackout": 0,
        "Below the noise floor": 0,
        "Has to last first": 1,
    }


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", [0, 2]),
        ("?reason=observing", [0]),
        ("?reason=hold", [2]),
        ("?reason=noise", []),
        ("?kind=delivery_delay", [2]),
        ("?kind=late_inbound&reason=hold", []),
        ("?kind=nonsense&reason=x&site=y", [0, 2]),
        ("?site=999", []),
    ],
)
def test_it_can_be_filtered(held: list[int], query: str, wanted: list[int]) -> None:
    page = signed_in("lead.rtm").get(f"/held-back/{query}")
    assert rows(page) == sorted(held[n] for n in wanted)
    assert ("Nothing matches these filters" in words(page)) is (not wanted)


def test_every_count_is_what_its_link_lists(held: list[int]) -> None:
    client = signed_in("lead.rtm")
    for tab in client.get("/held-back/?kind=late_inbound").context["tabs"]:
        assert len(rows(client.get(tab.url))) == tab.n


def test_no_other_sites_are_seen_by_naming_them(tower: Tower, held: list[int]) -> None:
    page = signed_in("lead.rtm").get(f"/held-back/?site={tower.other_site.pk}")
    assert (rows(page), "Chicago" in words(page)) == ([], False)


def test_who_may_see_no_case_sees_nothing_held_back(held: list[int]) -> None:
    User.objects.create_user("stranger")
    page = signed_in("stranger").get("/held-back/")
    assert (rows(page), "No site is open to you" in words(page)) == ([], True)


def test_the_queue_and_the_rail_lead_there(held: list[int]) -> None:
    page = signed_in("lead.rtm").get("/")
    assert "2 held back" in words(page)
    assert "Held back" in [entry.label for entry in page.context["rail"]]


def test_a_blackout_lists_what_it_held_back_ended_or_not(tower: Tower) -> None:
    at = now()
    made = blackouts.make(
        starts_at=at - timedelta(hours=1),
        ends_at=at + timedelta(hours=1),
        reason="Stocktaking",
        by=User.objects.get(username="lead.rtm"),
        at=at,
        site=tower.site,
    )
    intake.take_in([tower.receipt(n, at=at) for n in (1, 2)], at=at)
    intake.take_in([tower.receipt(1, at=at + timedelta(seconds=1), open=False)], at=at)
    client = signed_in("lead.rtm")
    page = client.get("/held-back/")
    (shown,) = page.context["blackouts"]
    listed = client.get(shown.url)

    assert "Rotterdam" in words(page)
    assert (shown.blackout, shown.n, len(rows(page)), len(rows(listed))) == (made, 2, 1, 2)
    assert "it cleared" in words(listed)
    assert {row.held_by for row in listed.context["rows"]} == {HeldBy.BLACKOUT}


def test_the_case_page_tells_the_thresholds_and_how_long_it_was_held_back(tower: Tower) -> None:
    at = now()
    here = Override(scope=Scope(site=tower.site.pk), thresholds={"grace_minutes": Decimal(120)})
    publish(LATE, overrides=(here,), hold_minutes=90)
    intake.take_in([tower.receipt(at=at - timedelta(minutes=90))], at=at - timedelta(minutes=90))
    intake.recheck_due(at=at)
    said = words(signed_in("lead.rtm").get(f"/cases/{Case.objects.get().pk}/"))

    assert "Thresholds in force policy version 2" in said
    assert "Late after 120 minutes past the expected date site Rotterdam: 120 instead of 0" in said
    assert "Held back for 1 h 30 before: has to last first" in said
