"""Make a key to the API for a program."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from exceptions import access, tokens
from exceptions.actors import machine
from exceptions.models import Access, User
from exceptions.vocabulary import Via


class Command(BaseCommand):
    help = "Makes a key to the API, and prints it once: it cannot be read again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", required=True, help="user name that the program acts as")
        parser.add_argument("--name", required=True, help="what the key is for, such as 'n8n'")
        parser.add_argument(
            "--scope",
            action="append",
            choices=tokens.SCOPES,
            required=True,
            help="what it may do; may be given more than once",
        )
        parser.add_argument("--days", type=int, help="how long it is valid; without, until revoked")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        if options["days"] is not None and not 1 <= options["days"] <= 3650:
            raise CommandError("--days is a number from 1 to 3650")
        if not 1 <= len(options["name"]) <= 80:
            raise CommandError("--name has 1 to 80 characters")
        self.stdout.write(_issued(_user(options["user"]), options))


@transaction.atomic
def _issued(user: User, options: dict[str, Any]) -> str:
    at, name, scopes = timezone.now(), options["name"], options["scope"]
    key = tokens.issue(user, name=name, scopes=scopes, at=at, days=options["days"])
    about = access.told_of(name, scopes)
    access.keep(Access.TOKEN_MADE, user, machine(Via.COMMAND), at, about)
    return key


def _user(username: str) -> User:
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise CommandError(f"no active user is called {username}")
    return user
