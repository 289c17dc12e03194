"""How the canary of a connection stands, in one line."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from exceptions.web import formats
from integrations import canaries
from integrations.models import Canary, CanaryRun


@dataclass(frozen=True, slots=True)
class Line:
    """How it stands, in one line; `bad`: somebody should look at the way."""

    look: str
    icon: str
    says: str
    bad: bool = False


def line(canary: Canary | None, at: datetime) -> Line | None:
    """None where it was never switched on."""
    if canary is None:
        return None
    last = canaries.latest(canary.access.connection)
    if not canary.enabled:
        return Line("", "pause", _("Canary: off")) if last else None
    if canaries.is_late(canary, at=at) and canary.due_at:
        words = _("Canary: due since %s, and not sent; the worker stands still")
        return Line("bad", "alert", words % formats.when(canary.due_at), bad=True)
    if canary.skipped_at:
        return Line("warn", "pause", _("Canary: not run: %s") % canary.skipped_because)
    if last is None:
        return Line("info", "clock", _("Canary: the first one is on its way"))
    look, icon = ("ok", "check") if last.passed else ("bad", "x")
    return Line(look, icon, f"{_('Canary')}: {in_words(last)}", bad=not last.passed)


def in_words(run: CanaryRun) -> str:
    """How long it took, or where it stopped and why."""
    when = formats.when(run.started_at)
    if run.ended_at is None:
        return _("on its way since %s") % when
    if run.broken_at:
        told = {"hop": run.get_broken_at_display(), "when": when, "why": run.reason}
        return _("stopped at %(hop)s, %(when)s: %(why)s") % told
    return _("%(seconds)s s at %(when)s") % {"seconds": f"{run.seconds or 0:.1f}", "when": when}
