"""What waits for a second admin, on the pages of people."""

from dataclasses import dataclass

from django.utils import timezone

from exceptions import actors, granting
from exceptions.actors import Actor
from exceptions.models import AccessProposal, User


@dataclass(frozen=True, slots=True)
class Line:
    """One proposal; `why_not` is empty for who can confirm it now."""

    proposal: AccessProposal
    says: str
    why_not: str
    own: bool


def lines(actor: Actor, whose: User | None = None) -> list[Line]:
    """For admins: what waits about this person, or about anybody whose access they administer."""
    if actor.user is None or actors.administers(actor) == frozenset():
        return []
    at, found = timezone.now(), granting.waiting(actor, timezone.now()).exclude(user=actor.user)
    rows = found if whose is None else found.filter(user=whose)
    return [
        Line(
            proposal=row,
            says=granting.in_words(row),
            why_not=granting.why_not(row, actor, at),
            own=row.proposed_by_id == actor.user.pk,
        )
        for row in rows
    ]


def to_confirm(actor: Actor) -> int:
    """How many wait for this very person."""
    return sum(not line.why_not for line in lines(actor))
