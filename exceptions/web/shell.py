"""What every page shows around its content: the rail, freshness of the data, who is signed in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exceptions import actors, switches
from exceptions.actors import Actor
from exceptions.models import User
from exceptions.queries import approvals, inbox, uncovered, unowned
from exceptions.queries.case_filter import CaseFilter
from exceptions.vocabulary import Role
from exceptions.web import proposals


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the rail. `section` is what a page names in its `section` block to be marked.

    It is shown to those who have one of `roles` somewhere.
    """

    section: str
    url_name: str
    icon: str
    label: str | Promise
    roles: frozenset[str] = frozenset(Role)


# In the order of the rail. A place whose address is not routed is left out.
PLACES = (
    Place("queue", "queue", "queue", gettext_lazy("Queue")),
    Place("approvals", "approvals", "approve", gettext_lazy("Approvals"), actors.READING_ROLES),
    Place("messages", "inbound-messages", "mail", gettext_lazy("Messages"), actors.MESSAGE_READERS),
    Place("handover", "handover", "clip", gettext_lazy("Hand-over"), actors.READING_ROLES),
    Place("at-risk", "at-risk", "truck", gettext_lazy("Likely late"), actors.READING_ROLES),
    Place("held-back", "held-back", "pause", gettext_lazy("Held back"), actors.READING_ROLES),
    Place("dashboards", "dashboards", "chart", gettext_lazy("Dashboards"), actors.READING_ROLES),
    Place("report", "report", "report", gettext_lazy("Report"), actors.READING_ROLES),
    Place("advice", "advice", "spark", gettext_lazy("AI advice"), actors.READING_ROLES),
    Place("policies", "policies", "policy", gettext_lazy("Policies"), actors.READING_ROLES),
    Place("routing", "routing", "send", gettext_lazy("Routing"), actors.READING_ROLES),
    Place(
        "calendars",
        "calendars",
        "clock",
        gettext_lazy("Calendars"),
        frozenset({Role.POLICY_ADMIN, Role.SUPERVISOR, Role.AUDITOR}),
    ),
    Place("roster", "roster", "roster", gettext_lazy("Roster"), actors.READING_ROLES),
    Place("people", "people", "people", gettext_lazy("People"), actors.PEOPLE_READERS),
    Place("audit", "audit", "audit", gettext_lazy("Audit"), frozenset({Role.AUDITOR})),
    Place(
        "integrations",
        "integrations",
        "plug",
        gettext_lazy("Integrations"),
        frozenset({Role.INTEGRATION_ADMIN, Role.AUDITOR, Role.SUPERVISOR}),
    ),
    Place(
        "imports",
        "imports",
        "up",
        gettext_lazy("Imports"),
        frozenset({Role.INTEGRATION_ADMIN, Role.AUDITOR}),
    ),
)

# What a thumb reaches first; the first four that are open to somebody stand in the bar of a phone,
# beside the search. The rest unfolds.
MOST_USED = (
    "queue",
    "inbox",
    "approvals",
    "dashboards",
    "report",
    "at-risk",
    "held-back",
    "people",
    "integrations",
)
IN_REACH = 4

FRESH = timedelta(minutes=2)
STALE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Entry:
    section: str
    url: str
    icon: str
    label: str


@dataclass(frozen=True, slots=True)
class Thumb:
    """The bar of a phone: `near` stand in it, `more` unfold from it."""

    near: list[Entry]
    more: list[Entry]

    @classmethod
    def of(cls, entries: list[Entry]) -> "Thumb":
        inbox_too = [*entries, Entry("inbox", reverse("inbox"), "bell", _("Inbox"))]
        used = [e for name in MOST_USED for e in inbox_too if e.section == name]
        near = used[:IN_REACH]
        return cls(near, [entry for entry in inbox_too if entry not in near])


@dataclass(frozen=True, slots=True)
class Freshness:
    """How old the data is: `look` is the dot's class, `read_at` None when nothing was read yet."""

    look: str
    name: str
    read_at: datetime | None


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of base.html. Works for anonymous readers too (error pages)."""
    at = timezone.now()
    user = getattr(request, "user", None)
    if not isinstance(user, User) or not user.is_authenticated:
        return {"at": at, "rail": [], "signed_in": None}
    actor = actors.person(user)
    open_cases = CaseFilter().apply(actors.visible_cases(actor), at=at)
    return {
        "at": at,
        "rail": (entries := rail(actor)),
        "thumb": Thumb.of(entries),
        "open_count": open_cases.count(),
        "freshness": freshness(actor, at),
        "signed_in": user,
        "unread": inbox.unread(actor),
        "unowned": unowned.alarm(actor),
        "to_confirm": proposals.to_confirm(actor),
        "uncovered": uncovered.alarm(actor),
        "to_approve": approvals.count_waiting(actor, at),
        "roles": roles(user),
        "stopped": [
            (s, switches.in_words(s)) for s in switches.visible(actor).filter(released_at=None)
        ],
    }


def rail(actor: Actor) -> list[Entry]:
    """The places that this installation routes and the actor's roles open; the queue always."""
    held = {grant.role for grant in actor.grants}
    open_to = [p for p in PLACES if p.section == "queue" or held & p.roles]
    return [entry for place in open_to if (entry := _entry(place))]


def _entry(place: Place) -> Entry | None:
    try:
        return Entry(place.section, reverse(place.url_name), place.icon, str(place.label))
    except NoReverseMatch:
        return None


def freshness(actor: Actor, at: datetime) -> Freshness:
    """Of the connection that was read longest ago: the page is as old as its oldest part.

    Only those that serve the actor's sites: the names of others are none of their business.
    """
    visible = actors.visible_connections(actor).filter(enabled=True)
    oldest = visible.order_by(F("read_at").asc(nulls_first=True), "id").first()
    if oldest is None:
        return Freshness("off", "", None)
    if oldest.read_at is None:
        return Freshness("warn", oldest.name, None)
    age = at - oldest.read_at
    look = "" if age <= FRESH else "warn" if age <= STALE else "bad"
    return Freshness(look, oldest.name, oldest.read_at)


def roles(user: User) -> list[str]:
    """`Supervisor · Rotterdam`, one line a role."""
    rows = user.memberships.order_by("role").values_list("role", "site__name")
    sites: dict[str, list[str]] = {}
    for role, site in rows:
        sites.setdefault(role, []).append(site or _("every site"))
    return [
        f"{str(Role(role).label).capitalize()} · {', '.join(dict.fromkeys(names))}"
        for role, names in sites.items()
    ]
