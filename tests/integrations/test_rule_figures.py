"""What each rule of Odoo told, against a plain recount of what was posted."""

import json
import random
from collections import Counter
from datetime import datetime, timedelta

from django.test import Client
from django.utils import timezone

from exceptions.vocabulary import Role
from integrations import inbox, rule_figures, vault
from integrations.rule_figures import RuleFigures
from tests.integrations.test_health import reached
from tests.integrations.web.test_pages import PAGE, signed_in
from tests.making import Tower

SECRET = "the secret of the path"
HOUR = timedelta(hours=1)


def post(record: int, rule: int, at: datetime, *, model: str = "stock.picking", n: int = 0) -> None:
    """As Odoo does: the record, its stamp, and the action with its number."""
    said = {
        "_model": model,
        "_id": record,
        "_action": f"Control Tower: {model}(#{rule})",
        "write_date": f"2026-11-17 11:00:{n:02}",
    }
    assert inbox.receive(SECRET, json.dumps(said).encode(), {}, at=at).id


def figures(tower: Tower, at: datetime) -> list[RuleFigures]:
    return rule_figures.of([tower.connection], at=at)


def told(tower: Tower, at: datetime) -> dict[str, tuple[int, int, int]]:
    return {each.name: (each.n, each.again, each.shared) for each in figures(tower, at)}


def test_a_rule_that_fires_twice_is_named_with_how_often(tower: Tower, at: datetime) -> None:
    reached(tower.connection, hook_digest=vault.digest(SECRET))
    for _time in range(3):
        post(1, 14, at)
    post(2, 14, at)
    post(7, 15, at, model="sale.order")

    assert told(tower, at) == {
        "Control Tower: stock.picking(#14)": (2, 2, 0),
        "Control Tower: sale.order(#15)": (1, 0, 0),
    }
    assert [each.model for each in figures(tower, at)] == ["stock.picking", "sale.order"]


def test_two_rules_that_tell_the_same_are_seen(tower: Tower, at: datetime) -> None:
    reached(tower.connection, hook_digest=vault.digest(SECRET))
    for rule in (14, 16):
        post(1, rule, at)
    post(1, 14, at, n=5)

    assert told(tower, at) == {
        "Control Tower: stock.picking(#14)": (2, 0, 1),
        "Control Tower: stock.picking(#16)": (1, 0, 1),
    }


def test_only_the_last_day_counts_and_only_what_names_its_stamp(tower: Tower, at: datetime) -> None:
    reached(tower.connection, hook_digest=vault.digest(SECRET))
    post(1, 14, at - 25 * HOUR)
    inbox.receive(SECRET, b'{"_model": "stock.picking", "_id": 4}', {}, at=at)
    inbox.receive(SECRET, b"no JSON", {}, at=at)

    assert figures(tower, at) == []


def test_counted_in_another_way(tower: Tower, at: datetime) -> None:
    reached(tower.connection, hook_digest=vault.digest(SECRET))
    dice = random.Random(3)
    posted = [(dice.randrange(5), dice.choice([14, 15, 16]), dice.randrange(3)) for _ in range(80)]
    for record, rule, n in posted:
        post(record + 1, rule, at, n=n)

    expected = {}
    for rule in (14, 15, 16):
        mine = Counter((record, n) for record, by, n in posted if by == rule)
        others = {(record, n) for record, by, n in posted if by != rule}
        shared = sum(news in others for news in mine)
        name = f"Control Tower: stock.picking(#{rule})"
        expected[name] = (len(mine), mine.total() - len(mine), shared)
    assert told(tower, at) == expected


def test_the_page_names_the_rule_and_says_what_it_means(tower: Tower) -> None:
    now = timezone.now()
    reached(tower.connection, hook_digest=vault.digest(SECRET))
    for _time in range(3):
        post(1, 14, now)
    client: Client = signed_in(Role.INTEGRATION_ADMIN)
    html = " ".join(client.get(PAGE).content.decode().split())

    assert "Control Tower: stock.picking(#14)" in html
    assert "told the same change more than once" in html
