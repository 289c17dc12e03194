"""Whether the rules of routing hold together, a sentence each; and what they leave to the lead."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils.translation import gettext as _

from exceptions.models import Membership, Site, User
from exceptions.route_words import team_name
from exceptions.routes import WEIGHTS, Routes, Rule, covers, limit_of
from exceptions.vocabulary import WORKING_ROLES, Counting, KindCode, Role, TeamCode, Tier

MOST_RULES = 100
MOST = 100_000  # open cases of a person
LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Known:
    """Sites and people by id, and where people work: `everywhere`, or at (person, site); `teams`
    are the (team, site) with an operator, site None for one who works everywhere.
    """

    sites: dict[int, str] = field(default_factory=dict)
    people: dict[int, str] = field(default_factory=dict)
    everywhere: frozenset[int] = frozenset()
    at_sites: frozenset[tuple[int, int]] = frozenset()
    teams: frozenset[tuple[str, int | None]] = frozenset()

    def works_at(self, person: int, site: int) -> bool:
        return person in self.everywhere or (person, site) in self.at_sites

    def has_operators(self, team: str, site: int) -> bool:
        return (team, None) in self.teams or (team, site) in self.teams


def known() -> Known:
    rows = Membership.objects.filter(role__in=WORKING_ROLES, user__is_active=True)
    works = list(rows.select_related("team"))
    return Known(
        sites=dict(Site.objects.order_by("name").values_list("pk", "name")),
        people={user.pk: str(user) for user in User.objects.filter(_works())},
        everywhere=frozenset(m.user_id for m in works if m.site_id is None),
        at_sites=frozenset((m.user_id, m.site_id) for m in works if m.site_id is not None),
        teams=frozenset((m.team.code, m.site_id) for m in works if m.team and _operates(m)),
    )


def _operates(membership: Membership) -> bool:
    return membership.role == Role.OPERATOR


def _works() -> Q:
    working = Membership.objects.filter(role__in=WORKING_ROLES).values("user")
    return Q(pk__in=working, is_active=True)


def problems(routes: Routes, world: Known) -> list[str]:
    """Why these rules cannot be in force, a sentence each; none when they can."""
    return [
        *_of_set(routes),
        *(p for n, rule in enumerate(routes.rules, start=1) for p in _of_rule(n, rule, world)),
        *_of_limits(routes),
        *_of_shadows(routes.rules),
    ]


def remarks(routes: Routes, world: Known) -> list[str]:
    """What is allowed, but may not be meant: a team without operators at a site of its rule."""
    says = _("%(rule)s: nobody of %(team)s works at %(sites)s, so the lead there gets those cases.")
    return [
        says
        % {
            "rule": called(n, rule),
            "team": team_name(rule.team),
            "sites": ", ".join(world.sites[site] for site in without),
        }
        for n, rule in enumerate(routes.rules, start=1)
        if (without := _without_operators(rule, world))
    ]


def _without_operators(rule: Rule, world: Known) -> list[int]:
    """The sites at which nobody works in any team that the rule names."""
    teams = [team for team in (rule.team, *rule.then) if team]
    sites = _sites_of(rule, world) if rule.team else []
    return [site for site in sites if not any(world.has_operators(t, site) for t in teams)]


def called(number: int, rule: Rule) -> str:
    """`Rule 3 “Customs of Hamburg”`."""
    return _("Rule %(n)s “%(name)s”") % {"n": number, "name": rule.name}


def _sites_of(rule: Rule, world: Known) -> list[int]:
    return [site for site in rule.sites or world.sites if site in world.sites]


def _of_set(routes: Routes) -> Iterator[str]:
    if len(routes.rules) > MOST_RULES:
        yield _("There are more than %s rules.") % MOST_RULES
    names = Counter(rule.name.strip().casefold() for rule in routes.rules)
    for name, times in names.items():
        if name and times > 1:
            yield _("%(n)s rules are called “%(name)s”: give each its own name.") % {
                "n": times,
                "name": name,
            }


def _of_rule(number: int, rule: Rule, world: Known) -> Iterator[str]:
    said = {"rule": called(number, rule)}
    if not rule.name.strip() or len(rule.name) > LONGEST_NAME:
        yield _("Rule %(n)s needs a name of at most %(most)s letters.") % {
            "n": number,
            "most": LONGEST_NAME,
        }
    for problem in (*_of_words(rule), *_of_teams(rule), *_of_people(rule, world), *_of_value(rule)):
        yield _("%(rule)s: %(problem)s") % (said | {"problem": problem})


def _of_words(rule: Rule) -> Iterator[str]:
    for values, words in ((rule.kinds, KindCode), (rule.tiers, Tier)):
        for value in _unknown(values, words.values):
            yield _("there is no “%s”.") % value
    if not all(word.strip() for word in (*rule.partners, *rule.words, *rule.models)):
        yield _("an empty word would hold for every name: leave it out.")


def _of_teams(rule: Rule) -> Iterator[str]:
    teams = [team for team in (rule.team, *rule.then) if team]
    for team in _unknown(teams, TeamCode.values):
        yield _("there is no team “%s”.") % team
    if len(set(teams)) < len(teams):
        yield _("it names a team twice.")


def _of_people(rule: Rule, world: Known) -> Iterator[str]:
    for site in _unknown(rule.sites, world.sites):
        yield _("there is no site %s.") % site
    if rule.person is None:
        return
    if rule.person not in world.people:
        yield _("the person whom it names is not active any more, or owns no cases.")
        return
    away = [site for site in _sites_of(rule, world) if not world.works_at(rule.person, site)]
    if away:
        yield _("%(who)s does not work on cases of %(sites)s.") % {
            "who": world.people[rule.person],
            "sites": ", ".join(world.sites[site] for site in away),
        }


def _of_value(rule: Rule) -> Iterator[str]:
    ends = [v for v in (rule.value_from, rule.value_to) if v is not None]
    if not all(v.is_finite() and v >= 0 for v in ends):
        yield _("a value at risk is a number from 0.")
    elif len(ends) == 2 and ends[0] >= ends[1]:
        yield _("no value is at least %(low)s and below %(high)s.") % {
            "low": f"{ends[0]:f}",
            "high": f"{ends[1]:f}",
        }


def _of_limits(routes: Routes) -> Iterator[str]:
    """A limit that not even one case fits under would send everything past everybody."""
    least = max(WEIGHTS.values()) if routes.counting == Counting.SEVERITY else 1
    limits = {routes.limit, *(limit_of(routes, rule) for rule in routes.rules)} - {None}
    if any(limit is not None and not least <= limit <= MOST for limit in limits):
        yield _("A limit is a number from %(least)s to %(most)s.") % {"least": least, "most": MOST}


def _of_shadows(rules: tuple[Rule, ...]) -> Iterator[str]:
    """Rules that one earlier rule takes everything from. That several do together is not seen."""
    for n, rule in enumerate(rules):
        earlier = next((i for i in range(n) if covers(rules[i], rule)), None)
        if earlier is not None:
            yield _("%(rule)s never decides: %(first)s takes everything before it.") % {
                "rule": called(n + 1, rule),
                "first": called(earlier + 1, rules[earlier]),
            }


def _unknown(values: Iterable[object], known_ones: Iterable[object]) -> list[object]:
    have = set(known_ones)
    return [value for value in values if value not in have]
