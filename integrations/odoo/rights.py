"""What Odoo must allow our user so that a verb can be done: declared beside each verb, and asked
of Odoo before anybody decides something that would then be refused.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from integrations.odoo import errors, protocols
from integrations.odoo.client import Odoo
from integrations.odoo.groups import Group, group_for
from integrations.odoo.protocols import Version
from integrations.odoo.report import ProbeReport

FIRST_ASKED_OF_RECORDS: Version = (18, 0)


@dataclass(frozen=True, slots=True)
class Right:
    """One right that a verb needs: `operation` is read, write, create or unlink; with a `group`, it
    is a method for which Odoo asks for that group itself, before the version `until`. `by_hand`:
    where it is missing, the verb is not refused, a person is asked to do it instead.
    """

    model: str
    operation: str
    by_hand: bool = False
    group: Group | None = None
    until: Version | None = None

    @property
    def giver(self) -> Group | None:
        """The least group that gives it."""
        return self.group or group_for(self.model, self.operation)

    def counts(self, version: Version) -> bool:
        return self.until is None or version < self.until


@dataclass(slots=True)
class Asked:
    """One thing to ask Odoo, and whose work hangs on it, as people call it."""

    right: Right
    refused: list[str] = field(default_factory=list)
    by_hand: list[str] = field(default_factory=list)

    @property
    def all(self) -> list[str]:
        return [*self.refused, *self.by_hand]


def merged(declared: Mapping[str, Iterable[Right]], version: Version) -> list[Asked]:
    """What to ask an Odoo of this version; `declared` has the rights by what needs them."""
    found: dict[tuple[str, str], Asked] = {}
    for name, rights in declared.items():
        for right in rights:
            if right.counts(version):
                asked = found.setdefault((right.model, right.operation), Asked(right))
                (asked.by_hand if right.by_hand else asked.refused).append(name)
    return [found[each] for each in sorted(found)]


def given(odoo: Odoo, right: Right) -> bool:
    """Raises UnknownModel where what it is about is not installed."""
    if right.group is not None:
        return belongs_to(odoo, right.group)
    return allowed(odoo, right.model, right.operation)


def allowed(odoo: Odoo, model: str, operation: str) -> bool:
    """17 and earlier ask the model, 18 a set of records (here empty), 19 either."""
    if odoo.version < FIRST_ASKED_OF_RECORDS:
        asked = odoo.call(model, "check_access_rights", operation=operation, raise_exception=False)
        return asked is True
    ids: list[int] | None = [] if odoo.version < protocols.FIRST_JSON2 else None
    return odoo.call(model, "has_access", ids=ids, operation=operation) is True


def belongs_to(odoo: Odoo, group: Group) -> bool:
    """17 and earlier ask of who is asking, later ones of a user."""
    ids = None if odoo.version < FIRST_ASKED_OF_RECORDS else [odoo.uid]
    return odoo.call("res.users", "has_group", ids=ids, group_ext_id=group.xml_id) is True


def tell(
    report: ProbeReport,
    odoo: Odoo,
    declared: Mapping[str, Iterable[Right]],
    *,
    given: Callable[[Right], bool],
) -> None:
    """A step of the report for each right; `given` asks Odoo, or knows the answer already."""
    for asked in merged(declared, odoo.version):
        name = _("%(model)s: %(operation)s (decisions)")
        name %= {"model": asked.right.model, "operation": asked.right.operation}
        with report.step(name):
            _tell(report, name, asked, given)


def _tell(report: ProbeReport, name: str, asked: Asked, given: Callable[[Right], bool]) -> None:
    try:
        allowed_there = given(replace(asked.right, by_hand=False))
    except errors.UnknownModel:
        report.ok(name, _("Not installed here; nothing is written to it."))
        return
    if allowed_there:
        report.ok(name, _("Allowed; needed for: %s.") % ", ".join(asked.all))
        return
    said = []
    if asked.refused:
        said.append(_("Not allowed, so Odoo refuses: %s.") % ", ".join(asked.refused))
    if asked.by_hand:
        said.append(_("Without the right people are asked to do: %s.") % ", ".join(asked.by_hand))
    put = report.missing if asked.refused else report.by_hand
    put(name, " ".join([*said, _who_gives(asked.right)]))


def _who_gives(right: Right) -> str:
    if right.giver is None:
        return _("An Odoo administrator must give the right.")
    return _("The group %s gives the right.") % right.giver
