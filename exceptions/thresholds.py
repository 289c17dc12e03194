"""Thresholds with inheritance: which value is in force for which facts, and where from. Pure.

Of all overrides whose scope matches, the most specific one wins, threshold by threshold: one that
leaves a threshold out leaves it to the next. Wider to narrower: everywhere, company, site, partner
or product category, lane. A scope is as narrow as the narrowest thing it names. Among equals wins
what names more things; then what names the partner; then the longer category; then what stands
first in the settings.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal

from exceptions.facts import FACTS_TYPES, Facts, Partner, Product
from exceptions.verdicts import Lane, Override, PolicySettings, Scope

EVERYWHERE = "everywhere"
SEPARATOR = "/"  # between the parts of a category's path
_FIELDS = {name: tuple(f.name for f in fields(c)) for name, c in FACTS_TYPES.items()}


@dataclass(frozen=True, slots=True)
class Effective:
    """The value of a threshold for certain facts, and where it comes from, in words."""

    value: Decimal
    origin: str


def effective(settings: PolicySettings, facts: Facts) -> dict[str, Effective]:
    """Every threshold as it is in force for `facts`: "site Rotterdam: 120 instead of 60"."""
    result = {name: Effective(value, EVERYWHERE) for name, value in settings.thresholds.items()}
    partners = {partner.id: partner.name for partner in partners_of(facts)}
    for override in reversed(matching(settings, facts)):
        said = in_words(override.scope, override.site_name, partners)
        for name, value in override.thresholds.items():
            usual = settings.thresholds.get(name)
            instead = "" if usual is None else f" instead of {number(usual)}"
            result[name] = Effective(value, f"{said}: {number(value)}{instead}")
    return result


def applied(settings: PolicySettings, facts: Facts) -> PolicySettings:
    """`settings` with the thresholds that are in force for `facts`; the same object if no other."""
    found = matching(settings, facts)
    if not found:
        return settings
    thresholds = dict(settings.thresholds)
    for override in reversed(found):
        thresholds |= override.thresholds
    return replace(settings, thresholds=thresholds)


def matching(settings: PolicySettings, facts: Facts) -> list[Override]:
    """The overrides whose scope matches `facts`, the most specific first."""
    if not settings.overrides:
        return []
    found = (override for override in settings.overrides if matches(override.scope, facts))
    return sorted(found, key=lambda override: specificity(override.scope), reverse=True)


def matches(scope: Scope, facts: Facts) -> bool:
    """Whether everything that `scope` names is so in `facts`."""
    return (
        scope.company in (None, facts.company)
        and scope.site in (None, facts.site_id)
        and (scope.partner is None or any(p.id == scope.partner for p in partners_of(facts)))
        and (scope.tier is None or any(p.tier == scope.tier for p in partners_of(facts)))
        and (scope.category is None or _sells(scope.category, facts))
        and _on_lane(scope, facts)
    )


def specificity(scope: Scope) -> tuple[int, int, bool, int]:
    """What is greater is more specific (see the top of this file)."""
    narrow = scope.partner is not None or scope.tier is not None or scope.category is not None
    level = 4 if scope.lane else 3 if narrow else 2 if scope.site is not None else 1
    named = sum(getattr(scope, field.name) is not None for field in fields(scope))
    return level, named, scope.partner is not None, len(_path(scope.category or ""))


def in_words(scope: Scope, site_name: str = "", partners: Mapping[int, str] | None = None) -> str:
    """`site Rotterdam, partner Kempten Bearings`; ids where no names are given."""
    known = partners or {}
    site = site_name or scope.from_site
    told = (
        ("company", scope.company),
        ("site", site if scope.site is not None and not scope.lane else None),
        ("partner", scope.partner and known.get(scope.partner, scope.partner)),
        ("partners of tier", scope.tier),
        ("category", scope.category),
        ("lane", scope.lane and f"{site} → {_to(scope.lane, known)}"),
    )
    return ", ".join(f"{name} {value}" for name, value in told if value is not None)


def _to(lane: Lane, partners: Mapping[int, str]) -> str:
    if lane.partner is None:
        return lane.country or ""
    return partners.get(lane.partner, f"partner {lane.partner}")


def partners_of(facts: Facts) -> tuple[Partner, ...]:
    """Everybody outside whom the facts name: supplier, customer, carrier."""
    values = (getattr(facts, name) for name in _FIELDS[type(facts).__name__])
    return tuple(value for value in values if isinstance(value, Partner))


def categories_of(facts: Facts) -> frozenset[str]:
    """The category paths of the products that the facts name, in their lines too."""
    return frozenset(product.category for product in _products(facts) if product.category)


def number(value: Decimal) -> str:
    """A number without an exponent or idle zeros: `120`, `2.5`."""
    return f"{value.normalize():f}"


def _products(facts: Facts) -> Iterator[Product]:
    for name in _FIELDS[type(facts).__name__]:
        value = getattr(facts, name)
        for item in value if isinstance(value, tuple) else (value,):
            product = item if isinstance(item, Product) else getattr(item, "product", None)
            if isinstance(product, Product):
                yield product


def _sells(category: str, facts: Facts) -> bool:
    wanted = _path(category)
    return any(_path(path)[: len(wanted)] == wanted for path in categories_of(facts))


def _path(category: str) -> list[str]:
    return [part.strip() for part in category.split(SEPARATOR) if part.strip()]


def _on_lane(scope: Scope, facts: Facts) -> bool:
    lane = scope.lane
    if lane is None:
        return True
    if lane.site != facts.site_id:
        return False
    if lane.partner is not None:
        return any(partner.id == lane.partner for partner in partners_of(facts))
    return lane.country is not None and lane.country == getattr(facts, "country", None)
