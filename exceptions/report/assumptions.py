"""The assumptions of the report's estimates: which are in force, and who set them.

Every wording is kept, and stands in the settings history.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from exceptions import settings_history
from exceptions.actors import Actor
from exceptions.models import ReportAssumptions
from exceptions.queries import breach, ended, expedited, volume
from exceptions.queries.counted import Counted
from exceptions.report.estimate import Assumed, Counts, Estimate, estimate
from exceptions.vocabulary import ClockKind, Governed, Outcome, Role

SETTERS = (Role.EXECUTIVE, Role.POLICY_ADMIN)
VALUES = ("minutes_saved", "cost_per_hour", "expedite_cost", "failure_cost", "sla_target")
HIGHEST = Decimal(1_000_000)
CENT = Decimal("0.01")
WHOLE = Decimal(100)  # percent


class NotSet(Exception):
    """The assumptions cannot be so; the message says why, to a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """New assumptions; `values` by the names of VALUES, None where nothing is assumed."""

    values: dict[str, Decimal | None]
    currency: str
    because: str


def may_set(actor: Actor) -> bool:
    return actor.has_role(*SETTERS)


def in_force() -> ReportAssumptions | None:
    return ReportAssumptions.objects.select_related("set_by").order_by("-id").first()


@transaction.atomic
def set_(said: Said, actor: Actor, at: datetime) -> ReportAssumptions:
    """They hold from now on, for everybody's report. Raises NotSet."""
    _check(said)
    assert actor.user is not None
    before = in_force()
    new = ReportAssumptions.objects.create(
        **{name: _cents(value) for name, value in said.values.items()},
        currency=said.currency.upper(),
        because=said.because.strip(),
        set_at=at,
        set_by=actor.user,
    )
    settings_history.add(
        Governed.REPORT,
        _("Assumptions of the executive report set"),
        by=actor.user,
        at=at,
        via=actor.via,
        because=new.because,
        data={"before": _told(before), "now": _told(new)},
    )
    return new


def _check(said: Said) -> None:
    if not (len(said.currency) == 3 and said.currency.isascii() and said.currency.isalpha()):
        raise NotSet(_("Give the currency by its three letters, such as EUR."))
    if not 0 < len(said.because.strip()) <= 300:
        raise NotSet(_("Say where the values come from, in 300 letters at most."))
    given = [value for value in said.values.values() if value is not None]
    if not all(value.is_finite() and 0 <= value <= HIGHEST for value in given):
        raise NotSet(_("Values are from 0 to 1,000,000."))
    if (said.values["sla_target"] or 0) > WHOLE:
        raise NotSet(_("The target is a percentage: 100 at most."))


def _cents(value: Decimal | None) -> Decimal | None:
    """As it is kept."""
    return None if value is None else value.quantize(CENT)


def _told(row: ReportAssumptions | None) -> dict[str, str]:
    if row is None:
        return {}
    values = {name: getattr(row, name) for name in (*VALUES, "currency", "because")}
    return {name: str(value) for name, value in values.items() if value is not None}


def estimated(row: ReportAssumptions, now: Counted, before: Counted) -> Estimate:
    """The estimates of a period, against the one before."""
    assumed = Assumed(
        minutes_saved=row.minutes_saved,
        cost_per_hour=row.cost_per_hour,
        expedite_cost=row.expedite_cost,
        failure_cost=row.failure_cost,
        currency=row.currency,
    )
    return estimate(assumed, _counts(now), _counts(before))


def _counts(counted: Counted) -> Counts:
    clocks = [row for row in counted(breach.by_clock) if row.kind == ClockKind.RESOLVE]
    return Counts(
        detected=sum(row.n for row in counted(volume.by_kind)),
        healed=counted(ended.by_outcome).get(Outcome.SELF_HEALED, 0),
        expedited=counted(expedited.decided),
        clocks=sum(row.n for row in clocks),
        breached=sum(row.breached for row in clocks),
    )
