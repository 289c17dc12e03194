"""What a case avoided and what was lost, on its page: whether the reader can say or correct it."""

from dataclasses import dataclass

from exceptions import reckoning
from exceptions.actors import Actor
from exceptions.models import Case
from exceptions.web.disruption import Tried

SAY = "amounts"


@dataclass(frozen=True, slots=True)
class AmountsPanel:
    """What was just refused is shown as if it might be done, so that its sentence has a place.
    `known`: somebody has said an amount, so that another is a correction.
    """

    may: bool
    known: bool
    tried: Tried


def amounts(case: Case, actor: Actor, tried: Tried | None) -> AmountsPanel:
    tried = tried or Tried()
    may = tried.what == SAY or not reckoning.refusal(case, actor)
    return AmountsPanel(may, bool(case.amounts_currency), tried)
