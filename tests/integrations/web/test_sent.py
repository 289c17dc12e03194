"""What was sent, on the ledger and on its own page: counted, listed, settled."""

import csv
import re
from datetime import datetime, timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from exceptions.models import OutboxMessage
from exceptions.vocabulary import OutboxState, Role, Target
from integrations import metrics, sent_looks
from integrations.models import Found, Gap, GapKind, Repair, SentCheck
from integrations.odoo import sent
from integrations.sent_looks import NOT_YET, SentFilter
from tests.integrations.test_health import reached
from tests.integrations.web.test_pages import signed_in
from tests.making import Tower

LEDGER, PAGE = "/integrations/ledger/", "/integrations/sent/"


@pytest.fixture
def messages(tower: Tower) -> list[OutboxMessage]:
    """Of five cases, each found differently; the last was not looked at."""
    at = timezone.now() - timedelta(days=1)
    reached(tower.connection)
    made = []
    for number, found in enumerate([*Found.values, NOT_YET], start=1):
        case = tower.late_case(number, at=at)
        message = case.outbox.filter(target=Target.SOURCE).order_by("pk")[0]
        case.outbox.exclude(pk=message.pk).update(state=OutboxState.WITHDRAWN)
        message.state, message.read_back_at, message.attempts = OutboxState.CONFIRMED, at, 1
        message.save()
        if found != NOT_YET:
            look(message, found, at)
        made.append(message)
    return made


def look(message: OutboxMessage, found: str, at: datetime) -> None:
    SentCheck.objects.create(message=message, found=found, since=at, looked_at=at, reason="<so>")
    if found == Found.LOST:
        message.case.refresh_from_db()
        sent.keep(message, sent.Looked(Found.LOST, "Nothing there."), at=at + timedelta(hours=7))


def test_every_number_of_the_ledger_lists_what_it_counts(
    tower: Tower, messages: list[OutboxMessage]
) -> None:
    client = signed_in(Role.AUDITOR)
    html = client.get(LEDGER).content.decode()
    part = html[html.index('id="h-sent"') :]
    links = re.findall(
        r'<td class="num"><a href="([^"]+)">(\d+)</a>', part[: part.index("</table")]
    )

    assert [int(n) for _, n in links] == [1] * 5
    for address, n in links:
        page = client.get(address.replace("&amp;", "&")).content.decode()
        assert f"<b>{n}</b> message" in page


def test_figures_are_a_plain_recount(tower: Tower, messages: list[OutboxMessage]) -> None:
    by_hand = OutboxMessage.objects.get(pk=messages[0].pk)
    OutboxMessage.objects.filter(pk=messages[4].pk).update(
        read_back_at=timezone.now() - timedelta(days=31)
    )
    (figures,) = sent_looks.figures(
        sent.believed(OutboxMessage.objects.all(), at=timezone.now())
    ).values()

    assert figures.counts == dict.fromkeys(Found.values, 1)
    assert figures.oldest == SentCheck.objects.get(message=by_hand).looked_at


def test_prometheus_is_told_of_them(tower: Tower, messages: list[OutboxMessage]) -> None:
    text = metrics.text(at=timezone.now()).decode()
    name = tower.connection.name
    for found in [*Found.values, NOT_YET]:
        assert f'tower_sent_messages{{connection="{name}",found="{found}"}} 1.0' in text


def test_the_file_has_what_the_filter_finds(tower: Tower, messages: list[OutboxMessage]) -> None:
    answer = signed_in(Role.SUPERVISOR).get(f"{PAGE}sent.csv?found=moved")
    rows = list(csv.DictReader(answer.getvalue().decode().splitlines()))
    assert [(r["case"], r["found"], r["says"]) for r in rows] == [
        (messages[1].case.reference, "moved", "<so>")
    ]


def test_what_is_gone_is_sent_again_by_a_click(tower: Tower, messages: list[OutboxMessage]) -> None:
    gap = Gap.objects.get(what=GapKind.LOST)
    client = signed_in(Role.INTEGRATION_ADMIN)
    assert "Send again</button>" in client.get(LEDGER).content.decode()

    said = client.post(f"{LEDGER}gaps/{gap.pk}/", {"what": "again"}, follow=True)

    messages[2].refresh_from_db()
    assert (messages[2].state, messages[2].attempts) == (OutboxState.PENDING, 1)
    html = said.content.decode()
    assert "It waits to be sent again. Odoo is looked at first." in html
    assert '<span class="badge info">waiting</span>' in html
    assert "Send again</button>" not in html


def test_what_is_gone_is_left_as_it_is_and_looked_for_no_more(
    tower: Tower, messages: list[OutboxMessage]
) -> None:
    gap = Gap.objects.get(what=GapKind.LOST)
    client = signed_in(Role.INTEGRATION_ADMIN)
    for _ in range(2):
        answer = client.post(f"{LEDGER}gaps/{gap.pk}/", {"what": "leave"}, follow=True)

    gap.refresh_from_db()
    assert (gap.is_open, gap.repaired_how) == (False, Repair.LEFT)
    assert "This gap is closed already." in answer.content.decode()
    every = sent.believed(OutboxMessage.objects.all(), at=timezone.now())
    assert messages[2] not in every
    told = messages[2].case.events.filter(data__text__startswith="Gone from Odoo, and left")
    assert told.count() == 1


def test_who_only_reads_sees_the_gap_and_no_button(
    tower: Tower, messages: list[OutboxMessage]
) -> None:
    html = signed_in(Role.AUDITOR).get(f"{LEDGER}?what=lost").content.decode()
    assert "Nothing there." in html
    assert "Send again" not in html


@pytest.mark.parametrize("query", ["", "connection=4&found=lost", "found=not_yet"])
def test_an_address_becomes_a_filter_and_the_same_address_again(
    query: str,
) -> None:
    assert SentFilter.from_query(QueryDict(query)).to_query() == query
