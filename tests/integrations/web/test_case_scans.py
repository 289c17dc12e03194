"""What carriers said, on the page of the case that it is about."""

from datetime import datetime, timedelta

import pytest

from exceptions.models import Case
from tests.exceptions.web.pages import signed_in, words
from tests.integrations.knocking import Sender, sender
from tests.making import Tower

HOUR = timedelta(hours=1)


@pytest.fixture
def carrier(tower: Tower, at: datetime) -> Sender:
    return sender(tower, at)


@pytest.fixture
def case(carrier: Sender, at: datetime) -> Case:
    """A lost parcel; that it had left came two hours after it was lost."""
    carrier.tell("1", status="exception", trouble="lost", said="Not found")
    carrier.work()
    carrier.at += 2 * HOUR
    carrier.tell("2", status="in_transit", at=(at - HOUR).isoformat(), place="Venlo, NL")
    carrier.work()
    return Case.objects.get()


def shown(case: Case, who: str = "lead.rtm") -> str:
    return words(signed_in(who).get(f"/cases/{case.pk}/scans/"))


def test_a_late_scan_is_shown_with_both_its_times(case: Case) -> None:
    said = shown(case)

    lost, late = said[said.index("Told") :].split("Not found")
    assert "came late" not in lost
    assert "In transit came late Venlo, NL" in late
    assert late.endswith("3 h after")


def test_the_page_of_the_case_asks_for_them(case: Case, tower: Tower, at: datetime) -> None:
    other = tower.late_case(at=at)
    pages = [signed_in("lead.rtm").get(f"/cases/{c.pk}/").content.decode() for c in (case, other)]

    assert ["/scans/" in page for page in pages] == [True, False]


def test_who_does_not_see_the_case_sees_no_scan(case: Case) -> None:
    assert signed_in("lead.chi").get(f"/cases/{case.pk}/scans/").status_code == 404
