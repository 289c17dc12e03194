"""How far advice may go, by its kind: off, shown, or filled in. Less is one policy admin's to say,
at once; more is asked for by one and confirmed by another, where there is another.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from exceptions import settings_history
from exceptions.actors import Actor
from exceptions.models import AdviceModel, AdviceSwitch, Membership, User
from exceptions.vocabulary import BOLDER, Advice, AdviceUse, Governed, Role

USUAL = AdviceUse.SHOWN


class NotChanged(Exception):
    """It stays as it is; the text is a sentence for whoever tried."""


def use_of(advice: Advice) -> AdviceUse:
    said = AdviceSwitch.objects.filter(advice=advice).values_list("use", flat=True).first()
    return AdviceUse(said) if said else USUAL


@transaction.atomic
def change(
    advice: Advice, wanted: AdviceUse, actor: Actor, *, because: str, at: datetime
) -> AdviceSwitch:
    """What is in force from now on, or what waits for a second person. Raises NotChanged."""
    person = actor.user
    if person is None or not actor.has_role(Role.POLICY_ADMIN):
        raise NotChanged(_("Only a policy admin says how far advice may go."))
    if not because.strip():
        raise NotChanged(_("Say in a sentence why."))
    switch = _locked(advice, person, at)
    if wanted == switch.use and not switch.asked:
        raise NotChanged(_("It is so already."))
    bolder = BOLDER.index(wanted) > BOLDER.index(AdviceUse(switch.use))
    asked = switch.asked_by if switch.asked == wanted else None
    if bolder and asked == person:
        raise NotChanged(_("You asked for it, so another policy admin confirms it."))
    if bolder and asked is None and _others(person):
        return _ask(switch, wanted, actor, because, at)
    switch.use, switch.changed_at, switch.changed_by = wanted, at, person
    switch.asked, switch.asked_by = "", None
    switch.save()
    _tell(switch, _("%(advice)s: %(use)s"), wanted, actor, because, at, bolder and asked is None)
    return switch


@transaction.atomic
def put_in_use(model_id: int, actor: Actor, *, because: str, at: datetime) -> AdviceModel:
    """A person lets another model advise from now on; the one of before is kept. Raises
    NotChanged, or AdviceModel.DoesNotExist.
    """
    if actor.user is None or not actor.has_role(Role.POLICY_ADMIN):
        raise NotChanged(_("Only a policy admin says which model advises."))
    if not because.strip():
        raise NotChanged(_("Say in a sentence why."))
    advice = AdviceModel.objects.values_list("advice", flat=True).get(pk=model_id)
    rows = AdviceModel.objects.filter(advice=advice).defer("content")
    every = {row.pk: row for row in rows.select_for_update(no_key=True, of=("self",))}
    found = every[model_id]
    if found.in_use_since and found.in_use_until is None:
        raise NotChanged(_("It is in use already."))
    rows.filter(in_use_until=None).exclude(in_use_since=None).update(in_use_until=at)
    found.in_use_since, found.in_use_until, found.put_in_use_by = at, None, actor.user
    found.save(update_fields=["in_use_since", "in_use_until", "put_in_use_by"])
    settings_history.add(
        Governed.ADVICE,
        _("In use: %s") % found,
        by=actor.user,
        via=actor.via,
        at=at,
        because=because,
        data={"advice": advice, "version": found.version, "figures": found.figures},
    )
    return found


def _locked(advice: Advice, person: User, at: datetime) -> AdviceSwitch:
    usual = {"use": USUAL, "changed_at": at, "changed_by": person}
    AdviceSwitch.objects.get_or_create(advice=advice, defaults=usual)
    return AdviceSwitch.objects.select_for_update(no_key=True, of=("self",)).get(advice=advice)


def _others(person: User) -> bool:
    admins = Membership.objects.filter(role=Role.POLICY_ADMIN, user__is_active=True)
    return admins.exclude(user=person).exists()


def _ask(
    switch: AdviceSwitch, wanted: AdviceUse, actor: Actor, because: str, at: datetime
) -> AdviceSwitch:
    switch.asked, switch.asked_by = wanted, actor.user
    switch.save()
    _tell(switch, _("Asked for %(advice)s: %(use)s"), wanted, actor, because, at, False)
    return switch


def _tell(
    switch: AdviceSwitch,
    says: str,
    use: AdviceUse,
    actor: Actor,
    because: str,
    at: datetime,
    alone: bool,
) -> None:
    settings_history.add(
        Governed.ADVICE,
        says % {"advice": Advice(switch.advice).label, "use": use.label},
        by=actor.user,
        via=actor.via,
        at=at,
        because=because,
        data={"advice": switch.advice, "use": str(use)}
        | ({"override": True, "instead_of": "second person"} if alone else {}),
    )
