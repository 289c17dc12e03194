"""The discovery page: asked for, watched, read, and printed."""

from datetime import datetime, timedelta
from decimal import Decimal

import msgspec

from exceptions.models import Site
from exceptions.vocabulary import KindCode, Role
from integrations.discovery import findings
from integrations.discovery.occurrence import Looked, Occurrence
from integrations.models import Discovery
from tests.integrations.web.test_pages import signed_in
from tests.making import Tower


def page(tower: Tower) -> str:
    return f"/integrations/connections/{tower.connection.pk}/discovery/"


def looked(tower: Tower, at: datetime) -> Discovery:
    """Ten receipts that came two days late, 1,000 euros each, of 40."""
    late = [
        Occurrence(
            kind=KindCode.LATE_INBOUND,
            at=at - timedelta(days=3),
            site_id=tower.site.pk,
            who="Alfa Steel",
            value=Decimal(1_000),
            currency="EUR",
            size=Decimal(2 * 1_440),
        )
        for _ in range(10)
    ]
    report = findings.report(
        late,
        {KindCode.LATE_INBOUND: Looked(of=40, untold=4)},
        {tower.site.pk: tower.site.name},
        since=at - timedelta(days=90),
        until=at,
        absent={KindCode.QUALITY_HOLD: ["quality.check"]},
    )
    return Discovery.objects.create(
        connection=tower.connection,
        asked_at=at,
        started_at=at,
        finished_at=at,
        found=msgspec.to_builtins(report, str_keys=True),
    )


def test_before_anybody_looked_it_says_what_looking_does(tower: Tower) -> None:
    html = signed_in(Role.INTEGRATION_ADMIN).get(page(tower)).content.decode()

    assert "Nobody has looked yet" in html
    assert html.count("Look now") == 1


def test_who_only_reads_is_told_who_can_start_it(tower: Tower) -> None:
    html = signed_in(Role.AUDITOR).get(page(tower)).content.decode()

    assert "An integration admin can start it." in html
    assert "Look now" not in html


def test_asking_twice_asks_once(tower: Tower) -> None:
    client = signed_in(Role.INTEGRATION_ADMIN)
    for _ in range(2):
        assert client.post(f"{page(tower)}look/").status_code == 302

    asked = Discovery.objects.get()
    assert (asked.connection, str(asked.asked_by)) == (tower.connection, "integration_admin.None")
    html = client.get(page(tower)).content.decode()
    assert ("Waits for a worker" in html, "Look now" in html) == (True, False)


def test_how_far_it_is(tower: Tower, at: datetime) -> None:
    Discovery.objects.create(
        connection=tower.connection, asked_at=at, started_at=at, stepped_at=at, step=3, steps=18
    )
    html = signed_in(Role.SUPERVISOR).get(page(tower)).content.decode()

    assert "3 of 18 steps." in html
    assert 'value="3" max="18"' in html


def test_what_was_found_and_what_to_begin_with(tower: Tower, at: datetime) -> None:
    looked(tower, at)
    html = signed_in(Role.SUPERVISOR).get(page(tower)).content.decode()

    for words in (
        "Switch on first",
        "€10,000",
        "Alfa Steel",
        tower.site.name,
        "“Late after: 2 days”: 10 cases hold 100% of it.",
        "Among 40 receipts that were finished.",
        "4 of them have no promised date and cannot tell.",
        "Not installed in this Odoo: quality.check.",
    ):
        assert words in html, words


def test_a_failure_stands_beside_what_was_found_before(tower: Tower, at: datetime) -> None:
    looked(tower, at)
    Discovery.objects.create(
        connection=tower.connection,
        asked_at=at + timedelta(hours=1),
        finished_at=at + timedelta(hours=1),
        error="Odoo did not answer.",
    )
    html = signed_in(Role.INTEGRATION_ADMIN).get(page(tower)).content.decode()

    assert ("Odoo did not answer." in html, "€10,000" in html) == (True, True)


def test_a_connection_of_other_sites_is_not_there(tower: Tower, at: datetime) -> None:
    elsewhere = Site.objects.create(
        connection=type(tower.connection).objects.create(name="Other"),
        external_id=9,
        code="OTH",
        name="Other",
        lead=tower.site.lead,
    )
    client = signed_in(Role.INTEGRATION_ADMIN, elsewhere)

    assert client.get(page(tower)).status_code == 404
    assert client.post(f"{page(tower)}look/").status_code == 404
