"""The overrides of a policy as rows of a form, and back. Pure.

A row says for what (company, site, partner, …) and which thresholds differ there; one more row is
empty. A row that says nothing is no override.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from exceptions import thresholds
from exceptions.kinds import Threshold
from exceptions.verdicts import Lane, Override, PolicySettings, Scope
from exceptions.web.partner_field import known_partner, named
from exceptions.web.policy_playbook import Form
from exceptions.web.setting_fields import Unreadable, number, plain

PARTS = ("company", "site", "partner", "tier", "category", "lane_from", "lane_to")
TIERS = ("A", "B", "C")
MOST_ROWS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What an override can name: the kind's thresholds, sites and partners by id."""

    thresholds: tuple[Threshold, ...]
    sites: Mapping[int, str]
    partners: Mapping[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One threshold in a row: what stands in its field."""

    name: str
    label: str
    unit: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`said` is what stands in the fields of PARTS; `for_what` tells the same in words."""

    said: Mapping[str, str]
    values: tuple[Value, ...]
    for_what: str = ""
    changed: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Read:
    """Settings as far as the form could be read, and the rows that could not, by place."""

    settings: PolicySettings
    unread: Mapping[int, Row] = field(default_factory=dict)


def rows(settings: PolicySettings, before: PolicySettings, known: Known) -> list[Row]:
    """Every override as a row, beside what is in force."""
    in_force = [(o.scope, o.thresholds) for o in before.overrides]
    return [
        Row(
            said=_said(override.scope, known),
            values=_values(override.thresholds, known),
            for_what=in_words(override.scope, known),
            changed=(override.scope, override.thresholds) not in in_force,
        )
        for override in settings.overrides
    ]


def empty(known: Known) -> Row:
    return Row(said=dict.fromkeys(PARTS, ""), values=_values({}, known))


def in_words(scope: Scope, known: Known) -> str:
    site = known.sites.get(scope.from_site or 0, "")
    return thresholds.in_words(scope, site, known.partners)


def read(settings: PolicySettings, form: Form, known: Known) -> Read:
    """`settings` with the overrides that the form says. `op` such as `drop:2` takes one away.

    A row that cannot be read leaves the override of its place as it was.
    """
    if not form.getlist("overrides"):
        return Read(settings)
    found: list[Override | None] = []
    unread: dict[int, Row] = {}
    for place, row in enumerate(_typed(form, known)):
        try:
            found.append(_override(row, known))
        except Unreadable as unreadable:
            unread[place] = replace(row, problem=str(unreadable), changed=True)
            found.append(settings.overrides[place] if place < len(settings.overrides) else None)
    dropped = _dropped(form)
    kept = [each for place, each in enumerate(found) if each and place not in dropped]
    unread = {place: row for place, row in unread.items() if place not in dropped}
    return Read(replace(settings, overrides=tuple(kept)), unread)


def _dropped(form: Form) -> set[int]:
    ops = (op.partition(":") for op in form.getlist("op"))
    return {int(row) for what, _colon, row in ops if what == "drop" and row.isdecimal()}


def _typed(form: Form, known: Known) -> list[Row]:
    said = [form.getlist(f"override.{part}")[:MOST_ROWS] for part in PARTS]
    names = [threshold.name for threshold in known.thresholds]
    values = [form.getlist(f"override.thresholds.{name}")[:MOST_ROWS] for name in names]
    return [
        Row(
            said={part: _trimmed(said[i], place) for i, part in enumerate(PARTS)},
            values=tuple(
                _value(threshold, _trimmed(values[i], place))
                for i, threshold in enumerate(known.thresholds)
            ),
        )
        for place in range(max(map(len, said)))
    ]


def _trimmed(given: Sequence[str], place: int) -> str:
    return given[place].strip()[:200] if place < len(given) else ""


def _override(row: Row, known: Known) -> Override | None:
    """None for a row that says nothing."""
    if not any(row.said.values()) and not any(value.said for value in row.values):
        return None
    values = {value.name: _amount(value) for value in row.values if value.said}
    if not values:
        raise Unreadable(_("Say which threshold is different there, or take the row away."))
    return Override(scope=_scope(row.said, known), thresholds=values)


def _amount(value: Value) -> Decimal:
    try:
        return number(value.said)
    except Unreadable as unreadable:
        raise Unreadable(f"{value.label}: {unreadable}") from None


def _scope(said: Mapping[str, str], known: Known) -> Scope:
    scope = Scope(
        company=said["company"] or None,
        site=_site(said["site"], known),
        partner=_partner(said["partner"], known) if said["partner"] else None,
        tier=said["tier"] or None,
        category=said["category"] or None,
        lane=_lane(said, known),
    )
    if scope == Scope():
        raise Unreadable(_("Say for which company, site, partner, category or lane."))
    return scope


def _site(text: str, known: Known) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or int(text) not in known.sites:
        raise Unreadable(_("Choose one of the sites."))
    return int(text)


def _partner(text: str, known: Known) -> int:
    found = known_partner(text, known.partners)
    if found is None:
        raise Unreadable(
            _("Choose a partner from the list, or give the partner's number in Odoo, such as 42.")
        )
    return found


def _lane(said: Mapping[str, str], known: Known) -> Lane | None:
    """From a site to a partner, if one is named so; else to what is taken for a country."""
    start, end = said["lane_from"], said["lane_to"]
    if not start and not end:
        return None
    site = _site(start, known)
    if site is None or not end:
        raise Unreadable(
            _("A lane starts at a site and leads to a partner or a country: say both.")
        )
    partner = known_partner(end, known.partners)
    return Lane(site=site, partner=partner, country=None if partner else end)


def _said(scope: Scope, known: Known) -> dict[str, str]:
    lane = scope.lane
    return {
        "company": scope.company or "",
        "site": str(scope.site or ""),
        "partner": named(scope.partner, known.partners),
        "tier": scope.tier or "",
        "category": scope.category or "",
        "lane_from": str(lane.site) if lane else "",
        "lane_to": (named(lane.partner, known.partners) or lane.country or "") if lane else "",
    }


def _values(given: Mapping[str, Decimal], known: Known) -> tuple[Value, ...]:
    said = {name: plain(value) for name, value in given.items()}
    return tuple(_value(t, said.get(t.name, "")) for t in known.thresholds)


def _value(threshold: Threshold, said: str) -> Value:
    return Value(
        name=threshold.name, label=str(threshold.label), unit=str(threshold.unit), said=said
    )
