"""A note for the next shift at every site, and one that was taken over."""

from datetime import datetime, timedelta

from exceptions import handing_over
from exceptions.actors import Actor, person
from exceptions.models import Membership, Site
from exceptions.vocabulary import Role

BEFORE = (
    "Quiet night. The carrier of the late pallet calls after eight; aisle 4 is not counted yet."
)
NOW = "Dock 3 is shut until noon. Two suppliers promised new dates, see the promises below."


def hand_over(*, at: datetime) -> None:
    """By the hands of people who work there, eight hours ago and now."""
    for site in Site.objects.select_related("lead").order_by("pk"):
        works = Membership.objects.filter(role=Role.OPERATOR, site=site).select_related("user")
        first = works.order_by("pk").first()
        if first is None or site.lead is None:
            continue
        night, day = person(first.user), person(site.lead)
        _sign(site, BEFORE, night, at - timedelta(hours=8), taken_by=day)
        _sign(site, NOW, day, at - timedelta(minutes=20))


def _sign(site: Site, text: str, by: Actor, at: datetime, *, taken_by: Actor | None = None) -> None:
    since = at - timedelta(hours=8)
    note = handing_over.write(site, None, text, by, since=since, at=at)
    if taken_by:
        handing_over.take(note, taken_by, at=at + timedelta(minutes=5))
