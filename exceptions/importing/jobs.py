"""Jobs: a file is stored, checked in a dry run, and imported, in batches.

A batch is one transaction with the position after it, so a run that is killed anywhere is taken up
by the next tick where it stood, and no row is written twice. One process works at a time (an
advisory lock, which ends with whoever holds it).
"""

import hashlib
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from exceptions import nudges, policies
from exceptions.actors import Actor
from exceptions.importing import again, logs, rows, tables, writing
from exceptions.importing import mapping as mappings
from exceptions.importing.mapping import Mapping, WrongMapping
from exceptions.importing.past import Issue, PastCase
from exceptions.importing.rows import Known, KnownSite
from exceptions.importing.tables import Row, Table, UnreadableFile
from exceptions.kinds import KINDS
from exceptions.models import (
    Case,
    ImportedNumber,
    ImportIssue,
    ImportJob,
    ImportPart,
    Membership,
    Site,
    User,
)
from exceptions.vocabulary import WORKING_ROLES, ImportState

BATCH = 1000
PART = 1024 * 1024
MOST_ISSUES = 10_000
LARGEST_FILE = 200 * 1024 * 1024
LOCK = 0x1B0A7

Now = Callable[[], datetime]
Seen = Callable[[ImportJob], None]


@transaction.atomic
def receive(
    parts: Iterable[bytes],
    *,
    source: str,
    file_name: str,
    actor: Actor,
    sites: list[int] | None,
    at: datetime,
) -> ImportJob:
    """Store a file. Raises UnreadableFile when it is too large."""
    job = ImportJob.objects.create(
        source=source[: mappings.LONGEST_SOURCE],
        file_name=file_name[:200],
        size=0,
        uploaded_at=at,
        actor=actor.user,
        actor_name=actor.name[:120],
        via=actor.via,
        sites=sites,
    )
    digest = hashlib.sha256()
    for number, part in enumerate(parts, start=1):
        digest.update(part)
        job.size += len(part)
        if job.size > LARGEST_FILE:
            raise UnreadableFile(_("The file is larger than 200 MB. Split it by years."))
        ImportPart.objects.create(job=job, number=number, data=part)
    job.sha256 = digest.hexdigest()
    job.save()
    return job


@contextmanager
def table_of(job: ImportJob, mapping: Mapping | None = None) -> Iterator[Table]:
    """The stored file as a table; of an event log, with a row a case. Raises UnreadableFile."""
    with tempfile.NamedTemporaryFile() as spooled:
        for number in job.parts.values_list("number", flat=True).iterator():
            spooled.write(bytes(job.parts.get(number=number).data))
        spooled.flush()
        how = {n: getattr(mapping, n, "") for n in ("encoding", "delimiter", "sheet")}
        with tables.opened(Path(spooled.name), job.file_name, **how) as table:
            if mapping and mapping.events:
                yield Table(table.header, logs.cases(table.rows, mapping), table.about)
            else:
                yield table


def set_mapping(job: ImportJob, mapping: Mapping) -> None:
    """Say which column is what. Raises WrongMapping or UnreadableFile."""
    with table_of(job, mapping) as table:
        mappings.check(mapping, table.header)
    job.mapping, job.source = mappings.to_plain(mapping), mapping.source.strip()
    job.save(update_fields=["mapping", "source"])


@transaction.atomic
def begin(job_id: int, phase: ImportState, *, at: datetime) -> bool:
    """Start the dry run or the import; False when it is under way or done already."""
    job = ImportJob.objects.select_for_update(no_key=True).get(pk=job_id)
    if job.is_under_way or job.state == ImportState.DONE or job.mapping is None:
        return False
    job.issues.all().delete()
    job.numbers.all().delete()
    for counter in ("position", "inserted", "updated", "unchanged", "wrong", "notices"):
        setattr(job, counter, 0)
    job.state, job.failure, job.started_at, job.finished_at = phase, "", at, None
    job.save()
    nudges.after_commit(settings.TOWER_IMPORT_TASK)
    return True


