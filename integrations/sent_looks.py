"""What later looks found of what was sent: counted, listed, and left as it is."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Min, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from exceptions import lifecycle, proofs
from exceptions.actors import Actor
from exceptions.lifecycle import Refused
from exceptions.models import Connection, OutboxMessage
from exceptions.vocabulary import Happening
from integrations.models import Found, Gap, GapKind, Repair, SentCheck
from integrations.odoo import sent

NOT_YET = "not_yet"  # proved, and not looked at since


@dataclass(frozen=True, slots=True)
class SentFilter:
    """What is asked of the list. An empty field asks nothing."""

    connection: int | None = None
    found: str = ""

    @classmethod
    def from_query(cls, query: QueryDict) -> "SentFilter":
        """What cannot be read asks nothing."""
        connection, found = query.get("connection", ""), query.get("found", "")
        is_id = connection.isascii() and connection.isdigit() and len(connection) < 19
        return cls(
            connection=int(connection) if is_id else None,
            found=found if found in (*Found.values, NOT_YET) else "",
        )

    def to_query(self) -> str:
        query = QueryDict(mutable=True)
        if self.connection:
            query["connection"] = str(self.connection)
        if self.found:
            query["found"] = self.found
        return query.urlencode()

    def changed(self, **what: Any) -> "SentFilter":
        return replace(self, **what)

    def apply(self, messages: QuerySet[OutboxMessage]) -> QuerySet[OutboxMessage]:
        """Those asked for, what was found last before the rest."""
        if self.connection:
            messages = messages.filter(connection=self.connection)
        if self.found == NOT_YET:
            messages = messages.filter(look=None)
        elif self.found:
            messages = messages.filter(look__found=self.found)
        return messages.order_by(F("look__since").desc(nulls_last=True), "-pk")


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one connection: how many messages by what was found of them, NOT_YET among them, and when
    the one was looked at that was not looked at for the longest.
    """

    counts: dict[str, int]
    oldest: datetime | None


def visible(
    connections: QuerySet[Connection], sites: Iterable[int] | None, *, at: datetime
) -> QuerySet[OutboxMessage]:
    """What we believe to stand in these Odoos, about cases of these sites (None: of all)."""
    messages = OutboxMessage.objects.filter(connection__in=connections)
    if sites is not None:
        messages = messages.filter(case__site__in=sites)
    return sent.believed(messages, at=at)


def figures(messages: QuerySet[OutboxMessage]) -> dict[int, Figures]:
    """By connection; one of which nothing was sent lately is left out."""
    rows = messages.order_by().values_list("connection", "look__found")
    found: dict[int, Figures] = {}
    for connection, what, n, oldest in rows.annotate(n=Count("pk"), o=Min("look__looked_at")):
        mine = found.get(connection, Figures({}, None))
        known = [each for each in (mine.oldest, oldest) if each]
        counts = {**mine.counts, what or NOT_YET: n}
        found[connection] = Figures(counts, min(known, default=None))
    return found


@transaction.atomic
def leave(gap_id: int, actor: Actor, *, at: datetime) -> Gap:
    """What is gone is not wanted any more: its gap is closed, and nobody looks for it again.

    Raises Refused, or Gap.DoesNotExist. Who may say so is the caller's to know.
    """
    gap = Gap.objects.select_related("message").get(pk=gap_id, what=GapKind.LOST)
    assert gap.message is not None
    case = lifecycle.locked(gap.message.case_id)
    if not sent.close(gap.message, Repair.LEFT, at=at):
        raise Refused(_("This gap is closed already."))
    SentCheck.objects.filter(message=gap.message).update(left_at=at)
    text = _("Gone from Odoo, and left as it is: %s") % gap.message.get_verb_display()
    said = {"text": text, "key": gap.message.key}
    proofs.append(case, Happening.NOTED, actor, at, said)
    return gap
