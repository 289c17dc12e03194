"""What Odoo must allow our user so that a verb can be done: declared beside each verb, and asked
of Odoo before anybody decides something that would then be refused.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from integrations.odoo import protocols
from integrations.odoo.client import Odoo
from integrations.odoo.groups import Group, group_for
from integrations.odoo.protocols import Version

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
