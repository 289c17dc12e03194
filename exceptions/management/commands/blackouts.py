"""Blackouts: times in which no new case is opened at a site or about a partner."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from exceptions import blackouts
from exceptions.blackouts import NoBlackout
from exceptions.models import Blackout, Connection, Sighting, Site, User

Found = TypeVar("Found")
WHEN = "such as 2026-12-24T18:00, in the site's zone (UTC without a site), or with +01:00"


class Command(BaseCommand):
    help = "Lists, adds and removes blackouts: times in which no new case is opened."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("list", help="with how much each has held back")
        add = verbs.add_parser("add")
        add.add_argument("--site", help="its code")
        add.add_argument("--connection", help="name; needed with --partner when there are several")
        add.add_argument("--partner", type=int, help="the partner's or carrier's id in the source")
        add.add_argument("--name", default="", help="what to call that partner")
        add.add_argument("--from", dest="starts_at", required=True, metavar="WHEN", help=WHEN)
        add.add_argument("--to", dest="ends_at", required=True, metavar="WHEN", help=WHEN)
        add.add_argument("--reason", required=True)
        add.add_argument("--user", required=True, help="user name of who makes it")
        remove = verbs.add_parser("remove", help="it holds nothing back any more")
        remove.add_argument("id", type=int)
        remove.add_argument("--user", required=True, help="user name of who takes it back")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        try:
            {"list": self._list, "add": self._add, "remove": self._remove}[options["verb"]](options)
        except NoBlackout as no:
            raise CommandError(str(no)) from None

    def _list(self, _options: dict[str, Any]) -> None:
        at = timezone.now()
        for row in blackouts.with_counts(Sighting.objects.all()):
            over = " (over)" if blackouts.is_over(row, at) else ""
            held = row.n  # type: ignore[attr-defined] # annotated
            self.stdout.write(f"{_in_words(row)}; {held} held back{over}")

    def _add(self, options: dict[str, Any]) -> None:
        site = _site(options["site"], options["connection"]) if options["site"] else None
        zone = ZoneInfo(site.time_zone if site else "UTC")
        made = blackouts.make(
            starts_at=_when(options["starts_at"], zone),
            ends_at=_when(options["ends_at"], zone),
            reason=options["reason"],
            by=_user(options["user"]),
            at=timezone.now(),
            site=site,
            partner=_partner(options, site),
        )
        self.stdout.write(_in_words(made))

    def _remove(self, options: dict[str, Any]) -> None:
        by = _user(options["user"])
        taken = blackouts.take_back(options["id"], by=by, at=timezone.now())
        self.stdout.write(f"taken back: {_in_words(taken)}")


def _in_words(row: Blackout) -> str:
    starts, ends = (f"{at.astimezone(UTC):%Y-%m-%d %H:%M}Z" for at in (row.starts_at, row.ends_at))
    return f"{row.pk}: {row.whom}, {starts} to {ends}: {row.reason} ({row.made_by})"


def _when(text: str, zone: ZoneInfo) -> datetime:
    try:
        found = parse_datetime(text)
    except ValueError:  # well formed, but no such day
        found = None
    if found is None:
        raise CommandError(f"{text} is no time: give one {WHEN}")
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _site(code: str, connection: str | None) -> Site:
    sites = Site.objects.filter(code=code)
    return _the_only(list(sites.filter(connection__name=connection) if connection else sites), code)


def _partner(options: dict[str, Any], site: Site | None) -> tuple[Connection, int, str] | None:
    if options["partner"] is None:
        return None
    named = Connection.objects.all()
    if options["connection"]:
        named = named.filter(name=options["connection"])
    elif site:
        named = named.filter(pk=site.connection_id)
    connection = _the_only(list(named), options["connection"] or "the partner's connection")
    return connection, options["partner"], options["name"]


def _the_only(found: list[Found], name: str) -> Found:
    if len(found) == 1:
        return found[0]
    raise CommandError(f"{name}: there is {'no such' if not found else 'more than one'}")


def _user(username: str) -> User:
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise CommandError(f"no active user is called {username}")
    return user
