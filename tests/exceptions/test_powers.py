"""What a person may do says what the door will say, case by case."""

from datetime import datetime

from exceptions import lifecycle, powers
from exceptions.actors import Actor
from exceptions.models import Case
from exceptions.vocabulary import Move, Role
from tests.exceptions.cases import people_of
from tests.making import Tower


def told(actor: Actor, case: Case) -> set[Move]:
    """The moves that the actor's powers promise for this case."""
    assert actor.user is not None
    return {
        power.move
        for power in powers.at_site(actor, case.site_id)
        if power.every
        or (power.own and case.owner_id == actor.user.pk)
        or case.team_id in power.teams
    }


def test_powers_are_what_the_door_decides(tower: Tower, at: datetime) -> None:
    people = people_of(tower)
    case = tower.late_case(at=at)
    Case.objects.filter(pk=case.pk).update(owner=people.owner.user)
    case.refresh_from_db()
    actors = vars(people)

    assert {name: told(actor, case) for name, actor in actors.items()} == {
        name: set(lifecycle.legal_moves(case, actor)) for name, actor in actors.items()
    }
    assert {name for name, actor in actors.items() if told(actor, case)} == {
        "owner",
        "mate",
        "supervisor",
        "supervisor_everywhere",
    }


def test_a_power_names_the_right_that_it_comes_from(tower: Tower) -> None:
    people = people_of(tower)
    owner = {p.move: p for p in powers.at_site(people.owner, tower.site.pk)}
    lead = {p.move: p for p in powers.at_site(people.supervisor, tower.site.pk)}
    team = frozenset(g.team_id for g in people.owner.grants if g.team_id)

    assert (owner[Move.ACKNOWLEDGE].own, owner[Move.ACKNOWLEDGE].teams) == (True, team)
    assert (owner[Move.RESOLVE].own, owner[Move.RESOLVE].teams) == (True, frozenset())
    assert not owner[Move.DISMISS].any
    assert {power.every for power in lead.values()} == {(Role.SUPERVISOR,)}
    assert not any(p.any for p in powers.at_site(people.owner, tower.other_site.pk))
