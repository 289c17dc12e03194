"""The auditors' pages."""

import csv
import json
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.utils import timezone

from exceptions import anchoring, blackouts, settings_history, verifying
from exceptions.models import Case, CaseEvent, SettingChange, Site, Verification
from exceptions.vocabulary import Governed, Role, State, Via
from tests.exceptions.cases import case_in, member
from tests.exceptions.web.pages import signed_in, words
from tests.making import Tower


@pytest.fixture
def case(tower: Tower, at: datetime) -> Case:
    """A closed case in Rotterdam, and an auditor of every site."""
    member("adam", Role.AUDITOR)
    return case_in(State.CLOSED, tower, at=at)


def listed(address: str, who: str = "adam") -> list[CaseEvent | SettingChange]:
    page = signed_in(who).get(address)
    assert page.status_code == 200
    lines = page.context.get("lines", [])
    return [line[0] if isinstance(line, tuple) else line for line in lines]


def test_the_history_of_cases_reads_newest_first(case: Case) -> None:
    page = signed_in("adam").get("/audit/")

    shown = [event for event, _ in page.context["lines"]]
    assert shown == list(CaseEvent.objects.order_by("-pk"))
    assert f"{case.reference} .6" in words(page)
    assert "Not verified yet" in words(page)


def test_each_filter_finds_its_lines(case: Case, tower: Tower, at: datetime) -> None:
    tower.late_case(2, at=at)
    events = CaseEvent.objects.order_by("-pk")

    for asked, found in {
        f"case=C-{case.pk}": events.filter(case=case),
        f"case={case.pk}&what=close": events.filter(case=case, move="close"),
        "what=detected": events.filter(happening="detected"),
        "via=policy": events.filter(via="policy"),
        "who=ROUTING": events.filter(actor_name__icontains="routing"),
        "first=2026-11-18": events.none(),
        "last=2026-11-16": events.none(),
        "first=2026-11-17&last=2026-11-17": events,
        "first=nonsense&case=x&what=x&via=x&site=x": events,
    }.items():
        assert listed(f"/audit/?{asked}") == list(found), asked


def test_settings_have_a_history_of_their_own(case: Case) -> None:
    lines = listed("/audit/?tab=settings&what=policy")

    assert lines == list(SettingChange.objects.filter(area="policy").order_by("-number"))
    assert lines != []


def test_it_is_read_a_page_at_a_time(case: Case, at: datetime) -> None:
    for n in range(230):
        settings_history.add(Governed.SECRET, f"key {n}", by=None, via=Via.COMMAND, at=at)
    adam = signed_in("adam")
    first = adam.get("/audit/?tab=settings&what=secret")

    seen = [line.says for line in first.context["lines"]]
    older = first.context["older"]
    while older:
        page = adam.get(f"/audit/{older}")
        seen += [line.says for line in page.context["lines"]]
        older = page.context["older"]

    assert seen == [f"key {n}" for n in reversed(range(230))]


def test_an_auditor_of_a_site_reads_that_site(case: Case, tower: Tower, at: datetime) -> None:
    member("anna", Role.AUDITOR, site=tower.other_site)
    petra = member("petra", Role.POLICY_ADMIN).user
    day = timedelta(days=1)
    assert petra is not None
    for site in Site.objects.all():
        blackouts.make(starts_at=at, ends_at=at + day, reason="x", by=petra, at=at, site=site)
    for area in (Governed.ROUTING, Governed.MATRIX, Governed.ACCESS):
        settings_history.add(area, f"{area} changed", by=petra, at=at)

    assert listed("/audit/", "anna") == []
    seen = {str(line).split(" ", 1)[1] for line in listed("/audit/?tab=settings", "anna")}
    assert "Blackout for Chicago made" in seen
    assert "Blackout for Rotterdam made" not in seen
    assert "Late inbound: version 1 in force" in seen
    assert {"routing changed", "matrix changed"} <= seen
    assert "access changed" not in seen
    assert listed(f"/audit/?site={tower.site.pk}", "anna") == []


def test_a_verification_is_asked_for_and_read(case: Case) -> None:
    adam = signed_in("adam")

    asked = adam.post("/audit/verify/", follow=True)
    again = adam.post("/audit/verify/", follow=True)
    assert "is under way" in words(asked)
    assert "Verify now" not in words(again)
    assert Verification.objects.count() == 1

    verifying.work_due(timezone.now)
    text = words(adam.get("/audit/"))
    assert "All history is as it was written" in text
    assert f"{CaseEvent.objects.count()} events of 1 cases were read" in text


def test_faults_are_shown(case: Case) -> None:
    Verification.objects.create(
        asked_at=timezone.now(), ended_at=timezone.now(), faults=1, says=["C-1, event 2: missing"]
    )

    text = words(signed_in("adam").get("/audit/"))

    assert "1 line is not as it was written" in text
    assert "C-1, event 2: missing" in text


def test_anchors_are_listed(case: Case, at: datetime) -> None:
    anchor = anchoring.drop(at=at)
    assert anchor is not None

    assert anchor.hash in words(signed_in("adam").get("/audit/?tab=anchors"))


def body(address: str) -> str:
    page: Any = signed_in("adam").get(address)
    assert page.status_code == 200
    return b"".join(page.streaming_content).decode()


def test_the_csv_has_the_rows_of_the_list(case: Case) -> None:
    rows = list(csv.DictReader(body(f"/audit/export/?case={case.pk}&format=csv").splitlines()))

    assert [(row["case"], int(row["number"]), row["hash"]) for row in rows] == [
        (case.reference, event.number, event.hash) for event in case.events.order_by("-number")
    ]


def test_a_formula_in_the_csv_is_text(case: Case, at: datetime) -> None:
    settings_history.add(Governed.SECRET, "=1+1", by=None, via=Via.COMMAND, at=at)
    rows = list(csv.DictReader(body("/audit/export/?tab=settings&what=secret").splitlines()))

    assert [row["says"] for row in rows] == ["'=1+1"]


@pytest.mark.parametrize("tab", ["cases", "settings"])
def test_the_json_lines_can_be_verified_by_others(case: Case, tab: str) -> None:
    """With nothing but the file, and what every language has."""
    said = body(f"/audit/export/?tab={tab}&format=json")
    lines = [json.loads(line) for line in said.split("\n") if line]

    given = [line.pop("hash") for line in lines]
    texts = [
        json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        for line in lines
    ]
    assert [sha256(text.encode()).hexdigest() for text in texts] == given
    assert len(given) == (CaseEvent if tab == "cases" else SettingChange).objects.count() > 0


@pytest.mark.parametrize("address", ["/audit/", "/audit/?tab=settings", "/audit/?tab=anchors"])
def test_an_empty_history_says_so(db: None, address: str) -> None:
    member("adam", Role.AUDITOR)

    text = words(signed_in("adam").get(address))

    assert "Nothing has happened yet" in text or "No anchor yet" in text
