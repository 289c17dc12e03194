"""Pages by `(write_date, id)`: all rows, no end missed, however they lie in time."""

import random
from collections.abc import Iterator
from datetime import timedelta

import pytest

from integrations.odoo import paging
from integrations.odoo.client import Odoo
from integrations.odoo.paging import Page, Position
from integrations.simulator import instants
from tests.integrations.linked import ADMIN, Linked

DOMAIN = [["name", "=like", "Paged %"]]
FIELDS = ["name", "write_date"]


def rows(linked: Linked, seconds: list[int]) -> list[int]:
    """Tags, each written so many seconds before noon, microseconds apart."""
    made = []
    for n, second in enumerate(seconds):
        at = linked.at.replace(microsecond=0) - timedelta(seconds=second, microseconds=-n - 1)
        with linked.world.transaction(ADMIN, instants.text(at)) as tx:
            made.append(tx.create("res.partner.category", {"name": f"Paged {n}", "active": True}))
    return made


def pages(odoo: Odoo, size: int, begin: Position) -> Iterator[Page]:
    position: Position | None = begin
    while position is not None:
        page = paging.read_page(odoo, "res.partner.category", DOMAIN, FIELDS, position, size=size)
        yield page
        position = page.after


def ids(read: list[Page]) -> list[int]:
    return [record["id"] for page in read for record in page.records]


@pytest.mark.parametrize("seed", range(6))
def test_every_row_is_read_wherever_the_page_borders_fall(linked: Linked, seed: int) -> None:
    lot = random.Random(seed)
    made = rows(linked, [lot.randrange(1, 6) for _ in range(14)])
    with linked.client() as odoo:
        for size in (1, 2, 3, 5, 13, 14, 15):
            read = list(pages(odoo, size, Position()))

            assert sorted(set(ids(read))) == made
            assert len(read) <= 3 * len(made) // size + 6 * 2 + 1
            assert all(len(page.records) <= size for page in read)


@pytest.mark.parametrize("size", [2, 3])
def test_from_any_page_on_the_rest_follows(linked: Linked, size: int) -> None:
    made = rows(linked, [5, 5, 5, 5, 5, 4, 3, 3, 3, 1])
    with linked.client() as odoo:
        whole = list(pages(odoo, size, Position()))
        for number, page in enumerate(whole):
            if page.after is not None:
                rest = list(pages(odoo, size, page.after))
                assert set(ids(whole[: number + 1])) | set(ids(rest)) == set(made)


def test_nothing_to_read_is_one_empty_page(linked: Linked) -> None:
    with linked.client() as odoo:
        (only,) = pages(odoo, 3, Position(linked.at))

    assert (list(only.records), only.after) == ([], None)


def test_a_row_written_while_pages_are_read_comes_at_the_end(linked: Linked) -> None:
    made = rows(linked, [9, 8, 7, 6])
    with linked.client() as odoo:
        reading = pages(odoo, 2, Position())
        first = next(reading)
        linked.tell("res.partner.category", made[0], color=3)
        read = [first, *reading]

    assert set(ids(read)) == set(made)
    assert ids(read)[-1] == made[0]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_by_id_every_record_comes_once(
    linked: Linked, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    made = rows(linked, [5, 1, 3, 3])
    monkeypatch.setattr(paging, "MANY", size)
    with linked.client() as odoo:
        read = list(paging.all_by_id(odoo, "res.partner.category", DOMAIN, FIELDS))

    assert [record["id"] for page in read for record in page] == made
    assert max(len(page) for page in read) == min(size, len(made))
