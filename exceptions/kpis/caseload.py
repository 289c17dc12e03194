"""How many cases there are, how old they are, how they end, and what is at risk in them."""

from django.utils.translation import gettext_lazy as _

from exceptions.kpis.kpi import Kpi, Measure, share
from exceptions.queries import aging, backlog, ended, exposed, volume
from exceptions.queries.counted import Counted
from exceptions.vocabulary import Better, KindCode, Outcome, Tier, Unit

OLD_BUCKET = 4  # of aging.BUCKETS: from here on (3 days) a case counts as old
AGES = (
    _("<4 h"),
    _("4–8 h"),  # noqa: RUF001
    _("8–24 h"),  # noqa: RUF001
    _("1–3 d"),  # noqa: RUF001
    _("3–7 d"),  # noqa: RUF001
    _("7–14 d"),  # noqa: RUF001
    _(">14 d"),
)


def _volume(counted: Counted) -> list[Measure]:
    n = sum(row.n for row in counted(volume.by_day))
    kinds = [
        Measure(row.n, row.n, row.kind, KindCode(row.kind).label) for row in counted(volume.by_kind)
    ]
    return [Measure(n, n), *kinds]


def _volume_of_sites(counted: Counted) -> dict[int, Measure]:
    found = counted(volume.by_site)
    return {site: Measure(n, n) for site in counted.scope.sites for n in [found.get(site, 0)]}


def _backlog(counted: Counted) -> list[Measure]:
    n = counted(backlog.by_day)[-1].n
    return [Measure(n, n)]


def _aging(counted: Counted) -> list[Measure]:
    rows = counted(aging.by_bucket)
    by_age = {bucket: sum(r.n for r in rows if r.bucket == bucket) for bucket in aging.BUCKETS}
    by_tier = {tier: sum(r.n for r in rows if r.tier == tier) for tier in Tier.values}
    n = sum(by_age.values())
    return [
        Measure(n, n),
        *(Measure(by_age[b], by_age[b], f"age_{b}", AGES[b]) for b in aging.BUCKETS),
        *(Measure(m, m, tier, Tier(tier).label) for tier, m in by_tier.items()),
    ]


def _old(counted: Counted) -> list[Measure]:
    rows = counted(aging.by_bucket)
    old = sum(row.n for row in rows if row.bucket >= OLD_BUCKET)
    return [Measure(old, sum(row.n for row in rows), counted=old)]


def _self_healed(counted: Counted) -> list[Measure]:
    ends = counted(ended.by_outcome)
    return [share(ends.get(Outcome.SELF_HEALED, 0), sum(ends.values()))]


def _ended(counted: Counted) -> list[Measure]:
    ends = counted(ended.by_outcome)
    n = sum(ends.values())
    told = [Outcome(word) for word in Outcome.values if ends.get(word)]
    return [Measure(n, n), *(Measure(ends[o], ends[o], o.value, o.label) for o in told)]


def _exposed(counted: Counted) -> list[Measure]:
    """By currency, which are never added up. Cases without a known amount are told, too."""
    rows = counted(exposed.by_currency)
    return [Measure(row.value, row.n, row.currency or "none", row.currency or "") for row in rows]


VOLUME = Kpi(
    key="volume",
    name=_("Volume"),
    means=_("Cases detected in the range."),
    unit=Unit.COUNT,
    better=Better.LESS,
    counts=_("cases"),
    of=_volume,
    apart=_("kind"),
    of_sites=_volume_of_sites,
)
BACKLOG = Kpi(
    key="backlog",
    name=_("Backlog"),
    means=_("Open (not resolved, not closed) at the end of the range; of today, now."),
    unit=Unit.COUNT,
    better=Better.LESS,
    counts=_("cases"),
    of=_backlog,
)
AGING = Kpi(
    key="aging",
    name=_("Aging"),
    means=_("Open cases by elapsed time since detection and by tier, now."),
    unit=Unit.COUNT,
    better=Better.LESS,
    counts=_("cases"),
    of=_aging,
    apart=_("age or tier"),
)
OLD = Kpi(
    key="old",
    name=_("Open for 3 days or more"),
    means=_("Open cases by elapsed time since detection, now."),
    unit=Unit.COUNT,
    better=Better.LESS,
    counts=_("open"),
    of=_old,
)
SELF_HEALED = Kpi(
    key="self_healed",
    name=_("Self-healed"),
    means=_("Of the cases that ended, the share whose source recovered before anyone decided."),
    unit=Unit.SHARE,
    better=Better.NEITHER,
    counts=_("cases"),
    of=_self_healed,
)
ENDED = Kpi(
    key="ended",
    name=_("Outcomes"),
    means=_("Cases that ended in the range, by how they ended."),
    unit=Unit.COUNT,
    better=Better.NEITHER,
    counts=_("cases"),
    of=_ended,
    apart=_("outcome"),
)
EXPOSED = Kpi(
    key="exposed",
    name=_("Exposed"),
    means=_("Open value at risk, now. Currencies are never added up."),
    unit=Unit.MONEY,
    better=Better.LESS,
    counts=_("cases"),
    of=_exposed,
    apart=_("currency"),
)
