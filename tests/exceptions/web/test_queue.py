"""The queue in a browser's requests."""

import re
from html import unescape

import pytest
from django.test import Client

from exceptions import lifecycle
from exceptions.models import Case, Connection, Membership, User
from exceptions.queries import queue as worklist
from exceptions.vocabulary import Move, Role
from tests.exceptions.web.pages import HTMX, cases, now, shown, signed_in, words
from tests.making import Tower


def test_nobody_sees_it_without_signing_in(db: None) -> None:
    page = Client().get("/")

    assert (page.status_code, page.headers["Location"]) == (302, "/sign-in/?next=/")


def test_it_lists_what_is_open_and_counts_it(tower: Tower) -> None:
    found = cases(tower, 3)
    page = signed_in("lead.rtm").get("/")
    ranked = worklist.Worklist(Case.objects.all(), page.context["asked"], now()).page()

    assert shown(page) == [row.case.pk for row in ranked.rows]
    assert sorted(shown(page)) == [case.pk for case in found]
    assert [(tab.label, tab.n) for tab in page.context["tabs"]] == [
        ("All open", 3),
        ("Mine", 0),
        ("Not acknowledged", 3),
        ("Over, or due today", 3),
        ("Critical", sum(case.tier == "critical" for case in found)),
        ("Snoozed", 0),
        ("Ended", None),
    ]
    assert "3 open · €108,333 at risk" in words(page)


def test_what_has_ended_is_told_as_past(tower: Tower) -> None:
    case = cases(tower, 1)[0]
    client = signed_in("lead.rtm")
    data = {"move": "dismiss", "case": case.pk, "outcome": "duplicate", "reason": "Same truck"}
    in_place = words(client.post("/cases/moves/?query=", data, headers=HTMX))
    listed = words(client.get("/?state=ended"))

    assert f"was: {case.reason}" in in_place
    assert f"was: {case.reason}" in listed
    assert "At risk" not in listed
    assert " at risk" not in listed.replace(case.reason, "")


def test_cases_of_other_sites_are_not_there(tower: Tower) -> None:
    cases(tower, 2)
    client = signed_in("lead.chi")

    assert shown(client.get("/")) == []
    assert shown(client.get(f"/?site={tower.site.pk}&state=all")) == []
    assert "Nothing is open" in words(client.get("/"))


def test_filters_stand_in_the_address_and_go_one_by_one(tower: Tower) -> None:
    found = cases(tower, 3)
    page = signed_in("lead.rtm").get("/?q=P00002&kind=late_inbound")
    chips = [(chip.name, chip.says, chip.remove_url) for chip in page.context["chips"]]

    assert shown(page) == [found[1].pk]
    assert chips == [
        ("state", "open", "/?state=all&kind=late_inbound&q=P00002"),
        ("text", "P00002", "/?kind=late_inbound"),
        ("kind", "Late inbound", "/?q=P00002"),
    ]


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("state=ended", "state: ended"),
        ("owner=me&owner=nobody", "owner: me, nobody"),
        ("due=today", "next clock: over, or due today"),
        ("clock=resolve&clock_state=ended", "clock: resolve ended"),
        ("detected_from=2026-11-01&detected_to=2026-11-01", "detected: 1 Nov 2026"),
        ("age_min_hours=4&age_max_hours=8", "age: 4 h or more, less than 8 h"),
        ("subject=late_inbound:1:partner:7", "same subject: partner 7"),
        ("responded=no", "answered by a person: no"),
        ("tier=none", "tier: unknown"),
        ("tier=purple", "not understood: tier=purple"),
    ],
)
def test_what_is_asked_is_said_in_words(tower: Tower, query: str, says: str) -> None:
    assert says in words(signed_in("lead.rtm").get(f"/?{query}"))


def test_every_option_of_the_menu_leads_somewhere(tower: Tower) -> None:
    cases(tower, 2)
    client = signed_in("lead.rtm")
    options = [o for group in client.get("/").context["menu"] for o in group.options]
    pages = [client.get(option.url) for option in options]

    assert {page.status_code for page in pages} == {200}
    assert all(page.context["asked"].unread == () for page in pages)
    assert len(options) > 25


def test_the_next_page_is_only_rows(tower: Tower, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worklist.Worklist.page, "__defaults__", ("", 2))
    cases(tower, 5)
    client = signed_in("lead.rtm")
    page, seen = client.get("/"), []
    while True:
        seen += shown(page)
        more = re.search(r'hx-get="([^"]*)"[^>]*hx-target="closest tr"', page.content.decode())
        if more is None:
            break
        page = client.get(f"/{unescape(more[1])}", headers=HTMX)
        assert b"<html" not in page.content

    assert len(seen) == 5
    assert sorted(seen) == list(Case.objects.order_by("pk").values_list("pk", flat=True))


