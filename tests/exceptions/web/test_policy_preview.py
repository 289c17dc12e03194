"""What a draft would do, beside the draft."""

from datetime import datetime, timedelta

from django.test import Client

from exceptions import intake
from exceptions.casework import Change
from exceptions.models import Case, Membership, User
from exceptions.vocabulary import Role
from tests.exceptions.web.pages import now, signed_in, words
from tests.making import Tower

PREVIEW = "/policies/late_inbound/draft/preview/"
DRAFT = "/policies/late_inbound/draft/"
HOUR = timedelta(hours=1)


def admin(username: str, tower: Tower, *, only_here: bool = False) -> Client:
    user = User.objects.create_user(username, first_name=username.title())
    site = tower.site if only_here else None
    Membership.objects.create(user=user, role=Role.POLICY_ADMIN, site=site)
    return signed_in(username)


def drafted(client: Client, **fields: str) -> None:
    client.post("/policies/late_inbound/start/")
    client.post(DRAFT, {"revision": "0", **fields})


def late(tower: Tower, record_id: int, hours: int, at: datetime, site_id: int) -> None:
    due = at - hours * HOUR
    receipt = tower.receipt(record_id, at=at, promised_at=due, planned_at=due, site_id=site_id)
    intake.take_in([receipt], at=at)


def test_the_draft_says_what_it_would_clear_and_publishing_does_it(tower: Tower) -> None:
    at, petra, karin = now(), admin("petra", tower), admin("karin", tower)
    for i, hours in enumerate([3, 30, 60], start=1):
        late(tower, i, hours, at, tower.site.pk)
    drafted(petra, **{"thresholds.grace_minutes": "2880"})
    page = petra.get(PREVIEW)
    cleared = {row.case_id for part in page.context["parts"] for row, _site in part.rows}

    assert 'hx-get="/policies/late_inbound/draft/preview/"' in petra.get(DRAFT).content.decode()
    assert "2 would clear 1 stay open as they are" in words(page)
    assert "it would have opened 1 , where 3 were opened: 1 of those again" in words(page)
    karin.post("/policies/late_inbound/publish/", {"revision": "1"})
    intake.recheck_due(at=now() + HOUR)
    assert set(Case.objects.filter(state="resolved").values_list("pk", flat=True)) == cleared


def test_rows_at_other_sites_are_counted_and_not_shown(tower: Tower) -> None:
    at, petra = now(), admin("petra", tower, only_here=True)
    late(tower, 1, 3, at, tower.site.pk)
    late(tower, 2, 3, at, tower.other_site.pk)
    drafted(petra, **{"thresholds.grace_minutes": "2880"})
    page = petra.get(PREVIEW)
    (part,) = page.context["parts"]

    assert (part.change, part.n, part.elsewhere) == (Change.CLEARED, 2, 1)
    assert [row.reference for row, _site in part.rows] == ["RTM/IN/00001"]
    assert "1 is at a site that you do not see." in words(page)


def test_long_lists_are_cut_and_shown_whole_on_a_page_of_their_own(tower: Tower) -> None:
    at, petra = now(), admin("petra", tower)
    batch = [tower.receipt(i, at=at) for i in range(1, 24)]
    intake.take_in(batch, at=at)
    drafted(petra, **{"thresholds.grace_minutes": "28800"})
    part = petra.get(PREVIEW)
    whole = petra.get(PREVIEW, {"all": "1"})

    assert part.content.decode().count("data-document") == 20
    assert "All of them, 3 more" in words(part)
    assert whole.content.decode().count("data-document") == 23
    assert "<!doctype html>" in whole.content.decode().lower()


def test_other_weights_show_who_would_stand_where(tower: Tower) -> None:
    at, petra = now(), admin("petra", tower)
    late(tower, 1, 200, at, tower.site.pk)
    drafted(petra, **{"weights.need_date": "5"})
    page = petra.get(PREVIEW)
    (moved,) = page.context["moved"]

    # 70 % of 40 for the value; 100 % of 35, and of 5, for a week past the date.
    assert (moved.score, moved.score_after) == (63, 33)
    assert "Nothing would open or clear." in words(page)
    assert [(load.tier, load.now, load.after) for load in page.context["loads"]] == [
        ("critical", 0, 0),
        ("high", 1, 0),
        ("medium", 0, 1),
        ("low", 0, 0),
    ]


def test_what_cannot_be_in_force_is_not_tried(tower: Tower) -> None:
    petra = admin("petra", tower)
    drafted(petra, **{"weights.need_date": "95"})

    assert "there is nothing to try yet" in words(petra.get(PREVIEW))


def test_without_a_draft_there_is_nothing(tower: Tower) -> None:
    petra = admin("petra", tower)
    assert petra.get(PREVIEW).status_code == 404
    assert petra.get("/policies/late_outbound/draft/preview/").status_code == 404
