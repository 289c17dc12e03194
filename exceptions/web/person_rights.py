"""What one person may do, in words, and which role gives each right."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exceptions import powers, snoozing
from exceptions.actors import PEOPLE_READERS, READING_ROLES, Actor, Grant
from exceptions.drafting import DRAFTERS
from exceptions.models import Membership, Site, Team
from exceptions.powers import Power
from exceptions.rules import RULES
from exceptions.vocabulary import WORKING_ROLES, Role
from exceptions.web import shell

ADMIN = frozenset({Role.INTEGRATION_ADMIN})
# Rights besides moves and pages: at the sites of whichever of these roles somebody has.
MORE: tuple[tuple[str | Promise, frozenset[str]], ...] = (
    (gettext_lazy("Read cases, their history and their figures"), READING_ROLES),
    (gettext_lazy("Raise cases by hand"), frozenset(WORKING_ROLES)),
    (gettext_lazy("Group, merge and pause cases"), frozenset({Role.SUPERVISOR})),
    (
        gettext_lazy("Snooze cases: operators their own, supervisors every one"),
        snoozing.EVERY_CASE | snoozing.OWN_CASES,
    ),
    (
        gettext_lazy("Keep the duty roster, and say that their people are away"),
        frozenset({Role.SUPERVISOR}),
    ),
    (
        gettext_lazy("Draft policies, calendars and blackouts; publish what another drafted"),
        frozenset(DRAFTERS),
    ),
    (gettext_lazy("See who works there, and what they may do"), PEOPLE_READERS),
    (gettext_lazy("Give and take roles, make and revoke tokens"), ADMIN),
    (gettext_lazy("Import past cases; replay deliveries, retry messages"), ADMIN),
)


@dataclass(frozen=True, slots=True)
class MoveRight:
    """One move; `says` on which cases and as what, empty when on none."""

    label: str
    about: str | Promise
    says: str


@dataclass(frozen=True, slots=True)
class SiteRights:
    """The moves at sites where they are the same."""

    sites: str
    moves: list[MoveRight]

    @property
    def any(self) -> bool:
        return any(move.says for move in self.moves)


@dataclass(frozen=True, slots=True)
class Right:
    """Something else that is allowed; `sources` names the roles by which, none when it is not."""

    label: str | Promise
    sources: list[str]


def moves(held: Sequence[Membership], sites: Iterable[Site], whose: Actor) -> list[SiteRights]:
    """Which moves the roles `held` allow at those of `sites` where they hold."""
    actor = _with(whose, held)
    teams = dict(Team.objects.values_list("pk", "name"))
    alike: dict[tuple[Power, ...], list[str]] = {}
    for site in sites:
        if actor.roles_at(site.pk):
            alike.setdefault(tuple(powers.at_site(actor, site.pk)), []).append(site.name)
    return [
        SiteRights(get_text_list(names, _("and")), [_move(power, teams) for power in found])
        for found, names in alike.items()
    ]


def pages(held: Sequence[Membership]) -> list[Right]:
    """The places of the rail, with the roles that open each."""
    open_to_all = [p for p in shell.PLACES if p.roles == frozenset(Role)]
    rest = [p for p in shell.PLACES if p not in open_to_all]
    return [Right(p.label, _sources(held, p.roles)) for p in (*open_to_all, *rest)]


def more(held: Sequence[Membership]) -> list[Right]:
    return [Right(label, _sources(held, roles)) for label, roles in MORE]


def _sources(held: Sequence[Membership], roles: Iterable[str]) -> list[str]:
    """`supervisor · Chicago and Pune`: the sites of a role in a team stand together."""
    sites: dict[tuple[str, Team | None], list[str]] = {}
    for one in held:
        if one.role in set(roles):
            where = one.site.name if one.site else _("every site")
            sites.setdefault((str(Role(one.role).label), one.team), []).append(where)
    return [
        " · ".join([role, get_text_list(names, _("and")), *([str(team)] if team else [])])
        for (role, team), names in sites.items()
    ]


def _move(power: Power, teams: dict[int, str]) -> MoveRight:
    return MoveRight(str(power.move.label), RULES[power.move].says, "; ".join(_says(power, teams)))


def _says(power: Power, teams: dict[int, str]) -> list[str]:
    said = []
    if power.every:
        roles = get_text_list([str(role.label) for role in power.every], _("and"))
        said.append(_("every case, as %s") % roles)
    if power.own:
        said.append(_("cases that they own, as operator"))
    if power.teams:
        names = get_text_list(sorted(teams[pk] for pk in power.teams), _("and"))
        said.append(_("cases of %s, as one who works there") % names)
    return said


def _with(whose: Actor, held: Sequence[Membership]) -> Actor:
    """The person as far as the reader sees their roles."""
    grants = tuple(Grant(one.role, one.site_id, one.team_id) for one in held)
    return Actor(name=whose.name, via=whose.via, user=whose.user, grants=grants)
