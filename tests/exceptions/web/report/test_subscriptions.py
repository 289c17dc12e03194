"""The pages of subscriptions, and the link that ends one without signing in."""

from datetime import datetime, time

import pytest
from django.test import Client

from exceptions.actors import person
from exceptions.models import Membership, NoticeMail, ReportSubscription, User
from exceptions.report import subscribing
from exceptions.report.subscribing import Said
from exceptions.vocabulary import Cadence, Role
from tests.exceptions.web.pages import words
from tests.making import Tower

FORM = {"every": "monthly", "monthday": "31", "weekday": "1", "hour": "06:30"}


@pytest.fixture
def esther(tower: Tower) -> User:
    esther = User.objects.create_user("esther", first_name="Esther", time_zone="Asia/Kolkata")
    Membership.objects.create(user=esther, role=Role.EXECUTIVE, site=tower.site)
    return esther


@pytest.fixture
def ines(tower: Tower) -> User:
    """Administers everybody."""
    ines = User.objects.create_user("ines", first_name="Ines")
    Membership.objects.create(user=ines, role=Role.INTEGRATION_ADMIN, site=None)
    return ines


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_people_subscribe_and_see_when(tower: Tower, esther: User) -> None:
    client = browser(esther)
    answer = client.post(
        "/report/subscriptions/", FORM | {"site": [tower.site.pk], "kind": ["late_inbound"]}
    )

    assert answer.status_code == 302
    found = ReportSubscription.objects.get()
    assert (found.person, found.day, found.hour, found.sites) == (
        esther,
        31,
        time(6, 30),
        [tower.site.pk],
    )
    told = words(client.get("/report/subscriptions/"))
    assert "on day 31 of every month at 06:30, Asia/Kolkata" in told
    assert "Rotterdam; Late inbound" in told


def test_what_was_chosen_stays_where_it_is_refused(esther: User) -> None:
    answer = browser(esther).post(
        "/report/subscriptions/", FORM | {"hour": "25:00", "kind": ["late_inbound"]}
    )

    assert answer.status_code == 409
    assert "at which time" in words(answer)
    assert 'value="late_inbound" checked' in answer.content.decode()
    assert '<option value="monthly" selected>' in answer.content.decode()


def test_an_admin_subscribes_others_and_sees_what_became_of_it(esther: User, ines: User) -> None:
    client = browser(ines)
    client.post("/report/subscriptions/", FORM | {"person": esther.pk})
    found = ReportSubscription.objects.get()
    client.post(f"/report/subscriptions/{found.pk}/send/")
    NoticeMail.objects.update(state="failed", error="The mail server did not take it (reply 550).")

    told = words(client.get("/report/subscriptions/"))
    assert (found.person, found.made_by) == (esther, ines)
    assert "Who gets what" in told
    assert "The mail server did not take it (reply 550)." in told
    assert "Who gets what" not in words(browser(esther).get("/report/subscriptions/"))
    client.post(f"/report/subscriptions/{found.pk}/end/")
    found.refresh_from_db()
    assert found.ended_by == ines


def test_a_link_ends_it_without_signing_in(esther: User, at: datetime) -> None:
    said = Said(every=Cadence.WEEKLY, day=1, hour=time(7))
    found = subscribing.subscribe(esther, said, by=person(esther), at=at)
    other = subscribing.subscribe(esther, said, by=person(esther), at=at)
    to = "/report/unsubscribe/" + subscribing.stop_address(found).split("/unsubscribe/")[1]
    anybody = Client(enforce_csrf_checks=True)
    looked = anybody.get(to)
    found.refresh_from_db()
    before = found.ended_at
    done = anybody.post(to)
    found.refresh_from_db()
    other.refresh_from_db()

    assert "every Monday at 07:00, Asia/Kolkata" in words(looked)
    assert (before, other.ended_at) == (None, None)
    assert found.ended_at is not None
    assert found.ended_by is None
    assert "No more of these reports" in words(done)


def test_another_link_opens_nothing(tower: Tower) -> None:
    answer = Client().post("/report/unsubscribe/made-up/")

    assert answer.status_code == 404
    assert "cannot be read" in words(answer)
