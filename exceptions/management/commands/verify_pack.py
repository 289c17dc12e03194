"""Check sealed packs: every file in them, and the chain of the history. Needs no database."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from exceptions import seals


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "packs", nargs="+", type=Path, metavar="FILE", help="A ZIP, or an unpacked folder"
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        told = [line for path in options["packs"] for line in seals.told(path)]
        for _whole, sentence in told:
            self.stdout.write(sentence)
        if not all(whole for whole, _sentence in told):
            raise CommandError("Not everything is as it was sealed.")
