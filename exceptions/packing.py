"""Sealed packs: all that is known of a case and all its files, in one ZIP that proves itself.

What it says is gathered under the case's lock, so that it is of one instant; the files are streamed
from their places. `seals` checks a pack without the tower.
"""

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from exceptions import audit, lifecycle, seals
from exceptions.actors import Actor, opens
from exceptions.evidence import keeping, store
from exceptions.models import Case, Evidence
from exceptions.vocabulary import Happening, Opened

FOLDER = "evidence"
HISTORY = ["event_count", "last_hash"]
README = """\
This is a sealed pack of one case: what was known of it, what was done, and its files.

Open summary.html to read it. To check that nothing was changed, unpack it and run

    sha256sum -c SHA256SUMS

or, where the control tower is installed, without unpacking: manage.py verify_pack FILE
That also counts the chain of the history (audit/history.json) and prints the seal: the SHA-256 of
SHA256SUMS. The history of the case in the tower says which seal this pack was given.
"""
CASE = (
    *("id", "kind", "site__code", "site__name", "title", "reason", "state", "outcome", "score"),
    *("tier", "contributions", "thresholds", "value_at_risk", "currency", "need_at", "facts"),
    *("subject_key", "owner__username", "team__code", "detected_at", "acknowledged_at"),
    *("resolved_at", "closed_at", "root_cause", "corrective_action", "reopen_count"),
    *("avoided", "lost", "amounts_currency"),
)
TABLES: dict[str, tuple[str, tuple[str, ...]]] = {
    "clocks.json": (
        "clocks",
        ("kind", "state", "started_at", "target_minutes", "due_at", "stopped_at", "breached_at"),
    ),
    "decisions.json": (
        "decisions",
        (
            *("id", "kind", "state", "parameters", "reason", "cost", "currency"),
            *(
                "undoes_id",
                "foreseen",
                "proposed_by__username",
                "proposed_at",
                "approved_by",
                "approved_at",
            ),
        ),
    ),
    "sent.json": (
        "outbox",
        (
            *("key", "verb", "target", "state", "decision_id", "parameters", "attempts", "error"),
            *("created_at", "sent_at", "read_back_at", "before", "after"),
        ),
    ),
    "comments.json": (
        "comments",
        ("author__username", "text", "written_at", "edited_at", "withdrawn_at"),
    ),
    "promises.json": (
        "promises",
        ("promised_by", "what", "due_at", "state", "recorded_by__username", "recorded_at"),
    ),
    "pauses.json": ("pauses", ("counterparty", "reason", "started_at", "ended_at")),
}
DOCUMENT = (
    *("connection__name", "model", "record_id", "reference", "url", "facts", "substance"),
    *("read_at", "gone_at"),
)
FILES = (
    *("id", "name", "file_type", "size", "sha256", "slot", "source", "added_by_name", "added_at"),
    *("part_of_id", "message", "withdrawn_at", "withdrawn_why", "erased_at"),
)


@dataclass(frozen=True, slots=True)
class Packed:
    """A file of the case: where it lies in the pack; `path` is empty where it is not in it."""

    file: Evidence
    path: str
    why_not: str = ""


@dataclass(slots=True)
class Prepared:
    """A pack that only has to be written. `seal` is the SHA-256 of the list of all hashes."""

    name: str
    at: datetime
    texts: dict[str, bytes] = field(default_factory=dict)
    files: list[Packed] = field(default_factory=list)
    seal: str = ""


Summary = Callable[[Case, list[Packed]], dict[str, bytes]]


