"""Lists as files: exactly the rows of the list, in words or in codes, with what they are."""

import csv
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO, StringIO
from itertools import takewhile
from typing import Any
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from django.utils.html import escape
from pytest_django.plugin import DjangoDbBlocker

from exceptions.models import Case, Clock, SettingChange, User
from exceptions.vocabulary import Governed, Role, Tier
from exceptions.web.exports import page
from exceptions.web.exports.page import LANES
from tests.conftest import build_tower
from tests.exceptions.cases import member
from tests.exceptions.queries.world import Past, executive_of
from tests.making import Tower

pytestmark = pytest.mark.django_db
BREACHED = "/dashboards/clocks/?days=90&clock_state=breached"


@pytest.fixture(scope="module")
def past(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Tower]:
    """A past that all tests of this file read, rolled back when they are done."""
    with django_db_blocker.unblock(), transaction.atomic():
        tower = build_tower()
        Past(tower, random.Random(7), now=timezone.now().replace(microsecond=0)).live(25)
        yield tower
        transaction.set_rollback(True)


@pytest.fixture
def reader(past: Tower) -> Client:
    """Sees both sites, in New York's time."""
    user = executive_of(None)
    User.objects.filter(pk=user.pk).update(time_zone="America/New_York", first_name="Esther")
    client = Client()
    client.force_login(user)
    return client


def fetched(client: Client, href: str, form: str) -> bytes:
    answer: Any = client.get(page.address(href, form))
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def rows_of(client: Client, href: str, form: str = "data") -> list[dict[str, str]]:
    lines = fetched(client, href, form).decode().lstrip("\ufeff").splitlines(keepends=True)
    notes = len(list(takewhile(lambda line: line.startswith("# "), lines)))
    return list(csv.DictReader(StringIO("".join(lines[notes:]))))


def notes_of(client: Client, href: str) -> dict[str, str]:
    lines = fetched(client, href, "csv").decode().lstrip("\ufeff").splitlines()
    noted = takewhile(lambda line: line.startswith("# "), lines)
    return dict(line.removeprefix("# ").split(": ", maxsplit=1) for line in noted)


def everything() -> list[Case]:
    return list(Case.objects.select_related("site", "owner", "team", "document").order_by("-pk"))


def test_programs_get_codes_and_instants_of_every_case(reader: Client) -> None:
    found = rows_of(reader, "/?state=all")

    cases = everything()
    assert len(cases) == 25
    assert [int(row["id"]) for row in found] == [case.pk for case in cases]
    for row, case in zip(found, cases, strict=True):
        assert (row["kind"], row["state"], row["tier"]) == (case.kind, case.state, case.tier)
        assert (row["site"], row["owner"]) == (case.site.name, str(case.owner or ""))
        assert datetime.fromisoformat(row["detected_at"]) == case.detected_at
        assert row["detected_at"].endswith("Z")
        assert row["value_at_risk"] == str("" if (v := case.value_at_risk) is None else v)
        assert row["resolved_at"] == "" if case.resolved_at is None else row["resolved_at"]


def test_people_get_words_in_their_own_zone_and_what_the_file_holds(reader: Client) -> None:
    asked = "/?state=all&tier=high&detected_from=2020-01-01"

    found, notes = rows_of(reader, asked, "csv"), notes_of(reader, asked)

    cases = [case for case in everything() if case.tier == Tier.HIGH]
    assert [row["Case"] for row in found] == [case.reference for case in cases]
    for row, case in zip(found, cases, strict=True):
        assert row["Kind of exception"] == case.get_kind_display()
        there = case.detected_at.astimezone(ZoneInfo("America/New_York"))
        assert row["Detected"] == there.isoformat(timespec="seconds")
    assert notes["Rows"] == str(len(cases)) != "0"
    assert (notes["tier"], notes["state"]) == ("High", "open and ended")
    assert notes["detected"] == "from 1 Jan 2020"
    assert (notes["Times in"], notes["For"]) == ("America/New_York", "Esther")
    assert notes["Sites you see"] == "Chicago, Rotterdam"
    assert "As of" in notes


