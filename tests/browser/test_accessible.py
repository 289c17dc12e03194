"""axe-core finds nothing on any page, with data and without, in both themes and at both sizes."""

import random
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser
from pytest_django.plugin import DjangoDbBlocker

from exceptions.models import Case
from exceptions.web.dashboards.register import dashboards
from tests.browser.conftest import DESK, PHONE, Visit
from tests.conftest import standing_tower
from tests.exceptions.queries.world import Past
from tests.making import Tower
from tests.races import database

LONG_AGO = "from=2020-01-01&to=2020-01-02"  # a range that holds nothing
LOOKS = [(size, theme) for size in (DESK, PHONE) for theme in ("light", "dark")]


@pytest.fixture(scope="module")
def template(chromium: Browser, template: str, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The tower with a past, which is lived once: a copy of it takes a hundredth of the time."""
    name = f"{template}_accessible"
    with django_db_blocker.unblock(), database.copied(template, name):
        with database.pointed_at(NAME=name):
            Past(standing_tower(), random.Random(13), now=timezone.now()).live(30)
        yield name


def addresses() -> list[str]:
    boards = [f"/dashboards/{board.key}/" for board in dashboards()]
    return [
        *("/", "/?q=zzz&tier=low", "/approvals/", "/report/", "/report/subscriptions/", "/people/"),
        *("/dashboards/clocks/?days=30", "/dashboards/subjects/?days=30", "/dashboards/pauses/"),
        *("/dashboards/approvals/list/", "/dashboards/approvals/list/?of=levels"),
        *("/dashboards/process/steps/", "/dashboards/people/moves/", "/exchange-rates/"),
        *("/at-risk/", "/at-risk/proved/"),
        *("/dashboards/alerts/", "/inbox/", "/handover/", "/held-back/", "/audit/", "/policies/"),
        *(f"{board}?days=30" for board in boards),
        *(f"{board}?{LONG_AGO}" for board in boards),
    ]


@pytest.mark.parametrize(("size", "theme"), LOOKS, ids=lambda value: str(value)[:20])
def test_nothing_is_found(tower: Tower, visit: Visit, size: dict[str, Any], theme: str) -> None:
    visitor = visit("lead.rtm", viewport=size, color_scheme=theme)
    case = Case.objects.order_by("pk").last()
    assert case is not None
    found = {}
    for address in [*addresses(), f"/cases/{case.pk}/"]:
        page = visitor.go(address)
        page.wait_for_load_state("networkidle")
        told = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        if said := [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in told]:
            found[address] = said
    assert found == {}
