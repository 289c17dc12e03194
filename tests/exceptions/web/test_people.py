"""The pages on which people stand, and what they may do."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from exceptions import granting, tokens
from exceptions.actors import Actor
from exceptions.models import Case, Membership, Team, User
from exceptions.vocabulary import Role, TeamCode
from tests.exceptions.cases import member
from tests.exceptions.web.pages import cases, shown, signed_in, words
from tests.making import Tower

DASH = "\N{EN DASH} "


@pytest.fixture
def admin(tower: Tower) -> Actor:
    return member("admin", Role.INTEGRATION_ADMIN)


def user(username: str) -> User:
    return User.objects.get(username=username)


def names(page: object) -> list[str]:
    return re.findall(r'<a href="/people/\d+/"><b>([^<]*)</b>', page.content.decode())  # type: ignore[attr-defined]


def test_the_list_names_those_of_ones_sites(tower: Tower, admin: Actor) -> None:
    here = sorted(User.objects.filter(username__endswith=".rtm").values_list("username", flat=True))
    page = signed_in("lead.rtm").get("/people/")
    searched = signed_in("admin").get("/people/?q=QUAL+chi")
    nobody = signed_in("lead.rtm").get("/people/?q=chi")

    assert names(page) == sorted(["admin", *here])
    assert "procurement.rtm procurement.rtm operator · Rotterdam · Procurement active" in words(
        page
    )
    assert names(searched) == ["quality.chi"]
    assert "Nobody here is called “chi”" in words(nobody)


def test_what_a_person_may_do_reads_as_it_is(tower: Tower, admin: Actor) -> None:
    operator = user("procurement.rtm")
    text = words(signed_in("lead.rtm").get(f"/people/{operator.pk}/")).replace(DASH, "")

    assert (
        "Rotterdam Classify no Reclassify no Assign no "
        "Acknowledge cases that they own, as operator; "
        "cases of Procurement, as one who works there "
        "Propose a decision cases that they own, as operator "
        "Resolve cases that they own, as operator Close cases that they own, as operator "
        "Reopen no Dismiss no"
    ) in text
    assert "Raise cases by hand operator · Rotterdam · Procurement" in text
    assert "Draft policies, calendars and blackouts; publish what another drafted no" in text
    lead = words(signed_in("admin").get(f"/people/{user('lead.rtm').pk}/"))
    assert "Rotterdam Classify every case, as supervisor Reclassify every case" in lead


def test_sites_with_the_same_rights_stand_together(tower: Tower) -> None:
    boss = member("boss", Role.SUPERVISOR).user
    assert boss is not None
    Membership.objects.create(user=boss, role=Role.OPERATOR, site=tower.site)
    member("auditor", Role.AUDITOR)
    text = words(signed_in("auditor").get(f"/people/{boss.pk}/"))
    assert "Chicago Classify every case, as supervisor" in text
    boss.memberships.filter(role=Role.OPERATOR).delete()
    text = words(signed_in("auditor").get(f"/people/{boss.pk}/"))
    assert "Chicago and Rotterdam Classify every case, as supervisor" in text
    boss.memberships.all().delete()
    for site in (tower.site, tower.other_site):
        Membership.objects.create(user=boss, role=Role.SUPERVISOR, site=site)
    text = words(signed_in("auditor").get(f"/people/{boss.pk}/"))
    assert "Raise cases by hand supervisor · Chicago and Rotterdam" in text


def test_roles_elsewhere_are_not_told(tower: Tower, admin: Actor) -> None:
    both = member("both", Role.OPERATOR, site=tower.site).user
    assert both is not None
    at = timezone.now()
    team = Team.objects.get(code=TeamCode.QUALITY)
    granting.grant(both, Role.SUPERVISOR, site=tower.other_site, team=team, by=admin, at=at)
    Case.objects.filter(pk=cases(tower, 1)[0].pk).update(owner=both, site=tower.other_site)
    page = words(signed_in("lead.rtm").get(f"/people/{both.pk}/"))
    listed = words(signed_in("lead.rtm").get("/people/"))
    own = words(signed_in("both").get(f"/people/{both.pk}/"))

    assert ("Chicago" in page, "Chicago" in listed, "Chicago" in own) == (False, False, True)
    assert "More roles at sites that are not yours." in page
    assert "Role given: supervisor · Chicago · Quality management" in own


def test_an_admin_gives_and_takes_roles(tower: Tower, admin: Actor) -> None:
    new = member("new", None).user
    assert new is not None
    client, team = signed_in("admin"), Team.objects.get(code=TeamCode.QUALITY)
    address = f"/people/{new.pk}/"
    wrong = client.post(f"{address}roles/", {"role": "king", "site": "99"})
    said = {"role": "operator", "site": tower.site.pk, "team": team.pk}
    given = client.post(f"{address}roles/", said, follow=True)
    membership = new.memberships.get()
    everywhere = client.post(f"{address}roles/", {"role": "auditor", "site": "every"}, follow=True)
    taken = client.post(f"{address}roles/{membership.pk}/take-away/", follow=True)

    assert wrong.status_code == 422
    assert "Choose a role." in words(wrong)
    assert "Choose one of the sites that you administer." in words(wrong)
    assert "new has the role now." in words(given)
    assert "Role given: operator · Rotterdam · Quality management, no second admin admin" in words(
        given
    )
    assert "auditor every site" in words(everywhere)
    assert "Role taken away: operator · Rotterdam · Quality management admin" in words(taken)
    left = new.memberships.get()
    assert (left.role, left.site, left.team) == (Role.AUDITOR, None, None)


def test_who_is_shut_out_is_out_at_once(tower: Tower, admin: Actor) -> None:
    case, other = cases(tower, 2)
    owner = case.owner
    assert owner is not None
    Case.objects.filter(pk=other.pk).update(owner=user("lead.rtm"))
    theirs, key = (
        signed_in(owner.username),
        tokens.issue(
            owner, name="n8n", scopes=[tokens.READ], at=timezone.now() - timedelta(hours=1)
        ),
    )
    before = theirs.get("/").status_code
    client = signed_in("admin")
    page = client.post(f"/people/{owner.pk}/activation/", {"active": "0"}, follow=True)
    after = theirs.get("/")
    program = theirs.get("/api/v1/cases/", headers={"Authorization": f"Bearer {key}"})

    assert (before, after.status_code, program.status_code) == (200, 302, 401)
    assert f"{owner} is shut out from now on." in words(page)
    assert "Rotterdam 1 open case lead.rtm leads the site and can assign them" in words(page)
    lead = signed_in("lead.rtm")
    link = re.search(r'href="(/\?[^"]*)"', lead.get(f"/people/{owner.pk}/").content.decode())
    assert link is not None
    assert shown(lead.get(link[1].replace("&amp;", "&"))) == [case.pk]
    again = client.post(f"/people/{owner.pk}/activation/", {"active": "1"}, follow=True)
    assert f"{owner} may sign in again." in words(again)


def test_nobody_changes_their_own(tower: Tower, admin: Actor) -> None:
    assert admin.user is not None
    client, own = signed_in("admin"), admin.user.memberships.get()
    page = client.get(f"/people/{admin.user.pk}/")
    refused = client.post(f"/people/{admin.user.pk}/roles/{own.pk}/take-away/", follow=True)

    assert "take-away" not in page.content.decode()
    says = "Nobody changes their own access: ask another integration admin."
    assert says in words(page)
    assert (says in words(refused), admin.user.memberships.count()) == (True, 1)


def test_the_list_costs_the_same_for_many(
    tower: Tower, admin: Actor, django_assert_max_num_queries: object
) -> None:
    client = signed_in("admin")
    client.get("/people/")
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        client.get("/people/")
