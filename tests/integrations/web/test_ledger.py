"""The page of the ledger: both sides, gaps and their cases, the file, asking for a comparison."""

import csv
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from exceptions import late_news
from exceptions.models import Connection
from exceptions.vocabulary import Role
from integrations.models import GapKind, ReconcileRequest, ReconcileRun
from tests.integrations.test_health import reached
from tests.integrations.test_ledger import gap, repaired
from tests.integrations.web.test_pages import signed_in
from tests.making import Tower

PAGE = "/integrations/ledger/"


@pytest.fixture
def told(tower: Tower) -> datetime:
    """A comparison that found two gaps: one opened a case, the other is open."""
    at = timezone.now() - timedelta(minutes=5)
    reached(tower.connection)
    case = tower.late_case(1, at=at)
    late_news.mark([case.pk], at=at)
    gap(tower.connection, 1, at, case=case, document=case.document, **repaired(at))
    gap(tower.connection, 7, at, what=GapKind.DELETED, reason="=Odoo refused <it>.")
    ReconcileRun.objects.create(
        connection=tower.connection,
        source="receipts",
        started_at=at,
        finished_at=at + timedelta(seconds=2),
        watermark=at,
        missed=1,
        their_count_after=12,
        their_sum_after="00ff00ff00ff00ff",
        our_count_after=12,
        our_sum_after="00ff00ff00ff00ff",
    )
    return at


def test_it_tells_both_sides_the_gaps_and_the_cases(tower: Tower, told: datetime) -> None:
    html = signed_in(Role.AUDITOR).get(PAGE).content.decode()

    assert html.count("00ff00ff00ff00ff") == 2
    assert html.count("Odoo refused &lt;it&gt;.") == 1
    assert html.count("RTM/IN/00001") == 1
    assert "the same</span>" in html
    assert "of 1, 100.0&nbsp;%" in html or "of 1, 100.0 %" in html
    assert html.count("Compare now</button>") == 0  # an auditor only reads


def test_what_could_not_be_repaired_is_told_on_the_page_of_integrations(
    tower: Tower, told: datetime
) -> None:
    html = signed_in(Role.AUDITOR).get("/integrations/").content.decode()
    assert f'<a href="{PAGE}?state=open#gaps">1 gap could not be repaired.</a>' in html


def test_the_file_has_what_the_filter_finds(tower: Tower, told: datetime) -> None:
    client = signed_in(Role.INTEGRATION_ADMIN)
    answer = client.get(f"{PAGE}gaps.csv?what=deleted")
    rows = list(csv.DictReader(answer.getvalue().decode().splitlines()))

    assert [(r["record"], r["what"], r["reason"]) for r in rows] == [
        ("7", "deleted", "'=Odoo refused <it>.")
    ]


def test_an_integration_admin_asks_for_a_comparison_and_sees_it_wait(
    tower: Tower, told: datetime
) -> None:
    client = signed_in(Role.INTEGRATION_ADMIN)
    for _ in range(2):
        answer = client.post(f"{PAGE}{tower.connection.pk}/compare/", follow=True)
    html = client.get(f"{PAGE}compared/").content.decode()

    assert ReconcileRequest.objects.count() == 1
    assert "That is asked for already" in answer.content.decode()
    assert "asked for by integration_admin.None" in html
    assert 'hx-trigger="every 3s"' in html


def test_an_admin_of_another_site_may_not_ask(tower: Tower, told: datetime) -> None:
    tower.other_site.connection = Connection.objects.create(name="Elsewhere")
    tower.other_site.save()
    client = signed_in(Role.INTEGRATION_ADMIN, tower.other_site)

    assert client.post(f"{PAGE}{tower.connection.pk}/compare/").status_code == 404
    assert "Nothing to compare" in client.get(PAGE).content.decode()
