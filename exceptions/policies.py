"""Policies in force: reading them, and publishing a new version."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from exceptions import chains, recipients, settings_history
from exceptions.kinds import KINDS, Threshold
from exceptions.kinds import kind as kind_of
from exceptions.kinds.definition import STANDARD_APPROVE
from exceptions.models import Case, Document, Policy, Site, User
from exceptions.soundness import of_evidence, of_gates, of_threshold, sites_named
from exceptions.verdicts import PolicySettings, Step
from exceptions.vocabulary import ClockKind, Factor, Governed, KindCode, Rung, Tier, Verb, Via

POLICY_LOCK = 0x70011C1  # shared by whoever judges, exclusive to whoever publishes

LONGEST_TARGET = 5 * 365 * 24 * 60  # minutes
LONGEST_PERIOD = 5 * 365  # days
MOST_ESCALATED = 1000  # percent of the time
MOST_PAUSED = 1000  # percent of the time to resolve
# What a playbook may do of itself; another date is for people to decide.
AUTOMATIC = (
    Verb.ACTIVITY,
    Verb.NOTE,
    Verb.PRIORITY,
    Verb.TASK,
    Verb.TICKET,
    Verb.CUSTOMER_DRAFT,
    Verb.HOLD,
    Verb.APPROVAL,
    Verb.EMAIL,
    Verb.N8N_EVENT,
    Verb.CHAT,
    Verb.AUTOMATION,
)
LATER_CLOCKS = (ClockKind.CLASSIFY, ClockKind.CLAIM)  # those that not every policy has
SAYS_WHAT = (
    Verb.ACTIVITY,
    Verb.TASK,
    Verb.APPROVAL,
)  # somebody is to do something, so it must say what


class NotPublished(Exception):
    """The settings cannot be in force; `problems` says why, a sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class PolicyInForce:
    id: int
    version: int
    settings: PolicySettings


# These came later: left out while they say nothing, so that versions from before compare as equal.
LATER = (
    *("overrides", "rollout", "rollout_at", "noise", "hold_minutes"),
    *("round_the_clock", "pause_share", "escalation", "lease"),
    *("classify_minutes", "claim_in_working_time", "evidence"),
)


def to_json(settings: PolicySettings) -> Any:
    """Settings as they are stored."""
    plain: dict[str, Any] = msgspec.to_builtins(settings, str_keys=True)
    nothing = msgspec.to_builtins(PolicySettings(), str_keys=True)
    idle = {name for name in LATER if plain[name] == nothing[name]}
    for step in (step for steps in plain["playbook"].values() for step in steps):
        if not step["to"]:  # came later, too
            del step["to"]
    if plain["targets"].get(ClockKind.APPROVE) == STANDARD_APPROVE:  # came later, too
        del plain["targets"][ClockKind.APPROVE]
    return {name: value for name, value in plain.items() if name not in idle}


def from_json(data: Any) -> PolicySettings:
    """Settings as stored. Raises msgspec.ValidationError where they do not fit the type."""
    settings = msgspec.convert(data, PolicySettings, strict=False, str_keys=True)
    if not settings.targets or ClockKind.APPROVE in settings.targets:
        return settings
    standard = {ClockKind.APPROVE: dict(STANDARD_APPROVE)}  # of versions from before
    return replace(settings, targets=settings.targets | standard)


def settings_of(case: Case) -> PolicySettings:
    """The settings that the case lives under: those in force when it opened or last reopened."""
    return from_json(case.policy.settings)


def in_force() -> dict[str, PolicyInForce]:
    """The newest published policy of every kind."""
    rows = (
        Policy.objects.filter(published_at__isnull=False)
        .order_by("kind", "-version")
        .distinct("kind")
    )
    return {p.kind: PolicyInForce(p.id, p.version or 0, from_json(p.settings)) for p in rows}


def held() -> dict[str, PolicyInForce]:
    """The policies in force, which nobody replaces until this transaction ends.

    Without that, documents judged under the old version could be stored after `publish` has made
    every document due, and keep the old version's re-check instant.
    """
    _lock("pg_advisory_xact_lock_shared")
    return in_force()


