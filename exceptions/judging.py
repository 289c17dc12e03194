"""Judging: what the rules in force say of facts, and when to ask them again. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from exceptions import score, thresholds
from exceptions.facts import Facts, Report
from exceptions.kinds import Kind, kind, kinds_of, reported
from exceptions.policies import PolicyInForce
from exceptions.verdicts import Finding, Verdict
from exceptions.vocabulary import Rollout


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one kind's rule says of one document. `off`: the kind is off at the document's site."""

    kind: Kind
    policy: PolicyInForce
    finding: Finding | None
    recheck_at: datetime | None
    off: bool = False


def judge(
    facts: Facts, policies: Mapping[str, PolicyInForce], at: datetime
) -> tuple[Judgement, ...]:
    """One judgement per kind that reads such facts and has a policy in force. What people raised
    is of the kind that they gave it.
    """
    kinds = (kind(facts.kind),) if isinstance(facts, Report) else kinds_of(type(facts))
    return tuple(
        _judge(kind, policies[kind.code], facts, at) for kind in kinds if kind.code in policies
    )


def _judge(kind: Kind, policy: PolicyInForce, facts: Facts, at: datetime) -> Judgement:
    """Where the kind is off, the rule is not asked at all; but what people report stands."""
    if policy.settings.rollout_of(facts.site_id) == Rollout.OFF and not isinstance(facts, Report):
        return Judgement(kind, policy, None, None, off=True)
    verdict = _verdict(kind, policy, facts, at)
    if verdict.finding is None:
        return Judgement(kind, policy, None, verdict.recheck_at)
    again = [verdict.recheck_at, score.next_change(verdict.finding.impact, at)]
    return Judgement(kind, policy, verdict.finding, min((t for t in again if t), default=None))


def _verdict(kind: Kind, policy: PolicyInForce, facts: Facts, at: datetime) -> Verdict:
    """What people report is judged by them; all else under the thresholds in force for it."""
    if isinstance(facts, Report):
        return reported.verdict(facts)
    return kind.verdict(facts, thresholds.applied(policy.settings, facts), at)


def recheck_at(judgements: tuple[Judgement, ...]) -> datetime | None:
    """The first instant at which time alone could change any of the judgements."""
    return min((j.recheck_at for j in judgements if j.recheck_at), default=None)
