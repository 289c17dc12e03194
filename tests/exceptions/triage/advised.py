"""A model of messages in use, and messages that were taken in."""

from datetime import datetime

from exceptions.actors import Actor
from exceptions.models import InboundMessage, Suggestion
from exceptions.triage import learning
from exceptions.triage.messages import advising
from exceptions.triage.messages.advising import Incoming
from tests.making import Tower

LOST = "The parcel can no longer be found in our network and is declared lost."


def learned(at: datetime) -> None:
    assert learning.learn(at=at) is not None


def taken_in(
    tower: Tower, text: str = LOST, *, at: datetime, subject: str = "Parcel lost", **said: str
) -> InboundMessage:
    incoming = Incoming(site=tower.site, text=text, subject=subject, **said)
    return advising.take_in(incoming, tower.supervisor, at=at)[0]


def advised(tower: Tower, at: datetime, text: str = LOST) -> Suggestion:
    learned(at)
    return taken_in(tower, text, at=at).suggestions.get()


def stranger(tower: Tower) -> Actor:
    """Who leads another site."""
    return tower.actor("lead.chi")
