"""Risks of lateness in words: how likely, by how much, and from whose past."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from exceptions.lateness.rule import Ground, Risk
from exceptions.models import KeptTransit
from exceptions.vocabulary import Among, Direction

LIKELY = 0.5


def percent(share: float) -> str:
    return f"{share * 100:.0f} %"


def days(risk: Risk) -> str:
    """`2 to 4 days`, as people write it; empty where too few were late to say."""
    if risk.low_days is None or risk.high_days is None:
        return ""
    if risk.low_days == risk.high_days:
        return ngettext("%(n)s day", "%(n)s days", risk.low_days) % {"n": risk.low_days}
    return _("%(low)s\N{EN DASH}%(high)s days") % {"low": risk.low_days, "high": risk.high_days}


def headline(risk: Risk) -> str:
    """As `Likely 3 days late, 71 % (n = 58)`."""
    said = {"share": percent(risk.share), "days": days(risk), "n": risk.n}
    if risk.share >= LIKELY:
        if not said["days"]:
            return _("Likely late, %(share)s (n = %(n)s)") % said
        return _("Likely %(days)s late, %(share)s (n = %(n)s)") % said
    if not said["days"]:
        return _("Late with %(share)s (n = %(n)s)") % said
    return _("Late with %(share)s, then by %(days)s (n = %(n)s)") % said


@dataclass(frozen=True, slots=True)
class Row:
    """One group whose past is counted."""

    name: str
    late: int
    n: int
    share: str


def rows(risk: Risk, direction: str) -> list[Row]:
    return [
        Row(_name(ground, direction), ground.late, ground.n, percent(ground.late / ground.n))
        for ground in risk.grounds
    ]


def _name(ground: Ground, direction: str) -> str:
    if ground.among != Among.ALL:
        return ground.name
    return _("all inbound") if direction == Direction.INBOUND else _("all outbound")


def because(one: KeptTransit, risk: Risk) -> str:
    """The weightiest ground in one line, for lists."""
    narrow = [g for g in risk.grounds if g.among in (Among.BY_ON_LANE, Among.BY)]
    ground = narrow[0] if narrow else risk.grounds[-1]
    said = {"late": ground.late, "n": ground.n, "who": _name(ground, one.direction)}
    if not narrow:
        said["by"] = one.by
        return _("nothing of %(by)s yet; of %(who)s, %(late)s of %(n)s were late") % said
    return _("%(who)s: %(late)s of %(n)s late in a year") % said


def parts(risk: Risk) -> Iterator[str]:
    """The two shares of which the mean is taken."""
    yield _("lately (half weight after 90 days): %s") % percent(risk.lately)
    yield _("over the year, on this lane (half weight after 180 days): %s") % percent(risk.longer)


def age(risk: Risk, on: date) -> str:
    """How old the data is."""
    if risk.newest is None:
        return ""
    n = (on - risk.newest).days
    return ngettext(
        "its last promise fell due %(n)s day ago", "its last promise fell due %(n)s days ago", n
    ) % {"n": n}