def test_a_workbook_holds_the_same_rows_as_dates_and_numbers(reader: Client) -> None:
    book = openpyxl.load_workbook(BytesIO(fetched(reader, "/?state=all", "xlsx")))

    head, *rows = book["Cases"].iter_rows(values_only=True)
    assert head[0] == "Case"
    at, risk = head.index("Detected"), head.index("Value at risk")
    zone = ZoneInfo("America/New_York")
    assert [row[0] for row in rows] == [case.reference for case in everything()]
    for row, case in zip(rows, everything(), strict=True):
        seen: Any = row[at]
        assert abs(seen.replace(tzinfo=zone) - case.detected_at).total_seconds() < 0.01
        assert row[risk] == (None if case.value_at_risk is None else float(case.value_at_risk))
    about = {row[0]: row[1] for row in book["About"].iter_rows(values_only=True)}
    assert (about["Rows"], about["Times in"]) == (25, "America/New_York")
    assert book["Cases"].freeze_panes == "B2"


def test_the_clocks_of_a_tile_are_those_of_its_page(reader: Client) -> None:
    found = rows_of(reader, BREACHED)

    shown = reader.get(BREACHED).context["page"].paginator.object_list
    assert [(int(row["id"]), row["clock"]) for row in found] == [(c.case_id, c.kind) for c in shown]
    assert len(found) > 3
    assert Clock.objects.count() > len(found)
    assert notes_of(reader, BREACHED)["Which"] == "Breached clocks"


@pytest.mark.parametrize(
    "address",
    [
        "/dashboards/clocks/?days=90&left=any",
        "/dashboards/clocks/?days=90&clock_state=paused",
        "/dashboards/pauses/?days=90",
        "/dashboards/pauses/?days=90&which=lasting",
    ],
)
def test_clocks_and_pauses_of_all_sorts_are_those_of_their_page(
    reader: Client, address: str
) -> None:
    found = rows_of(reader, address)

    shown = reader.get(address).context["page"].paginator.object_list
    assert [int(row["id"]) for row in found] == [each.case_id for each in shown]
    assert len(found) > 0


def test_nobody_gets_rows_of_sites_that_they_do_not_see(past: Tower) -> None:
    member("one.site", Role.SUPERVISOR, site=past.other_site)
    client = Client()
    client.force_login(User.objects.get(username="one.site"))

    found = rows_of(client, f"/?state=all&site={past.site.pk}&site={past.other_site.pk}")

    theirs = [case.pk for case in everything() if case.site == past.other_site]
    assert [int(row["id"]) for row in found] == theirs != []
    # One site only: its auditors may know who took what.
    assert SettingChange.objects.latest("number").site == past.other_site


def test_what_was_exported_stands_in_the_audit_log(reader: Client) -> None:
    before = SettingChange.objects.count()

    rows_of(reader, "/?state=all&tier=high", "csv")

    line = SettingChange.objects.latest("number")
    n = len([case for case in everything() if case.tier == Tier.HIGH])
    assert SettingChange.objects.count() == before + 1
    assert (line.area, line.by_name, line.site) == (Governed.EXPORT, "Esther", None)
    assert line.says == f"{n} rows of cases exported"
    query = "state=all&tier=high"
    assert line.data == {"list": "Cases", "filter": query, "rows": n, "form": "csv"}


def test_a_formula_from_outside_stays_text(reader: Client, past: Tower) -> None:
    with transaction.atomic():
        case = Case.objects.order_by("-pk")[0]
        Case.objects.filter(pk=case.pk).update(title='=HYPERLINK("http://x")\x0b', reason="-2+3")

        (row, *_more) = rows_of(reader, "/?state=all", "csv")
        book = openpyxl.load_workbook(BytesIO(fetched(reader, "/?state=all", "xlsx")))
        transaction.set_rollback(True)

    assert row["About"] == '\'=HYPERLINK("http://x")\x0b'
    assert row["Why it is here"] == "'-2+3"
    cell = book["Cases"]["C2"]
    assert (cell.value, cell.data_type) == ('=HYPERLINK("http://x")', "s")


