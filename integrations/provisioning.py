"""Setting up an Odoo so that it tells us of changes, taking that back, and trying whether it does.

The administrator's key is used once, by the caller's hand, and stored nowhere.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from exceptions import settings_history
from exceptions.vocabulary import Governed
from integrations import connections
from integrations.connections import By
from integrations.models import InboxDelivery, OdooAccess, OdooRules
from integrations.odoo import canary, connecting, errors, hooked, provision
from integrations.odoo.access import Access, Secret
from integrations.odoo.client import Odoo
from integrations.odoo.line import CallRecord
from integrations.odoo.marks import Doing
from integrations.odoo.provision import Plan

Now = Callable[[], datetime]
# What is told to people in a sentence.
EXPECTED = (errors.OdooError, provision.NoWebhooks, provision.NotAllowed)


class NotYet(Exception):
    """The connection lacks what this needs; the sentence says what to do first."""


def rules_of(row: OdooAccess) -> OdooRules:
    """With a mark of its own, so that two towers at one Odoo never touch each other's rules."""
    fresh = {"mark": secrets.token_hex(4)}
    return OdooRules.objects.get_or_create(access=row, defaults=fresh)[0]


@contextmanager
def administering(row: OdooAccess, login: str, key: Secret) -> Iterator[Odoo]:
    """A client that works as an administrator of the same Odoo; its calls are measured as ours.

    Raises an OdooError, NoWebhooks or NotAllowed.
    """
    calls: list[CallRecord] = []
    admin = Odoo.connect(Access(row.url, row.database, login, key), on_call=calls.append)
    try:
        yield admin
    finally:
        admin.close()
        connecting.keep(row.connection, calls)


def plan(row: OdooAccess, admin: Odoo, *, granting: bool = False) -> Plan:
    """What would be done in Odoo now; `granting`: our user shall read its scheduled actions. Raises
    NoWebhooks, NotAllowed, NotYet or an OdooError."""
    if row.user_id is None:
        raise NotYet(_("Probe the connection first: its user is not known yet."))
    provision.check(admin, granting=granting)
    mark, url = rules_of(row).mark, connections.hook_url(row)
    return provision.plan(admin, mark=mark, url=url, uid=row.user_id, granting=granting)


def plan_removal(row: OdooAccess, admin: Odoo) -> Plan:
    provision.check(admin)
    return provision.plan_removal(admin, mark=rules_of(row).mark)


def carry_out(row: OdooAccess, admin: Odoo, planned: Plan, *, by: By, at: datetime) -> None:
    """Do it in Odoo, then keep what stands there. A settled plan writes nothing, there or here."""
    if not planned.settled:
        provision.carry_out(admin, planned)
    standing = [
        [line.model, str(line.rule.trigger)]
        for line in planned.lines
        if line.rule and line.doing is not Doing.REMOVE
    ]
    _keep(row, standing, planned, by=by, at=at)


@transaction.atomic
def _keep(row: OdooAccess, standing: list[list[str]], done: Plan, *, by: By, at: datetime) -> None:
    rules = rules_of(row)
    rules.standing, rules.provisioned_at = standing, at if standing else None
    if not done.settled:
        rules.asked_at = rules.answered_at = rules.arrived_at = None
    rules.save()
    if done.settled:
        return
    if done.grant:  # they are read in the next round, and not when they are due
        OdooAccess.objects.filter(pk=row.pk).update(actions_read_at=None)
    counted = {str(doing): sum(line.doing is doing for line in done.all) for doing in Doing}
    says = f"{row.connection}: rules in Odoo {'set up' if standing else 'removed'}"
    data = {"mark": rules.mark, **counted}
    settings_history.add(Governed.CONNECTION, says, by=by.user, via=by.via, at=at, data=data)


def install_if_missing(admin: Odoo) -> None:
    """Install automation rules where they are missing. Raises NoWebhooks where they cannot be."""
    try:
        provision.check(admin)
    except provision.NoWebhooks as missing:
        if not missing.installable:
            raise
        provision.install(admin)


def left_over(row: OdooAccess, admin: Odoo) -> int:
    """How many records of ours Odoo still holds."""
    return provision.leftovers(admin, mark=rules_of(row).mark, url=connections.hook_url(row))


# The trial event ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Trial:
    """How far the last trial event came: asked for, carried out by Odoo, in at our door, worked
    through (with what became of it). None is not yet."""

    asked_at: datetime
    answered_at: datetime | None
    arrived_at: datetime | None
    done_at: datetime | None
    outcome: str

    @property
    def seconds(self) -> float | None:
        """From asking until it came in."""
        return (self.arrived_at - self.asked_at).total_seconds() if self.arrived_at else None


def ask(row: OdooAccess, *, at: datetime, now: Now) -> None:
    """Have our own user save itself unchanged: the trial rule of Odoo fires, and nothing of the
    company's changes. Raises NotYet or an OdooError.
    """
    rules = rules_of(row)
    if rules.provisioned_at is None or row.user_id is None:
        raise NotYet(_("Set up the rules in Odoo first; then this can be tried."))
    rules.asked_at, rules.answered_at, rules.arrived_at = at, None, None
    rules.save()
    with connecting.opened(row) as odoo:
        canary.touch(odoo, row.user_id)
    OdooRules.objects.filter(pk=rules.pk).update(answered_at=now())


def trial(row: OdooAccess) -> Trial | None:
    """Where the last trial event is now; None if there was none."""
    rules = rules_of(row)
    if rules.asked_at is None:
        return None
    delivery = _arrived(row, rules.asked_at)
    if delivery and rules.arrived_at is None:
        rules.arrived_at = delivery.received_at
        rules.save(update_fields=["arrived_at"])
    done_at, outcome = (delivery.done_at, delivery.outcome) if delivery else (None, "")
    return Trial(rules.asked_at, rules.answered_at, rules.arrived_at, done_at, outcome)


def _arrived(row: OdooAccess, since: datetime) -> InboxDelivery | None:
    """By its key: the record that was touched, and a stamp that nobody had before."""
    ours = InboxDelivery.objects.filter(
        connection=row.connection,
        key__startswith=f"{hooked.USERS}:{row.user_id}:",
        received_at__gte=since,
    )
    return ours.order_by("received_at").first()


def nothing_came() -> str:
    """What to do when Odoo was asked and nothing arrived."""
    sentence = _(
        "Odoo carried it out, but nothing arrived at %(url)s. Check that Odoo's server reaches this"
        " address (firewall, name, certificate; HTTPS_PROXY in Odoo's environment) and that"
        " TOWER_BASE_URL names it; Odoo's log says “Webhook call failed” with the reason."
    )
    return sentence % {"url": settings.TOWER_BASE_URL}
