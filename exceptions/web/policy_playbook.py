"""The playbook of a policy as rows of a form, and back. Pure.

Every tier has its steps in order and one empty row more. A row without a verb is no step.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from django.utils.translation import gettext as _

from exceptions.policies import AUTOMATIC
from exceptions.verdicts import PolicySettings, Step
from exceptions.vocabulary import Tier, Verb

MOST_DAYS = 3650


class Form(Protocol):
    """A form with several values under a name, as Django's QueryDict."""

    def getlist(self, key: str) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class TierSteps:
    tier: Tier
    steps: tuple[Step, ...]
    before: tuple[Step, ...]

    @property
    def changed(self) -> bool:
        return self.steps != self.before


def tiers(settings: PolicySettings, before: PolicySettings) -> list[TierSteps]:
    """The heaviest tier first, each beside what is in force."""
    return [
        TierSteps(tier, settings.playbook.get(tier, ()), before.playbook.get(tier, ()))
        for tier in Tier
    ]


def choices() -> list[tuple[str, str]]:
    """What a playbook can do by itself."""
    return [(str(verb), str(verb.label)) for verb in AUTOMATIC]


def read(settings: PolicySettings, form: Form) -> PolicySettings:
    """`settings` with the steps that the form says, tier by tier; `op` moves or removes one.

    `op` is `up`, `down` or `remove`, the tier and the row, such as `up:high:1`.
    """
    if not form.getlist("playbook"):
        return settings
    playbook = {tier: _steps(form, tier) for tier in Tier}
    for op in form.getlist("op"):
        playbook = _operated(playbook, op)
    return replace(settings, playbook=playbook)


def _steps(form: Form, tier: Tier) -> tuple[Step, ...]:
    names = (f"playbook.{tier}.{part}" for part in ("verb", "text", "days"))
    rows = zip(*(form.getlist(name) for name in names), strict=False)
    return tuple(
        Step(verb=Verb(verb), text=text.strip()[:200], due_in_days=_days(days))
        for verb, text, days in rows
        if verb in AUTOMATIC
    )


def _days(text: str) -> int:
    """A number of days from 0; what cannot be read counts as today."""
    return min(int(text), MOST_DAYS) if text.strip().isdecimal() else 0


def _operated(playbook: Mapping[Tier, Sequence[Step]], op: str) -> dict[Tier, tuple[Step, ...]]:
    kept = {tier: tuple(steps) for tier, steps in playbook.items()}
    what, tier_name, row = (*op.split(":"), "", "")[:3]
    if tier_name not in Tier or not row.isdecimal():
        return kept
    tier, at = Tier(tier_name), int(row)
    return kept | {tier: _with(list(kept[tier]), what, at)}


def _with(steps: list[Step], what: str, at: int) -> tuple[Step, ...]:
    if at >= len(steps):
        return tuple(steps)
    step = steps.pop(at)
    if what == "remove":
        return tuple(steps)
    to = max(at - 1, 0) if what == "up" else at + 1
    steps.insert(to, step)
    return tuple(steps)


def in_words(step: Step) -> str:
    """`activity: Ask the supplier, due in 1 day`."""
    words = f"{step.verb.label}: {step.text}" if step.text else str(step.verb.label)
    if step.verb != Verb.ACTIVITY:
        return words
    if step.due_in_days == 0:
        return _("%s, due at once") % words
    return _("%(what)s, due in %(n)s d") % {"what": words, "n": step.due_in_days}
