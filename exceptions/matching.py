"""Matching: which transfer a parcel carries, by its number, by what the carrier was told, or by own
rules; else by hand.

Tracking numbers are used again after some years: of several records that bear one, the living, and
among those the latest written, is believed.
"""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from exceptions import links
from exceptions.models import Document, Parcel, User
from exceptions.vocabulary import Matched

BEARING = ("Delivery", "Handover", "Receipt", "Transfer")
LOOKED_FOR = timedelta(days=30)  # since a source last spoke of it
LOOKED_AT_ONCE = 2_000
LATELY, CLOSE, MOST_GUESSES = 2_000, 0.8, 3
WAITING = """
SELECT p.id
FROM (
    SELECT id, connection_id, tracking, named
    FROM exceptions_parcel
    WHERE transfer = '' AND heard_at > %(since)s
    ORDER BY heard_at DESC
    LIMIT %(most)s
) p
WHERE EXISTS (
    SELECT 1 FROM exceptions_document d
    WHERE d.connection_id = p.connection_id
      AND d.links && ARRAY[
          'parcel:' || upper(p.tracking), 'transfer:' || p.named, 'order:' || p.named
      ]
      AND d.facts_type = ANY(%(bearing)s)
      AND d.gone_at IS NULL
)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Where `field` (tracking, carrier or order) begins so, the parcel belongs to a site; or, with
    `strip`, the order is what follows.
    """

    field: str
    begins: str
    site_id: int | None = None
    strip: bool = False

    def holds(self, told: "Told") -> bool:
        value = {"tracking": told.tracking, "carrier": told.carrier, "order": told.order}
        return value[self.field].casefold().startswith(self.begins.casefold())


@dataclass(frozen=True, slots=True)
class Told:
    """What a carrier says of a parcel that helps to find what it carries."""

    connection_id: int
    tracking: str
    carrier: str
    order: str


@dataclass(frozen=True, slots=True)
class Match:
    """What a parcel carries; without a transfer only where it belongs, None if nobody knows."""

    transfer: str = ""
    site_id: int | None = None
    how: Matched | None = None
    named: str = ""


def rules_of(rows: Iterable[Mapping[str, Any]]) -> tuple[Rule, ...]:
    """Rules as they are stored."""
    return tuple(Rule(**row) for row in rows)


def find(asked: Sequence[tuple[Told, Sequence[Rule]]]) -> list[Match]:
    """What each carries, in one look at the mirror."""
    named = [_named(told, rules) for told, rules in asked]
    told_of = [(told, name) for (told, _rules), (name, _by_rule) in zip(asked, named, strict=True)]
    bearing = _bearing(told_of)
    return [
        _match(told, rules, *name, bearing)
        for (told, rules), name in zip(asked, named, strict=True)
    ]


Bearing = Mapping[tuple[int, str], Document]


def _match(told: Told, rules: Sequence[Rule], named: str, by_rule: bool, bearing: Bearing) -> Match:
    sent = bearing.get((told.connection_id, links.of_parcel(told.tracking)))
    if sent:
        return Match(_transfer_of(sent, told.tracking), sent.site_id, Matched.TRACKING, named)
    for kind in (links.TRANSFER, links.ORDER):
        known = bearing.get((told.connection_id, f"{kind}:{named}")) if named else None
        if known:
            how = Matched.RULE if by_rule else Matched.NAMED
            return Match(_carried(known, named), known.site_id, how, named)
    sites = (r.site_id for r in rules if r.site_id and not r.strip and r.holds(told))
    return Match(site_id=next(sites, None), named=named)


def _named(told: Told, rules: Sequence[Rule]) -> tuple[str, bool]:
    """The order that the carrier was told, and whether a rule made it of what it says."""
    for rule in rules:
        if rule.strip and rule.field == "order" and rule.holds(told):
            return told.order[len(rule.begins) :].strip(), True
    return told.order.strip(), False


