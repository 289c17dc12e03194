"""Which cases a filter finds, and that an address and a filter are the same thing."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.http import QueryDict

from exceptions import escalate, intake, late_news, lifecycle
from exceptions.facts import Partner
from exceptions.models import Case, User
from exceptions.queries.case_filter import CaseFilter
from exceptions.vocabulary import Move, State
from tests.making import Tower


def found(query: str, at: datetime, reader: User | None = None) -> list[str]:
    """The source references of the cases that an address finds, in the order of their ids."""
    asked = CaseFilter.from_query(QueryDict(query))
    cases = asked.apply(Case.objects.order_by("id"), at=at, reader=reader)
    return list(cases.values_list("document__reference", flat=True))


@pytest.fixture
def late(tower: Tower, at: datetime) -> Case:
    return tower.late_case(1, at=at)


def test_an_address_becomes_a_filter_and_the_same_address_again() -> None:
    query = (
        "state=all&kind=late_inbound&kind=delivery_delay&site=2&tier=critical&team=3&owner=me&owner=7"
        "&outcome=fixed&currency=EUR&q=kempten&subject=late_inbound%3A1%3Apartner%3A7&due=today"
        "&due_before=2026-11-17T12%3A00%3A00Z&responded=no&reopened=yes"
        "&missed_by_webhook=no&detected_from=2026-11-01"
        "&detected_to=2026-11-17T12%3A00%3A00Z&entered=assigned&entered_from=2026-11-01"
        "&entered_to=2026-11-17&reopened_from=2026-11-01&reopened_to=2026-11-17&recurs=either"
        "&came_back=no&hour=0&open_on=2026-11-16&age_min_hours=4&age_max_hours=8"
        "&clock=resolve&clock_state=breached&clock_from=2026-11-01&clock_to=2026-11-17"
    )
    asked = CaseFilter.from_query(QueryDict(query))

    assert asked.to_query() == query
    assert asked.unread == ()
    assert asked.detected_from == date(2026, 11, 1)
    assert asked.detected_to == datetime(2026, 11, 17, 12, tzinfo=UTC)
    assert CaseFilter().to_query() == ""


@pytest.mark.parametrize(
    "query",
    [
        "tier=purple",
        "site=x",
        "owner=-1",
        "site=99999999999999999999",
        "detected_from=2026-13-45",
        "detected_from=2026-11-17T12:00:00",  # no zone: which instant is that?
        "detected_from=0001-01-01",  # no zone reaches further back
        "open_on=9999-12-31",
        "due_before=9999-12-31T23:59:59-14:00",
        "age_min_hours=nan",
        "due_before=soon",
        "hour=168",
        "recurs=perhaps",
        "entered=limbo",
    ],
)
def test_what_cannot_be_read_is_told(query: str) -> None:
    asked = CaseFilter.from_query(QueryDict(query))

    assert asked.unread == (query,)
    assert asked.to_query() == ""


def test_state_and_its_words(tower: Tower, late: Case, at: datetime) -> None:
    intake.take_in([tower.delivery(2, at=at), tower.count(3, at=at)], at=at)
    delivery = Case.objects.get(kind="delivery_delay")
    lifecycle.move(delivery.pk, Move.ACKNOWLEDGE, tower.owner_of(delivery), at=at)
    data = {"outcome": "false_positive", "reason": "Counted twice"}
    count = Case.objects.get(kind="inventory_discrepancy")
    lifecycle.move(count.pk, Move.DISMISS, tower.supervisor, at=at, data=data)

    assert found("", at) == found("state=open", at) == ["RTM/IN/00001", "S00002"]
    assert found("state=unacknowledged", at) == ["RTM/IN/00001"]
    assert found("state=acknowledged&state=ended", at) == ["S00002", "RTM/Stock 3"]
    assert found("state=all", at) == ["RTM/IN/00001", "S00002", "RTM/Stock 3"]
    assert found("state=ended&outcome=false_positive", at) == ["RTM/Stock 3"]
    assert found("state=ended&outcome=fixed", at) == []


def test_kind_site_tier_team_and_owner(tower: Tower, late: Case, at: datetime) -> None:
    intake.take_in(
        [
            tower.delivery(
                2,
                at=at,
                site_id=tower.other_site.pk,
                value=Decimal(90_000),
                promised_at=at - timedelta(days=9),
            ),
            tower.receipt(4, at=at, value=None),
        ],
        at=at,
    )
    owner = User.objects.get(username="procurement.rtm")
    chicago = Case.objects.get(kind="delivery_delay")

    assert found("kind=delivery_delay", at) == ["S00002"]
    assert found(f"site={tower.other_site.pk}", at) == ["S00002"]
    assert found(f"tier={chicago.tier}", at) == ["S00002"]
    assert found(f"team={late.team_id}", at) == ["RTM/IN/00001", "RTM/IN/00004"]
    assert found("owner=me", at, owner) == found(f"owner={owner.pk}", at)
    assert found("owner=me", at, owner) == ["RTM/IN/00001", "RTM/IN/00004"]
    assert found("owner=nobody", at) == []
    assert found("owner=me", at) == []
    assert found("currency=EUR", at) == ["RTM/IN/00001", "S00002"]
    assert found("currency=none", at) == ["RTM/IN/00004"]


def test_text_finds_reference_title_and_number(tower: Tower, late: Case, at: datetime) -> None:
    intake.take_in([tower.delivery(2, at=at)], at=at)

    assert found("q=kempten", at) == ["RTM/IN/00001"]
    assert found("q=late+rtm%2Fin", at) == ["RTM/IN/00001"]
    assert found(f"q=c-{late.pk}", at) == ["RTM/IN/00001"]
    assert found("q=100%25", at) == []
    assert found(f"subject={late.subject_key}", at) == ["RTM/IN/00001"]


SEARCHES = {
    "Kempten": ["RTM/IN/00012"],
    "kemp": ["RTM/IN/00012"],
    "bear kemp": ["RTM/IN/00012"],
    "RTM/IN/00012": ["RTM/IN/00012"],
    "rtm/in": ["RTM/IN/00012"],
    "IN/00012": ["RTM/IN/00012"],
    "IN/000": ["RTM/IN/00012"],
    "00012": ["RTM/IN/00012"],
    "P00012": ["RTM/IN/00012"],
    "12/34": [],
    "RTM IN 00013": [],
    "OUT/00077": ["S00077"],  # one of the order's transfers
    "00077": ["S00077"],
    "Łódź": ["S00077"],
    "łÓDŹ van": ["S00077"],
    "Vantage \N{EN DASH} Łódź": ["S00077"],  # a dash is no word
    "antage": [],  # no word begins so
    "van/łódź": [],
    "\N{EN DASH}": [],
    "%": [],
    "_": [],
    "'": [],
    "kemp' | 'van": [],
    "!kemp": ["RTM/IN/00012"],
    "kemp:*": ["RTM/IN/00012"],
    "(kemp & \\": ["RTM/IN/00012"],
    "a <-> b": [],
}


@pytest.mark.parametrize(("typed", "finds"), SEARCHES.items())
def test_what_people_type_finds_what_they_mean(
    tower: Tower, at: datetime, typed: str, finds: list[str]
) -> None:
    customer = Partner(id=70, name="Vantage Turbines Łódź")
    order = {"customer": customer, "transfers": ("RTM/PICK/00076", "RTM/OUT/00077")}
    intake.take_in([tower.receipt(12, at=at), tower.delivery(77, at=at, **order)], at=at)

    assert found(urlencode({"q": typed}), at) == finds


@pytest.mark.parametrize("typed", ["C-{}", "c-{}", "{}", "C-{} late", "late c-{}"])
def test_a_case_is_found_by_its_number(late: Case, at: datetime, typed: str) -> None:
    assert found(urlencode({"q": typed.format(late.pk)}), at) == ["RTM/IN/00001"]
    assert found(urlencode({"q": typed.format(9 * 10**17)}), at) == []
    assert found(urlencode({"q": typed.format(9 * 10**30)}), at) == []


ENDED = 3_000


@pytest.fixture
def history(tower: Tower, late: Case, at: datetime) -> None:
    """Many cases that have ended, alike but for their numbers."""
    data = {"outcome": "duplicate", "reason": "Same truck"}
    lifecycle.move(late.pk, Move.DISMISS, tower.supervisor, at=at, data=data)
    late.refresh_from_db()
    Case.objects.bulk_create(copy(late, n) for n in range(10_000, 10_000 + ENDED))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE exceptions_case")


def copy(case: Case, number: int) -> Case:
    values = {f.attname: getattr(case, f.attname) for f in Case._meta.fields if f.name != "id"}
    reference = f"RTM/IN/{number:05}"
    facts = case.facts | {"reference": reference}
    title = f"P{number:05} from Kempten Bearings is late"
    return Case(**values | {"title": title, "facts": facts})


def test_a_search_does_not_read_through_all_that_has_ended(history: None, at: datetime) -> None:
    plans = {
        (state, typed): CaseFilter(states=(state,), text=typed)
        .apply(Case.objects.all(), at=at)
        .explain()
        for state in ("ended", "all")
        for typed in ("IN/10007", "10007", "P10007", "C-10007", "kempten 10007")
    }

    assert {key for key, plan in plans.items() if "Seq Scan" in plan} == set()
    assert {key for key, plan in plans.items() if "Scan on case_words" not in plan} == set()


def test_what_is_over_and_what_is_over_by_the_end_of_my_day(
    tower: Tower, late: Case, at: datetime
) -> None:
    """The case is of tier high: to be acknowledged within an hour, 13:00 UTC."""
    kolkata = User(time_zone="Asia/Kolkata")  # 18:30 UTC is midnight there

    assert found("due=breached", at + timedelta(minutes=60)) == []
    assert found("due=breached", at + timedelta(minutes=61)) == ["RTM/IN/00001"]
    assert found("due=today", at, kolkata) == ["RTM/IN/00001"]
    lifecycle.move(late.pk, Move.ACKNOWLEDGE, tower.owner_of(late), at=at)
    assert found("due=today", at, kolkata) == []  # to be resolved by tomorrow, 12:00 UTC
    assert found("due_before=2026-11-18T12:00:01Z", at) == ["RTM/IN/00001"]


def test_a_day_is_the_day_of_the_site(tower: Tower, at: datetime) -> None:
    """03:00 UTC on the 17th is the 17th in Rotterdam and still the 16th in Chicago."""
    night = at.replace(hour=3)
    there = tower.receipt(2, at=night, site_id=tower.other_site.pk)
    intake.take_in([tower.receipt(1, at=night), there], at=night)

    assert found("detected_from=2026-11-17", at) == ["RTM/IN/00001"]
    assert found("detected_to=2026-11-16", at) == ["RTM/IN/00002"]
    assert found("detected_from=2026-11-16&detected_to=2026-11-17", at) == [
        "RTM/IN/00001",
        "RTM/IN/00002",
    ]
    assert found("detected_from=2026-11-17T03:00:00Z", at) == []
    assert found("detected_to=2026-11-17T03:00:00Z", at) == ["RTM/IN/00001", "RTM/IN/00002"]


def test_age_counts_from_detection(tower: Tower, late: Case, at: datetime) -> None:
    now = at + timedelta(hours=4)

    assert found("age_min_hours=4&age_max_hours=8", now) == ["RTM/IN/00001"]
    assert found("age_max_hours=4", now) == []


def test_clocks_that_ended(tower: Tower, late: Case, at: datetime) -> None:
    late_by = at + timedelta(hours=2)
    assert found("clock=acknowledge&clock_state=breached", late_by) == ["RTM/IN/00001"]
    escalate.sweep_clocks(at=late_by)
    lifecycle.move(late.pk, Move.ACKNOWLEDGE, tower.owner_of(late), at=late_by)

    assert found("clock=acknowledge&clock_state=breached", late_by) == ["RTM/IN/00001"]
    assert found("clock=acknowledge&clock_state=met", late_by) == []
    assert found("clock=resolve&clock_state=running", late_by) == ["RTM/IN/00001"]
    assert found("clock_state=ended&clock_from=2026-11-17&clock_to=2026-11-17", late_by) == [
        "RTM/IN/00001"
    ]
    assert found("clock_state=ended&clock_from=2026-11-18", late_by) == []


def test_response_reopening_and_the_ends(tower: Tower, late: Case, at: datetime) -> None:
    two, three = at + timedelta(hours=2), at + timedelta(days=1)
    assert found("responded=no", at) == ["RTM/IN/00001"]
    lifecycle.move(late.pk, Move.ACKNOWLEDGE, tower.owner_of(late), at=at)
    done = {"outcome": "fixed", "reason": "It came"}
    lifecycle.move(late.pk, Move.RESOLVE, tower.owner_of(late), at=two, data=done)

    assert found("state=all&responded=yes", two) == ["RTM/IN/00001"]
    assert found("state=all&resolved_from=2026-11-17&resolved_to=2026-11-17", two) == [
        "RTM/IN/00001"
    ]
    assert found("state=all&ended_from=2026-11-18", two) == []
    assert found("state=all&open_on=2026-11-17", two) == []
    assert found("state=all&reopened=yes", two) == []
    lifecycle.move(late.pk, Move.REOPEN, tower.supervisor, at=three, data={"reason": "Wrong box"})
    assert found("reopened=yes", three) == ["RTM/IN/00001"]
    assert found("state=all&open_on=2026-11-16", three) == []
    assert found("state=all&open_on=2026-11-17", three) == []
    assert found("state=all&open_on=2026-11-18", three) == ["RTM/IN/00001"]


@pytest.mark.parametrize(
    ("query", "live"),
    [("", True), ("state=assigned", True), ("state=ended", False), ("state=all", False)],
)
def test_only_open_cases_are_ranked(query: str, live: bool) -> None:
    assert CaseFilter.from_query(QueryDict(query)).is_live == live


def test_every_state_is_found_by_its_name(tower: Tower, late: Case, at: datetime) -> None:
    assert {state: found(f"state={state}", at) for state in State} == {
        state: ["RTM/IN/00001"] if state == State.ASSIGNED else [] for state in State
    }


def test_what_no_webhook_told_of(tower: Tower, late: Case, at: datetime) -> None:
    tower.late_case(2, at=at)
    assert (found("missed_by_webhook=yes", at), len(found("missed_by_webhook=no", at))) == ([], 2)

    late_news.mark([late.pk], at=at)

    assert found("missed_by_webhook=yes", at) == ["RTM/IN/00001"]
    assert found("missed_by_webhook=no", at) == ["RTM/IN/00002"]
