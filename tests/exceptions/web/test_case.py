"""The page of one case."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from exceptions import escalate, intake, lifecycle
from exceptions.kinds import KINDS
from exceptions.models import Case, CaseEvent, Connection, OutboxMessage, User
from exceptions.vocabulary import Move, OutboxState, State
from exceptions.web import formats
from tests.exceptions.cases import case_in
from tests.exceptions.web.pages import cases, now, shown, signed_in, words
from tests.making import Tower


def page_of(case: Case, username: str = "lead.rtm", query: str = "") -> str:
    return words(signed_in(username).get(f"/cases/{case.pk}/{query}"))


def test_it_says_what_why_and_until_when(tower: Tower) -> None:
    case = cases(tower, 1)[0]
    page = signed_in("lead.rtm").get(f"/cases/{case.pk}/")
    said = words(page)

    assert f"{case.reference} · P00001 from Kempten Bearings is late" in said
    assert f"{case.score} {case.get_tier_display()}" in said
    assert sum(bar.points for bar in page.context["bars"]) == case.score
    assert "€50,000 at risk age 5 min needed by" in said
    assert [(c.label, c.badge[-4:]) for c in page.context["clocks"]] == [
        ("acknowledge", "left"),
        ("resolve", "left"),
    ]
    assert "Supplier Kempten Bearings" in said
    assert "chain of 3 events verified" in said


def test_bars_begin_where_the_ones_before_end(tower: Tower) -> None:
    case = cases(tower, 1)[0]
    bars = signed_in("lead.rtm").get(f"/cases/{case.pk}/").context["bars"]
    positive = [bar for bar in bars if bar.points > 0]

    assert positive[0].x == 0
    assert [b.x for b in positive[1:]] == [a.x + a.width for a in positive[:-1]]
    assert positive[-1].x + positive[-1].width == case.score


def test_the_track_tells_what_was_and_what_is_to_come(tower: Tower) -> None:
    case = cases(tower, 1)[0]
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, tower.owner_of(case), at=now())
    track = signed_in("lead.rtm").get(f"/cases/{case.pk}/").context["track"]

    assert [(station.state, station.look) for station in track] == [
        (State.DETECTED, "done"),
        (State.CLASSIFIED, "done"),
        (State.ASSIGNED, "done"),
        (State.ACKNOWLEDGED, "now"),
        (State.RESOLVED, ""),
        (State.CLOSED, ""),
    ]
    assert track[3].says.endswith(" · procurement.rtm")
    assert track[4].says.startswith("due ")
    assert track[5].says == "after 2 d of quiet"


@pytest.mark.parametrize("state", State)
def test_every_state_has_a_page(tower: Tower, state: State) -> None:
    case = case_in(state, tower, at=now() - timedelta(hours=2))
    page = signed_in("lead.rtm").get(f"/cases/{case.pk}/")
    leads = {
        State.DETECTED: "classify",
        State.CLASSIFIED: "assign",
        State.ASSIGNED: "acknowledge",
        State.ACKNOWLEDGED: "propose",
        State.RESOLVED: "close",
        State.CLOSED: "reopen",
    }

    assert page.status_code == 200
    assert [c.move for c in page.context["choices"] if c.lead] == [leads[state]]
    assert page.context["fault"] is None


def test_moves_that_wait_say_for_what(tower: Tower) -> None:
    case = cases(tower, 1)[0]
    page = signed_in("procurement.rtm").get(f"/cases/{case.pk}/")

    assert [(str(c.move), c.why_not) for c in page.context["choices"]] == [
        ("acknowledge", ""),
        ("propose", "Acknowledge the case first; then a decision can be proposed."),
        ("resolve", "Acknowledge the case first; then it can be resolved."),
    ]


def test_of_all_kinds_the_facts_are_told(tower: Tower) -> None:
    at = now()
    makers = (
        *(tower.receipt, tower.delivery, tower.count, tower.order_line, tower.bill),
        *(tower.handover, tower.transfer, tower.reorder_rule, tower.inspection, tower.shipment),
        *(tower.integration, tower.kpi_reading),
    )
    held = tower.shipment(11, at=at, trouble="customs", place="Basel")
    intake.take_in([*(make(i, at=at) for i, make in enumerate(makers, 1)), held], at=at)
    said = {case.kind: page_of(case) for case in Case.objects.all()}

    assert set(said) == set(KINDS)
    assert "Order P00001" in said["late_inbound"]
    assert "Customer Vantage Turbines (tier A)" in said["delivery_delay"]
    assert "Open transfers RTM/OUT/00002" in said["delivery_delay"]
    assert "Trouble lost In the carrier's words Not found in the depot" in said["carrier_failure"]
    assert "Trouble held at customs" in said["customs_hold"]
    assert "Proof of delivery none yet Open returns RTM/IN/00006" in said["pod_dispute"]
    wrong = "What is wrong does not answer Which means Nothing is read from it"
    assert wrong in said["integration_failure"]
    assert "What was seen Odoo did not answer." in said["integration_failure"]
    number = "When it was raised 30.0 % (n = 40 clocks) Threshold SLA breach rate: above 20.0 %"
    assert number in said["kpi_alert"]
    count = f"Counted 112 Booked 160 Unit cost €240 Lot {formats.DASH}"
    assert count in said["inventory_discrepancy"]
    line = "Ordered 100 Units Received 60 Units Still expected 40 Units Unit price €14.50"
    assert line in said["partial_receipt"]
    bill = "Bearing 6204: 100 at €15.90 (40 beyond receipt; ordered at €14.50)"
    assert f"Reference INV-9912 Orders P00005 Lines {bill}" in said["invoice_mismatch"]
    assert "Same reference BILL/0004 Total €1,828.50" in said["invoice_mismatch"]
    short = "Not reserved Linear guide LG-35: 5 of 30 reserved Value not reserved €6,000"
    assert short in said["blocked_transfer"]
    demand = "Usual demand 10 a day Recent demand 20 a day Unit Units Unit cost €240"
    assert demand in said["urgent_replenishment"]
    assert "On hand 40 Coming 10 Minimum 100 Maximum 200" in said["urgent_replenishment"]
    assert "Location RTM/Stock/Quality Hold Quantity 4 Unit cost €240" in said["quality_hold"]
    assert "Decision undecided" in said["quality_hold"]


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        ("assigned", "ready"),
        ("confirmed", "waiting"),
        ("waiting", "waiting for another transfer"),
        ("assigned, confirmed", "ready, waiting"),
        ("cancel", "cancelled"),
        ("in_customs", "in_customs"),
        ("", formats.DASH),
    ],
)
def test_a_state_of_the_source_is_told_in_plain_words(tower: Tower, stored: str, said: str) -> None:
    at = now()
    intake.take_in([tower.delivery(1, at=at, source_state=stored)], at=at)

    assert f"State there {said} Delivered" in page_of(Case.objects.get())


def test_what_has_ended_was_at_risk(tower: Tower) -> None:
    case = cases(tower, 1)[0]
    data = {"outcome": "duplicate", "reason": "Same truck"}
    lifecycle.move(case.pk, Move.DISMISS, tower.supervisor, at=now(), data=data)
    said = page_of(case)

    assert "€50,000 was at risk was open for" in said
    assert f"Why it was {case.score}" in said


def test_the_first_promise_stays_beside_the_new_one(tower: Tower) -> None:
    at = now() - timedelta(days=3)
    intake.take_in([tower.receipt(1, at=at, promised_at=at - timedelta(days=1))], at=at)
    later = at + timedelta(days=1)
    intake.take_in([tower.receipt(1, at=later, promised_at=later - timedelta(hours=1))], at=later)

    first = formats.when(at - timedelta(days=1))
    assert f"first promised {first}" in page_of(Case.objects.get())


@pytest.mark.parametrize(
    ("stands", "says"),
    [
        ({"state": OutboxState.PENDING}, "Goes out within seconds."),
        (
            {"state": OutboxState.FAILED, "error": "You cannot do that."},
            "failed intent .* You cannot do that.",
        ),
        (
            {"state": OutboxState.AMBIGUOUS, "error": "No answer in 30 s."},
            "It may or may not have been done.",
        ),
        (
            {"state": OutboxState.PENDING, "error": "Odoo is restarting.", "attempts": 2},
            "Not done yet: Odoo is restarting. Tried again within seconds.",
        ),
        ({"state": OutboxState.WITHDRAWN, "error": "The case had ended."}, "The case had ended."),
    ],
)
def test_what_was_sent_says_how_it_stands(
    tower: Tower, stands: dict[str, object], says: str
) -> None:
    case = cases(tower, 1)[0]
    OutboxMessage.objects.exclude(pk=OutboxMessage.objects.order_by("pk")[0].pk).delete()
    OutboxMessage.objects.update(**stands)

    assert says.rsplit(" .* ", maxsplit=1)[-1] in page_of(case)


def test_what_waits_says_for_what(tower: Tower) -> None:
    case = cases(tower, 1)[0]
    assert OutboxMessage.objects.count() > 1
    assert "Waits for what stands before it on the same record." in page_of(case)
    Connection.objects.update(sending=False)
    assert "Waits: sending to Odoo is switched off." in page_of(case)
    Connection.objects.update(enabled=False)
    assert "Waits: the connection Odoo is switched off." in page_of(case)


@pytest.mark.parametrize(
    ("verb", "before", "after", "says"),
    [
        ("priority", "0", "1", "not flagged flagged urgent"),
        ("priority", False, 1, "not flagged flagged urgent"),
        ("priority", "1", "1", "flagged urgent"),
        (
            "new_date",
            "2020-11-16 14:39:16",
            "2020-12-24 09:00:00",
            "Mon 16 Nov 2020 15:39 CET Thu 24 Dec 2020 10:00 CET",
        ),
        ("new_date", False, "2020-99-99 09:00:00", "2020-99-99 09:00:00"),
    ],
)
def test_a_value_that_was_set_shows_before_and_after(
    tower: Tower, verb: str, before: object, after: object, says: str
) -> None:
    case = cases(tower, 1)[0]
    User.objects.update(time_zone="Europe/Amsterdam")
    OutboxMessage.objects.filter(verb="priority").update(
        verb=verb,
        state=OutboxState.CONFIRMED,
        sent_at=now(),
        read_back_at=now(),
        before={"RTM/IN/00001": before},
        after={"RTM/IN/00001": after},
    )

    assert f"RTM/IN/00001 {says}" in page_of(case)


def test_a_breach_stands_in_the_timeline(tower: Tower) -> None:
    case = cases(tower, 1, minutes_ago=60 * 30)[0]
    escalate.sweep_clocks(at=now())
    said = page_of(case)

    assert "The acknowledge clock ran out" in said
    assert "The resolve clock ran out" in said


def test_earlier_cases_of_the_same_supplier_show_what_fixed_them(tower: Tower) -> None:
    earlier = cases(tower, 1, minutes_ago=60)[0]
    lifecycle.move(earlier.pk, Move.ACKNOWLEDGE, tower.owner_of(earlier), at=now())
    lifecycle.move(
        earlier.pk,
        Move.RESOLVE,
        tower.owner_of(earlier),
        at=now(),
        data={"outcome": "fixed", "reason": "Came by air"},
    )
    case = tower.late_case(2, at=now())
    page = signed_in("lead.rtm").get(f"/cases/{case.pk}/")

    assert page.context["similar"] == [earlier]
    assert "fixed · 1 h" in words(page)
    listed = signed_in("lead.rtm").get(page.context["similar_url"])
    assert {shown.row.case for shown in listed.context["rows"]} == {case, earlier}


def test_it_stands_in_the_list_it_was_opened_from(tower: Tower) -> None:
    found = sorted(cases(tower, 3), key=lambda case: -(case.score or 0))
    middle = signed_in("lead.rtm").get(f"/cases/{found[1].pk}/?kind=late_inbound")

    place = middle.context["place"]
    assert (place.number, place.of) == (2, 3)
    assert {place.previous, place.next} == {found[0].pk, found[2].pk}
    assert f'href="/cases/{place.next}/?kind=late_inbound"' in middle.content.decode()
    assert 'href="/?kind=late_inbound"' in middle.content.decode()


def test_times_are_told_in_the_readers_zone(tower: Tower) -> None:
    case = cases(tower, 1)[0]
    client = signed_in("lead.rtm")
    for zone in ("Asia/Kolkata", "America/Chicago"):
        lead = tower.supervisor.user
        assert lead is not None
        lead.time_zone = zone
        lead.save()
        page = client.get(f"/cases/{case.pk}/")
        with timezone.override(zone):
            assert formats.when(case.document.written_at) in words(page)


def test_clocks_are_explained_in_the_zone_of_the_site(tower: Tower) -> None:
    case = cases(tower, 1)[0]

    assert all(
        clock.says.split(": ")[0].endswith(("CET", "CEST"))
        for clock in signed_in("lead.rtm").get(f"/cases/{case.pk}/").context["clocks"]
    )


def test_a_case_of_another_site_is_not_found(tower: Tower) -> None:
    case = cases(tower, 1)[0]
    stranger = signed_in("lead.chi")

    assert stranger.get(f"/cases/{case.pk}/").status_code == 404
    assert stranger.get(f"/cases/{case.pk}/pulse/").status_code == 404
    assert "There is nothing at this address" in words(stranger.get(f"/cases/{case.pk}/"))


def test_the_pulse_counts_events_and_is_silent_until_there_are_more(tower: Tower) -> None:
    case = cases(tower, 1)[0]
    client, pulse = signed_in("lead.rtm"), f"/cases/{case.pk}/pulse/"
    first = client.get(pulse)
    shown = {"If-None-Match": first.headers["ETag"]}
    again = client.get(pulse, headers=shown)
    assert first.json() == {"events": CaseEvent.objects.filter(case=case).count()}
    assert (again.status_code, again.content) == (304, b"")

    assert case.owner
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, tower.owner_of(case), at=timezone.now())
    told = client.get(pulse, headers=shown)
    assert told.json() == {"events": CaseEvent.objects.filter(case=case).count()}


def test_what_a_source_says_is_text_and_nothing_else(tower: Tower) -> None:
    case = cases(tower, 1)[0]
    Case.objects.filter(pk=case.pk).update(title="<script>alert(1)</script>")
    html = signed_in("lead.rtm").get(f"/cases/{case.pk}/").content.decode()

    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_a_link_into_the_source_never_runs_anything(tower: Tower) -> None:
    at = now()
    intake.take_in([tower.receipt(1, at=at, url="javascript:alert(1)")], at=at)
    page = signed_in("lead.rtm").get(f"/cases/{Case.objects.get().pk}/")

    assert "javascript:" not in page.content.decode()
    assert "RTM/IN/00001" in words(page)


def test_a_case_without_value_or_need_date_has_a_page(tower: Tower) -> None:
    at = now()
    intake.take_in([tower.receipt(1, at=at, value=None, currency=None, supplier=None)], at=at)

    assert "value unknown" in page_of(Case.objects.get())
    assert Case.objects.get().value_at_risk is None


def test_the_number_of_statements_is_bounded(tower: Tower, django_assert_max_num_queries) -> None:
    case = cases(tower, 12)[0]
    client = signed_in("lead.rtm")
    with django_assert_max_num_queries(51):
        client.get(f"/cases/{case.pk}/")
    assert case.value_at_risk == Decimal(50_000)


def test_recurrence_is_a_sentence_that_opens_the_cases_it_counts(tower: Tower) -> None:
    at = now() - timedelta(hours=1)
    for number in (1, 2, 3):
        intake.take_in([tower.receipt(number, at=at + timedelta(minutes=number))], at=at)
        at += timedelta(minutes=1)
    second = Case.objects.get(document__record_id=2)
    client = signed_in("lead.rtm")
    page = client.get(f"/cases/{second.pk}/")
    address = page.context["recurring_url"]

    assert "2nd time in 30 days for Kempten Bearings at Rotterdam. Show these 2" in words(page)
    assert address == f"/?state=all&recurs_with={second.pk}"
    assert f'href="{address.replace("&", "&amp;")}"' in page.content.decode()
    assert shown(client.get(address)) == [second.pk, second.pk - 1]


def test_connected_cases_are_told_with_their_path(tower: Tower) -> None:
    at = now()
    intake.take_in([tower.receipt(1, at=at), tower.order_line(1, at=at)], at=at)
    receipt, line = (Case.objects.get(kind=k) for k in ("late_inbound", "partial_receipt"))

    path = "receipt RTM/IN/00001 → PO P00001"
    assert f"{line.reference} {line.score} {line.get_tier_display()}" in page_of(receipt)
    assert f"{line.title} {path}" in page_of(receipt)
    assert "PO P00001 → receipt RTM/IN/00001" in page_of(line)


def test_a_case_that_nothing_hangs_on_says_so(tower: Tower) -> None:
    (case,) = cases(tower, 1)

    assert "No other open case hangs on the same orders, transfers or bills." in page_of(case)
