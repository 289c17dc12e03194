"""The demo's rules of routing: three, drafted by one policy admin and published by the other."""

from datetime import datetime

from exceptions import drafting, routing_sets
from exceptions.actors import person
from exceptions.models import Connection, RoutingSet, Site, User
from exceptions.route_drafting import ROUTING
from exceptions.routes import Routes, Rule
from exceptions.vocabulary import KindCode, TeamCode, Tier

AUTHOR, PUBLISHER = "petra", "karin"
LIMIT = 40


def lay_down(connection: Connection, *, at: datetime) -> None:
    """Put them in force, if the sites and people are there and nobody made any rules."""
    sites = {site.code: site.pk for site in Site.objects.filter(connection=connection)}
    people = {user.username: user for user in User.objects.all()}
    known = {"RTM", "CHI"} <= set(sites) and {AUTHOR, PUBLISHER, "noor", "dana"} <= set(people)
    if not known or RoutingSet.objects.exists():
        return
    author, publisher = person(people[AUTHOR]), person(people[PUBLISHER])
    draft = drafting.start(ROUTING, author, at=at)
    kept = drafting.change(
        ROUTING,
        draft.pk,
        _rules(sites, people),
        author,
        revision=draft.revision,
        at=at,
        note="Customs, the bearings of Kempten and grave cases in Chicago have their own people",
    )
    drafting.publish(ROUTING, kept.pk, publisher, revision=kept.revision, at=at)
    assert routing_sets.newest() is not None


def _rules(sites: dict[str, int], people: dict[str, User]) -> Routes:
    customs = Rule(
        name="Customs of Rotterdam",
        kinds=(KindCode.CARRIER_FAILURE, KindCode.CUSTOMS_HOLD),
        sites=(sites["RTM"],),
        team=TeamCode.TRADE_COMPLIANCE,
        then=(TeamCode.LOGISTICS,),
        limit=12,
    )
    bearings = Rule(
        name="Bearings from Kempten",
        sites=(sites["RTM"],),
        partners=("Kempten",),
        team=TeamCode.PROCUREMENT,
        person=people["noor"].pk,
    )
    grave = Rule(
        name="Critical in Chicago",
        sites=(sites["CHI"],),
        tiers=(Tier.CRITICAL,),
        person=people["dana"].pk,
    )
    return Routes(rules=(customs, bearings, grave), limit=LIMIT)
