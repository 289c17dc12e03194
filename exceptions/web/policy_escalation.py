"""The escalation of a policy as fields of a form, and back; and how it would come about. Pure.

A tier's steps are typed in one line: `acknowledge 100 lead takes over; resolve 150 executives`.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from exceptions.verdicts import Escalation, PolicySettings
from exceptions.vocabulary import ClockKind, Rung, Tier
from exceptions.web.setting_fields import Field, Group, Unreadable

STEP = re.compile(r"(\w+)\s+(\d{1,4})\s*%?\s+(\w+)(\s+takes over)?", re.IGNORECASE)
Keep = Callable[[PolicySettings, Any], PolicySettings]


def group(settings: PolicySettings) -> Group:
    return Group(
        title=_("Escalation"),
        says=_(
            "who is told at what share of the time, such as: acknowledge 100 lead takes over; "
            "resolve 150 executives. One of team, lead, supervisors, executives"
        ),
        fields=tuple(
            Field(
                name=f"escalation.{tier}",
                label=str(tier.label),
                unit="",
                said=said(settings.escalation.get(tier, ())),
                idle=_("default of the product"),
                long=True,
            )
            for tier in Tier
        ),
    )


def said(steps: tuple[Escalation, ...]) -> str:
    return "; ".join(
        f"{step.clock} {step.percent} {step.to}{' takes over' if step.takes else ''}"
        for step in steps
    )


def reader(name: str) -> tuple[Callable[[str], Any], Keep] | None:
    """How a field is read and kept; None for what is none of these."""
    tier = name.partition(".")[2]
    if not name.startswith("escalation.") or tier not in Tier:
        return None
    return steps_of, _keeper(Tier(tier))


def _keeper(tier: Tier) -> Keep:
    def keep(settings: PolicySettings, steps: tuple[Escalation, ...]) -> PolicySettings:
        others = {t: s for t, s in settings.escalation.items() if t != tier}
        return replace(settings, escalation=others | ({tier: steps} if steps else {}))

    return keep


def steps_of(text: str) -> tuple[Escalation, ...]:
    """In the order in which they come about. Raises Unreadable."""
    parts = (part.strip() for part in text.split(";"))
    steps = (_step(part) for part in parts if part)
    return tuple(sorted(steps, key=lambda s: (s.clock, s.percent)))


def _step(text: str) -> Escalation:
    match = STEP.fullmatch(text)
    clock, to = (match[1].lower(), match[3].lower()) if match else ("", "")
    if match is None or clock not in ClockKind.values or to not in Rung.values:
        raise Unreadable(
            _("“%s”: give clock, percent and who, such as resolve 100 supervisors.") % text[:40]
        )
    return Escalation(
        clock=ClockKind(clock), percent=int(match[2]), to=Rung(to), takes=bool(match[4])
    )
