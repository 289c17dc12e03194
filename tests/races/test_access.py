"""Two admins who take each other's role at once: one of them remains."""

from datetime import datetime

from exceptions import access
from exceptions.access import NotAllowed
from exceptions.actors import person
from exceptions.models import AccessChange, Membership, User
from exceptions.vocabulary import Role
from tests.making import Tower
from tests.races import team as processes

ADMINS = 8


def test_an_admin_remains(arena: Tower, at: datetime, team: processes.Team) -> None:
    names = [f"admin{n}" for n in range(ADMINS)]
    for name in names:
        user = User.objects.create_user(name)
        Membership.objects.create(user=user, role=Role.INTEGRATION_ADMIN)
    done = team.run(_take_from_all, [(name, names, at) for name in names])

    left = Membership.objects.filter(role=Role.INTEGRATION_ADMIN, user__is_active=True)
    assert left.count() == 1
    assert sum(done) == AccessChange.objects.count() == ADMINS - 1


def _take_from_all(username: str, names: list[str], at: datetime) -> int:
    """How many roles the admin took, by turns by taking the role and by shutting out."""
    taken = 0
    for n, name in enumerate(names):
        whose, by = User.objects.get(username=name), person(User.objects.get(username=username))
        membership = whose.memberships.first()
        if membership is None or not whose.is_active or name == username:
            continue
        try:
            if n % 2:
                taken += access.withdraw(membership, by=by, at=at)
            else:
                taken += access.shut_out(whose, by=by, at=at)
        except NotAllowed:
            break
    return taken