@transaction.atomic
def prepare(case_id: int, actor: Actor, summary: Summary, *, at: datetime) -> Prepared:
    """Gather the pack, and keep its seal in the history. `summary` gives what people read of it.

    The caller has made sure that the actor sees the case. Raises Case.DoesNotExist.
    """
    case = lifecycle.locked(case_id)
    files = [_packed(number, file, actor) for number, file in enumerate(_files(case), start=1)]
    pack = Prepared(f"{case.reference}-{at:%Y%m%d-%H%M%S}", at, files=files)
    pack.texts = {"README.txt": README.encode()} | _texts(case) | summary(case, files)
    pack.texts[seals.MANIFEST] = _json(_manifest(case, pack, actor))
    sums = {name: hashlib.sha256(text).hexdigest() for name, text in pack.texts.items()}
    sums |= {each.path: each.file.sha256 for each in files if each.path}
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items()))
    pack.texts[seals.SUMS] = lines.encode()
    pack.seal = hashlib.sha256(lines.encode()).hexdigest()
    told = {"seal": pack.seal, "files": sum(1 for each in files if each.path)}
    audit.append(case, Happening.PACK_MADE, actor, at=at, data=told)
    case.save(update_fields=HISTORY)
    for each in files:
        if each.path:
            keeping.note_opened(each.file, Opened.PACK, actor, at=at)
    return pack


def _files(case: Case) -> QuerySet[Evidence]:
    return case.evidence.select_related("case").order_by("id")


def _packed(number: int, file: Evidence, actor: Actor) -> Packed:
    """Withdrawn files go only to those who may open them; damaged ones to nobody."""
    if not opens(file, actor):
        return Packed(file, "", "erased" if file.erased_at else "withdrawn")
    try:
        store.proven(file.sha256).close()
    except store.Damaged:
        return Packed(file, "", "damaged")
    return Packed(file, f"{FOLDER}/{number:03}-{file.name}")


def _texts(case: Case) -> dict[str, bytes]:
    rows = {
        name: list(getattr(case, related).order_by("id").values(*columns))
        for name, (related, columns) in TABLES.items()
    }
    of_case = Case.objects.filter(pk=case.pk).values(*CASE).get()
    document = type(case.document).objects.filter(pk=case.document_id).values(*DOCUMENT).get()
    events = [
        {"said": audit.said(event), "hash": event.hash} for event in case.events.order_by("number")
    ]
    history = {"case": case.pk, "events": events, "last_hash": case.last_hash}
    plain = {"case.json": of_case, "document.json": document, seals.HISTORY: history} | rows
    return {name: _json(what) for name, what in plain.items()}


def _manifest(case: Case, pack: Prepared, actor: Actor) -> dict[str, Any]:
    known = {row["id"]: row for row in case.evidence.values(*FILES)}
    return {
        "case": case.reference,
        "made_at": pack.at,
        "made_by": actor.name,
        "tower": settings.TOWER_BASE_URL,
        "files": [
            known[each.file.pk] | {"path": each.path, "why_not": each.why_not}
            for each in pack.files
        ],
        "texts": {n: hashlib.sha256(text).hexdigest() for n, text in sorted(pack.texts.items())},
    }


def _json(what: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(what, order="deterministic"), indent=1)


class _Drain(io.RawIOBase):
    """Where the ZIP is written to, a part at a time; it cannot be sought in."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, part: Any) -> int:
        self.parts.append(bytes(part))
        return len(part)

    def taken(self) -> bytes:
        parts, self.parts = self.parts, []
        return b"".join(parts)


def written(pack: Prepared) -> Iterator[bytes]:
    """The ZIP, part by part; at no time is more than a part of a file in memory.

    Raises store.Damaged where a file was changed since: a ZIP that ends there opens nowhere.
    """
    drain = _Drain()
    with zipfile.ZipFile(drain, "w") as zipped:
        for name, text in pack.texts.items():
            zipped.writestr(_entry(name, pack.at, zipfile.ZIP_DEFLATED), text)
            yield drain.taken()
        for each in pack.files:
            if each.path:
                yield from _one(zipped, each, drain, pack.at)
    yield drain.taken()


def _one(zipped: zipfile.ZipFile, each: Packed, drain: _Drain, at: datetime) -> Iterator[bytes]:
    entry = _entry(each.path, at, zipfile.ZIP_STORED)
    with (
        closing(store.proven(each.file.sha256)) as file,
        zipped.open(entry, "w", force_zip64=True) as out,
    ):
        while part := file.read(store.PART):
            out.write(part)
            yield drain.taken()


def _entry(name: str, at: datetime, how: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, date_time=at.timetuple()[:6])
    entry.compress_type = how
    entry.external_attr = 0o444 << 16
    return entry
