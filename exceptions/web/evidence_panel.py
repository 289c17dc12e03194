"""What the page of a case shows of its files, and what can be done with them there."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from exceptions import actors
from exceptions.actors import Actor
from exceptions.evidence import keeping
from exceptions.evidence.sniffing import ENDINGS
from exceptions.models import Case, Evidence, EvidenceAccess
from exceptions.vocabulary import PICTURES, EvidenceType
from exceptions.web.disruption import Tried

WITHDRAW = "withdraw-evidence"
ACCESSES = 20  # of one file, the latest
# A phone gives a JPEG where only that is asked for; the camera's own HEIC shows no preview.
PHOTO = "image/jpeg"
ACCEPT = ",".join(ending for endings in ENDINGS.values() for ending in endings)


@dataclass(frozen=True, slots=True)
class Filed:
    """A file as the page shows it. `opened`: the reader may open it."""

    file: Evidence
    kind: str
    picture: bool
    opened: bool
    may_withdraw: bool
    seen: list[EvidenceAccess]

    @property
    def key(self) -> str:
        return f"{WITHDRAW}-{self.file.pk}"


@dataclass(frozen=True, slots=True)
class Panel:
    files: list[Filed]
    why_not: str
    tried: Tried
    largest: int
    too_large: str
    accept: str = ACCEPT
    photo: str = PHOTO


def panel(case: Case, actor: Actor, tried: Tried | None) -> Panel:
    rows = list(case.evidence.select_related("withdrawn_by"))
    seen, largest = _seen(rows), settings.TOWER_EVIDENCE_LARGEST
    return Panel(
        files=[_filed(row, case, actor, seen[row.pk]) for row in rows],
        why_not=keeping.refusal(case, actor),
        tried=tried or Tried(),
        largest=largest,
        too_large=_("larger than %s MB. Send a smaller one.") % (largest // (1024 * 1024)),
    )


def _filed(row: Evidence, case: Case, actor: Actor, seen: list[EvidenceAccess]) -> Filed:
    row.case = case
    opened = actors.opens(row, actor)
    return Filed(
        file=row,
        kind=str(EvidenceType(row.file_type).label),
        picture=row.file_type in PICTURES and opened,
        opened=opened,
        may_withdraw=not keeping.no_withdrawal(row, actor),
        seen=seen[:ACCESSES],
    )


def _seen(rows: list[Evidence]) -> dict[int, list[EvidenceAccess]]:
    seen: dict[int, list[EvidenceAccess]] = {row.pk: [] for row in rows}
    for access in EvidenceAccess.objects.filter(evidence__in=rows) if rows else ():
        seen[access.evidence_id].append(access)
    return seen
