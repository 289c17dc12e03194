"""Meanings: what people say that a carrier's unknown word means, and what was waiting for that."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from exceptions import settings_history
from exceptions.models import Parcel, User
from exceptions.vocabulary import Governed, Transport, Trouble
from integrations import scans
from integrations.models import CarrierScan, CarrierWord, ScanState

AT_A_TIME = 500


@transaction.atomic
def give(
    word: CarrierWord, status: Transport | None, trouble: Trouble | None, by: User, *, at: datetime
) -> int:
    """From now on the word means that; without a status, nothing. Returns how many scans waited for
    it, each of which is taken in by its own time.
    """
    word.status, word.trouble = status or "", (trouble or "") if status else ""
    word.given_by, word.given_at = by, at
    word.save()
    waited = 0
    while rows := _waiting(word):
        for row in rows:
            scans.understand(row, word)
        scans.act(rows, at=at)
        CarrierScan.objects.bulk_update(rows, ["status", "trouble", "became"])
        waited += len(rows)
    _tell(word, waited, by, at)
    return waited


def _waiting(word: CarrierWord) -> list[CarrierScan]:
    """Some of them, in the order in which they happened, with their parcels locked."""
    unknown = CarrierScan.objects.filter(
        source=word.source, code=word.code, became=ScanState.UNKNOWN
    )
    rows = list(unknown.select_related("source").order_by("at", "pk")[:AT_A_TIME])
    locked = Parcel.objects.select_for_update(of=("self",), no_key=True).select_related("carrier")
    ids = {row.parcel_id for row in rows}
    parcels = {parcel.pk: parcel for parcel in locked.filter(pk__in=ids).order_by("pk")}
    for row in rows:
        row.parcel = parcels[row.parcel_id]
    return rows


def in_words(word: CarrierWord) -> str:
    """`exception, delayed`; that it means nothing where that is what was said."""
    if not word.status:
        return _("nothing")
    said = [Transport(word.status).label, word.trouble and Trouble(word.trouble).label]
    return ", ".join(str(each) for each in said if each)


def _tell(word: CarrierWord, waited: int, by: User, at: datetime) -> None:
    told = {"source": word.source, "code": word.code, "meaning": in_words(word)}
    says = _("%(source)s: “%(code)s” means %(meaning)s") % told
    data = {
        "source": word.source_id,
        "code": word.code,
        "status": word.status,
        "trouble": word.trouble,
        "waited": waited,
    }
    settings_history.add(Governed.CONNECTION, says, by=by, at=at, data=data, site=word.source.site)
