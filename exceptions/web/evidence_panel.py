"""What the page of a case shows of its files, and what can be done with them there."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from exceptions import actors, slots
from exceptions.actors import Actor
from exceptions.evidence import keeping, links, retention
from exceptions.evidence.sniffing import ENDINGS
from exceptions.models import Case, Evidence, EvidenceAccess, LegalHold, UploadLink
from exceptions.slots import Asked
from exceptions.vocabulary import PICTURES, EvidenceType, Slot
from exceptions.web.disruption import Tried

WITHDRAW, FILE, LINK = "withdraw-evidence", "file-evidence", "upload-link"
HOLD = "legal-hold"
ACCESSES = 20  # of one file, the latest
# A phone gives a JPEG where only that is asked for; the camera's own HEIC shows no preview.
PHOTO = "image/jpeg"
ACCEPT = ",".join(ending for endings in ENDINGS.values() for ending in endings)


@dataclass(frozen=True, slots=True)
class Filed:
    """A file as the page shows it. `opened`: the reader may open it."""

    file: Evidence
    kind: str
    slot: str
    picture: bool
    opened: bool
    may_withdraw: bool
    may_send: bool
    seen: list[EvidenceAccess]

    @property
    def key(self) -> str:
        return f"{WITHDRAW}-{self.file.pk}"

    @property
    def file_key(self) -> str:
        return f"{FILE}-{self.file.pk}"


@dataclass(frozen=True, slots=True)
class Link:
    """An upload link, with its address while it works."""

    link: UploadLink
    address: str
    asked: str
    works: bool


@dataclass(frozen=True, slots=True)
class Panel:
    """`lacking` are the slots that the policy still wants filled before the case is resolved."""

    files: list[Filed]
    asked: list[Asked]
    lacking: list[Asked]
    may_leave_out: bool
    slots: list[Slot]
    upload_links: list[Link]
    hold: LegalHold | None
    may_hold: bool
    why_not: str
    tried: Tried
    largest: int
    too_large: str
    days: tuple[int, ...] = links.DAYS
    accept: str = ACCEPT
    photo: str = PHOTO


def panel(case: Case, actor: Actor, at: datetime, tried: Tried | None) -> Panel:
    rows = list(case.evidence.select_related("withdrawn_by", "part_of"))
    seen, asked = _seen(rows), slots.of_case(case)
    why_not = keeping.refusal(case, actor)
    return Panel(
        files=[_filed(row, case, actor, seen[row.pk]) for row in rows],
        asked=asked,
        lacking=[each for each in asked if each.needed_for and not each.files],
        may_leave_out=slots.may_leave_out(case, actor),
        slots=list(Slot),
        upload_links=[] if why_not else _links(case, at),
        hold=case.legal_holds.filter(lifted_at=None).select_related("set_by").first(),
        may_hold=retention.may_hold(case, actor),
        why_not=why_not,
        tried=tried or Tried(),
        largest=settings.TOWER_EVIDENCE_LARGEST,
        too_large=too_large(),
    )


def too_large() -> str:
    """What the script of a page says of a file before it is sent, behind its name."""
    megabytes: int = settings.TOWER_EVIDENCE_LARGEST // (1024 * 1024)
    return _("larger than %(n)s MB. Send a smaller one.") % {"n": megabytes}


def address_of(link: UploadLink) -> str:
    return f"{settings.TOWER_BASE_URL}{reverse('hand-in', args=[links.key_of(link)])}"


def _filed(row: Evidence, case: Case, actor: Actor, seen: list[EvidenceAccess]) -> Filed:
    row.case = case
    opened = actors.opens(row, actor)
    return Filed(
        file=row,
        kind=str(EvidenceType(row.file_type).label),
        slot=str(Slot(row.slot).label) if row.slot else "",
        picture=row.file_type in PICTURES and opened,
        opened=opened,
        may_send=opened and not keeping.no_sending(row, case),
        may_withdraw=not keeping.no_withdrawal(row, actor),
        seen=seen[:ACCESSES],
    )


def _seen(rows: list[Evidence]) -> dict[int, list[EvidenceAccess]]:
    seen: dict[int, list[EvidenceAccess]] = {row.pk: [] for row in rows}
    for access in EvidenceAccess.objects.filter(evidence__in=rows) if rows else ():
        seen[access.evidence_id].append(access)
    return seen


def _links(case: Case, at: datetime) -> list[Link]:
    """Those that work first; the others stay, as their files do."""
    rows = sorted(case.upload_links.all(), key=lambda row: not row.works(at))
    return [
        Link(
            link=row,
            address=address_of(row) if row.works(at) else "",
            asked=", ".join(str(Slot(slot).label) for slot in row.slots if slot in Slot.values),
            works=row.works(at),
        )
        for row in rows
    ]
