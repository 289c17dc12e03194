"""The versions of the rules of routing: what each changed, in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from exceptions import route_words, routing_sets
from exceptions.models import RoutingSet
from exceptions.route_soundness import Known
from exceptions.routes import Routes, Rule
from exceptions.vocabulary import Counting

MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One rule in words."""

    number: int
    name: str
    conditions: str
    target: str


@dataclass(frozen=True, slots=True)
class Change:
    """One rule, or what is for all of them, that a version changed; empty is what is not there."""

    what: str
    before: str
    after: str


def versions() -> list[RoutingSet]:
    """The latest published versions, the newest first."""
    published = RoutingSet.objects.exclude(version=None)
    return list(published.select_related("author", "published_by")[:MOST_SHOWN])


def version(number: int) -> RoutingSet | None:
    found = RoutingSet.objects.filter(version=number)
    return found.select_related("author", "published_by").first()


def before(found: RoutingSet) -> RoutingSet | None:
    assert found.version is not None
    return RoutingSet.objects.filter(version__lt=found.version).order_by("-version").first()


def lines(routes: Routes, known: Known) -> list[Line]:
    return [_line(n, rule, known) for n, rule in enumerate(routes.rules, start=1)]


def limit_in_words(routes: Routes) -> str:
    if routes.limit is None:
        return _("Nobody has a limit of open cases.")
    return _("Nobody gets more than %(limit)s by routing: %(how)s.") % {
        "limit": routes.limit,
        "how": Counting(routes.counting).label,
    }


def changes(then: RoutingSet | None, now: RoutingSet, known: Known) -> list[Change]:
    """What the version changed against the one before it, or against no rules at all."""
    return list(between(routing_sets.routes_of(then), routing_sets.routes_of(now), known))


def between(old: Routes, new: Routes, known: Known) -> Iterator[Change]:
    """Rules are known by their names; a place in the list counts as a change, too."""
    told_before, told_after = _told(old, known), _told(new, known)
    for name in dict.fromkeys([*told_after, *told_before]):
        was, is_now = told_before.get(name, ""), told_after.get(name, "")
        if was != is_now:
            yield Change(name or _("without a name"), was, is_now)
    if (old.limit, old.counting) != (new.limit, new.counting):
        yield Change(_("For all rules"), limit_in_words(old), limit_in_words(new))


def _told(routes: Routes, known: Known) -> Mapping[str, str]:
    return {
        line.name: _("%(n)s. %(conditions)s → %(target)s")
        % {"n": line.number, "conditions": line.conditions, "target": line.target}
        for line in lines(routes, known)
    }


def _line(number: int, rule: Rule, known: Known) -> Line:
    return Line(
        number,
        rule.name,
        route_words.conditions(rule, known.sites),
        route_words.target(rule, known.people),
    )