def _lock(function: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [POLICY_LOCK])


@transaction.atomic
def publish(
    kind: str, settings: PolicySettings, *, at: datetime, author: User | None = None, note: str = ""
) -> Policy:
    """A new version, in force from now on; every document of the kind becomes due.

    Raises NotPublished: settings that do not hold together would stop every case of the kind.
    """
    if found := problems(kind, settings):
        raise NotPublished(found)
    hold_for_publishing()
    return enact(Policy(kind=kind, settings=to_json(settings), author=author, note=note), at=at)


def named(settings: PolicySettings) -> PolicySettings:
    """`settings` whose overrides know what the sites that they are for are called now."""
    if not settings.overrides:
        return settings
    names = dict(Site.objects.filter(pk__in=sites_named(settings)).values_list("pk", "name"))
    overrides = (
        replace(override, site_name=names.get(override.scope.from_site or 0, ""))
        for override in settings.overrides
    )
    return replace(settings, overrides=tuple(overrides))


def hold_for_publishing() -> None:
    """Until this transaction ends, nobody else judges or publishes. Taken before any row."""
    _lock("pg_advisory_xact_lock")


def enact(policy: Policy, *, at: datetime) -> Policy:
    """Put a policy in force as the next version of its kind. Its settings have been checked, and
    the caller holds the lock of `hold_for_publishing`.
    """
    newest = newest_of(policy.kind)
    policy.version = newest.version + 1 if newest and newest.version else 1
    policy.published_at = at
    if policy.settings.get("overrides"):
        policy.settings = to_json(named(from_json(policy.settings)))
    policy.save()
    types = [facts.__name__ for facts in kind_of(policy.kind).facts]
    raised = Q(facts_type="Report", living=True, facts__kind=policy.kind)
    documents = Document.objects.filter(Q(facts_type__in=types) | raised, gone_at=None)
    documents.update(recheck_at=at)
    _tell(policy, at)
    return policy


def _tell(policy: Policy, at: datetime) -> None:
    """A line of the settings history, with what the settings hash to."""
    by = policy.published_by or policy.author
    kind = KindCode(policy.kind).label
    settings_history.add(
        Governed.POLICY,
        f"{kind}: version {policy.version} in force",
        by=by,
        via=Via.WEB if by else Via.POLICY,
        because=policy.note,
        at=at,
        data={
            "kind": policy.kind,
            "version": policy.version,
            "drafted by": str(policy.author) if policy.author else "",
            "settings": chains.seal(policy.settings),
        },
    )


def newest_of(kind: str) -> Policy | None:
    """The version in force."""
    published = Policy.objects.filter(kind=kind, version__isnull=False)
    return published.select_related("author", "published_by").order_by("-version").first()


@transaction.atomic
def publish_defaults(*, at: datetime) -> None:
    """A first version for every kind that has none."""
    present = set(Policy.objects.exclude(version=None).values_list("kind", flat=True))
    for code, kind in KINDS.items():
        if code not in present:
            publish(code, kind.default_policy, at=at, note="default")


def problems(kind: str, settings: PolicySettings) -> list[str]:
    """Why these settings cannot be in force, a sentence each; none when they can."""
    return [
        *_of_thresholds(kind_of(kind).thresholds, settings),
        *_of_weights(settings),
        *_of_targets(kind_of(kind).claim_from is not None, settings),
        *(problem for tier in Tier for problem in _of_playbook(tier, settings)),
        *_of_periods(settings),
        *(problem for tier in Tier for problem in _of_escalation(tier, settings)),
        *of_gates(kind_of(kind).thresholds, settings),
        *of_evidence(kind_of(kind).slots, settings),
    ]


def _of_thresholds(known: tuple[Threshold, ...], settings: PolicySettings) -> Iterator[str]:
    given = settings.thresholds
    for name in sorted(given.keys() - {threshold.name for threshold in known}):
        yield _("There is no threshold “%s”.") % name
    for threshold in known:
        yield from of_threshold(threshold, given.get(threshold.name))


