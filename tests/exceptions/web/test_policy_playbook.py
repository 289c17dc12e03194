"""The playbook as rows of a form, and back."""

from dataclasses import replace

import pytest
from django.http import QueryDict
from pytest_django import Settings

from exceptions.kinds import KINDS
from exceptions.verdicts import Step
from exceptions.vocabulary import KindCode, Tier, Verb
from exceptions.web import policy_playbook

GOOD = KINDS[KindCode.LATE_INBOUND].default_policy
ASK = Step(verb=Verb.ACTIVITY, text="Ask the supplier", due_in_days=1)
MAIL = Step(verb=Verb.EMAIL, text="Look at this")
FLAG, NOTE = Step(verb=Verb.PRIORITY), Step(verb=Verb.NOTE)
THREE = replace(GOOD, playbook=dict.fromkeys(Tier, (ASK, FLAG, NOTE)))


def form(steps: dict[Tier, tuple[Step, ...]], *ops: str) -> QueryDict:
    """What a browser sends: every step of every tier, and the empty row behind them."""
    sent = QueryDict(mutable=True)
    sent["playbook"] = "1"
    for tier, each in steps.items():
        sent.setlist(f"playbook.{tier}.verb", [*(str(s.verb) for s in each), ""])
        sent.setlist(f"playbook.{tier}.text", [*(s.text for s in each), ""])
        sent.setlist(f"playbook.{tier}.days", [*(str(s.due_in_days) for s in each), "0"])
    sent.setlist("op", list(ops))
    return sent


def test_what_the_form_shows_reads_back_as_the_same_steps() -> None:
    assert policy_playbook.read(GOOD, form(THREE.playbook)) == THREE


def test_a_form_without_a_playbook_leaves_it_alone() -> None:
    assert policy_playbook.read(GOOD, QueryDict("quiet_hours=5")) == GOOD


@pytest.mark.parametrize(
    ("op", "steps"),
    [
        ("up:high:1", (FLAG, ASK, NOTE)),
        ("down:high:1", (ASK, NOTE, FLAG)),
        ("remove:high:0", (FLAG, NOTE)),
        ("up:high:0", (ASK, FLAG, NOTE)),
        ("down:high:2", (ASK, FLAG, NOTE)),
        ("remove:high:9", (ASK, FLAG, NOTE)),
        ("remove:enormous:0", (ASK, FLAG, NOTE)),
        ("garbage", (ASK, FLAG, NOTE)),
    ],
)
def test_steps_are_moved_and_removed(op: str, steps: tuple[Step, ...]) -> None:
    read = policy_playbook.read(GOOD, form(THREE.playbook, op))

    assert read.playbook == dict.fromkeys(Tier, (ASK, FLAG, NOTE)) | {Tier.HIGH: steps}


def test_what_is_no_step_is_left_out_and_days_that_are_none_are_today() -> None:
    sent = form({Tier.LOW: (ASK,)})
    sent.setlist("playbook.low.verb", ["activity", "new_date", "rm -rf"])
    sent.setlist("playbook.low.text", [" Call ", "x", "y"])
    sent.setlist("playbook.low.days", ["soon", "1", "1"])

    assert policy_playbook.read(GOOD, sent).playbook[Tier.LOW] == (
        Step(verb=Verb.ACTIVITY, text="Call"),
    )


def test_steps_stand_beside_those_in_force() -> None:
    told = {t.tier: (t.steps, t.changed) for t in policy_playbook.tiers(THREE, GOOD)}

    assert told[Tier.LOW] == ((ASK, FLAG, NOTE), True)
    assert [t.changed for t in policy_playbook.tiers(GOOD, GOOD)] == [False] * 4


def test_steps_in_words() -> None:
    assert [policy_playbook.in_words(s) for s in (ASK, replace(ASK, due_in_days=0), FLAG)] == [
        "activity: Ask the supplier, due in 1 d",
        "activity: Ask the supplier, due at once",
        "priority flag",
    ]


def test_recipients_are_read_as_people_write_them_and_only_of_e_mails() -> None:
    sent = form({Tier.LOW: (MAIL, ASK)})
    sent.setlist("playbook.low.to", [" lead; procurement,\ta@example.com lead ", "planning", ""])

    assert policy_playbook.read(GOOD, sent).playbook[Tier.LOW] == (
        replace(MAIL, to=("lead", "procurement", "a@example.com")),
        ASK,
    )


def test_an_e_mail_says_to_whom() -> None:
    steps = (MAIL, replace(MAIL, text="", to=("lead", "procurement", "a@example.com")))

    assert [policy_playbook.in_words(step) for step in steps] == [
        "e-mail: Look at this, to the team",
        "e-mail, to the site's lead, Procurement, a@example.com",
    ]


@pytest.mark.parametrize(
    ("url", "secret", "said"),
    [("", "", "not connected"), ("https://n8n.test/x", "", "not connected"), ("x", "y", "")],
)
def test_an_event_for_n8n_says_when_nobody_would_get_it(
    settings: Settings, url: str, secret: str, said: str
) -> None:
    settings.N8N_WEBHOOK_URL, settings.N8N_WEBHOOK_SECRET = url, secret

    assert policy_playbook.trouble(Step(verb=Verb.N8N_EVENT)) == said
    assert policy_playbook.trouble(ASK) == ""
