"""Judging: what the rules in force say of facts, and when to ask them again. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from exceptions import score
from exceptions.facts import Facts, Report
from exceptions.kinds import Kind, kind, kinds_of, reported
from exceptions.policies import PolicyInForce
from exceptions.verdicts import Finding, Verdict


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one kind's rule says of one document."""

    kind: Kind
    policy: PolicyInForce
    finding: Finding | None
    recheck_at: datetime | None


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
    verdict = _verdict(kind, policy, facts, at)
    again = [verdict.recheck_at]
    if verdict.finding:
        again.append(score.next_change(verdict.finding.impact, at))
    return Judgement(kind, policy, verdict.finding, min((t for t in again if t), default=None))


def _verdict(kind: Kind, policy: PolicyInForce, facts: Facts, at: datetime) -> Verdict:
    if isinstance(facts, Report):
        return reported.verdict(facts)
    return kind.verdict(facts, policy.settings, at)


def recheck_at(judgements: tuple[Judgement, ...]) -> datetime | None:
    """The first instant at which time alone could change any of the judgements."""
    return min((j.recheck_at for j in judgements if j.recheck_at), default=None)