def _of_weights(settings: PolicySettings) -> Iterator[str]:
    if Factor.JUDGEMENT in settings.weights:
        yield _("What a supervisor judges has no weight of its own.")
    adding = sum(weight for weight in settings.weights.values() if weight > 0)
    if not 0 < adding <= 100:
        yield _("The weights that add points sum to %s: it must be 1 to 100.") % adding
    if any(weight < -100 for weight in settings.weights.values()):
        yield _("No weight takes away more than 100 points.")


def _of_targets(claims: bool, settings: PolicySettings) -> Iterator[str]:
    """`claims`: cases of the kind have a claim to make."""
    for clock in (ClockKind.ACKNOWLEDGE, ClockKind.RESOLVE, ClockKind.APPROVE):
        for tier in Tier:
            if not 1 <= settings.targets.get(clock, {}).get(tier, 0) <= LONGEST_TARGET:
                says = {"clock": clock.label, "tier": tier.label}
                yield _("%(tier)s needs a time to %(clock)s, from a minute to 5 years.") % says
    times = settings.targets.get(ClockKind.CLAIM, {})
    if times and not claims:
        yield _("Cases of this kind have no claim to make, so no time for it.")
    if not all(1 <= minutes <= LONGEST_TARGET for minutes in times.values()):
        yield _("A claim is filed within a minute to 5 years, or has no deadline.")
    if not 0 <= settings.classify_minutes <= LONGEST_TARGET:
        yield _("People classify within a minute to 5 years, or the policy does at once.")


def _of_playbook(tier: Tier, settings: PolicySettings) -> Iterator[str]:
    steps = settings.playbook.get(tier)
    if steps is None:
        yield _("%s needs a playbook, if only an empty one.") % tier.label
        return
    if len({step.verb for step in steps}) < len(steps):
        yield _("The playbook of %s does one thing twice; once is all that is sent.") % tier.label
    if not all(map(_is_sound, steps)):
        yield _("The playbook of %s has a step that cannot be done by itself.") % tier.label
    for step in steps:
        yield from _of_recipients(tier, step)


def _is_sound(step: Step) -> bool:
    """A verb that needs nobody; an activity or a task says what is to be done."""
    said = step.verb not in SAYS_WHAT or step.text.strip() != ""
    return step.verb in AUTOMATIC and said and 0 <= step.due_in_days <= LONGEST_PERIOD


def _of_recipients(tier: Tier, step: Step) -> Iterator[str]:
    if step.to and step.verb != Verb.EMAIL:
        yield _("The playbook of %s names recipients for what is no e-mail.") % tier.label
    for problem in recipients.problems(step.to):
        yield _("The e-mail of %(tier)s: %(problem)s") % {"tier": tier.label, "problem": problem}


def _of_escalation(tier: Tier, settings: PolicySettings) -> Iterator[str]:
    if not 0 <= settings.lease.get(tier, 0) <= LONGEST_TARGET:
        yield _("%s goes back to the queue after a minute to 5 years, or never.") % tier.label
    for step in settings.escalation.get(tier, ()):
        if step.clock in LATER_CLOCKS and settings.target(step.clock, tier) is None:
            named = {"tier": tier.label, "clock": step.clock.label}
            yield _("%(tier)s has no time to %(clock)s that could escalate.") % named
        if not 1 <= step.percent <= MOST_ESCALATED:
            says = {"tier": tier.label, "most": MOST_ESCALATED}
            yield _("%(tier)s is escalated between 1 and %(most)s %% of its time.") % says
        if step.takes and step.to != Rung.LEAD:
            yield _("%s: only the site's lead can take a case over.") % tier.label


def _of_periods(settings: PolicySettings) -> Iterator[str]:
    periods = (settings.quiet_hours / 24, settings.reopen_days, settings.recurrence_days)
    if not all(0 <= days <= LONGEST_PERIOD for days in periods):
        yield _("The quiet period and the windows last from nothing to 5 years.")
    if not 0 <= settings.pause_share <= MOST_PAUSED:
        yield _("Cases wait for others for 0 to %s %% of their time.") % MOST_PAUSED
