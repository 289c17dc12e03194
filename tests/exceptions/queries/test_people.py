"""Who may own a case, and how much each of them has."""

from collections import Counter
from datetime import datetime

from exceptions import lifecycle
from exceptions.models import Case, User
from exceptions.queries import people
from exceptions.vocabulary import Move
from tests.making import Tower


def test_only_what_is_open_weighs(tower: Tower, at: datetime) -> None:
    for number in range(4):
        tower.late_case(number, at=at)
    ended, asked = Case.objects.order_by("pk")[:2]
    data = {"outcome": "duplicate", "reason": "Same truck"}
    lifecycle.move(ended.pk, Move.DISMISS, tower.supervisor, at=at, data=data)
    told = Counter(case.owner_id for case in Case.objects.exclude(pk=ended.pk))
    asked.owner = User.objects.get(username="lead.rtm")  # who is not offered to take it

    found = people.owners_for(asked)
    assert {c.id: c.load for c in found} == {c.id: told[c.id] for c in found}
    assert sum(c.load for c in found) == 3
    assert asked.owner_id not in {c.id for c in found}
