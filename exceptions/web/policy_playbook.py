"""The playbook of a policy as rows of a form, and back. Pure.

Every tier has its steps in order and one empty row more. A row without a verb is no step.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from django.conf import settings
from django.utils.translation import gettext as _

from exceptions.policies import AUTOMATIC
from exceptions.recipients import LEAD
from exceptions.verdicts import PolicySettings, Step
from exceptions.vocabulary import TeamCode, Tier, Verb

MOST_DAYS = 3650
MOST_LETTERS = 1000  # of all recipients together


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


def tiers(shown: PolicySettings, before: PolicySettings) -> list[TierSteps]:
    """The heaviest tier first, each beside what is in force."""
    return [
        TierSteps(tier, shown.playbook.get(tier, ()), before.playbook.get(tier, ()))
        for tier in Tier
    ]


def choices() -> list[tuple[str, str]]:
    """What a playbook can do by itself."""
    return [(str(verb), str(verb.label)) for verb in AUTOMATIC]


def read(before: PolicySettings, form: Form) -> PolicySettings:
    """`before` with the steps that the form says, tier by tier; `op` moves or removes one.

    `op` is `up`, `down` or `remove`, the tier and the row, such as `up:high:1`.
    """
    if not form.getlist("playbook"):
        return before
    playbook = {tier: _steps(form, tier) for tier in Tier}
    for op in form.getlist("op"):
        playbook = _operated(playbook, op)
    return replace(before, playbook=playbook)


def _steps(form: Form, tier: Tier) -> tuple[Step, ...]:
    """Rows without recipients are those of a form that has no field for them."""
    verbs, texts, days, to = (
        form.getlist(f"playbook.{tier}.{part}") for part in ("verb", "text", "days", "to")
    )
    rows = zip(verbs, texts, days, to or [""] * len(verbs), strict=False)
    return tuple(
        Step(
            verb=Verb(verb),
            text=text.strip()[:200],
            due_in_days=_days(due),
            to=_recipients(named) if verb == Verb.EMAIL else (),
        )
        for verb, text, due, named in rows
        if verb in AUTOMATIC
    )


def _recipients(text: str) -> tuple[str, ...]:
    """Named with commas, blanks or semicolons between them, each once."""
    named = re.split(r"[\s,;]+", text[:MOST_LETTERS])
    return tuple(dict.fromkeys(each for each in named if each))


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
    if step.verb == Verb.EMAIL:
        return _("%(what)s, to %(whom)s") % {"what": words, "whom": _whom(step)}
    if step.verb != Verb.ACTIVITY:
        return words
    if step.due_in_days == 0:
        return _("%s, due at once") % words
    return _("%(what)s, due in %(n)s d") % {"what": words, "n": step.due_in_days}


def _whom(step: Step) -> str:
    names = {LEAD: _("the site's lead"), **{t.value: str(t.label) for t in TeamCode}}
    return ", ".join(names.get(each, each) for each in step.to) or _("the team")


def trouble(step: Step) -> str:
    """Why the step would not be done as things are set up now; empty when it would."""
    connected: dict[Verb, object] = {
        Verb.N8N_EVENT: settings.N8N_WEBHOOK_URL and settings.N8N_WEBHOOK_SECRET,
        Verb.CHAT: settings.TOWER_CHAT_WEBHOOK_URL,
    }
    return "" if connected.get(step.verb, True) else _("not connected")
