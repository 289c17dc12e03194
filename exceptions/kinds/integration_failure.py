"""Integration failure: the tower does not see, or does not reach, what it should."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from exceptions.facts import Integration
from exceptions.kinds.definition import (
    TEN_YEARS,
    Kind,
    Offer,
    Threshold,
    standard_escalation,
    standard_targets,
)
from exceptions.kinds.questions import text
from exceptions.verdicts import Finding, Impact, PolicySettings, Step, Verdict
from exceptions.vocabulary import DecisionKind, Factor, Fault, KindCode, TeamCode, Tier, Verb

NOTHING = Verdict(finding=None, recheck_at=None)
# These have been waited for already: by what is expected of the source, and by the days before.
AT_ONCE = frozenset({Fault.SILENT, Fault.KEY_ENDS})


def patience(fault: str, settings: PolicySettings) -> timedelta:
    """How long the fault has to last before it is an exception."""
    return timedelta() if fault in AT_ONCE else minutes(settings, "after_minutes")


def minutes(settings: PolicySettings, name: str) -> timedelta:
    return timedelta(minutes=float(settings.thresholds[name]))


def verdict(facts: Integration, settings: PolicySettings, at: datetime) -> Verdict:
    """A finding once it has lasted; one that was gone before that was none."""
    lasting = facts.since + patience(facts.fault, settings)
    if facts.over or facts.fault not in Fault.values:
        return NOTHING
    if facts.well_since is not None and facts.well_since < lasting:
        return NOTHING
    if at < lasting:
        return Verdict(finding=None, recheck_at=lasting)
    return Verdict(finding=_finding(facts, Fault(facts.fault)), recheck_at=None)


def _finding(facts: Integration, fault: Fault) -> Finding:
    return Finding(
        title=f"{facts.reference}: {fault.label}",
        subject=f"{facts.thing}:{fault}"[:100],
        impact=Impact(fault=fault, need_at=facts.due_at),
    )


_TEXT = "An integration needs somebody: what it is, and what to do."
_TELL = Step(verb=Verb.EMAIL, text=_TEXT)
_TELL_LEAD = Step(verb=Verb.EMAIL, text=_TEXT, to=("integrations", "lead"))
# Longer than the longest rest of a source that does not answer (5 minutes) and than its restart.
AFTER = Decimal(15)
# Twice as long, so that one that comes and goes is one case.
CALM = Decimal(30)
KEY_DAYS = Decimal(14)  # a new key may need another department, and its people be on holiday
# A sender's own repetitions bring it there within minutes; one that knocks by mistake does not.
TURNED_AWAY = Decimal(3)

KIND = Kind(
    code=KindCode.INTEGRATION_FAILURE,
    team=TeamCode.INTEGRATIONS,
    facts=(Integration,),
    icon="plug",
    in_words=_(
        "A connection or a source of events that does not work, is silent for longer than is"
        " expected, or soon will not work any more. One case for each and its cause."
    ),
    verdict=verdict,
    thresholds=(
        Threshold(
            name="after_minutes",
            label=_("Has lasted for"),
            unit=_("minutes; silence and ending keys count at once"),
            default=AFTER,
            most=TEN_YEARS,
        ),
        Threshold(
            name="calm_minutes",
            label=_("Over after"),
            unit=_("minutes without it"),
            default=CALM,
            most=TEN_YEARS,
        ),
        Threshold(
            name="key_days",
            label=_("API key ends within"),
            unit=_("days"),
            default=KEY_DAYS,
            most=Decimal(3650),
        ),
        Threshold(
            name="turned_away",
            label=_("Turned away at least"),
            unit=_("times in a day, and nothing let in"),
            default=TURNED_AWAY,
            most=Decimal(1_000_000),
        ),
    ),
    offers=(
        Offer(
            kind=DecisionKind.INVESTIGATE,
            says=_("Have somebody look for the cause: an activity in Odoo, once it is reached."),
            verbs=(Verb.ACTIVITY,),
            asks=(text("where", _("Where to look"), required=False),),
        ),
        Offer(
            kind=DecisionKind.CHASE,
            says=_("Ask whoever runs it, or sends the events: an activity in Odoo to do so."),
            verbs=(Verb.ACTIVITY, Verb.NOTE),
            asks=(text("whom", _("Whom to ask")),),
        ),
    ),
    default_policy=PolicySettings(
        thresholds={
            "after_minutes": AFTER,
            "calm_minutes": CALM,
            "key_days": KEY_DAYS,
            "turned_away": TURNED_AWAY,
        },
        weights={Factor.INTEGRATION: 70, Factor.NEED_DATE: 20, Factor.RECURRENCE: 10},
        targets=standard_targets(),
        escalation=standard_escalation(),
        playbook={
            Tier.LOW: (_TELL,),
            Tier.MEDIUM: (_TELL,),
            Tier.HIGH: (_TELL_LEAD,),
            Tier.CRITICAL: (_TELL_LEAD,),
        },
    ),
)
