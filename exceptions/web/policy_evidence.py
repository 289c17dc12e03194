"""Which files a policy wants before a case is resolved, as fields of a form, and back. Pure."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from exceptions.kinds import kind as kind_of
from exceptions.verdicts import PolicySettings
from exceptions.vocabulary import Outcome, Slot
from exceptions.web.setting_fields import Field, Group, Unreadable

Keep = Callable[[PolicySettings, Any], PolicySettings]
BOTH = f"{Outcome.FIXED} {Outcome.ACCEPTED}"


def groups(kind: str, settings: PolicySettings) -> list[Group]:
    """One group; none for a kind that asks for no files."""
    slots = tuple(dict.fromkeys([*kind_of(kind).slots, *settings.evidence]))
    if not slots:
        return []
    fields = tuple(_field(slot, settings) for slot in slots)
    says = _("which files must be there before people resolve a case; supervisors may say why not")
    return [Group(title=_("Evidence"), says=says, fields=fields)]


def _field(slot: Slot, settings: PolicySettings) -> Field:
    return Field(
        name=f"evidence.{slot}",
        label=str(slot.label),
        unit="",
        said=" ".join(settings.evidence.get(slot, ())),
        options=(
            ("", _("not needed")),
            (str(Outcome.FIXED), _("needed to resolve as fixed")),
            (str(Outcome.ACCEPTED), _("needed to resolve as accepted")),
            (BOTH, _("needed to resolve either way")),
        ),
        idle=_("default of the product"),
    )


def reader(name: str) -> tuple[Callable[[str], Any], Keep] | None:
    """How a field is read and kept; None for what is none of these."""
    slot = name.partition(".")[2]
    if not name.startswith("evidence.") or slot not in Slot.values:
        return None
    return _outcomes, _keeper(Slot(slot))


def _outcomes(text: str) -> tuple[Outcome, ...]:
    if text not in ("", Outcome.FIXED, Outcome.ACCEPTED, BOTH):
        raise Unreadable(_("Choose one of the ways."))
    return tuple(Outcome(word) for word in text.split())


def _keeper(slot: Slot) -> Keep:
    def keep(settings: PolicySettings, outcomes: tuple[Outcome, ...]) -> PolicySettings:
        others = {s: o for s, o in settings.evidence.items() if s != slot}
        return replace(settings, evidence=others | ({slot: outcomes} if outcomes else {}))

    return keep
