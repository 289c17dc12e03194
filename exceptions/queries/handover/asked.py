"""Which sheet: of what site and team, from when on, and how far ahead."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from exceptions import actors
from exceptions.actors import Actor
from exceptions.models import Handover, Site, Team
from exceptions.queries.handover.shift import Shift, begun, noon_after

NOTES = 10  # the latest that are shown
FURTHEST = timedelta(days=31)  # that a sheet looks back
NOON, HALF_DAY = "noon", "12h"


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose sheet, from when on, and how far ahead. `unread` is what could not be read of it."""

    site: Site
    team: Team | None
    since: datetime
    until: datetime
    ahead: str
    unread: str = ""


def asked_for(said: Mapping[str, str], actor: Actor, at: datetime) -> Asked | None:
    """What the address asks for, among what the reader may see; None where that is nothing."""
    visible = actors.visible_sites(actor).order_by("name")
    site = visible.filter(pk__in=_ids([said.get("site", "")])).first() or visible.first()
    if site is None:
        return None
    team = Team.objects.filter(pk__in=_ids([said.get("team", "")])).first()
    usual, typed = begun(site, team, at), said.get("since", "").strip()
    since = instant(typed) if typed else usual
    fits = since is not None and at - FURTHEST <= since <= at
    ahead = HALF_DAY if said.get("until") == HALF_DAY else NOON
    return Asked(
        site=site,
        team=team,
        since=since if fits and since else usual,
        until=at + timedelta(hours=12) if ahead == HALF_DAY else noon_after(site, at),
        ahead=ahead,
        unread="" if fits else typed[:40],
    )


def shift_of(asked: Asked, actor: Actor, at: datetime) -> Shift:
    cases = actors.visible_cases(actor).filter(site=asked.site)
    if asked.team:
        cases = cases.filter(team=asked.team)
    return Shift(cases=cases, since=asked.since, at=at, until=asked.until)


def notes_of(asked: Asked) -> list[Handover]:
    """The latest notes of the site, or of the team there."""
    found = Handover.objects.filter(site=asked.site).select_related("taken", "team")
    return list((found.filter(team=asked.team) if asked.team else found)[:NOTES])


def _ids(values: list[str]) -> list[int]:
    return [int(v) for v in values if v.isascii() and v.isdigit() and len(v) < 19]


def instant(text: str) -> datetime | None:
    """Without a zone it is one of the reader's zone, as the page shows it."""
    try:
        value = parse_datetime(text)
        return timezone.make_aware(value) if value and timezone.is_naive(value) else value
    except (ValueError, OverflowError):
        return None