def work_due(now: Now, seen: Seen | None = None) -> int:
    """Work off what is under way, job by job; how many were looked at. 0 while another works."""
    with _alone() as alone:
        if not alone:
            return 0
        due = ImportJob.objects.filter(
            state__in=[ImportState.CHECKING, ImportState.IMPORTING]
        ).order_by("id")
        ids = list(due.values_list("id", flat=True))
        for job_id in ids:
            work(ImportJob.objects.select_related("actor").get(pk=job_id), now, seen)
        return len(ids)


def work(job: ImportJob, now: Now, seen: Seen | None = None) -> None:
    """All batches of the phase that are not done yet. The caller holds the lock (`work_due`)."""
    try:
        mapping = mappings.from_plain(job.mapping)
        with table_of(job, mapping) as table:
            mappings.check(mapping, table.header)
            waiting = islice(table.rows, job.position, None)
            while batch := list(islice(waiting, BATCH)):
                _Batch(job, mapping, now()).work(batch)
                if seen:
                    seen(job)
        _finish(job, now())
    except (UnreadableFile, WrongMapping) as failure:
        job.state, job.failure, job.finished_at = ImportState.FAILED, str(failure)[:500], now()
        job.save(update_fields=["state", "failure", "finished_at"])


@transaction.atomic
def _finish(job: ImportJob, at: datetime) -> None:
    checked = job.state == ImportState.CHECKING
    job.state = ImportState.CHECKED if checked else ImportState.DONE
    job.total, job.finished_at = job.position, at
    job.save(update_fields=["state", "total", "finished_at"])
    job.numbers.all().delete()
    if not checked:
        job.parts.all().delete()


class _Batch:
    """Some rows: read, compared with what is here, and, unless it is a dry run, written."""

    def __init__(self, job: ImportJob, mapping: Mapping, at: datetime) -> None:
        self.job, self.at = job, at
        self.mapping = logs.columns(mapping) if mapping.events else mapping
        self.is_dry = job.state == ImportState.CHECKING
        self.issues: list[Issue] = []
        self.counts: Counter[str] = Counter()

    @transaction.atomic
    def work(self, batch: list[Row]) -> None:
        in_force = policies.held()
        known, sites = known_to(self.job, list(in_force))
        past = self._once(self._read(batch, known))
        here = self._here(past)
        fresh = [p for p in past if p.external_id not in here]
        self.counts["inserted"] = len(fresh)
        writer = None if self.is_dry else self._writer(in_force, sites)
        if writer and fresh:
            writer.insert(fresh)
        for p in past:
            if p.external_id not in here:
                continue
            case_id, digest = here[p.external_id]
            if digest == p.digest:
                self.counts["unchanged"] += 1
            elif self._updated(writer, case_id, p):
                self.counts["updated"] += 1
        self._save(len(batch))

    def _writer(
        self, in_force: dict[str, policies.PolicyInForce], sites: dict[int, Site]
    ) -> writing.Writer:
        return writing.Writer(
            job=self.job,
            sites=sites,
            teams=writing.teams(),
            policies=in_force,
            actor=writing.actor_of(self.job),
            at=self.at,
            given=self.mapping.given,
        )

    def _read(self, batch: list[Row], known: Known) -> list[PastCase]:
        found = []
        for row in batch:
            past, told = rows.read(row, self.mapping, known, at=self.at)
            self.issues += told.issues
            if past:
                found.append(past)
            else:
                self.counts["wrong"] += 1
        return found

    def _once(self, past: list[PastCase]) -> list[PastCase]:
        """Without those whose number has come before in this file."""
        firsts: dict[str, PastCase] = {}
        for p in past:
            firsts.setdefault(p.external_id, p)
        met = ImportedNumber.objects.filter(job=self.job, external_id__in=list(firsts))
        before = dict(met.values_list("external_id", "row"))
        fresh = [p for p in firsts.values() if p.external_id not in before]
        for p in past:
            earlier = before.get(p.external_id, firsts[p.external_id].row)
            if earlier != p.row:
                self._twice(p, earlier)
        ImportedNumber.objects.bulk_create(
            [ImportedNumber(job=self.job, external_id=p.external_id, row=p.row) for p in fresh]
        )
        return fresh

    def _twice(self, p: PastCase, earlier: int) -> None:
        column = self.mapping.columns.get("external_id", "external_id")
        says = _("The same number stands in row %s. Only that row counts.") % earlier
        if self.mapping.events:
            says = _("Events of this case stand apart, from row %s on. Sort the file.") % earlier
        self.issues.append(Issue(p.row, column, p.external_id[:80], says))
        self.counts["wrong"] += 1

    def _here(self, past: list[PastCase]) -> dict[str, tuple[int, str]]:
        cases = Case.objects.filter(
            imported_from=self.job.source, external_id__in=[p.external_id for p in past]
        )
        found = cases.values_list("external_id", "id", "import_digest")
        return {external_id: (pk, digest) for external_id, pk, digest in found}

    def _updated(self, writer: writing.Writer | None, case_id: int, p: PastCase) -> bool:
        """Whether the changed row is followed, or in a dry run would be."""
        if writer:
            says = again.update(writer, case_id, p)
        else:
            says = again.refusal(Case.objects.get(pk=case_id), p)
        if says:
            column = self.mapping.columns.get("external_id", "external_id")
            self.issues.append(Issue(p.row, column, p.external_id[:80], says))
            self.counts["wrong"] += 1
        return not says

    def _save(self, n: int) -> None:
        job = self.job
        self.counts["notices"] = sum(not issue.is_error for issue in self.issues)
        room = MOST_ISSUES - job.issues.count() if self.issues else 0
        ImportIssue.objects.bulk_create([_issue(job, i) for i in self.issues[: max(room, 0)]])
        self.counts["position"] = n
        counted = {name: F(name) + more for name, more in self.counts.items()}
        ImportJob.objects.filter(pk=job.pk).update(worked_at=self.at, **counted)
        job.refresh_from_db()


