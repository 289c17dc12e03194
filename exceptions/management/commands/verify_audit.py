"""Read all history from its first line on, and name every line that is not as it was written."""

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from exceptions import audit, verifying
from exceptions.models import Anchor, Case
from exceptions.verifying import Tally


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--case", type=int, metavar="N", help="Only the case C-N")
        parser.add_argument(
            "--anchors",
            type=Path,
            metavar="FILE",
            help="Anchors kept elsewhere, as TOWER_ANCHOR_FILE has them: `day hash`, a line each",
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        kept = _kept(options["anchors"]) if options["anchors"] else []
        found, tally = 0, Tally()
        for sentence in self._faults(options["case"], kept, tally):
            self.stdout.write(sentence)
            found += 1
        if found:
            raise CommandError(f"{found} faults: this history is not as it was written.")
        self.stdout.write(
            f"Whole: {tally.events:,} events of {tally.cases:,} cases, "
            f"{tally.settings:,} lines of settings, {tally.anchors:,} anchors."
        )

    def _faults(
        self, case_id: int | None, kept: list[tuple[str, str]], tally: Tally
    ) -> Iterator[str]:
        if case_id is not None:
            yield from _of_one(case_id, tally)
            return
        yield from verifying.everything(tally)
        yield from _of_kept(kept)


def _of_one(case_id: int, tally: Tally) -> Iterator[str]:
    case = Case.objects.filter(pk=case_id).first()
    if case is None:
        raise CommandError(f"There is no case C-{case_id}.")
    tally.cases, tally.events = 1, case.event_count
    for fault in audit.verify(case):
        yield f"C-{case_id}, event {fault.number}: {fault.says}"


def _kept(path: Path) -> list[tuple[str, str]]:
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError):
        raise CommandError(f"The anchors could not be read from {path}.") from None
    words = [line.split() for line in lines if line.strip()]
    if any(len(line) != 2 for line in words):
        raise CommandError(f"{path} is no list of anchors: each line is a day and a hash.")
    return [(day, sealed) for day, sealed in words]


def _of_kept(kept: list[tuple[str, str]]) -> Iterator[str]:
    """Anchors that were kept elsewhere, and are here no more, or others."""
    here = {day.isoformat(): sealed for day, sealed in Anchor.objects.values_list("day", "hash")}
    for day, sealed in kept:
        if day not in here:
            yield f"Anchor of {day}: kept elsewhere, missing here"
        elif here[day] != sealed:
            yield f"Anchor of {day}: another than the one kept elsewhere"