def test_without_javascript_the_next_page_is_a_page(
    tower: Tower, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worklist.Worklist.page, "__defaults__", ("", 2))
    cases(tower, 3)
    client = signed_in("lead.rtm")
    page = client.get("/")
    rest = client.get("/", {"after": page.context["page"].after})

    assert len(shown(page)) == 2
    assert len(shown(rest)) == 1
    assert "This is a later page of the list." in words(rest)


def test_the_number_of_statements_does_not_grow_with_the_rows(
    tower: Tower, django_assert_max_num_queries
) -> None:
    client = signed_in("lead.rtm")
    cases(tower, 25)
    with django_assert_max_num_queries(30):
        client.get("/")


def test_the_pulse_is_silent_until_something_happens(tower: Tower) -> None:
    first = cases(tower, 1)[0]
    client = signed_in("lead.rtm")
    since = client.get("/").context["since"]
    pulse = f"/queue/pulse/?since={since}&seen={since}"
    quiet = client.get(pulse)
    again = client.get(pulse, headers={"If-None-Match": quiet.headers["ETag"]})
    new = tower.late_case(9, at=now())
    lifecycle.move(first.pk, Move.ACKNOWLEDGE, tower.owner_of(first), at=now())
    told = client.get(pulse, headers={"If-None-Match": quiet.headers["ETag"]})

    assert quiet.json() == {"arrived": [], "changed": [], "latest": since}
    assert (again.status_code, again.content) == (304, b"")
    assert told.json()["arrived"] == [new.pk]
    assert told.json()["changed"] == [first.pk, new.pk]
    other = signed_in("lead.chi").get(pulse).json()
    assert (other["arrived"], other["changed"]) == ([], [])


def test_rows_are_redrawn_one_by_one_with_the_counts(tower: Tower) -> None:
    found = cases(tower, 3)
    page = signed_in("lead.rtm").get(f"/queue/rows/?id={found[0].pk}&id=x&query=tier%3Dlow")

    assert shown(page) == [found[0].pk]
    assert page.content.count(b"<template>") == 1
    assert page.context["asked"].tiers == ("low",)
    assert shown(signed_in("lead.chi").get(f"/queue/rows/?id={found[0].pk}")) == []


def test_an_operator_is_offered_what_operators_may(tower: Tower) -> None:
    cases(tower, 1)

    offered = {
        name: [str(move) for move in signed_in(name).get("/").context["moves"]]
        for name in ("lead.rtm", "procurement.rtm")
    }
    assert offered == {
        "lead.rtm": ["acknowledge", "assign", "dismiss"],
        "procurement.rtm": ["acknowledge"],
    }
    assert b'value="acknowledge">Acknowledge' in signed_in("procurement.rtm").get("/").content


def test_who_only_reads_is_shown_nothing_to_select_or_press(tower: Tower) -> None:
    cases(tower, 1)
    reads = User.objects.create_user("reads")
    Membership.objects.create(user=reads, role=Role.EXECUTIVE)
    pages = {name: signed_in(name).get("/") for name in ("reads", "procurement.rtm", "lead.rtm")}

    offers = {
        name: [what in page.content.decode() for what in ('type="checkbox"', 'id="bulk-assign"')]
        for name, page in pages.items()
    }
    assert offers == {
        "reads": [False, False],
        "procurement.rtm": [True, False],
        "lead.rtm": [True, True],
    }
    assert shown(pages["reads"]) == shown(pages["lead.rtm"])
    assert [tab.label for tab in pages["reads"].context["tabs"]] == [
        "All open",
        "Not acknowledged",
        "Over, or due today",
        "Critical",
        "Snoozed",
        "Ended",
    ]
    assert "j k move Enter open ? all keys" in words(pages["reads"])


def test_before_anything_is_connected_it_says_how(db: None) -> None:
    user = User.objects.create_user("first")
    Membership.objects.create(user=user, role=Role.SUPERVISOR)
    page = signed_in("first").get("/")

    assert Connection.objects.count() == 0
    assert "No cases yet, because no Odoo is connected" in words(page)
    assert "manage.py odoo_connect" in words(page)


def test_without_a_role_it_says_whom_to_ask(tower: Tower) -> None:
    User.objects.create_user("nobody")

    assert "No cases are open to you" in words(signed_in("nobody").get("/"))
