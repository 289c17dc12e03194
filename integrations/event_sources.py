"""Sources of events: made, changed, given another secret, switched off. Each leaves a line in the
settings history, without the secret.
"""

import base64
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from exceptions import settings_history
from exceptions.models import Site, User
from exceptions.vocabulary import Governed
from integrations import vault
from integrations.carriers import ADAPTERS
from integrations.models import EventSource

# What the Standard Webhooks specification begins secrets with; the rest is base64.
PREFIX = "whsec_"


class NotPossible(Exception):
    """Why it cannot be done, as a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What can be changed of a source."""

    name: str
    site: Site
    rules: Sequence[Mapping[str, Any]] = ()
    dropped: Sequence[str] = ()
    per_minute: int
    expects_every: int | None = None


@transaction.atomic
def add(
    said: Settings, adapter: str, secret: str, by: User | None, *, at: datetime
) -> tuple[EventSource, str]:
    """The source, and its secret: the one that the sender gave, else a new one."""
    path = vault.new_secret()
    secret = secret or new_secret(adapter)
    source = EventSource(
        adapter=adapter,
        connection=said.site.connection,
        path_digest=vault.digest(path),
        sealed_path=vault.seal(path),
        sealed_secret=vault.seal(secret),
        secret_at=at,
        made_by=by,
        made_at=at,
    )
    _set(source, said)
    source.save()
    data = _told(source) | {"adapter": adapter}
    _tell(source, _("made, with its first secret"), Governed.SECRET, by, at, data)
    return source, secret


@transaction.atomic
def change(source_id: int, said: Settings, by: User, *, at: datetime) -> bool:
    """Whether anything was another before."""
    source = _locked(source_id)
    before = _told(source)
    _set(source, said)
    after = _told(source)
    changed = {key: [before[key], after[key]] for key in after if before[key] != after[key]}
    if changed:
        source.save()
        _tell(source, _("settings changed"), Governed.CONNECTION, by, at, changed)
    return bool(changed)


@transaction.atomic
def rotate(source_id: int, secret: str, by: User, *, at: datetime) -> str:
    """The next secret; the one before holds as well until it is retired. Raises NotPossible."""
    source = _locked(source_id)
    if source.sealed_former:
        raise NotPossible(_("Two secrets hold already. Retire the former one first."))
    secret = secret or new_secret(source.adapter)
    source.sealed_former, source.former_at = source.sealed_secret, source.secret_at
    source.sealed_secret, source.secret_at = vault.seal(secret), at
    source.save()
    _tell(source, _("next secret made; the former holds as well"), Governed.SECRET, by, at, {})
    return secret


@transaction.atomic
def retire(source_id: int, by: User, *, at: datetime) -> None:
    """The former secret opens nothing any more. Raises NotPossible."""
    source = _locked(source_id)
    if not source.sealed_former:
        raise NotPossible(_("Only one secret holds: there is no former one to retire."))
    source.sealed_former, source.former_at = "", None
    source.save()
    _tell(source, _("former secret retired"), Governed.SECRET, by, at, {})


@transaction.atomic
def switch(source_id: int, on: bool, by: User, *, at: datetime) -> bool:
    """Whether it was the other way before."""
    source = _locked(source_id)
    if source.enabled == on:
        return False
    source.enabled = on
    source.save(update_fields=["enabled"])
    _tell(source, _("switched on") if on else _("switched off"), Governed.CONNECTION, by, at, {})
    return True


def address(source: EventSource) -> str:
    """Where its sender shall post to. Raises SealedWithAnotherKey."""
    return f"{settings.TOWER_BASE_URL}/hooks/{vault.unseal(source.sealed_path)}/"


def new_secret(adapter: str) -> str:
    """256 random bits. Raises NotPossible for senders who give theirs."""
    if ADAPTERS[adapter].given:
        raise NotPossible(_("Paste the secret that the sender gives: it cannot be made here."))
    if ADAPTERS[adapter].id_header:
        return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
    return vault.new_secret()


def _locked(source_id: int) -> EventSource:
    sources = EventSource.objects.select_for_update(of=("self",), no_key=True).select_related(
        "site"
    )
    return sources.get(pk=source_id)


def _set(source: EventSource, said: Settings) -> None:
    source.name, source.site = said.name, said.site
    source.rules, source.dropped = [dict(rule) for rule in said.rules], list(said.dropped)
    source.per_minute, source.expects_every = said.per_minute, said.expects_every


def _told(source: EventSource) -> dict[str, Any]:
    return {
        "name": source.name,
        "site": source.site.code,
        "rules": source.rules,
        "dropped": source.dropped,
        "per_minute": source.per_minute,
        "expects_every": source.expects_every,
    }


def _tell(
    source: EventSource,
    what: str,
    area: Governed,
    by: User | None,
    at: datetime,
    data: Mapping[str, Any],
) -> None:
    says = _("Source of events “%(name)s”: %(what)s") % {"name": source.name, "what": what}
    told = {"source": source.pk, **data}
    settings_history.add(area, says, by=by, at=at, data=told, site=source.site)
