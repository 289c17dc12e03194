"""What a learned model may look at, and since when each of it is known. Pure.

Nothing here is known later than the day on which a risk is foreseen; a test holds every feature to
that by moving the future about.
"""

from math import log

from django.db import models
from django.utils.translation import gettext_lazy as _

from exceptions.facts.transit import Transit
from exceptions.lateness import rule
from exceptions.lateness.past import Past
from exceptions.vocabulary import Among


class Known(models.TextChoices):
    """Since when a feature is known."""

    FIRST_SEEN = "first_seen", _("since the document was first seen")
    DAY = "day", _("on the day of foreseeing, from promises due before it")


FEATURES: dict[str, Known] = {
    "lately": Known.DAY,
    "longer": Known.DAY,
    "all_share": Known.DAY,
    "lane_share": Known.DAY,
    "by_share": Known.DAY,
    "by_on_lane_share": Known.DAY,
    "by_n": Known.DAY,
    "by_on_lane_n": Known.DAY,
    "days_ahead": Known.FIRST_SEEN,
    "weekday": Known.FIRST_SEEN,
    "month": Known.FIRST_SEEN,
}


def of(one: Transit, past: Past) -> tuple[float, ...] | None:
    """The features in the order of FEATURES; None where the rule concludes nothing either."""
    risk = rule.foresee(one, past)
    if risk is None:
        return None
    groups = past.of(one)
    shares = {
        among: rule.drawn(tally.late, tally.n, groups[Among.ALL].late / groups[Among.ALL].n)
        for among, tally in groups.items()
    }
    return (
        risk.lately,
        risk.longer,
        *(shares[among] for among in (Among.ALL, Among.LANE, Among.BY, Among.BY_ON_LANE)),
        log(1 + groups[Among.BY].n),
        log(1 + groups[Among.BY_ON_LANE].n),
        float((one.promised_on - past.on).days),
        float(one.promised_on.weekday()),
        float(one.promised_on.month),
    )
