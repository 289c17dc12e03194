"""Have a token sign its commands: makes a secret, and prints it once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from exceptions.models import ServiceToken
from integrations import command_signing


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--token", required=True, help="name of a token that is in use")
        parser.add_argument(
            "--forget-old",
            action="store_true",
            help="make none; what the secret before signs holds no more",
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        token = _token(options["token"])
        try:
            if options["forget_old"]:
                command_signing.retire(token, at=timezone.now())
            else:
                self.stdout.write(command_signing.renew(token, at=timezone.now()))
        except command_signing.NotPossible as refused:
            raise CommandError(str(refused)) from None


def _token(name: str) -> ServiceToken:
    found = list(ServiceToken.objects.filter(name=name, revoked_at=None)[:2])
    if len(found) != 1:
        raise CommandError(f"there is not one token in use that is called {name}")
    return found[0]
