"""Routes: the ordered rules that give a case its team, and perhaps a person. Pure.

The first rule whose conditions all hold decides; where none does, the case goes to the team of its
kind. Whom of the team it goes to, `candidates` says.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from exceptions.vocabulary import Counting, Tier

# What an open case weighs where people's load is counted by severity.
WEIGHTS = {Tier.CRITICAL: 4, Tier.HIGH: 3, Tier.MEDIUM: 2, Tier.LOW: 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Conditions, and whom a case goes to for which all of them hold; an empty one always holds.

    `kinds`, `sites`, `tiers` and `models` are lists of which one has to be the case's. `partners`
    and `words` hold where one of them is part of a name in the facts: of a supplier, customer or
    carrier, and of a product, category, location, place or country. Capitals do not matter.
    The value at risk, in the currency of the case, is at least `value_from` and below `value_to`;
    a case whose value is unknown is of no range.

    `team` is a code (empty: the team of the kind), `person` an id, `then` the teams that are asked
    next, `limit` how much a person may have (None: that of the whole set).
    """

    name: str
    kinds: tuple[str, ...] = ()
    sites: tuple[int, ...] = ()
    tiers: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    value_from: Decimal | None = None
    value_to: Decimal | None = None
    team: str = ""
    person: int | None = None
    then: tuple[str, ...] = ()
    limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """All rules in their order. `limit` is how much one person may have: open cases, or what these
    weigh, by `counting`; None: without limit.
    """

    rules: tuple[Rule, ...] = ()
    limit: int | None = None
    counting: Counting = Counting.CASES


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What rules ask of a case. `team` is that of its kind."""

    kind: str
    site: int
    team: str
    tier: str = ""
    model: str = ""
    partners: tuple[str, ...] = ()
    things: tuple[str, ...] = ()
    value: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The rule that decides: its number in the list, 1 the first; 0 with a rule that says nothing,
    where none holds.
    """

    number: int
    rule: Rule


UNRULED = Rule(name="")


def rule_for(routes: Routes, subject: Subject) -> Found:
    holding = (Found(n, r) for n, r in enumerate(routes.rules, start=1) if holds(r, subject))
    return next(holding, Found(0, UNRULED))


def holds(rule: Rule, subject: Subject) -> bool:
    """Whether every condition of the rule holds for the case."""
    return (
        _one_of(rule.kinds, subject.kind)
        and _one_of(rule.sites, subject.site)
        and _one_of(rule.tiers, subject.tier)
        and _one_of(rule.models, subject.model)
        and _named(rule.partners, subject.partners)
        and _named(rule.words, subject.things)
        and _worth(rule, subject.value)
    )


def weight(counting: Counting, tier: str) -> int:
    """What one open case adds to the load of its owner; without a severity it is the least."""
    if counting == Counting.CASES or tier not in WEIGHTS:
        return 1
    return WEIGHTS[Tier(tier)]


def limit_of(routes: Routes, rule: Rule) -> int | None:
    return routes.limit if rule.limit is None else rule.limit


def covers(wide: Rule, narrow: Rule) -> bool:
    """Whether `wide` holds wherever `narrow` does, so that behind it the other never decides."""
    return (
        _all_of(wide.kinds, narrow.kinds)
        and _all_of(wide.sites, narrow.sites)
        and _all_of(wide.tiers, narrow.tiers)
        and _all_of(wide.models, narrow.models)
        and _all_named(wide.partners, narrow.partners)
        and _all_named(wide.words, narrow.words)
        and _spans(wide, narrow)
    )


def _one_of(wanted: tuple[object, ...], value: object) -> bool:
    return not wanted or value in wanted


def _named(wanted: tuple[str, ...], names: Iterable[str]) -> bool:
    known = [name.casefold() for name in names]
    return not wanted or any(word.casefold() in name for word in wanted for name in known)


def _worth(rule: Rule, value: Decimal | None) -> bool:
    if rule.value_from is None and rule.value_to is None:
        return True
    return (
        value is not None
        and (rule.value_from is None or value >= rule.value_from)
        and (rule.value_to is None or value < rule.value_to)
    )


def _all_of(wide: tuple[object, ...], narrow: tuple[object, ...]) -> bool:
    return not wide or (bool(narrow) and set(narrow) <= set(wide))


def _all_named(wide: tuple[str, ...], narrow: tuple[str, ...]) -> bool:
    """A name with a longer word in it has the shorter one in it, too."""
    return not wide or (bool(narrow) and all(_named(wide, [word]) for word in narrow))


def _spans(wide: Rule, narrow: Rule) -> bool:
    if wide.value_from is None and wide.value_to is None:
        return True
    from_there = wide.value_from is None or (
        narrow.value_from is not None and narrow.value_from >= wide.value_from
    )
    to_there = wide.value_to is None or (
        narrow.value_to is not None and narrow.value_to <= wide.value_to
    )
    has_range = narrow.value_from is not None or narrow.value_to is not None
    return has_range and from_there and to_there
