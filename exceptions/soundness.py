"""Whether overrides, roll-out, noise floor and hold of a policy hold together, a sentence each."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext as _

from exceptions import thresholds
from exceptions.kinds import Threshold
from exceptions.models import Site
from exceptions.verdicts import Override, PolicySettings, Scope
from exceptions.vocabulary import Outcome, Slot

MOST = Decimal(10) ** 12  # of a value
LONGEST = 5 * 365  # days
CENTS = Decimal("0.01")


def of_gates(known: tuple[Threshold, ...], settings: PolicySettings) -> Iterator[str]:
    """Everything that is wrong with what changes thresholds, or holds findings back."""
    for override in settings.overrides:
        yield from _of_override(known, override)
    scopes = Counter(override.scope for override in settings.overrides)
    for scope, times in scopes.items():
        if times > 1 and scope != Scope():
            yield _("There are %(n)s overrides for %(scope)s: make them one.") % {
                "n": times,
                "scope": thresholds.in_words(scope),
            }
    yield from _of_sites(settings)
    yield from _of_noise(settings)
    if not 0 <= settings.hold_minutes <= LONGEST * 24 * 60:
        yield _("A finding can be made to last from 0 minutes to 5 years before it opens a case.")


def of_evidence(known: tuple[Slot, ...], settings: PolicySettings) -> Iterator[str]:
    """Files that the kind has no place for, or outcomes that people do not give."""
    for slot, outcomes in settings.evidence.items():
        if slot not in known:
            yield _("Cases of this kind are not asked for: %s.") % slot.label
        if not outcomes or set(outcomes) - {Outcome.FIXED, Outcome.ACCEPTED}:
            yield _("“%s” can be needed to resolve as fixed or as accepted.") % slot.label


def of_threshold(threshold: Threshold, value: Decimal | None, where: str = "") -> Iterator[str]:
    """Why `value` is none for the threshold; `where` says of which override."""
    if value is None or not value.is_finite() or not 0 <= value <= threshold.most:
        says = {"name": threshold.label, "most": threshold.most, "unit": threshold.unit}
        said = _("“%(name)s” must be a number from 0 to %(most)s (%(unit)s).") % says
        yield f"{where}: {said}" if where else said


def _of_override(known: tuple[Threshold, ...], override: Override) -> Iterator[str]:
    scope, by_name = override.scope, {threshold.name: threshold for threshold in known}
    where = thresholds.in_words(scope, override.site_name)
    yield from _of_scope(scope, where)
    if not override.thresholds:
        yield _("The override for %s changes nothing.") % (where or _("nothing"))
    for name, value in override.thresholds.items():
        if name in by_name:
            yield from of_threshold(by_name[name], value, where)
        else:
            yield _("There is no threshold “%s”.") % name


def _of_scope(scope: Scope, where: str) -> Iterator[str]:
    if scope == Scope() or "" in (scope.company, scope.tier) or _is_blank(scope.category):
        yield _("An override is for a company, a site, a partner, a category or a lane: name one.")
    if scope.partner is not None and scope.tier is not None:
        yield _("%s: name the partner or the tier of partners, not both.") % where
    lane = scope.lane
    if lane and (lane.partner is None) == (not lane.country):
        yield _("%s: a lane leads to a partner or to a country.") % where
    if lane and scope.site not in (None, lane.site):
        yield _("%s: the lane starts at another site.") % where


def _is_blank(category: str | None) -> bool:
    return category is not None and not category.replace(thresholds.SEPARATOR, "").strip()


def sites_named(settings: PolicySettings) -> set[int]:
    """The ids of all sites that the settings name."""
    scopes = [override.scope for override in settings.overrides]
    named = {scope.site for scope in scopes if scope.site is not None}
    return named | {scope.lane.site for scope in scopes if scope.lane} | set(settings.rollout_at)


def _of_sites(settings: PolicySettings) -> Iterator[str]:
    named = sites_named(settings)
    if not named:  # the usual case asks no database
        return
    known = set(Site.objects.filter(pk__in=named).values_list("pk", flat=True))
    for site in sorted(named - known):
        yield _("There is no site %s.") % site


def _of_noise(settings: PolicySettings) -> Iterator[str]:
    noise = settings.noise
    if noise is None:
        return
    if not noise.below.is_finite() or not 0 < noise.below <= MOST:
        yield _("The noise floor must be a value above 0.")
    elif noise.below != noise.below.quantize(CENTS):
        yield _("The noise floor has two decimals at most.")
    if not 2 <= noise.times <= 1000:
        yield _("Below the noise floor, 2 to 1,000 sightings open a case.")
    if not 1 <= noise.days <= LONGEST:
        yield _("Sightings are counted over 1 day to 5 years.")