def test_the_queue_offers_event_logs_and_other_lists_do_not(reader: Client) -> None:
    asked = "/?state=all&kind=late_inbound"

    log = fetched(reader, asked, "xes")
    told = json.loads(fetched(reader, asked, "ocel"))["objects"]

    cases = [case for case in everything() if case.kind == "late_inbound"]
    names = {trace[0].attrib["value"] for trace in ET.fromstring(log) if len(trace)}
    assert names >= {case.reference for case in cases}
    assert log.count(b"<trace>") == len(cases) == sum(each["type"] == "case" for each in told)
    assert reader.get("/exports/clocks/xes/").status_code == 404
    assert "/exports/cases/ocel/" in reader.get(asked).content.decode()
    assert "/xes/" not in reader.get(BREACHED).content.decode()


def test_what_is_no_list_has_no_file(reader: Client) -> None:
    assert page.address("/dashboards/", "csv") == ""
    assert page.address("/nowhere/at/all/", "csv") == ""
    assert page.address("/?state=all&kind=late_inbound", "xlsx") == (
        "/exports/cases/xlsx/?state=all&kind=late_inbound"
    )
    assert reader.get("/exports/secrets/csv/").status_code == 404
    assert reader.get("/exports/cases/pdf/").status_code == 404


def test_an_export_that_nobody_fetches_gives_its_lane_back() -> None:
    for _time in range(3):
        LANES.acquire(timeout=1)
        page.Flow(iter([b"never fetched"])).close()

    assert free_lanes() == 2


def free_lanes() -> int:
    taken = [LANES.acquire(blocking=False) for _time in range(3)]
    for _lane in filter(None, taken):
        LANES.release()
    return sum(taken)


def test_while_two_are_written_others_are_told_to_come_again(reader: Client) -> None:
    flows = [page.Flow(iter([])) for _time in range(2) if LANES.acquire(timeout=1)]

    answer = reader.get("/exports/cases/csv/?state=all", follow=True)

    assert answer.redirect_chain == [("/?state=all", 302)]
    assert [str(m) for m in answer.context["messages"]] == [
        "Other exports are being written. Try again in a minute."
    ]
    for flow in flows:
        flow.close()
    assert len(rows_of(reader, "/?state=all")) == 25


def test_the_queue_and_the_clocks_offer_their_files(reader: Client) -> None:
    html = reader.get("/?state=all&tier=high").content.decode()
    assert "/exports/cases/xlsx/?state=all&amp;tier=high" in html
    assert "/exports/clocks/csv/?days=90" in reader.get(BREACHED).content.decode()


def test_every_tile_and_card_offers_its_rows(reader: Client) -> None:
    page_of_numbers = reader.get("/dashboards/sla/?days=90")

    cards = page_of_numbers.context["cards"]
    html = page_of_numbers.content.decode()
    assert {card.href.split("?")[0] for card in cards} >= {
        "/dashboards/pauses/",
        "/dashboards/clocks/",
    }
    for card in cards:
        assert escape(page.address(card.href, "csv")) in html


def test_instants_of_programs_keep_their_fractions(reader: Client) -> None:
    with transaction.atomic():
        case = Case.objects.order_by("-pk")[0]
        exact = datetime(2026, 3, 29, 1, 30, 0, 250_000, tzinfo=UTC)
        Case.objects.filter(pk=case.pk).update(need_at=exact)

        (row, *_more) = rows_of(reader, "/?state=all")
        transaction.set_rollback(True)

    assert row["need_at"] == "2026-03-29T01:30:00.250000Z"
