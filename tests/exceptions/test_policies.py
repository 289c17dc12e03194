"""Policies: read, published, and never changed under whoever judges."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exceptions import intake, policies
from exceptions.kinds import KINDS
from exceptions.models import Document, Policy
from exceptions.verdicts import Lane, Noise, Override, Scope, Step
from exceptions.vocabulary import ClockKind, Factor, KindCode, Rollout, Tier, Verb
from tests.making import Tower

LATE = KindCode.LATE_INBOUND


def test_settings_survive_the_database(tower: Tower) -> None:
    assert policies.in_force()[LATE].settings == KINDS[LATE].default_policy


def test_the_newest_published_version_is_in_force(tower: Tower, at: datetime) -> None:
    stricter = replace(KINDS[LATE].default_policy, thresholds={"grace_minutes": Decimal(30)})
    policies.publish(LATE, stricter, at=at, note="stricter")

    in_force = policies.in_force()[LATE]
    assert (in_force.version, in_force.settings) == (2, stricter)
    assert [p.version for p in Policy.objects.filter(kind=LATE)] == [2, 1]


def test_a_sweep_locks_policies_before_documents_as_publishing_does(
    tower: Tower, at: datetime
) -> None:
    """The other way round, a sweep and a publication could wait for each other for ever."""
    with CaptureQueriesContext(connection) as said:
        intake.recheck_due(at=at)
    locks = [
        lock
        for query in said.captured_queries
        for lock in ("pg_advisory_xact_lock_shared", "FOR NO KEY UPDATE")
        if lock in query["sql"]
    ]
    assert locks == ["pg_advisory_xact_lock_shared", "FOR NO KEY UPDATE"]


def test_publishing_makes_the_documents_of_its_kind_due(tower: Tower, at: datetime) -> None:
    promise = at + timedelta(days=3)
    intake.take_in([tower.receipt(at=at, promised_at=promise, planned_at=promise)], at=at)
    intake.take_in([tower.delivery(at=at, promised_at=promise, planned_at=promise)], at=at)
    policies.publish(LATE, KINDS[LATE].default_policy, at=at)

    due = Document.objects.filter(recheck_at__lte=at).values_list("facts_type", flat=True)
    assert list(due) == ["Receipt"]


def test_the_default_policies_have_no_problems() -> None:
    assert {k: policies.problems(k, kind.default_policy) for k, kind in KINDS.items()} == {
        k: [] for k in KINDS
    }


GOOD = KINDS[LATE].default_policy
ACTIVITY = Step(verb=Verb.ACTIVITY, text="Ask the supplier")


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"thresholds": {}}, "“Late after” must be a number from 0 to 5256000"),
        ({"thresholds": {"grace_minutes": Decimal(-1)}}, "“Late after” must be a number from 0"),
        ({"thresholds": {"grace_minutes": Decimal("NaN")}}, "“Late after” must be a number"),
        ({"thresholds": {"grace_minutes": Decimal(10**9)}}, "“Late after” must be a number"),
        (
            {"thresholds": {"grace_minutes": Decimal(0), "grace": Decimal(0)}},
            "There is no threshold “grace”.",
        ),
        (
            {"weights": {Factor.VALUE_AT_RISK: 60, Factor.NEED_DATE: 41}},
            "The weights that add points sum to 101: it must be 1 to 100.",
        ),
        ({"weights": {Factor.SUBSTITUTE: -10}}, "The weights that add points sum to 0"),
        (
            {"weights": {Factor.NEED_DATE: 10, Factor.SUBSTITUTE: -101}},
            "No weight takes away more than 100 points.",
        ),
        (
            {"weights": {Factor.NEED_DATE: 10, Factor.JUDGEMENT: 10}},
            "What a supervisor judges has no weight of its own.",
        ),
        (
            {"targets": GOOD.targets | {ClockKind.RESOLVE: {t: 60 for t in Tier if t != "low"}}},
            "Low needs a time to resolve, from a minute to 5 years.",
        ),
        (
            {"targets": GOOD.targets | {ClockKind.RESOLVE: dict.fromkeys(Tier, 60) | {"low": 0}}},
            "Low needs a time to resolve, from a minute to 5 years.",
        ),
        (
            {"playbook": {t: () for t in Tier if t != "critical"}},
            "Critical needs a playbook, if only an empty one.",
        ),
        (
            {"playbook": GOOD.playbook | {Tier.HIGH: (ACTIVITY, ACTIVITY)}},
            "The playbook of High does one thing twice; once is all that is sent.",
        ),
        (
            {"playbook": GOOD.playbook | {Tier.HIGH: (Step(verb=Verb.NEW_DATE),)}},
            "The playbook of High has a step that cannot be done by itself.",
        ),
        (
            {"playbook": GOOD.playbook | {Tier.HIGH: (Step(verb=Verb.ACTIVITY),)}},
            "The playbook of High has a step that cannot be done by itself.",
        ),
        (
            {"playbook": GOOD.playbook | {Tier.HIGH: (Step(verb=Verb.APPROVAL),)}},
            "The playbook of High has a step that cannot be done by itself.",
        ),
        (
            {"playbook": GOOD.playbook | {Tier.HIGH: (Step(verb=Verb.EMAIL, to=("boss",)),)}},
            "The e-mail of High: “boss” is no e-mail address, no team and not “lead”.",
        ),
        (
            {"playbook": GOOD.playbook | {Tier.HIGH: (Step(verb=Verb.NOTE, to=("lead",)),)}},
            "The playbook of High names recipients for what is no e-mail.",
        ),
        ({"reopen_days": -1}, "The quiet period and the windows last from nothing to 5 years."),
        ({"quiet_hours": 10**9}, "The quiet period and the windows last from nothing to 5 years."),
    ],
)
def test_settings_that_do_not_hold_together_are_not_published(
    tower: Tower, at: datetime, wrong: dict[str, Any], problem: str
) -> None:
    settings = replace(GOOD, **wrong)
    with pytest.raises(policies.NotPublished) as refused:
        policies.publish(LATE, settings, at=at)

    (said,) = refused.value.problems
    assert said[: len(problem)] == problem
    assert policies.in_force()[LATE].version == 1


# -- Overrides, roll-out, noise floor, hold ----------------------------------------------------


def other(thresholds: dict[str, Any] | None = None, **scope: Any) -> Override:
    values = {"grace_minutes": Decimal(30)} if thresholds is None else thresholds
    return Override(scope=Scope(**scope), thresholds=values)


FLOOR = Noise(below=Decimal(100), times=3, days=30)


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"overrides": (other(),)}, "An override is for a company, a site, a partner"),
        ({"overrides": (other(company=""),)}, "An override is for a company, a site"),
        ({"overrides": (other(category=" / "),)}, "An override is for a company, a site"),
        ({"overrides": (other({"grace": Decimal(1)}, partner=7),)}, "There is no threshold “grace"),
        ({"overrides": (other({}, partner=7),)}, "The override for partner 7 changes nothing."),
        (
            {"overrides": (other({"grace_minutes": Decimal(-1)}, partner=7),)},
            "partner 7: “Late after” must be a number from 0 to 5256000",
        ),
        (
            {"overrides": (other({"grace_minutes": Decimal("NaN")}, tier="A"),)},
            "partners of tier A: “Late after” must be a number",
        ),
        ({"overrides": (other(partner=7, tier="A"),)}, "partner 7, partners of tier A: name the"),
        (
            {"overrides": (other(partner=7), other({"grace_minutes": Decimal(9)}, partner=7))},
            "There are 2 overrides for partner 7: make them one.",
        ),
        ({"overrides": (other(site=10**6),)}, "There is no site 1000000."),
        ({"rollout_at": {10**6: Rollout.OFF}}, "There is no site 1000000."),
        ({"noise": replace(FLOOR, below=Decimal(0))}, "The noise floor must be a value above 0."),
        ({"noise": replace(FLOOR, below=Decimal("Infinity"))}, "The noise floor must be a value"),
        ({"noise": replace(FLOOR, below=Decimal("0.001"))}, "The noise floor has two decimals"),
        ({"noise": replace(FLOOR, times=1)}, "Below the noise floor, 2 to 1,000 sightings open"),
        ({"noise": replace(FLOOR, days=0)}, "Sightings are counted over 1 day to 5 years."),
        ({"hold_minutes": -1}, "A finding can be made to last from 0 minutes to 5 years"),
    ],
)
def test_what_changes_thresholds_or_holds_back_has_to_hold_together(
    tower: Tower, wrong: dict[str, Any], problem: str
) -> None:
    (said,) = policies.problems(LATE, replace(GOOD, **wrong))
    assert said[: len(problem)] == problem


def test_a_lane_leads_from_a_site_to_one_thing(tower: Tower) -> None:
    site, elsewhere = tower.site.pk, tower.other_site.pk
    lanes = [
        other(lane=Lane(site=site)),
        other(lane=Lane(site=site, partner=7, country="DE")),
        other(site=elsewhere, lane=Lane(site=site, partner=7)),
        other(site=site, lane=Lane(site=site, partner=7)),
    ]
    told = [policies.problems(LATE, replace(GOOD, overrides=(lane,))) for lane in lanes]

    assert [len(problems) for problems in told] == [1, 1, 1, 0]


def test_all_of_it_survives_the_database_and_learns_the_names_of_its_sites(
    tower: Tower, at: datetime
) -> None:
    here = other(site=tower.site.pk)
    lane = other(lane=Lane(site=tower.site.pk, country="CH"))
    full = replace(
        GOOD,
        overrides=(here, lane, other(partner=7)),
        rollout=Rollout.OBSERVING,
        rollout_at={tower.site.pk: Rollout.ON, tower.other_site.pk: Rollout.OFF},
        noise=FLOOR,
        hold_minutes=90,
    )
    policies.publish(LATE, full, at=at)
    named = [replace(each, site_name="Rotterdam") for each in (here, lane)]

    assert policies.in_force()[LATE].settings == replace(full, overrides=(*named, other(partner=7)))


def test_what_says_nothing_is_not_stored_so_that_earlier_versions_compare_as_equal() -> None:
    stored = policies.to_json(GOOD)
    assert set(stored) & set(policies.LATER) == {"escalation"}
    assert "escalation" not in policies.to_json(replace(GOOD, escalation={}))
    assert set(policies.to_json(replace(GOOD, hold_minutes=1))) - set(stored) == {"hold_minutes"}


def test_steps_stored_before_there_were_recipients_compare_as_equal() -> None:
    stored = policies.to_json(GOOD)

    assert all("to" not in step for step in stored["playbook"]["low"])
    assert policies.from_json(stored) == GOOD
    mail = replace(
        GOOD, playbook=GOOD.playbook | {Tier.LOW: (Step(verb=Verb.EMAIL, to=("lead",)),)}
    )
    assert list(policies.to_json(mail)["playbook"]["low"][0]["to"]) == ["lead"]
    assert policies.from_json(policies.to_json(mail)) == mail
