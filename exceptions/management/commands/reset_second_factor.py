"""For who lost their phone and their recovery codes."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError, CommandParser

from exceptions.models import User


class Command(BaseCommand):
    help = "Removes a person's authenticator app, passkeys and recovery codes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"nobody is called {options['username']}")
        removed, _ = Authenticator.objects.filter(user=user).delete()
        self.stdout.write(f"{user}: {removed} removed; the password alone lets them in now")
