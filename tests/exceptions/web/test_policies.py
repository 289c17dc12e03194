"""The pages of the policies: read by all, drafted by one policy admin, published by another."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from exceptions import drafting, policies
from exceptions.actors import person
from exceptions.kinds import KINDS
from exceptions.models import Membership, Policy, User
from exceptions.policy_drafting import policy_of
from exceptions.vocabulary import KindCode, Role
from tests.exceptions.web.pages import now, signed_in, words
from tests.making import Tower

LATE = KindCode.LATE_INBOUND
PAGE, DRAFT = "/policies/late_inbound/", "/policies/late_inbound/draft/"


@pytest.fixture
def admins(tower: Tower) -> list[User]:
    made = [
        User.objects.create_user(name.split()[0].lower(), first_name=name.split()[0])
        for name in ("Petra", "Karin")
    ]
    for user in made:
        Membership.objects.create(user=user, role=Role.POLICY_ADMIN)
    return made


@pytest.fixture
def petra(admins: list[User]) -> Client:
    return signed_in("petra")


@pytest.fixture
def karin(admins: list[User]) -> Client:
    return signed_in("karin")


def drafted(petra: Client, **fields: str) -> Policy:
    """A draft in which Petra changed `fields`."""
    petra.post("/policies/late_inbound/start/")
    draft = drafting.open_draft(policy_of(LATE))
    assert draft is not None
    petra.post(DRAFT, {"revision": draft.revision, **fields})
    draft.refresh_from_db()
    return draft


def test_every_kind_is_listed_with_its_version(tower: Tower) -> None:
    said = words(signed_in("lead.rtm").get("/policies/"))

    assert [str(code.label) in said for code in KINDS] == [True] * len(KINDS)
    assert said.count("version 1") == len(KINDS)


def test_readers_read_and_change_nothing(tower: Tower) -> None:
    client = signed_in("lead.rtm")
    page = client.get(PAGE)

    assert "Draft the next version" not in words(page)
    told = [page.content.decode().count(w) for w in ("default of the product", "not used by this")]
    assert told == [37, 6]  # a factor more: how far a number is beyond its threshold
    assert sum(len(group.fields) for group in page.context["groups"]) == 48
    assert "Critical: acknowledge within 30 min" in words(page)
    client.post("/policies/late_inbound/start/")
    assert drafting.open_draft(policy_of(LATE)) is None


def test_who_reads_no_cases_reads_no_policies(tower: Tower) -> None:
    user = User.objects.create_user("ines")
    Membership.objects.create(user=user, role=Role.INTEGRATION_ADMIN)

    assert signed_in("ines").get("/policies/").status_code == 403
    assert signed_in("ines").get(PAGE).status_code == 403


def test_a_kind_that_is_none_is_nowhere(tower: Tower) -> None:
    assert signed_in("lead.rtm").get("/policies/late_outbound/").status_code == 404
    assert signed_in("lead.rtm").get("/policies/late_inbound/versions/9/").status_code == 404


def test_a_draft_is_begun_changed_and_published_by_another(petra: Client, karin: Client) -> None:
    begun = petra.post("/policies/late_inbound/start/", follow=True)
    assert "The draft says the same as version 1." in words(begun)
    saved = petra.post(
        DRAFT,
        {"revision": 0, "thresholds.grace_minutes": "90", "note": "Trucks are never on time"},
        follow=True,
    )
    assert "The draft is saved." in words(saved)
    assert "somebody else publishes it: Karin." in words(saved)
    seen = karin.get(DRAFT)
    assert "Petra changed 1 setting. You can publish it" in words(seen)
    published = karin.post("/policies/late_inbound/publish/", {"revision": 1}, follow=True)

    assert "Version 2 is in force." in words(published)
    assert policies.in_force()[LATE].settings.thresholds == {"grace_minutes": Decimal(90)}
    assert ", version 2: Trucks are never on time" in words(published)
    changed = words(karin.get("/policies/late_inbound/versions/2/"))
    assert (
        "Late after 0 minutes past the expected date 90 minutes past the expected date" in changed
    )


def test_what_cannot_be_read_stays_in_its_field(petra: Client) -> None:
    draft = drafted(petra)
    page = petra.post(
        DRAFT,
        {
            "revision": draft.revision,
            "thresholds.grace_minutes": "soon",
            "targets.resolve.high": "2 d",
        },
    )

    assert page.status_code == 422
    assert 'value="soon"' in page.content.decode()
    assert "Give a number, such as 120 or 2.5." in words(page)
    draft.refresh_from_db()
    assert draft.settings["targets"]["resolve"]["high"] == 2880
    assert draft.settings["thresholds"] == {"grace_minutes": "0"}


def test_what_does_not_hold_together_is_named_and_not_published(
    petra: Client, karin: Client
) -> None:
    draft = drafted(petra, **{"weights.need_date": "90"})
    says = "The weights that add points sum to 155: it must be 1 to 100."

    assert says in words(karin.get(DRAFT))
    answer = karin.post("/policies/late_inbound/publish/", {"revision": draft.revision})
    assert (answer.status_code, says in words(answer)) == (422, True)
    assert policies.in_force()[LATE].version == 1


def test_nobody_publishes_their_own(petra: Client) -> None:
    draft = drafted(petra, quiet_hours="5")
    answer = petra.post("/policies/late_inbound/publish/", {"revision": draft.revision})

    assert answer.status_code == 409
    assert "You drafted this, so you cannot publish it. Karin can." in words(answer)


def test_what_was_changed_meanwhile_is_shown_again(petra: Client, karin: Client) -> None:
    draft = drafted(petra, quiet_hours="5")
    karin.post(DRAFT, {"revision": draft.revision, "quiet_hours": "6"})
    answer = petra.post(DRAFT, {"revision": draft.revision, "quiet_hours": "7"})

    assert answer.status_code == 409
    assert "Karin changed the draft meanwhile." in words(answer)
    draft.refresh_from_db()
    assert draft.settings["quiet_hours"] == 6


def test_an_overtaken_draft_is_brought_up_to_date(
    petra: Client, karin: Client, admins: list[User]
) -> None:
    drafted(petra, quiet_hours="5")
    policies.publish(LATE, KINDS[LATE].default_policy, at=now(), note="Meanwhile")
    assert "Version 2 was published since this draft was begun on version 1." in words(
        petra.get(DRAFT)
    )
    page = petra.post("/policies/late_inbound/up-to-date/", follow=True)

    assert "was published since" not in words(page)
    published = karin.post("/policies/late_inbound/publish/", {"revision": 2}, follow=True)
    assert "Version 3 is in force." in words(published)


def test_a_draft_is_thrown_away(petra: Client) -> None:
    drafted(petra, quiet_hours="5")
    page = petra.post("/policies/late_inbound/discard/", follow=True)

    assert "The draft is discarded." in words(page)
    assert "There is no open draft." in words(petra.get(DRAFT, follow=True))


def test_an_earlier_version_is_put_back(petra: Client, admins: list[User]) -> None:
    at: datetime = now() - timedelta(days=1)
    actor = person(admins[0])
    draft = drafting.start(policy_of(LATE), actor, at=at)
    louder = policies.from_json(draft.settings | {"quiet_hours": 5})
    drafting.change(policy_of(LATE), draft.pk, louder, actor, revision=0, at=at)
    drafting.publish(policy_of(LATE), draft.pk, person(admins[1]), revision=1, at=at)
    assert "Go back to version 1" in words(petra.get("/policies/late_inbound/versions/1/"))
    page = petra.post(
        "/policies/late_inbound/roll-back/", {"version": "1", "reason": "Too loud"}, follow=True
    )

    assert "Version 3 is in force; it says what version 1 said." in words(page)
    assert policies.in_force()[LATE].settings == KINDS[LATE].default_policy
    refused = petra.post("/policies/late_inbound/roll-back/", {"version": "x"}, follow=True)
    assert "Say in a sentence why" in words(refused)


def test_steps_of_the_playbook_are_moved_by_buttons(petra: Client) -> None:
    draft = drafted(petra)
    high = draft.settings["playbook"]["high"]
    sent = {
        "revision": draft.revision,
        "playbook": "1",
        "op": "down:high:0",
        **{
            f"playbook.{tier}.{field}": [str(step[name]) for step in steps]
            for tier, steps in draft.settings["playbook"].items()
            for field, name in (("verb", "verb"), ("text", "text"), ("days", "due_in_days"))
        },
        **{
            f"playbook.{tier}.to": [", ".join(step.get("to", ())) for step in steps]
            for tier, steps in draft.settings["playbook"].items()
        },
    }
    page = petra.post(DRAFT, sent, follow=True)

    draft.refresh_from_db()
    assert page.status_code == 200
    assert draft.settings["playbook"]["high"] == [high[1], high[0], *high[2:]]
    assert draft.settings["playbook"]["low"] == KIND_PLAYBOOK["low"]


KIND_PLAYBOOK = {
    str(tier): [{"verb": str(s.verb), "text": s.text, "due_in_days": s.due_in_days} for s in steps]
    for tier, steps in KINDS[LATE].default_policy.playbook.items()
}


def test_a_step_that_nobody_would_get_says_so_beside_it(tower: Tower) -> None:
    """No n8n is connected here."""
    said = words(signed_in("lead.rtm").get(PAGE))

    assert said.count("event for n8n: supplier_follow_up not connected") == 2  # high, critical
    assert "e-mail: Please ask the supplier when it will come., to the team" in said


def test_recipients_are_drafted_in_the_form_and_named_when_they_are_none(petra: Client) -> None:
    draft = drafted(petra)
    sent = {
        "revision": draft.revision,
        "playbook": "1",
        "playbook.low.verb": ["email", ""],
        "playbook.low.text": ["Look", ""],
        "playbook.low.days": ["0", "0"],
        "playbook.low.to": ["lead, boss", ""],
    }
    page = petra.post(DRAFT, sent, follow=True)

    draft.refresh_from_db()
    assert draft.settings["playbook"]["low"] == [
        {"verb": "email", "text": "Look", "due_in_days": 0, "to": ["lead", "boss"]}
    ]
    assert "The e-mail of Low: “boss” is no e-mail address" in words(page)
    assert 'value="lead, boss"' in page.content.decode()
