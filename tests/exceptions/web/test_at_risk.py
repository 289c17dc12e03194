"""The page of what may come late, its file, and the panel on the page of a case."""

import csv
import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from pytest_django import Settings

from exceptions import intake
from exceptions.lateness import keeping, reckoning
from exceptions.models import Case, KeptTransit
from exceptions.vocabulary import Direction
from tests.exceptions.lateness.test_keeping import reading
from tests.exceptions.web.pages import now, signed_in, words
from tests.making import Tower

DAY = timedelta(days=1)
LIKELY, ELSEWHERE, UNLIKELY, OUT = 901, 902, 903, 904


@pytest.fixture
def foreseen(tower: Tower, at: datetime) -> None:
    """Nordwind is late two days of three, Baltic never; five open ones, one of them a case."""
    at = now()
    today = at.date()
    past = [
        reading(
            tower,
            n,
            today - n * DAY,
            done_on=today - n * DAY + (3 * DAY if n % 3 else 0 * DAY),
        )
        for n in range(1, 61)
    ]
    others = [
        reading(tower, 100 + n, today - n * DAY, done_on=today - n * DAY, by="Baltic", lane="PL")
        for n in range(1, 61)
    ]
    soon = today + 4 * DAY
    ahead = [
        reading(tower, LIKELY, soon),
        reading(tower, ELSEWHERE, soon, site_id=tower.other_site.pk),
        reading(tower, UNLIKELY, soon, by="Baltic", lane="PL"),
        reading(tower, 1_000, soon),
    ]
    keeping.keep([*past, *others, *ahead], at=at)
    intake.take_in([tower.receipt(1_000, at=at)], at=at)
    reckoning.reckon_due(at=at)


def listed(page: Any) -> list[int]:
    return [row.transit.record_id for row in page.context["rows"]]


def page_of(query: str = "", who: str = "lead.rtm") -> Any:
    return signed_in(who).get(f"/at-risk/{query}")


@pytest.mark.usefixtures("foreseen")
def test_it_lists_what_is_likely_late_at_the_readers_sites_and_no_case() -> None:
    page = page_of()
    said = words(page)
    share = KeptTransit.objects.get(record_id=LIKELY).share
    assert share is not None
    assert listed(page) == [LIKELY]
    assert f"{share * 100:.0f} %" in said
    assert "3 days" in said
    assert "Nordwind, DE → RTM: 40 of 60 late in a year" in said
    assert "its last promise fell due 1 day ago" in said


@pytest.mark.usefixtures("foreseen")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?least=25", [LIKELY]),
        ("?least=75", []),
        ("?direction=inbound", [LIKELY]),
        ("?direction=outbound", []),
        ("?by=Nordwind", [LIKELY]),
        ("?by=Baltic", []),
        ("?least=many&direction=up&site=x", [LIKELY]),
    ],
)
def test_filters(query: str, found: list[int]) -> None:
    assert listed(page_of(query)) == found


@pytest.mark.usefixtures("foreseen")
def test_the_site_can_be_asked_for(tower: Tower) -> None:
    assert listed(page_of(f"?site={tower.site.pk}")) == [LIKELY]
    assert listed(page_of(f"?site={tower.other_site.pk}")) == []


@pytest.mark.usefixtures("foreseen")
def test_each_tab_counts_what_it_lists() -> None:
    for tab in page_of().context["tabs"]:
        assert len(listed(signed_in("lead.rtm").get(tab.url))) == tab.n


@pytest.mark.usefixtures("foreseen")
def test_the_file_holds_the_same_rows() -> None:
    page = page_of()
    address = dict(reversed(choice) for choice in page.context["exports"])
    url = next(url for url in address if "/data" in url)
    file: Any = signed_in("lead.rtm").get(url)
    raw = b"".join(file.streaming_content)
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    kept = KeptTransit.objects.get(record_id=LIKELY)
    assert [(r["reference"], float(r["share"]), r["n"], r["high_days"]) for r in rows] == [
        (kept.reference, kept.share, "60", "3")
    ]


@pytest.mark.usefixtures("foreseen")
def test_what_is_done_is_no_longer_at_risk(tower: Tower) -> None:
    today = now().date()
    keeping.keep([reading(tower, LIKELY, today, done_on=today)], at=now())
    assert listed(page_of()) == []
    assert "Nothing is likely to be late" in words(page_of())


def test_without_a_past_it_says_what_it_takes(tower: Tower) -> None:
    said = words(page_of())
    assert "Nothing is foreseen yet: it takes 20 promises of the past year" in said


@pytest.mark.usefixtures("foreseen")
def test_switched_off_both_pages_work(settings: Settings) -> None:
    settings.TOWER_LATENESS = False
    assert "Foreseeing lateness is switched off" in words(page_of())
    case = Case.objects.get()
    assert "Will it be late?" not in words(signed_in("lead.rtm").get(f"/cases/{case.pk}/"))


@pytest.mark.usefixtures("foreseen")
def test_a_case_says_how_likely_and_why() -> None:
    said = words(signed_in("lead.rtm").get(f"/cases/{Case.objects.get().pk}/"))
    share = KeptTransit.objects.get(record_id=1_000).share
    assert share is not None
    assert "Will it be late?" in said
    assert f"Likely 3 days late, {share * 100:.0f} % (n = 60)" in said
    assert "all inbound 40 120 33 %" in said


@pytest.mark.usefixtures("foreseen")
def test_a_case_about_an_order_shows_its_transfers(tower: Tower) -> None:
    today = now().date()
    order = tower.delivery(7, at=now())
    intake.take_in([order], at=now())
    about = {"about_model": order.model, "about_id": order.record_id}
    keeping.keep(
        [
            reading(tower, OUT, today - 3 * DAY, direction=Direction.OUTBOUND, **about),
            reading(
                tower,
                OUT + 1,
                today - 5 * DAY,
                direction=Direction.OUTBOUND,
                done_on=today - 3 * DAY,
                **about,
            ),
        ],
        at=now(),
    )
    case = Case.objects.get(document__model=order.model)
    said = words(signed_in("lead.rtm").get(f"/cases/{case.pk}/"))
    assert "RTM/IN/00904 3 days past its promise" in said
    assert "RTM/IN/00905 came 2 days late" in said


@pytest.mark.usefixtures("foreseen")
def test_it_says_how_often_it_was_right(settings: Settings) -> None:
    lead = signed_in("lead.rtm")
    assert "Nothing has come yet that was foreseen" in words(lead.get("/at-risk/proved/"))
    reckoning.look_back(at=now(), days=200)
    page = lead.get("/at-risk/proved/")
    whole = page.context["whole"]
    assert f"All {whole.n} {whole.late} {whole.auc} {whole.brier} {whole.usual}" in words(page)
    settings.TOWER_LATENESS = False
    assert "Foreseeing lateness is switched off" in words(lead.get("/at-risk/proved/"))
