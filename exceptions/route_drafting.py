"""Drafting the rules of routing. Open cases stay where they are when a version comes into force,
until somebody routes them again (see `rerouting`).
"""

from django.utils.translation import gettext_lazy as _

from exceptions import route_soundness, routing_sets
from exceptions.drafting import Subject
from exceptions.models import RoutingSet
from exceptions.routes import Routes
from exceptions.vocabulary import Governed


def _problems(routes: Routes) -> list[str]:
    return route_soundness.problems(routes, route_soundness.known())


ROUTING = Subject(
    model=RoutingSet,
    area=Governed.ROUTING,
    called=_("Rules of routing"),
    hold=routing_sets.hold_for_publishing,
    to_json=routing_sets.to_json,
    from_json=routing_sets.from_json,
    problems=_problems,
    beginning=Routes(),
)