def _issue(job: ImportJob, issue: Issue) -> ImportIssue:
    return ImportIssue(
        job=job,
        row=issue.row,
        column=issue.column[:120],
        value=issue.value[:80],
        says=issue.says[:400],
        is_error=issue.is_error,
    )


def known_to(job: ImportJob, kinds: list[str]) -> tuple[Known, dict[int, Site]]:
    """What rows of this job may name."""
    found = Site.objects.all() if job.sites is None else Site.objects.filter(pk__in=job.sites)
    sites = {site.pk: site for site in found}
    names: dict[str, KnownSite | None] = {}
    for site in sites.values():
        for name in {site.code.lower(), site.name.lower()}:
            twice = name in names
            names[name] = None if twice else KnownSite(site.pk, ZoneInfo(site.time_zone))
    known = Known(
        sites=names,
        codes=tuple(sorted(site.code for site in sites.values())),
        kinds=tuple(str(code) for code in KINDS if code in kinds),
        people=_people(),
        workers=_workers(sites),
    )
    return known, sites


def _people() -> dict[str, int | None]:
    """Ids by login, e-mail and name; None where two people share a name."""
    found: dict[str, int | None] = {}
    for user in User.objects.filter(is_active=True).order_by("id"):
        for name in {user.username.lower(), user.email.lower(), str(user).lower()} - {""}:
            found[name] = user.pk if found.get(name, user.pk) == user.pk else None
    return found


def _workers(sites: dict[int, Site]) -> frozenset[tuple[int, int | None]]:
    """As `routing.may_own`, for everybody at once."""
    works = Membership.objects.filter(role__in=WORKING_ROLES, user__is_active=True)
    leads = {(s.lead_id, s.pk) for s in sites.values() if s.lead_id}
    return frozenset({*works.values_list("user_id", "site_id"), *leads})


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether no other process works on imports; if so, none will until the block ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        alone = bool(cursor.fetchone()[0])
    try:
        yield alone
    finally:
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
