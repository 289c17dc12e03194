"""Files that stand on the records of open cases in Odoo become evidence of these cases, each once.

What was attached from here is left alone, and what comes from there never goes back.
"""

import base64
import binascii
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.conf import settings

from exceptions.actors import machine
from exceptions.evidence import keeping
from exceptions.lifecycle import Refused
from exceptions.models import Case, OutboxMessage
from exceptions.vocabulary import (
    IMPORT_PREFIX,
    OPEN_STATES,
    OWN_MODELS,
    EvidenceSource,
    Verb,
    Via,
)
from integrations.models import MirroredFile, OdooAccess
from integrations.odoo import paging
from integrations.odoo.client import Odoo

MODEL = "ir.attachment"
FIELDS = ("name", "res_id", "checksum", "file_size")
MOST = 50  # files a round; the rest comes with the next ones
RECORDS = 500  # a question

Record = dict[str, Any]


def mirror(row: OdooAccess, odoo: Odoo, *, at: datetime) -> int:
    """Take over what is new; how many files were looked at."""
    done = 0
    for model, of_record in _open_cases(row).items():
        for case, found in _new(odoo, model, of_record):
            _take(odoo, case, found, at)
            done += 1
            if done >= MOST:
                return done
    return done


def _open_cases(row: OdooAccess) -> dict[str, dict[int, list[Case]]]:
    """The open cases of the connection by the model and the id of their record."""
    cases = Case.objects.filter(document__connection=row.connection, state__in=OPEN_STATES)
    found: dict[str, dict[int, list[Case]]] = defaultdict(lambda: defaultdict(list))
    for case in cases.exclude(document__model__in=OWN_MODELS).select_related("document", "site"):
        if not case.document.model.startswith(IMPORT_PREFIX):
            found[case.document.model][case.document.record_id].append(case)
    return found


def _new(odoo: Odoo, model: str, of_record: dict[int, list[Case]]) -> Iterator[tuple[Case, Record]]:
    ids = sorted(of_record)
    for start in range(0, len(ids), RECORDS):
        part = ids[start : start + RECORDS]
        known = _known([case for record in part for case in of_record[record]])
        domain = [["res_model", "=", model], ["res_id", "in", part], ["type", "=", "binary"]]
        for page in paging.all_by_id(odoo, MODEL, domain, FIELDS):
            for found in page:
                for case in of_record[found["res_id"]]:
                    if not known & {(case.pk, found["id"], found["checksum"]), _ours(case, found)}:
                        yield case, found


def _known(cases: Iterable[Case]) -> set[tuple[int, Any, str]]:
    """What was looked at before, and what was attached from here."""
    ids = [case.pk for case in cases]
    seen = MirroredFile.objects.filter(case__in=ids)
    sent = OutboxMessage.objects.filter(case__in=ids, verb=Verb.ATTACH)
    return {
        *seen.values_list("case_id", "attachment_id", "checksum"),
        *((case, "ours", told["sha1"]) for case, told in sent.values_list("case_id", "parameters")),
    }


def _ours(case: Case, found: Record) -> tuple[int, Any, str]:
    return case.pk, "ours", found["checksum"]


def _take(odoo: Odoo, case: Case, found: Record, at: datetime) -> None:
    """Its ledger row says what became of it; what was refused is not fetched again."""
    if (found["file_size"] or 0) > settings.TOWER_EVIDENCE_LARGEST:
        said = keeping.too_large(found["name"])
    else:
        said = _kept(odoo, case, found, at)
    MirroredFile.objects.get_or_create(
        case=case,
        attachment_id=found["id"],
        checksum=found["checksum"] or "",
        defaults={"at": at, "said": said[:300]},
    )


def _kept(odoo: Odoo, case: Case, found: Record, at: datetime) -> str:
    rows = odoo.read(MODEL, [found["id"]], ["datas"])
    try:
        content = base64.b64decode(rows[0]["datas"] or b"") if rows else b""
        actor, source = machine(Via.ODOO), EvidenceSource.ODOO
        return keeping.take(case, [content], found["name"], actor, source=source, at=at).says
    except (Refused, binascii.Error) as refused:
        return str(refused)
