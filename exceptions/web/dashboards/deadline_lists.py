"""Which clocks and pauses an address asks for: what their pages show, and what their files hold."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from exceptions import actors
from exceptions.actors import Actor
from exceptions.models import Case, Clock, Pause
from exceptions.queries import pauses
from exceptions.queries import scope as scopes
from exceptions.queries.clocks_ended import clocks_ended
from exceptions.queries.scope import Scope
from exceptions.queries.time_left import clocks_left
from exceptions.vocabulary import ClockKind, ClockState, Left, Waiting
from exceptions.web.dashboards import asked as filters
from exceptions.web.dashboards.asked import Asked
from exceptions.web.dashboards.deadline_links import ANY, BREACHED, ENDED, PAUSED, DeadlineLinks


@dataclass(frozen=True, slots=True)
class Listing:
    """What an address asks for, and the cases of it that its reader may see."""

    query: QueryDict
    asked: Asked
    scope: Scope
    cases: QuerySet[Case]

    @property
    def links(self) -> DeadlineLinks:
        return DeadlineLinks(self.asked, self.scope.at)

    @property
    def kind(self) -> str:
        """Of clock; empty: any."""
        return self._said("clock", ClockKind.values)

    @property
    def left(self) -> str:
        """How much time is left: of vocabulary.Left, or ANY; empty: it is not asked."""
        return self._said("left", (ANY, *Left.values))

    @property
    def state(self) -> str:
        return self._said("clock_state", (ENDED, BREACHED, PAUSED)) or ENDED

    @property
    def waiting(self) -> str:
        """For whom; empty: anybody."""
        return self._said("waiting", Waiting.values)

    @property
    def which(self) -> str:
        """One of pauses.WHICH; empty: all."""
        return self._said("which", pauses.WHICH)

    def _said(self, name: str, known: Iterable[str]) -> str:
        value = self.query.get(name, "")
        return value if value in known else ""


def listing(query: QueryDict, actor: Actor, now: datetime) -> Listing:
    """`as_of` in the address says when it was counted: never later than now."""
    asked = filters.read(query, scopes.today(actor, now))
    at = min(_instant(query.get("as_of", "")) or now, now)
    cases = asked.cases.apply(actors.visible_cases(actor), at=at, reader=actor.user)
    return Listing(query, asked, asked.scope(actor, at), cases)


def _instant(said: str) -> datetime | None:
    try:
        instant = parse_datetime(said)
    except ValueError:
        return None
    return instant if instant and instant.tzinfo else None


def clocks(asked: Listing) -> QuerySet[Clock]:
    """Those that ended in the range, or stand still now, or have so much left."""
    if asked.left:
        word = None if asked.left == ANY else Left(asked.left)
        found = clocks_left(asked.cases, word, asked.scope.at)
    elif asked.state == PAUSED:
        still = Clock.objects.filter(state=ClockState.PAUSED, stopped_at=None, case__in=asked.cases)
        found = still.select_related("case__site", "case__owner").order_by("due_at", "id")
    else:
        breached_only = asked.state == BREACHED
        found = clocks_ended(asked.scope, asked.cases, breached_only=breached_only)
    return found.filter(kind=asked.kind) if asked.kind else found


def title(asked: Listing) -> str:
    """What the clocks of the address are called."""
    if asked.left:
        words = {ANY: _("Clocks of open cases")} | {
            left.value: _("Clocks of open cases: %s") % left.label for left in Left
        }
        return words[asked.left]
    return {
        ENDED: _("Clocks that ended"),
        BREACHED: _("Breached clocks"),
        PAUSED: _("Paused clocks"),
    }[asked.state]


def which_pauses() -> dict[str, str]:
    """The words for `which`."""
    return {
        "": _("all"),
        "ended": _("ended"),
        "in_time": _("answered in time"),
        "spent": _("budget used up"),
        "lasting": _("still waits"),
    }


def pauses_begun(asked: Listing) -> QuerySet[Pause]:
    """Those that began in the range."""
    return pauses.listed(asked.scope, asked.cases, waiting=asked.waiting, which=asked.which)
