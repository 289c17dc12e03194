"""Drafting the policy of a kind, and putting a draft onto a version that came meanwhile."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction

from exceptions import drafting, policies
from exceptions.actors import Actor
from exceptions.drafting import Subject
from exceptions.models import Policy
from exceptions.verdicts import PolicySettings
from exceptions.vocabulary import Governed, KindCode


def policy_of(kind: str) -> Subject[Policy, PolicySettings]:
    return Subject(
        model=Policy,
        area=Governed.POLICY,
        called=str(KindCode(kind).label),
        hold=policies.hold_for_publishing,
        to_json=policies.to_json,
        from_json=policies.from_json,
        problems=partial(policies.problems, kind),
        key={"kind": kind},
        catches_up=True,
        enact=lambda policy, at: policies.enact(policy, at=at),
    )


@dataclass(frozen=True, slots=True)
class Difference:
    """One setting that differs: where it stands (`targets`, `resolve`, `high`), and both values.

    None stands for what is not there. Lists, such as a playbook, are compared as a whole.
    """

    path: tuple[str, ...]
    before: Any
    after: Any


@transaction.atomic
def bring_up_to_date(kind: str, draft_id: int, actor: Actor, *, at: datetime) -> Policy:
    """Put what the draft changes onto the version that was published since it was begun.

    Where both changed the same setting, the draft's value stands: it is there to be looked at.
    """
    person, subject = drafting.drafter(actor), policy_of(kind)
    subject.hold()
    draft, newest = drafting.locked(subject, draft_id), drafting.newest(subject)
    assert draft.based_on is not None
    assert newest is not None  # a draft is based on one
    settings = newest.settings
    for difference in differences(draft.based_on.settings, draft.settings):
        settings = _with(settings, difference.path, difference.after)
    draft.settings, draft.based_on = settings, newest
    drafting.touch(draft, person, at)
    return draft


def differences(before: Any, after: Any, path: tuple[str, ...] = ()) -> Iterator[Difference]:
    """Every setting that differs between two settings as JSON, in the order of their names."""
    if not (isinstance(before, dict | None) and isinstance(after, dict | None)) or before is after:
        if before != after:
            yield Difference(path, before, after)
        return
    before, after = before or {}, after or {}
    for name in sorted(before.keys() | after.keys()):
        yield from differences(before.get(name), after.get(name), (*path, name))


def _with(settings: Any, path: tuple[str, ...], value: Any) -> Any:
    """A copy of `settings` with another value at the path; None takes the setting away."""
    name, rest = path[0], path[1:]
    changed = _with(settings.get(name) or {}, rest, value) if rest else value
    kept = {key: old for key, old in settings.items() if key != name}
    return kept if changed is None else kept | {name: changed}
