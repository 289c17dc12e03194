"""Set up in Odoo what lets it tell the tower of changes at once, or take that away again.

Works with an administrator's key, which is asked for, read from TOWER_ODOO_ADMIN_KEY or, with
--key-from-stdin, from standard input. It is used for this run and stored nowhere.
"""

import getpass
import os
import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from integrations import connections, provisioning
from integrations.connections import FROM_COMMAND
from integrations.management.tables import print_table
from integrations.models import OdooAccess
from integrations.odoo import errors, provision
from integrations.odoo.access import Secret
from integrations.odoo.client import Odoo
from integrations.odoo.provision import Plan

KEY_VARIABLE = "TOWER_ODOO_ADMIN_KEY"
PATIENCE = 15.0  # seconds until a trial event that did not arrive is given up
EXPECTED = (*provisioning.EXPECTED, provisioning.NotYet)


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--connection", required=True, help="The connection's name or number")
        parser.add_argument("--admin-login", default="admin", help="Whose key it is")
        parser.add_argument("--key-from-stdin", action="store_true", help="Do not ask for the key")
        parser.add_argument("--dry-run", action="store_true", help="Say what would be done")
        parser.add_argument("--remove", action="store_true", help="Take away all that is ours")
        parser.add_argument(
            "--install-automation",
            action="store_true",
            help="Install Odoo's automation rules (base_automation) first, where they are missing",
        )
        parser.add_argument(
            "--read-scheduled-actions",
            action="store_true",
            help="Let the integration user read Odoo's scheduled actions, by a group of its own",
        )
        parser.add_argument(
            "--only-try", action="store_true", help="Only try whether an event arrives; no key"
        )

    def handle(self, **options: Any) -> None:
        row = _connection(options["connection"])
        try:
            if not options["only_try"]:
                self._set_up(row, options)
            if not (options["dry_run"] or options["remove"]):
                self._try(row)
        except EXPECTED as error:
            raise CommandError(_in_words(error)) from None

    def _set_up(self, row: OdooAccess, options: dict[str, Any]) -> None:
        key = _key(stdin=options["key_from_stdin"])
        with provisioning.administering(row, options["admin_login"], key) as admin:
            if options["install_automation"]:
                provisioning.install_if_missing(admin)
            if options["remove"]:
                planned = provisioning.plan_removal(row, admin)
            else:
                granting = options["read_scheduled_actions"]
                planned = provisioning.plan(row, admin, granting=granting)
            self._print(planned)
            if options["dry_run"]:
                if not options["remove"]:
                    self._print_lacks(row)
                self.stdout.write("Nothing was changed (--dry-run).")
                return
            provisioning.carry_out(row, admin, planned, by=FROM_COMMAND, at=timezone.now())
            self._prove(row, admin, removing=options["remove"])

    def _prove(self, row: OdooAccess, admin: Odoo, *, removing: bool) -> None:
        """Look again: what was done is what stands there."""
        if removing:
            left = provisioning.left_over(row, admin)
            if left:
                raise CommandError(f"{left} records of ours are still in Odoo. Run this again.")
            self.stdout.write("Nothing of ours is left in Odoo.")
        elif not provisioning.plan(row, admin).settled:
            raise CommandError("Odoo does not hold what was written. Run this again.")
        else:
            self.stdout.write("All rules stand in Odoo as they shall.")

    def _print(self, planned: Plan) -> None:
        rows = [
            (line.doing.value, line.model, line.key, ", ".join(line.differs))
            for line in planned.all
        ]
        print_table(self.stdout, rows)
        for model in planned.absent:
            self.stdout.write(f"{model} is not installed here; nothing is set up for it.")
        if planned.settled:
            self.stdout.write("Nothing is to be done.")

    def _print_lacks(self, row: OdooAccess) -> None:
        """Of the integration user: whoever administers Odoo can put that right in one go."""
        lacks = connections.lacking(row, at=timezone.now())
        if lacks:
            self.stdout.write("The integration user lacks:")
            print_table(self.stdout, [(s.name, s.outcome.value, s.sentence) for s in lacks])
        else:
            self.stdout.write("The integration user lacks no right.")

    def _try(self, row: OdooAccess) -> None:
        provisioning.ask(row, at=timezone.now(), now=timezone.now)
        until = time.monotonic() + PATIENCE
        while (trial := provisioning.trial(row)) and not trial.arrived_at:
            if time.monotonic() > until:
                raise CommandError(provisioning.nothing_came())
            time.sleep(0.2)
        assert trial
        self.stdout.write(
            f"A trial event arrived {trial.seconds:.1f} s after Odoo was asked for it."
        )


def _connection(name: str) -> OdooAccess:
    rows = OdooAccess.objects.select_related("connection")
    row = rows.filter(connection__name=name).first()
    if row is None and name.isdecimal():
        row = rows.filter(connection_id=int(name)).first()
    if row is None:
        raise CommandError(f"There is no connection “{name}”. manage.py odoo_connect makes one.")
    return row


def _key(*, stdin: bool) -> Secret:
    """Never from the command line, where others on the machine could read it."""
    if stdin:
        text = sys.stdin.readline()
    else:
        text = os.environ.get(KEY_VARIABLE) or getpass.getpass("The administrator's API key: ")
    return Secret(text)


def _in_words(error: Exception) -> str:
    if isinstance(error, errors.OdooError):
        return error.in_full
    if isinstance(error, provision.NoWebhooks) and error.installable:
        return f"{error} --install-automation installs them."
    return str(error)
