"""Connecting an Odoo: probe it, and store how to reach it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from exceptions import policies, settings_history
from exceptions.models import Connection, User
from exceptions.vocabulary import Governed, Via
from integrations import vault
from integrations.models import OdooAccess
from integrations.odoo import connecting, push
from integrations.odoo.access import Access
from integrations.odoo.probe import Outcome, ProbeReport, Step, probe
from integrations.odoo.sources import SOURCES


@dataclass(frozen=True, slots=True)
class By:
    """Who does it, for the settings history."""

    user: User | None
    via: Via


FROM_COMMAND = By(None, Via.COMMAND)


@dataclass(frozen=True, slots=True)
class Connected:
    """The stored access and the address that Odoo's webhooks shall post to (it holds the
    secret).
    """

    row: OdooAccess
    hook_url: str


def look(access: Access, *, at: datetime, holds: Sequence[int] = ()) -> ProbeReport:
    """What works and what is missing for all sources and verbs; `holds` are the connection's own
    locations for goods that nobody may use."""
    needs = [need for source in SOURCES for need in source.needed]
    verbs = push.rights_of_verbs()
    return probe(access, needs, at=at, verbs=verbs, chosen_holds=holds)


def lacking(row: OdooAccess, *, at: datetime) -> list[Step]:
    """What its user lacks, looked at now and kept."""
    report = look(connecting.access_of(row), at=at, holds=row.hold_locations)
    renew(row, report)
    return [step for step in report.steps if step.outcome is not Outcome.OK]


@transaction.atomic
def connect(
    name: str,
    access: Access,
    report: ProbeReport,
    *,
    holds: Sequence[int] | None = None,
    approvals: int | None = None,
    by: By = FROM_COMMAND,
) -> Connected:
    """Store a connection that the probe found usable; an existing one keeps its history, its hook,
    and without `holds` its hold locations, without `approvals` its category of approval requests.
    """
    assert report.usable
    assert report.version is not None
    policies.publish_defaults(at=report.at)
    connection, _ = Connection.objects.get_or_create(name=name)
    row = OdooAccess.objects.filter(connection=connection).first() or OdooAccess(
        connection=connection
    )
    _keep_hook(row)
    row.url, row.database, row.login = access.origin, access.database, access.login
    row.hold_locations = row.hold_locations if holds is None else list(holds)
    row.approval_category = row.approval_category if approvals is None else approvals
    _keep_key(row, access, report.at)
    row.version = ".".join(str(part) for part in report.version)
    row.user_id, row.key_expires_at = report.uid, report.key_expires_at
    row.silences, row.rest_until = 0, None
    row.probe, row.probed_at = [list(r) for r in report.rows()], report.at
    row.save()
    Connection.objects.filter(pk=connection.pk).update(asks_there=row.approval_category is not None)
    _tell(row, report.at, by)
    return Connected(row, hook_url(row))


def _keep_key(row: OdooAccess, access: Access, at: datetime) -> None:
    """The same key again goes on being as old as it is."""
    key = access.api_key.reveal()
    try:
        same = bool(row.sealed_key) and vault.unseal(row.sealed_key) == key
    except vault.SealedWithAnotherKey:
        same = False
    row.key_stored_at = row.key_stored_at if same else at
    row.sealed_key = vault.seal(key)


def _tell(row: OdooAccess, at: datetime, by: By) -> None:
    """A line of the settings history: which key was stored, but not the key."""
    says = f"{row.connection}: address and key of an Odoo stored"
    data = {"url": row.url, "database": row.database, "login": row.login, "version": row.version}
    settings_history.add(Governed.SECRET, says, by=by.user, via=by.via, at=at, data=data)


@transaction.atomic
def rotate_hook(row: OdooAccess, *, by: By, at: datetime) -> None:
    """A new secret in the hook's address. What posts to the old one is turned away from now on, so
    the rules in Odoo must be set up again."""
    secret = vault.new_secret()
    row.hook_digest, row.sealed_hook_secret = vault.digest(secret), vault.seal(secret)
    row.save(update_fields=["hook_digest", "sealed_hook_secret"])
    says = f"{row.connection}: new secret for webhooks"
    settings_history.add(Governed.SECRET, says, by=by.user, via=by.via, at=at)


@transaction.atomic
def switch_sending(connection: Connection, *, on: bool, by: By, at: datetime) -> None:
    """Whether decisions go to this Odoo, or wait in the outbox."""
    changed = Connection.objects.filter(pk=connection.pk).exclude(sending=on).update(sending=on)
    if changed:
        says = f"{connection}: sending switched {'on' if on else 'off'}"
        settings_history.add(Governed.CONNECTION, says, by=by.user, via=by.via, at=at)


def renew(row: OdooAccess, report: ProbeReport) -> None:
    """Keep what a later probe of a stored connection found."""
    row.probe, row.probed_at = [list(r) for r in report.rows()], report.at
    row.key_expires_at = report.key_expires_at
    if report.version and report.uid:
        row.version = ".".join(str(part) for part in report.version)
        row.user_id = report.uid
        row.silences, row.rest_until = 0, None
    row.save()


def hook_url(row: OdooAccess) -> str:
    return f"{settings.TOWER_BASE_URL}/hooks/odoo/{vault.unseal(row.sealed_hook_secret)}/"


def _keep_hook(row: OdooAccess) -> None:
    """The hook's secret stays as it was; a new one where there is none, or none that opens."""
    try:
        secret = vault.unseal(row.sealed_hook_secret)
    except vault.SealedWithAnotherKey:
        secret = vault.new_secret()
    row.hook_digest, row.sealed_hook_secret = vault.digest(secret), vault.seal(secret)
