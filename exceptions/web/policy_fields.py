"""The settings of a policy as the fields of a form, and back. Pure.

A field is named by its path in the settings (`targets.resolve.high`). What a form says that cannot
be read stays in its field, with a sentence beside it; the setting keeps its value.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exceptions import sla
from exceptions.kinds import kind as kind_of
from exceptions.verdicts import PolicySettings
from exceptions.vocabulary import ClockKind, Factor, Tier
from exceptions.web import policy_escalation, policy_evidence, policy_gates
from exceptions.web.setting_fields import Field, Group, Unreadable, minutes, number, plain, whole

ALWAYS, WORKED = "always", "worked"
# The clocks of every policy.
ALL_HAVE = (ClockKind.ACKNOWLEDGE, ClockKind.RESOLVE, ClockKind.APPROVE)
WEIGHED = tuple(factor for factor in Factor if factor != Factor.JUDGEMENT)
PERIODS: tuple[tuple[str, str | Promise, str | Promise], ...] = (
    ("quiet_hours", gettext_lazy("Closes by itself after"), gettext_lazy("hours of quiet")),
    ("reopen_days", gettext_lazy("Comes back as the same case within"), gettext_lazy("days")),
    ("recurrence_days", gettext_lazy("Recurrence looks back"), gettext_lazy("days")),
    (
        "pause_share",
        gettext_lazy("May wait for others for"),
        gettext_lazy("% of its time to resolve"),
    ),
)


@dataclass(frozen=True, slots=True)
class Read:
    """What a form said: settings, and for each field that could not be read what was typed and
    why not."""

    settings: PolicySettings
    typed: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)


def groups(kind: str, settings: PolicySettings, sites: Mapping[int, str]) -> list[Group]:
    """Every setting but overrides and playbook, in the order in which a case meets them; `sites`
    are the names of all sites.
    """
    return [
        policy_gates.rollout(settings, sites),
        Group(
            title=_("Thresholds"),
            says=_("when it is an exception"),
            fields=tuple(_thresholds(kind, settings)),
        ),
        policy_gates.sieve(settings),
        Group(
            title=_("Severity"),
            says=_("the most points that each factor can give; together 100 at most"),
            fields=tuple(_weights(settings)),
        ),
        Group(
            title=_("Time to act"),
            says=_("working time of the site, such as 30 min or 4 h; a day here is 24 hours of it"),
            fields=(
                *_targets(settings),
                *_claims(kind, settings),
                *_ways(settings),
                *_leases(settings),
                _classified(settings),
            ),
        ),
        policy_escalation.group(settings),
        *policy_evidence.groups(kind, settings),
        Group(
            title=_("Afterwards"),
            says=_("when a case closes, comes back, and counts as a repetition"),
            fields=tuple(_periods(settings)),
        ),
    ]


def compared(
    shown: list[Group],
    before: list[Group],
    origins: Mapping[str, str],
    read: Read | None = None,
) -> list[Group]:
    """The groups with what is in force beside each field, where it comes from, and what a form said
    that could not be read.
    """
    in_force = {f.name: f.said for group in before for f in group.fields}
    typed, problems = (read.typed, read.problems) if read else ({}, {})
    return [
        replace(
            group,
            fields=tuple(
                replace(
                    f,
                    said=typed.get(f.name, f.said),
                    before=in_force.get(f.name, ""),
                    origin=origins.get(f.name, f.idle or _("not used by this kind")),
                    problem=problems.get(f.name, ""),
                )
                for f in group.fields
            ),
        )
        for group in shown
    ]


def read(settings: PolicySettings, form: Mapping[str, str]) -> Read:
    """`settings` with what the form says. Fields that it does not name stay as they are."""
    typed: dict[str, str] = {}
    problems: dict[str, str] = {}
    for name in form:
        reader = _reader(name)
        if reader is None:
            continue
        value_of, keep = reader
        try:
            settings = keep(settings, value_of(form[name].strip()))
        except Unreadable as unreadable:
            typed[name], problems[name] = form[name][:40], str(unreadable)
    return Read(settings, typed, problems)


Keep = Callable[[PolicySettings, Any], PolicySettings]
Reader = tuple[Callable[[str], Any], Keep]


def _reader(name: str) -> Reader | None:
    """How a field is read and kept; None for what is no field of ours."""
    group, _dot, rest = name.partition(".")
    if group == "thresholds":
        return number, _threshold_keeper(rest)
    if group == "weights" and rest in WEIGHED:
        return whole, _weight_keeper(Factor(rest))
    clock, _dot, tier = rest.partition(".")
    if group == "targets" and clock in ALL_HAVE and tier in Tier:
        return minutes, _target_keeper(ClockKind(clock), Tier(tier))
    if group == "targets" and clock == ClockKind.CLAIM and tier in Tier:
        return _minutes_or_never, _claim_keeper(Tier(tier))
    if name == "classify_minutes":
        return _minutes_or_never, _period_keeper(name)
    if name == "claim_in_working_time":
        return _worked, _period_keeper(name)
    if group == "lease" and rest in Tier:
        return _minutes_or_never, _lease_keeper(Tier(rest))
    if group == "round_the_clock" and rest in Tier:
        return _way, _way_keeper(Tier(rest))
    if name in {period for period, *_rest in PERIODS}:
        return whole, _period_keeper(name)
    others = (policy_gates, policy_escalation, policy_evidence)
    return next((found for each in others if (found := each.reader(name))), None)


def _threshold_keeper(name: str) -> Keep:
    return lambda s, value: replace(s, thresholds=s.thresholds | {name: value})


def _weight_keeper(factor: Factor) -> Keep:
    """A weight of 0 is no factor of the kind."""

    def keep(settings: PolicySettings, points: int) -> PolicySettings:
        others = {f: p for f, p in settings.weights.items() if f != factor}
        return replace(settings, weights=others | ({factor: points} if points else {}))

    return keep


def _target_keeper(clock: ClockKind, tier: Tier) -> Keep:
    def keep(settings: PolicySettings, minutes: int) -> PolicySettings:
        of_clock = settings.targets.get(clock, {}) | {tier: minutes}
        return replace(settings, targets=settings.targets | {clock: of_clock})

    return keep


def _claim_keeper(tier: Tier) -> Keep:
    """A tier without a time has no deadline, and a policy without any has no such clock."""

    def keep(settings: PolicySettings, lasts: int) -> PolicySettings:
        before = settings.targets.get(ClockKind.CLAIM, {})
        times = {t: m for t, m in before.items() if t != tier} | ({tier: lasts} if lasts else {})
        others = {c: m for c, m in settings.targets.items() if c != ClockKind.CLAIM}
        return replace(settings, targets=others | ({ClockKind.CLAIM: times} if times else {}))

    return keep


def _worked(text: str) -> bool:
    if text and text != WORKED:
        raise Unreadable(_("Choose one of the ways."))
    return text == WORKED


def _minutes_or_never(text: str) -> int:
    return minutes(text) if text else 0


def _lease_keeper(tier: Tier) -> Keep:
    def keep(settings: PolicySettings, lasts: int) -> PolicySettings:
        others = {t: m for t, m in settings.lease.items() if t != tier}
        return replace(settings, lease=others | ({tier: lasts} if lasts else {}))

    return keep


def _way(text: str) -> bool:
    if text and text != ALWAYS:
        raise Unreadable(_("Choose one of the ways."))
    return text == ALWAYS


def _way_keeper(tier: Tier) -> Keep:
    def keep(settings: PolicySettings, always: bool) -> PolicySettings:
        others = {t: on for t, on in settings.round_the_clock.items() if t != tier}
        return replace(settings, round_the_clock=others | ({tier: True} if always else {}))

    return keep


def _period_keeper(name: str) -> Keep:
    return lambda settings, value: replace(settings, **{name: value})


def _thresholds(kind: str, settings: PolicySettings) -> Iterator[Field]:
    for threshold in kind_of(kind).thresholds:
        value = settings.thresholds.get(threshold.name)
        yield Field(
            name=f"thresholds.{threshold.name}",
            label=str(threshold.label),
            unit=str(threshold.unit),
            said="" if value is None else plain(value),
        )


def _weights(settings: PolicySettings) -> Iterator[Field]:
    for factor in WEIGHED:
        yield Field(
            name=f"weights.{factor}",
            label=str(factor.label),
            unit=_("points"),
            said=str(settings.weights.get(factor, 0)),
        )


def _targets(settings: PolicySettings) -> Iterator[Field]:
    for clock in ALL_HAVE:
        for tier in Tier:
            minutes = settings.targets.get(clock, {}).get(tier)
            yield Field(
                name=f"targets.{clock}.{tier}",
                label=_("%(tier)s: %(clock)s within") % {"tier": tier.label, "clock": clock.label},
                unit="",
                said="" if minutes is None else sla.exact(minutes),
                # Versions from before do not say it, and have what the product brings.
                idle=_("default of the product") if clock == ClockKind.APPROVE else "",
            )


def _claims(kind: str, settings: PolicySettings) -> Iterator[Field]:
    """Only for kinds with something to claim."""
    if kind_of(kind).claim_from is None:
        return
    for tier in Tier:
        lasts = settings.targets.get(ClockKind.CLAIM, {}).get(tier)
        yield Field(
            name=f"targets.{ClockKind.CLAIM}.{tier}",
            label=_("%s: claim filed within") % tier.label,
            unit=_("empty: no deadline"),
            said=sla.exact(lasts) if lasts else "",
            idle=_("default of the product"),
        )
    yield Field(
        name="claim_in_working_time",
        label=_("Time to claim counts"),
        unit="",
        said=WORKED if settings.claim_in_working_time else "",
        options=(("", _("in days of the calendar")), (WORKED, _("in working hours"))),
        idle=_("default of the product"),
    )


def _classified(settings: PolicySettings) -> Field:
    lasts = settings.classify_minutes
    return Field(
        name="classify_minutes",
        label=_("Raised by hand: people classify within"),
        unit=_("empty: the policy does, at once"),
        said=sla.exact(lasts) if lasts else "",
        idle=_("default of the product"),
    )


def _ways(settings: PolicySettings) -> Iterator[Field]:
    for tier in Tier:
        yield Field(
            name=f"round_the_clock.{tier}",
            label=_("%s: time counts") % tier.label,
            unit="",
            said=ALWAYS if settings.round_the_clock.get(tier) else "",
            options=(("", _("in working hours")), (ALWAYS, _("around the clock"))),
            idle=_("default of the product"),
        )


def _leases(settings: PolicySettings) -> Iterator[Field]:
    for tier in Tier:
        lasts = settings.lease.get(tier)
        yield Field(
            name=f"lease.{tier}",
            label=_("%s: back to the queue if untouched for") % tier.label,
            unit=_("empty: never"),
            said=sla.exact(lasts) if lasts else "",
            idle=_("default of the product"),
        )


def _periods(settings: PolicySettings) -> Iterator[Field]:
    for name, label, unit in PERIODS:
        yield Field(name=name, label=str(label), unit=str(unit), said=str(getattr(settings, name)))
