"""Roll-out, noise floor, hold and overrides: what a form says, and what is kept of it."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from exceptions import drafting, intake, policies
from exceptions.kinds import KINDS
from exceptions.models import Membership, User
from exceptions.policy_drafting import policy_of
from exceptions.verdicts import Lane, Noise, Override, PolicySettings, Scope
from exceptions.vocabulary import KindCode, Role, Rollout
from exceptions.web import policy_fields, policy_overrides
from exceptions.web.policy_overrides import Known
from tests.exceptions.web.pages import now, signed_in, words
from tests.making import Tower

LATE = KindCode.LATE_INBOUND
USUAL = KINDS[LATE].default_policy
KNOWN = Known(
    thresholds=KINDS[LATE].thresholds,
    sites={1: "Rotterdam", 2: "Chicago"},
    partners={7: "Kempten Bearings", 8: "Twin", 9: "Twin"},
)
FLOOR = Noise(below=Decimal(50), times=3, days=7)


def kept(before: PolicySettings, **form: str) -> PolicySettings:
    """What the form makes of `before`; `__` stands for the dot in a name."""
    return policy_fields.read(before, {k.replace("__", "."): v for k, v in form.items()}).settings


def problem(**form: str) -> dict[str, str]:
    read = policy_fields.read(USUAL, {k.replace("__", "."): v for k, v in form.items()})
    return dict(read.problems)


# -- Roll-out, noise, hold -----------------------------------------------------------------------


def test_a_kind_is_tried_out_everywhere_and_off_at_one_site() -> None:
    tried = kept(USUAL, rollout="observing", rollout_at__2="off")

    assert tried == replace(USUAL, rollout=Rollout.OBSERVING, rollout_at={2: Rollout.OFF})
    assert kept(tried, rollout="on", rollout_at__2="") == USUAL
    assert problem(rollout="sometimes") == {"rollout": "Choose one of the ways."}


@pytest.mark.parametrize(
    ("form", "noise"),
    [
        ({"noise__below": "50"}, FLOOR),
        (
            {"noise__below": "49.5", "noise__times": "4", "noise__days": "30"},
            Noise(below=Decimal("49.5"), times=4, days=30),
        ),
        ({"noise__below": "", "noise__times": "4"}, None),
        ({"noise__times": "4"}, None),
    ],
)
def test_a_noise_floor_needs_a_value(form: dict[str, str], noise: Noise | None) -> None:
    assert kept(USUAL, **form).noise == noise


def test_an_empty_value_takes_the_floor_away_and_an_empty_number_leaves_it() -> None:
    noisy = replace(USUAL, noise=FLOOR)
    assert kept(noisy, noise__below="", noise__times="3", noise__days="7").noise is None
    assert kept(noisy, noise__below="50", noise__times="", noise__days="9").noise == replace(
        FLOOR, days=9
    )
    assert problem(noise__below="little") == {"noise.below": "Give a number, such as 120 or 2.5."}


def test_a_finding_can_be_made_to_last() -> None:
    assert kept(USUAL, hold_minutes="90").hold_minutes == 90


# -- Overrides -----------------------------------------------------------------------------------


def form(*rows: dict[str, str], op: str = "") -> QueryDict:
    said = QueryDict(mutable=True)
    said["overrides"] = "1"
    for row in rows:
        for part in policy_overrides.PARTS:
            said.appendlist(f"override.{part}", row.get(part, ""))
        said.appendlist("override.thresholds.grace_minutes", row.get("grace", ""))
    if op:
        said["op"] = op
    return said


def override(minutes: str, **scope: Any) -> Override:
    return Override(scope=Scope(**scope), thresholds={"grace_minutes": Decimal(minutes)})


def read(before: PolicySettings, *rows: dict[str, str], op: str = "") -> policy_overrides.Read:
    return policy_overrides.read(before, form(*rows, op=op), KNOWN)


@pytest.mark.parametrize(
    ("row", "is_read_as"),
    [
        ({"company": "Meridian"}, {"company": "Meridian"}),
        ({"site": "2"}, {"site": 2}),
        ({"partner": "Kempten Bearings (7)"}, {"partner": 7}),
        ({"partner": "kempten bearings"}, {"partner": 7}),
        ({"partner": "4711"}, {"partner": 4711}),
        ({"tier": "A"}, {"tier": "A"}),
        ({"category": "All / Bearings"}, {"category": "All / Bearings"}),
        ({"lane_from": "1", "lane_to": "US"}, {"lane": Lane(site=1, country="US")}),
        ({"lane_from": "1", "lane_to": "Twin (9)"}, {"lane": Lane(site=1, partner=9)}),
        ({"site": "1", "partner": "7"}, {"site": 1, "partner": 7}),
    ],
)
def test_a_row_says_for_what(row: dict[str, str], is_read_as: dict[str, Any]) -> None:
    found = read(USUAL, row | {"grace": "90"})
    assert (found.settings.overrides, found.unread) == ((override("90", **is_read_as),), {})


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"site": "1"}, "Say which threshold is different there, or take the row away."),
        ({"grace": "90"}, "Say for which company, site, partner, category or lane."),
        ({"site": "5", "grace": "90"}, "Choose one of the sites."),
        ({"site": "1", "grace": "long"}, "Late after: Give a number, such as 120 or 2.5."),
        (
            {"partner": "Twin", "grace": "90"},  # there are two
            "Choose a partner from the list, or give the partner's number in Odoo, such as 42.",
        ),
        (
            {"lane_to": "DE", "grace": "90"},
            "A lane starts at a site and leads to a partner or a country: say both.",
        ),
    ],
)
def test_what_cannot_be_read_stays_in_its_row(row: dict[str, str], says: str) -> None:
    before = replace(USUAL, overrides=(override("30", site=1),))
    found = read(before, row)

    assert found.settings == before
    assert [(place, each.problem) for place, each in found.unread.items()] == [(0, says)]
    assert {k: v for k, v in found.unread[0].said.items() if v} == {
        k: v for k, v in row.items() if k != "grace"
    }


def test_rows_go_back_and_forth_and_are_taken_away() -> None:
    before = replace(
        USUAL,
        overrides=(
            override("30", site=1),
            override("45.5", partner=7),
            override("60", lane=Lane(site=2, partner=8)),
        ),
    )
    rows = [
        {**row.said, "grace": row.values[0].said}
        for row in policy_overrides.rows(before, USUAL, KNOWN)
    ]
    assert read(before, *rows, {}).settings == before
    assert read(before, *rows, {}, op="drop:1").settings.overrides == (
        before.overrides[0],
        before.overrides[2],
    )
    assert [row.for_what for row in policy_overrides.rows(before, USUAL, KNOWN)] == [
        "site Rotterdam",
        "partner Kempten Bearings",
        "lane Chicago → Twin",
    ]


def test_a_form_without_overrides_leaves_them() -> None:
    before = replace(USUAL, overrides=(override("30", site=1),))
    assert policy_overrides.read(before, QueryDict("note=x"), KNOWN).settings == before


# -- On the page ---------------------------------------------------------------------------------


@pytest.fixture
def petra(tower: Tower) -> Client:
    Membership.objects.create(user=User.objects.create_user("petra"), role=Role.POLICY_ADMIN)
    return signed_in("petra")


def test_a_draft_is_given_all_of_them_and_shows_what_it_was_given(
    tower: Tower, petra: Client
) -> None:
    intake.take_in([tower.receipt(at=now())], at=now())
    petra.post("/policies/late_inbound/start/")
    said = {
        "revision": "0",
        "overrides": "1",
        "rollout": "on",
        f"rollout_at.{tower.other_site.pk}": "observing",
        "noise.below": "50",
        "hold_minutes": "15",
        **{f"override.{part}": "" for part in policy_overrides.PARTS},
        "override.partner": "Kempten Bearings (7)",
        "override.thresholds.grace_minutes": "240",
    }
    page = petra.post("/policies/late_inbound/draft/", said, follow=True)
    draft = drafting.open_draft(policy_of(LATE))
    assert draft is not None

    assert policies.from_json(draft.settings) == replace(
        USUAL,
        rollout_at={tower.other_site.pk: Rollout.OBSERVING},
        noise=FLOOR,
        hold_minutes=15,
        overrides=(override("240", partner=7),),
    )
    assert 'value="Kempten Bearings (7)"' in page.content.decode()
    assert '<option value="observing" selected>observing</option>' in page.content.decode()


def test_a_version_tells_what_it_changed_in_words(tower: Tower) -> None:
    changed = replace(
        USUAL,
        rollout_at={tower.site.pk: Rollout.OFF},
        overrides=(override("240", site=tower.site.pk),),
    )
    policies.publish(LATE, changed, at=now())
    said = words(signed_in("lead.rtm").get("/policies/late_inbound/versions/2/"))

    assert "Rotterdam as everywhere off" in said
    assert "Other thresholds none site Rotterdam: grace_minutes 240" in said


def test_what_could_not_be_read_is_shown_in_its_place(tower: Tower, petra: Client) -> None:
    petra.post("/policies/late_inbound/start/")
    said = {
        "revision": "0",
        "overrides": "1",
        "override.company": "Meridian",
        "override.thresholds.grace_minutes": "soon",
    }
    page = petra.post("/policies/late_inbound/draft/", said)

    assert page.status_code == 422
    assert "Late after: Give a number, such as 120 or 2.5." in words(page)
    assert 'value="Meridian"' in page.content.decode()
    assert 'value="soon"' in page.content.decode()
