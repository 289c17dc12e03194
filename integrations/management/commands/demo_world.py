"""Fill an empty tower with the demo: people, a connection to the simulator, ninety days of
casework.

Run again it adds what is missing and changes nothing else.
"""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from exceptions.models import Case, Connection, Notification, Site, User
from exceptions.vocabulary import Reach
from integrations import connections, watching
from integrations.demo import (
    asking,
    carriers,
    deciding,
    duty,
    episodes,
    files,
    gaps,
    handovers,
    hints,
    lateness,
    numbers_watched,
    opening_hours,
    outbound,
    overrides,
    pauses,
    people,
    rates,
    reports,
    routing_rules,
    snoozes,
    walks,
    written,
)
from integrations.demo.casework import Diary
from integrations.discovery import scan
from integrations.models import OdooAccess
from integrations.odoo import connecting
from integrations.odoo.access import Access, Secret
from integrations.odoo.ground import Ground

NAME = "Odoo (simulated)"
ADMIN, ADMIN_KEY = "admin", "sim-admin-key"
LOGIN, KEY, DATABASE = "control.tower", "sim-integration-key", "tower"
ZONES = {"RTM": "Europe/Amsterdam", "CHI": "America/Chicago", "PNQ": "Asia/Kolkata"}
HISTORY = timedelta(days=90)


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--odoo-url", required=True, help="Where the simulator answers")

    def handle(self, **options: Any) -> None:
        row = self._connect(options["odoo_url"])
        if not Case.objects.exists():
            with transaction.atomic():
                self._fill(row)
        self._write_logins()

    def _connect(self, url: str) -> OdooAccess:
        """Connect, or follow the simulator to its new port."""
        access = Access(url, DATABASE, LOGIN, Secret(KEY))
        report = connections.look(access, at=timezone.now())
        if not report.usable:
            raise CommandError("; ".join(step.sentence for step in report.steps))
        return connections.connect(NAME, access, report).row

    def _fill(self, row: OdooAccess) -> None:
        now = timezone.now()
        with connecting.opened(row) as odoo:
            ground = Ground(odoo, row.connection, row.url, read_at=now)
            ground.sites()
            _set_zones(row.connection)
            opening_hours.keep_hours(row.connection, at=now)
            people.settle_in(row.connection)
            people.invite(at=now)
            found = episodes.all_episodes(odoo, ground, at=now, since=now - HISTORY)
            found += outbound.outbound_episodes(odoo, ground, at=now, since=now - HISTORY)
            numbers = carriers.numbers(odoo)
        cases = Diary(until=now).play(found)
        pauses.wait(at=now)
        rates.say(at=now)
        snoozes.rest(at=now)
        asking.ask(at=now)
        deciding.decide(at=now)
        overrides.override(at=now)
        handovers.hand_over(at=now)
        duty.draw_up(row.connection, at=now)
        files.add_files(at=now)
        reports.subscribe(at=now)
        carriers.speak(row.connection, numbers, User.objects.get(username="ines"), at=now)
        hints.tell(row, at=now)
        gaps.find_gaps(row.connection, at=now)
        lateness.foresee(row, at=now)
        watching.watch(at=now)
        numbers_watched.watch_numbers(at=now)
        walks.walk(row, ADMIN, ADMIN_KEY, at=now)
        written.write(at=now)
        # After the cases, so that there are open ones which the rules would give to somebody else.
        routing_rules.lay_down(row.connection, at=now)
        old = Notification.objects.filter(at__lt=now - timedelta(days=1))
        old.update(read_at=F("at"), reach=Reach.INBOX)  # as people of that time would have
        scan.ask(row.connection, User.objects.get(username="ines"), at=now)  # a worker takes it
        self.stdout.write(f"Demo world: {cases} cases over {HISTORY.days} days.")

    def _write_logins(self) -> None:
        lines = [f"{role:<18} {user:<8} {password}" for role, user, password in people.logins()]
        path = settings.DATA_DIR / "demo-logins.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text("\n".join(lines) + "\n")


def _set_zones(connection: Connection) -> None:
    for site in Site.objects.filter(connection=connection, code__in=ZONES):
        site.time_zone = ZONES[site.code]
        site.save(update_fields=["time_zone"])
