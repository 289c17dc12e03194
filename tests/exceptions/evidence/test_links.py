"""Upload links: what they take, and what ends them."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from exceptions.evidence import links
from exceptions.lifecycle import Refused
from exceptions.models import Case, Evidence, UploadLink
from exceptions.vocabulary import Happening
from tests.exceptions.evidence import pictures
from tests.making import Tower


@pytest.fixture
def case(tower: Tower, at: datetime) -> Case:
    return tower.late_case(at=at)


def made(tower: Tower, case: Case, at: datetime, *slots: str) -> UploadLink:
    return links.make(case.pk, " Dock  4 ", slots, 3, tower.supervisor, at=at)


def test_it_takes_files_for_its_case_and_counts_them(
    tower: Tower, case: Case, at: datetime
) -> None:
    link = made(tower, case, at, "damage_photo", "no such slot")
    found = links.found(links.key_of(link), at=at)
    assert found == link
    added = links.hand_in(found, [pictures.jpeg()], "a.jpg", "customs_form", at=at)
    file = added.evidence
    assert (file.case, file.slot, file.source, file.added_by_name) == (
        case,
        "damage_photo",
        "link",
        "Dock 4, by upload link",
    )
    link.refresh_from_db()
    assert (link.uses, link.last_used_at, link.slots) == (1, at, ["damage_photo"])
    event = case.events.latest("number")
    assert (event.happening, event.via, event.actor) == (Happening.EVIDENCE_ADDED, "link", None)


@pytest.mark.parametrize("change", ["x", "", "9", "no:thing", "1:", "\x00"])
def test_nobody_can_make_one_up(tower: Tower, case: Case, at: datetime, change: str) -> None:
    key = links.key_of(made(tower, case, at))
    assert links.found(change, at=at) is None
    assert links.found(change + key, at=at) is None or not change
    assert links.found(key[:-1] + ("A" if key[-1] != "A" else "B"), at=at) is None


def test_it_is_over_when_its_time_is_or_it_is_revoked(
    tower: Tower, case: Case, at: datetime
) -> None:
    link = made(tower, case, at)
    key, end = links.key_of(link), at + timedelta(days=3)
    assert [links.found(key, at=t) == link for t in (end - timedelta(seconds=1), end)] == [
        True,
        False,
    ]
    links.revoke(link.pk, tower.supervisor, at=at)
    links.revoke(link.pk, tower.supervisor, at=at + timedelta(hours=1))
    assert (links.found(key, at=at), UploadLink.objects.get().revoked_at) == (None, at)
    told = [e.happening for e in case.events.order_by("number")][-2:]
    assert told == [Happening.LINK_MADE, Happening.LINK_REVOKED]


def test_an_hour_takes_so_many_tries(
    tower: Tower, case: Case, at: datetime, monkeypatch: Any
) -> None:
    """What is refused counts as well."""
    monkeypatch.setattr(links, "MOST_TRIES", 3)
    link = made(tower, case, at)
    links.hand_in(link, [b"one"], "a.txt", "", at=at)
    with pytest.raises(Refused, match="is empty"):
        links.hand_in(link, [b""], "a.txt", "", at=at)
    links.hand_in(link, [b"two"], "a.txt", "", at=at)
    with pytest.raises(Refused, match="Too many files came by this link in an hour"):
        links.hand_in(link, [b"three"], "a.txt", "", at=at + timedelta(minutes=59))
    later = at + timedelta(hours=1)
    assert links.hand_in(link, [b"three"], "a.txt", "", at=later).says == "a.txt is stored."
    assert Evidence.objects.count() == 3


def test_who_does_not_work_on_the_case_makes_and_revokes_none(
    tower: Tower, case: Case, at: datetime
) -> None:
    link, reader = made(tower, case, at), tower.actor("warehouse.rtm")
    acts: list[Any] = [
        lambda: links.make(case.pk, "Dock 4", [], 3, reader, at=at),
        lambda: links.revoke(link.pk, reader, at=at),
    ]
    for act in acts:
        with pytest.raises(Refused, match="Only its team and the supervisors"):
            act()
    for who, days, says in [(" ", 3, "for whom"), ("Dock 4", 4, "how long")]:
        with pytest.raises(Refused, match=says):
            links.make(case.pk, who, [], days, tower.supervisor, at=at)
