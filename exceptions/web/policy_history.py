"""The versions of a policy: what each changed, and where each setting of today comes from."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from exceptions import policies, policy_drafting, thresholds
from exceptions.models import Policy, Site
from exceptions.policy_drafting import Difference
from exceptions.verdicts import PolicySettings
from exceptions.vocabulary import KindCode, Tier
from exceptions.web import formats, policy_fields, policy_playbook

MOST_SHOWN = 50
TOLD_APART = ("playbook", "overrides")


@dataclass(frozen=True, slots=True)
class Change:
    """One setting that a version changed, in words."""

    what: str
    before: str
    after: str


def versions(kind: KindCode) -> list[Policy]:
    """The latest published versions, the newest first."""
    return list(_published(kind).order_by("-version")[:MOST_SHOWN])


def version(kind: KindCode, number: int) -> Policy | None:
    return _published(kind).filter(version=number).first()


def origins(kind: KindCode) -> dict[str, str]:
    """For every setting, by its field's name, who gave it its value of today and when."""
    told: dict[str, str] = {}
    previous: Any = {}
    for each in _published(kind).order_by("version"):
        for difference in policy_drafting.differences(previous, each.settings):
            told[".".join(difference.path)] = _origin(each)
        previous = each.settings
    return told


def changes(kind: KindCode, now: Policy) -> list[Change]:
    """What the version changed against the one before it; all is new in the first."""
    assert now.version is not None
    then = _published(kind).filter(version__lt=now.version).order_by("-version").first()
    if then is None:
        return []
    return list(_in_words(kind, then, now))


def _in_words(kind: KindCode, then: Policy, now: Policy) -> Iterator[Change]:
    before, after = (policies.from_json(each.settings) for each in (then, now))
    sites = dict(Site.objects.order_by("name").values_list("pk", "name"))
    fields = {
        f.name: f
        for group in policy_fields.compared(
            policy_fields.groups(kind, after, sites), policy_fields.groups(kind, before, sites), {}
        )
        for f in group.fields
    }
    for f in fields.values():
        if f.changed:
            before_it, after_it = f.before_in_words, f.in_words
            yield Change(f.label, f"{before_it} {f.unit}".strip(), f"{after_it} {f.unit}".strip())
    for tier in policy_playbook.tiers(after, before):
        if tier.changed:
            yield Change(_playbook_of(tier.tier), _steps(tier.before), _steps(tier.steps))
    if before.overrides != after.overrides:
        yield Change(_("Other thresholds"), _overrides(before), _overrides(after))
    for difference in policy_drafting.differences(then.settings, now.settings):
        if ".".join(difference.path) not in fields and difference.path[0] not in TOLD_APART:
            yield _plainly(difference)


def _overrides(settings: PolicySettings) -> str:
    """`site Rotterdam: grace_minutes 120`."""
    said = (
        f"{thresholds.in_words(o.scope, o.site_name)}: "
        + ", ".join(f"{name} {thresholds.number(value)}" for name, value in o.thresholds.items())
        for o in settings.overrides
    )
    return "; ".join(said) or _("none")


def _plainly(difference: Difference) -> Change:
    return Change(".".join(difference.path), _said(difference.before), _said(difference.after))


def _said(value: Any) -> str:
    return "" if value is None else str(value)


def _playbook_of(tier: Tier) -> str:
    return _("Playbook of %s") % tier.label


def _steps(steps: tuple[Any, ...]) -> str:
    return "; ".join(policy_playbook.in_words(step) for step in steps) or _("nothing")


def _origin(policy: Policy) -> str:
    if policy.author is None:
        return _("default of the product")
    assert policy.published_at is not None
    words = _("%(who)s, %(when)s, version %(n)s") % {
        "who": policy.author,
        "when": formats.day_of(policy.published_at),
        "n": policy.version,
    }
    return f"{words}: {policy.note}" if policy.note else words


def _published(kind: KindCode) -> QuerySet[Policy]:
    return Policy.objects.filter(kind=kind, version__isnull=False).select_related(
        "author", "published_by"
    )
