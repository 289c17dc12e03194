"""Print every KPI with its definition, its value and its n, over a range of days.

Days are those of each site's own zone, both counted; the functions are those of the dashboards.
"""

import argparse
import json
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from exceptions.kpis.register import kpis
from exceptions.kpis.telling import told
from exceptions.models import Site, Team
from exceptions.queries.case_filter import read_day
from exceptions.queries.scope import Scope
from exceptions.rollups import keeping
from exceptions.vocabulary import KindCode, Tier


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="first", required=True, type=_day, metavar="YYYY-MM-DD")
        parser.add_argument("--to", dest="last", required=True, type=_day, metavar="YYYY-MM-DD")
        parser.add_argument("--site", action="append", default=[], help="its code; may be repeated")
        parser.add_argument("--kind", action="append", default=[], choices=KindCode.values)
        parser.add_argument("--tier", action="append", default=[], choices=Tier.values)
        parser.add_argument("--team", action="append", default=[], help="its name")
        parser.add_argument("--kpi", action="append", default=[], choices=sorted(kpis()))
        parser.add_argument("--format", default="text", choices=["text", "json"])
        parser.add_argument("--cases", action="store_true", help="count the cases, not the rollups")

    def handle(self, *, cases: bool, format: str, **options: Any) -> None:  # noqa: A002
        at = timezone.now()
        scope = _scope(options, at)
        counted_at = None if cases else keeping.freshen(at, batches=10_000)
        found = told(replace(scope, rolled=counted_at is not None), options["kpi"])
        if format == "json":
            self.stdout.write(json.dumps(found, indent=2, ensure_ascii=False))
        else:
            self._write(found)

    def _write(self, found: dict[str, Any]) -> None:
        for kpi in found["kpis"]:
            self.stdout.write(f"{kpi['name']}: {_said(kpi)}\n    {kpi['definition']}")
            for part in kpi["parts"]:
                self.stdout.write(f"    {part['name'] or part['part']}: {_said(part)}")


def _said(measure: dict[str, Any]) -> str:
    value = "-" if measure["value"] is None else measure["value"]
    return f"{value} (n = {measure['n']})"


def _scope(options: dict[str, Any], at: datetime) -> Scope:
    if options["first"] > options["last"]:
        raise CommandError("--from lies after --to.")
    return Scope(
        at=at,
        first_day=options["first"],
        last_day=options["last"],
        sites=_ids(Site.objects.order_by("pk"), "code", options["site"]),
        kinds=tuple(options["kind"]),
        tiers=tuple(options["tier"]),
        teams=_ids(Team.objects.order_by("pk"), "name", options["team"]) if options["team"] else (),
    )


def _ids(rows: Any, field: str, wanted: list[str]) -> tuple[int, ...]:
    """The ids of the rows that are called so; of all, where nothing is asked for."""
    known = {name: pk for pk, name in rows.values_list("pk", field)}
    if unknown := [name for name in wanted if name not in known]:
        raise CommandError(f"There is no {', '.join(unknown)}. There are: {', '.join(known)}.")
    found = rows.filter(**{f"{field}__in": wanted}) if wanted else rows
    return tuple(found.values_list("pk", flat=True))


def _day(text: str) -> date:
    day = read_day(text)
    if day is None:
        raise argparse.ArgumentTypeError(f"{text} is no day like 2026-11-30")
    return day