def _bearing(told: Iterable[tuple[Told, str]]) -> Bearing:
    """The record that bears each link, by connection and link."""
    wanted: dict[int, set[str]] = {}
    for each, named in told:
        found = wanted.setdefault(each.connection_id, set())
        found.add(links.of_parcel(each.tracking))
        found |= {f"{links.TRANSFER}:{named}", f"{links.ORDER}:{named}"} if named else set()
    bearing: dict[tuple[int, str], Document] = {}
    for connection_id, names in wanted.items():
        documents = Document.objects.filter(
            connection_id=connection_id,
            links__overlap=sorted(names),
            facts_type__in=BEARING,
            gone_at=None,
        )
        # The last one is believed.
        for document in documents.order_by("living", "written_at"):
            for link in names.intersection(document.links):
                bearing[connection_id, link] = document
    return bearing


def _transfer_of(document: Document, tracking: str) -> str:
    """The transfer that bears the number."""
    wanted = links.of_parcel(tracking)
    sent = document.facts.get("parcels") or []
    of = (each["transfer"] for each in sent if links.of_parcel(each["tracking"]) == wanted)
    return next(of, document.reference)


def _carried(document: Document, named: str) -> str:
    """Of an order that goes out in one transfer, that one; else what the carrier was told."""
    transfers = document.facts.get("transfers") or []
    if f"{links.TRANSFER}:{named}" in document.links:
        return named
    return transfers[0] if len(transfers) == 1 else document.reference


def waiting(*, at: datetime) -> list[int]:
    """Parcels that nobody knew, and that something in the mirror now bears."""
    values: dict[str, Any] = {
        "since": at - LOOKED_FOR,
        "most": LOOKED_AT_ONCE,
        "bearing": list(BEARING),
    }
    with connection.cursor() as cursor:
        cursor.execute(WAITING, values)
        return [row[0] for row in cursor.fetchall()]


def named(connection_id: int, name: str) -> Match | None:
    """What a transfer or an order of that name carries; None where there is none."""
    (found,) = find([(Told(connection_id, "", "", name), ())])
    return found if found.transfer else None


def by_hand(parcel: Parcel, found: Match, by: User, *, at: datetime) -> None:
    """A person says what the parcel carries, which no carrier overrules."""
    parcel.transfer, parcel.matched = found.transfer[:120], Matched.HAND
    parcel.matched_by, parcel.matched_at = by, at
    parcel.save(update_fields=["transfer", "matched", "matched_by", "matched_at"])


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a parcel might carry, and why one might think so."""

    transfer: str
    why: str


def suggestions(parcels: Sequence[Parcel]) -> dict[int, list[Suggestion]]:
    """By parcel: transfers with nearly the same number, and orders that end as the named one."""
    borne = {each: _borne(each) for each in {parcel.connection_id for parcel in parcels}}
    return {
        parcel.pk: [*_near(parcel, borne[parcel.connection_id]), *_alike(parcel)][:MOST_GUESSES]
        for parcel in parcels
    }


def _borne(connection_id: int) -> dict[str, str]:
    """Transfers by the numbers on them, of what was written lately."""
    written = Document.objects.filter(
        connection_id=connection_id, facts_type="Delivery", facts__parcels__0__isnull=False
    )
    lately = written.order_by("-written_at").values_list("facts__parcels", flat=True)[:LATELY]
    sent = (each for parcels in lately for each in parcels)
    return {links.of_parcel(each["tracking"]): each["transfer"] for each in sent}


def _near(parcel: Parcel, borne: Mapping[str, str]) -> list[Suggestion]:
    wanted = links.of_parcel(parcel.tracking)
    close = difflib.get_close_matches(wanted, borne, n=2, cutoff=CLOSE)
    says = _("its number is %s")
    return [Suggestion(borne[each], says % each.partition(":")[2]) for each in close]


def _alike(parcel: Parcel) -> list[Suggestion]:
    """Orders whose number is the one that the carrier was told, whatever stands before it."""
    digits = re.findall(r"\d{4,}", parcel.named)
    if not digits:
        return []
    alike = Document.objects.filter(
        connection_id=parcel.connection_id, facts_type__in=BEARING, reference__endswith=digits[-1]
    )
    names = alike.order_by("reference").values_list("reference", flat=True).distinct()
    return [Suggestion(name, _("named as %s") % parcel.named) for name in names[:2]]
