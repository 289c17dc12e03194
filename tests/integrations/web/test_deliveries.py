"""Deliveries on their pages: found again, looked at, and put back by one, all, or by window."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from exceptions.models import Connection, Site
from exceptions.vocabulary import Role
from integrations.models import DeliveryState, InboxDelivery
from tests.integrations.web.test_pages import signed_in
from tests.making import Tower

PAGE = "/integrations/deliveries/"
HOUR = timedelta(hours=1)


def delivery(tower: Tower, key: str, at: datetime, **said: Any) -> InboxDelivery:
    values = {
        "connection": tower.connection,
        "key": key,
        "received_at": at,
        "body": b'{"_id": 7, "note": "<script>"}',
        "headers": {"User-Agent": "python-requests/2"},
        "state": DeliveryState.DONE,
        "next_attempt_at": at,
        "done_at": at,
        "outcome": "Read back: 1 opened",
    }
    return InboxDelivery.objects.create(**(values | said))


@pytest.fixture
def several(tower: Tower, at: datetime) -> dict[str, InboxDelivery]:
    """One an hour, the newest last: worked through, set aside twice, and waiting."""
    aside = {"state": DeliveryState.SET_ASIDE, "outcome": "This is not what Odoo sends."}
    waits = {"state": DeliveryState.WAITING, "done_at": None}
    made = [
        delivery(tower, "stock.picking:7:a", at),
        delivery(tower, "stock.picking:7:b", at + HOUR, **aside),
        delivery(tower, "stock.picking:71:a", at + 2 * HOUR, **aside),
        delivery(tower, "sale.order:7:a", at + 3 * HOUR, **waits),
    ]
    return {each.key: each for each in made}


def keys(html: str, several: dict[str, InboxDelivery]) -> list[str]:
    """Those that are listed, in their order on the page."""
    return sorted((key for key in several if f">{key}<" in html), key=html.index)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["sale.order:7:a", "stock.picking:71:a", "stock.picking:7:b", "stock.picking:7:a"]),
        ("record=stock.picking:7:", ["stock.picking:7:b", "stock.picking:7:a"]),
        ("state=set_aside", ["stock.picking:71:a", "stock.picking:7:b"]),
        ("state=set_aside&record=stock.picking:71", ["stock.picking:71:a"]),
        ("source=0&state=waiting", ["sale.order:7:a"]),
        ("connection=999", []),
        ("state=nonsense&connection=x", ["sale.order:7:a", "stock.picking:71:a",
                                         "stock.picking:7:b", "stock.picking:7:a"]),
    ],
)  # fmt: skip
def test_they_are_found_by_what_is_asked(
    several: dict[str, InboxDelivery], query: str, found: list[str]
) -> None:
    html = signed_in(Role.SUPERVISOR).get(f"{PAGE}?{query}").content.decode()

    assert keys(html, several) == found


def test_a_window_is_of_the_readers_zone(several: dict[str, InboxDelivery], at: datetime) -> None:
    """The reader's zone is UTC here; the beginning belongs to the window, the end does not."""
    since, until = (f"{at + n * HOUR:%Y-%m-%dT%H:%M}" for n in (1, 2))
    html = signed_in(Role.AUDITOR).get(f"{PAGE}?since={since}&until={until}").content.decode()

    assert keys(html, several) == ["stock.picking:7:b"]


def test_pages_go_on_where_the_last_ended(
    tower: Tower, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    several = {f"k:{n}:x": delivery(tower, f"k:{n}:x", at) for n in range(205)}  # one instant
    client = signed_in(Role.SUPERVISOR)
    seen, query = [], ""
    for _page in range(3):
        html = client.get(f"{PAGE}{query}").content.decode()
        seen += keys(html, several)
        query = html.partition('tiny" href="?')[2].partition('"')[0]
        query = f"?{query}" if query else ""

    assert seen == [f"k:{n}:x" for n in reversed(range(205))]
    assert query == ""


def test_a_body_is_shown_as_text_to_those_who_mend_or_audit(
    several: dict[str, InboxDelivery],
) -> None:
    address = reverse("delivery", args=[several["stock.picking:7:a"].pk])
    html = signed_in(Role.AUDITOR).get(address).content.decode()

    assert "&quot;note&quot;: &quot;&lt;script&gt;&quot;" in html
    assert "python-requests/2" in html
    assert signed_in(Role.SUPERVISOR).get(address).status_code == 404


def test_a_body_that_is_no_text_is_shown_all_the_same(tower: Tower, at: datetime) -> None:
    odd = delivery(tower, "odd", at, body=b"\xff\xfe" + b"x" * 20_010)
    html = signed_in(Role.AUDITOR).get(reverse("delivery", args=[odd.pk])).content.decode()

    assert r"\xff\xfexxx" in html
    assert "18 characters more are not shown." in html  # four stand for each byte that is no text


def test_what_a_filter_finds_is_put_back_and_nothing_else(
    several: dict[str, InboxDelivery],
) -> None:
    client = signed_in(Role.INTEGRATION_ADMIN)
    answer = client.post(f"{PAGE}replay/", {"state": "set_aside", "record": "stock.picking:7:"})

    assert answer.status_code == 302
    states = dict(InboxDelivery.objects.values_list("key", "state"))
    assert states == {
        "stock.picking:7:a": "done",
        "stock.picking:7:b": "waiting",
        "stock.picking:71:a": "set_aside",
        "sale.order:7:a": "waiting",
    }
    again = InboxDelivery.objects.get(key="stock.picking:7:b")
    assert (again.outcome, again.done_at) == ("Put back by integration_admin.None", None)


def test_a_window_that_cannot_be_read_puts_nothing_back(
    several: dict[str, InboxDelivery],
) -> None:
    client = signed_in(Role.INTEGRATION_ADMIN)
    client.post(f"{PAGE}replay/", {"since": "yesterday"})

    assert InboxDelivery.objects.filter(state=DeliveryState.WAITING).count() == 1
    assert "cannot be read" in client.get(PAGE).content.decode()


def test_another_connections_are_neither_seen_nor_put_back(
    several: dict[str, InboxDelivery], tower: Tower
) -> None:
    other = Connection.objects.create(name="Other")
    site = Site.objects.create(
        connection=other, external_id=9, code="OTH", name="Other", lead=tower.site.lead
    )
    client = signed_in(Role.INTEGRATION_ADMIN, site)
    html = client.get(PAGE).content.decode()
    client.post(f"{PAGE}replay/", {"state": "set_aside"})

    assert keys(html, several) == []
    assert InboxDelivery.objects.filter(state=DeliveryState.SET_ASIDE).count() == 2
