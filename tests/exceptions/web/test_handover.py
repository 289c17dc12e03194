"""The page of the hand-over sheet, and the same over the API."""

import re
from collections.abc import Callable

import pytest
from django.db import DatabaseError, transaction

from exceptions.models import Handover, HandoverTaken
from tests.exceptions.api.calling import problem, program, said, wrong_fields
from tests.exceptions.web.pages import cases, signed_in, words
from tests.making import Tower

NOTE = "Dock 3 is shut until noon."


def signed(tower: Tower, who: str = "procurement.rtm") -> Handover:
    signed_in(who).post("/handover/write/", {"site": tower.site.pk, "text": NOTE})
    return Handover.objects.get()


def test_every_count_is_of_the_lines_below_it(tower: Tower) -> None:
    cases(tower, 3)
    page = signed_in("lead.rtm").get("/handover/").content.decode()
    sections = re.findall(r'<section class="card" id="(\w+)"(.*?)</section>', page, re.DOTALL)
    counted = {name: int(re.findall(r'tally push">(\d+)<', html)[0]) for name, html in sections}
    listed = {name: len(re.findall("data-line", html)) for name, html in sections}
    assert counted == listed
    assert (counted["new"], counted["assigned"], counted["resolved"]) == (3, 3, 0)
    assert len(counted) == 13


def test_a_note_is_signed_and_taken_over(tower: Tower) -> None:
    note, client = signed(tower), signed_in("lead.rtm")
    assert f"{NOTE} procurement.rtm" in words(client.get("/handover/"))
    page = words(client.post(f"/handover/{note.pk}/take/", follow=True))
    assert "You have taken over from procurement.rtm." in page
    assert "taken over by lead.rtm" in page
    refused = signed_in("warehouse.rtm").post(f"/handover/{note.pk}/take/")
    assert (refused.status_code, "lead.rtm was first" in words(refused)) == (409, True)


def test_what_is_signed_stays(tower: Tower) -> None:
    note = signed(tower)
    HandoverTaken.objects.create(handover=note, by=note.by, by_name="x", at=note.at)
    acts: list[Callable[[], object]] = [
        lambda: Handover.objects.update(text="Other words"),
        lambda: HandoverTaken.objects.update(by_name="y"),
        lambda: HandoverTaken.objects.all().delete(),
    ]
    for act in acts:
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            act()


def test_a_refusal_keeps_what_was_typed(tower: Tower) -> None:
    said = {"site": tower.site.pk, "text": "x" * 4001}
    page = signed_in("lead.rtm").post("/handover/write/", said)
    assert (page.status_code, "x" * 4001 in page.content.decode()) == (409, True)
    assert signed_in("lead.chi").post("/handover/write/", said).status_code == 404


@pytest.mark.parametrize("since", ["soon", "2020-01-01T08:00", "9999-12-31T23:59"])
def test_a_time_that_does_not_fit_is_told(tower: Tower, since: str) -> None:
    page = words(signed_in("lead.rtm").get("/handover/", {"since": since}))
    assert f"“{since}” is no time within the last 31 days." in page


def test_the_same_over_the_api(tower: Tower) -> None:
    signed(tower)
    cases(tower, 2)
    lead = program("lead.rtm")
    status, told = said(lead.get("/api/v1/handover/", site=tower.site.pk))
    counts = {section["name"]: section["n"] for section in told["sections"]}
    assert (status, counts["new"], counts["due"]) == (200, 2, 2)
    assert all(section["n"] == len(section["lines"]) for section in told["sections"])
    assert [(note["text"], note["taken_by"]) for note in told["notes"]] == [(NOTE, None)]
    assert problem(lead.get("/api/v1/handover/", site=tower.other_site.pk))[0] == 404
    assert problem(lead.get("/api/v1/handover/", since="soon"))[0] == 400
    assert problem(lead.get("/api/v1/handover/", team=2**59))[0] == 404


@pytest.mark.parametrize(
    "name", ["site", "team", "until", "sight"], ids=lambda name: f"unread_{name}"
)
def test_a_program_is_told_what_cannot_be_read(tower: Tower, name: str) -> None:
    answer = program("lead.rtm").get("/api/v1/handover/", **{name: "0.5"})
    assert wrong_fields(answer) == (400, [name])
