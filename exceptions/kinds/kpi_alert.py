"""KPI alert: a number of the tower is where somebody wanted to be told of it."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from exceptions.facts import KpiReading
from exceptions.kinds.definition import Kind, Offer, standard_escalation, standard_targets
from exceptions.kinds.questions import text
from exceptions.verdicts import Finding, Impact, PolicySettings, Step, Verdict
from exceptions.vocabulary import DecisionKind, Factor, KindCode, TeamCode, Tier, Verb


def verdict(facts: KpiReading, settings: PolicySettings, at: datetime) -> Verdict:  # noqa: ARG001
    """A finding as long as the alert stands: its own two thresholds say when it does."""
    if not facts.standing:
        return Verdict(finding=None, recheck_at=None)
    found = Finding(
        title=f"{facts.reference}: {facts.said}",
        subject=f"kpi:{facts.kpi}:{facts.record_id}",
        impact=Impact(excess=facts.excess),
    )
    return Verdict(finding=found, recheck_at=None)


_TELL = Step(verb=Verb.EMAIL, text="A number is beyond its threshold: which one, and by how much.")

KIND = Kind(
    code=KindCode.KPI_ALERT,
    team=TeamCode.LOGISTICS,
    facts=(KpiReading,),
    icon="chart",
    in_words=_(
        "A number of the dashboards is beyond the threshold of an alert. It is over once the number"
        " is back beyond the alert's second threshold."
    ),
    verdict=verdict,
    thresholds=(),
    offers=(
        Offer(
            kind=DecisionKind.INVESTIGATE,
            says=_("Have somebody look for the cause: an activity in Odoo."),
            verbs=(Verb.ACTIVITY,),
            asks=(text("where", _("Where to look"), required=False),),
        ),
        Offer(
            kind=DecisionKind.CHASE,
            says=_("Ask whoever can change it: an activity in Odoo to do so."),
            verbs=(Verb.ACTIVITY, Verb.NOTE),
            asks=(text("whom", _("Whom to ask")),),
        ),
    ),
    default_policy=PolicySettings(
        thresholds={},
        weights={Factor.KPI: 85, Factor.RECURRENCE: 15},
        targets=standard_targets(),
        escalation=standard_escalation(),
        playbook=dict.fromkeys(Tier, (_TELL,)),
    ),
)
