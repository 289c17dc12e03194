"""For the first integration admin, or when none can sign in any more."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from exceptions import access
from exceptions.models import User


class Command(BaseCommand):
    help = "Makes a person integration admin of every site; the rest is done on the page People."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        user = User.objects.filter(username=options["username"], is_active=True).first()
        if user is None:
            raise CommandError(f"no active user is called {options['username']}")
        if access.appoint(user, at=timezone.now()):
            self.stdout.write(f"{user} is integration admin of every site")
        else:
            self.stdout.write(f"{user} was integration admin of every site before")
