"""Connect an Odoo: look it over, say what works and what is missing, and store it if it is
usable.
"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from integrations import connections
from integrations.management.tables import print_table
from integrations.odoo import errors
from integrations.odoo.access import Access, Secret

LONGEST = {"name": 80, "url": 200, "database": 80, "login": 120}  # what the tables hold


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--name", required=True, help="How the tower calls this connection")
        parser.add_argument("--url", required=True, help="https://odoo.example.com")
        parser.add_argument("--database", required=True)
        parser.add_argument("--login", required=True, help="Login of the integration user")
        parser.add_argument(
            "--api-key-file", required=True, type=Path, help="File that holds the key; - for stdin"
        )
        parser.add_argument(
            "--hold-location",
            type=int,
            action="append",
            metavar="ID",
            help="A location for goods that nobody may use; may be given several times",
        )
        parser.add_argument(
            "--approval-category",
            type=int,
            metavar="ID",
            help="Category of Odoo's Approvals for requests; without it the first that fits",
        )
        parser.add_argument("--dry-run", action="store_true", help="Look, but store nothing")

    def handle(self, **options: Any) -> None:
        _check_lengths(options)
        access = self._access(options)
        holds = options["hold_location"]
        report = connections.look(access, at=timezone.now(), holds=holds or [])
        print_table(self.stdout, report.rows())
        if not report.usable:
            raise CommandError("Not connected: put right what failed above, then try again.")
        if options["dry_run"]:
            self.stdout.write("Usable. Nothing was stored (--dry-run).")
            return
        connected = connections.connect(
            options["name"], access, report, holds=holds, approvals=options["approval_category"]
        )
        self.stdout.write(
            f"Connected as {connected.row.connection}. Webhooks of this Odoo go to\n"
            f"  {connected.hook_url}\n"
            "which holds a secret. `manage.py tick` reads it now; beat does it from then on."
        )

    def _access(self, options: dict[str, Any]) -> Access:
        try:
            key = Secret(self._key(options["api_key_file"]))
            return Access(options["url"], options["database"], options["login"], key)
        except errors.OdooError as error:
            raise CommandError(error.user_message) from None

    def _key(self, path: Path) -> str:
        try:
            return input() if str(path) == "-" else path.read_text()
        except (OSError, EOFError, UnicodeDecodeError):
            raise CommandError(f"The API key could not be read from {path}.") from None


def _check_lengths(options: dict[str, Any]) -> None:
    """Before anybody is asked anything."""
    for option, longest in LONGEST.items():
        if not 0 < len(options[option].strip()) <= longest:
            raise CommandError(f"--{option} must have 1 to {longest} characters.")
