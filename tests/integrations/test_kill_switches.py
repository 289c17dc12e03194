"""Kill switches, against a simulated Odoo: nothing goes out, and nothing is lost."""

import pytest

from exceptions import switches
from exceptions.actors import Actor, person
from exceptions.models import Membership, User
from exceptions.vocabulary import OutboxState, Role, Verb
from exceptions.web import proof
from tests.integrations.linked import Linked
from tests.integrations.sending import LOOK, waiting

WHY = "Odoo is being upgraded."


@pytest.fixture
def ines(linked: Linked) -> Actor:
    user = User.objects.create_user("ines")
    Membership.objects.create(user=user, role=Role.INTEGRATION_ADMIN)
    return person(user)


@pytest.mark.parametrize("verb", [None, Verb.NEW_DATE])
@pytest.mark.parametrize("here", [True, False])
def test_what_is_stopped_waits_and_goes_out_later(
    linked: Linked, ines: Actor, verb: Verb | None, here: bool
) -> None:
    sending = waiting(linked, Verb.NEW_DATE)
    site = sending.message.case.site if here else None
    switch = switches.engage(ines, verb=verb, site=site, reason=WHY, at=linked.at)

    assert (sending.deliver(hours=9), sending.tries()) == (OutboxState.PENDING, 0)
    switches.release(switch.pk, ines, reason="It is done.", at=linked.at)
    assert sending.deliver(hours=9) == OutboxState.CONFIRMED
    assert (sending.tries(), sending.done()) == (1, 1)


def test_other_verbs_go_out(linked: Linked, ines: Actor) -> None:
    sending = waiting(linked, Verb.NEW_DATE)
    switches.engage(ines, verb=Verb.CHAT, site=None, reason=WHY, at=linked.at)

    assert sending.deliver() == OutboxState.CONFIRMED


def test_what_was_sent_before_is_still_proved(linked: Linked, ines: Actor) -> None:
    """Odoo said yes, and the answer to the look afterwards was lost."""
    sending = waiting(linked, Verb.NEW_DATE)
    sending.message.answered_at = linked.at
    sending.message.save()
    switches.engage(ines, verb=None, site=None, reason=WHY, at=linked.at)

    assert sending.deliver(seconds=LOOK.total_seconds()) == OutboxState.AMBIGUOUS
    assert sending.tries() == 0


def test_the_page_of_the_case_says_who_stopped_it(linked: Linked, ines: Actor) -> None:
    sending = waiting(linked, Verb.NEW_DATE)
    switches.engage(ines, verb=None, site=None, reason=WHY, at=linked.at)

    says = proof.says(sending.message, [sending.message], linked.at)
    assert says == "Waits: ines stopped it with a kill switch. “Odoo is being upgraded.”"
