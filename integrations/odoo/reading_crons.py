"""The right to read Odoo's scheduled actions, and nothing more: a group of ours, with our user.

As Odoo comes, only administrators may read `ir.cron`, and the tower shall be none. One line of
access rights for a group of its own is enough; writing stays refused. Odoo deletes no group that
access rights still name, so these go first. (Measured on 17 and 19.)
"""

from dataclasses import dataclass
from typing import Any

from integrations.odoo import marks
from integrations.odoo.client import Odoo
from integrations.odoo.marks import Doing
from integrations.odoo.protocols import Version

GROUP, ACCESS, CRON = "res.groups", "ir.model.access", "ir.cron"
KEY, ACCESS_KEY = "scheduled_actions", "scheduled_actions_access"
RENAMED: Version = (19, 0)
PERMISSIONS = {
    "perm_read": True,
    "perm_write": False,
    "perm_create": False,
    "perm_unlink": False,
}
ARCHIVED = {"active_test": False}
# What an administrator must be allowed to do for it.
RIGHTS = tuple((each, ("read", "create", "write", "unlink")) for each in (GROUP, ACCESS))


@dataclass(frozen=True, slots=True)
class Standing:
    """What of ours stands in Odoo: the group and its access rights by id, 0 where there is none."""

    group: int
    access: int
    differs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grant:
    """What is done about it; `uid` is whom the group is for."""

    doing: Doing
    mark: str
    uid: int
    standing: Standing

    @property
    def differs(self) -> tuple[str, ...]:
        return self.standing.differs if self.doing is Doing.CHANGE else ()


def plan(admin: Odoo, *, mark: str, uid: int, wanted: bool) -> Grant | None:
    """None where there is none and none is wanted; one that is there stays."""
    there = _standing(admin, mark, uid)
    if not (there.group or there.access):
        return Grant(Doing.CREATE, mark, uid, there) if wanted else None
    return Grant(Doing.CHANGE if there.differs else Doing.LEAVE, mark, uid, there)


def plan_removal(admin: Odoo, *, mark: str) -> Grant | None:
    there = _standing(admin, mark, 0)
    found = there.group or there.access
    return Grant(Doing.REMOVE, mark, 0, there) if found else None


def carry_out(admin: Odoo, grant: Grant) -> None:
    """Each call is whole or nothing; what a broken line leaves undone, the next plan finds."""
    if grant.doing is Doing.REMOVE:
        _remove(admin, grant.standing)
    elif grant.doing is not Doing.LEAVE:
        _put_right(admin, grant)


def _remove(admin: Odoo, there: Standing) -> None:
    if there.access:
        admin.call(ACCESS, "unlink", ids=[there.access])
    if there.group:
        admin.call(GROUP, "unlink", ids=[there.group])


def _put_right(admin: Odoo, grant: Grant) -> None:
    values = {"name": _name(grant.mark), _users(admin): [[4, grant.uid, 0]]}
    there = grant.standing
    if there.group:
        admin.write(GROUP, [there.group], values)
    group = there.group or admin.create(GROUP, [values])[0]
    access = _access(admin, grant, group)
    known = {row["name"] for row in marks.external_ids(admin, grant.mark, GROUP, ACCESS)}
    for model, key, record in ((GROUP, KEY, group), (ACCESS, ACCESS_KEY, access)):
        if key not in known:
            marks.put(admin, grant.mark, model, {key: record})


def _access(admin: Odoo, grant: Grant, group: int) -> int:
    values = {
        "name": _name(grant.mark),
        "model_id": _cron(admin),
        "group_id": group,
        "active": True,
        **PERMISSIONS,
    }
    if grant.standing.access:
        admin.write(ACCESS, [grant.standing.access], values)
        return grant.standing.access
    return admin.create(ACCESS, [values])[0]


def _standing(admin: Odoo, mark: str, uid: int) -> Standing:
    """By its mark; by its name alone what was made, and not marked before the line broke."""
    marked = {row["model"]: row["res_id"] for row in marks.external_ids(admin, mark, GROUP, ACCESS)}
    group = _ours(admin, GROUP, marked.get(GROUP, 0), mark, ["name", _users(admin)])
    access = _ours(
        admin,
        ACCESS,
        marked.get(ACCESS, 0),
        mark,
        ["name", "model_id", "group_id", "active", *PERMISSIONS],
    )
    differs = [*_of_group(admin, group, mark, uid), *_of_access(admin, access, group)]
    unmarked = any(
        row.get("id") and marked.get(model) != row["id"]
        for model, row in ((GROUP, group), (ACCESS, access))
    )
    differs += ["mark"] * unmarked
    return Standing(group.get("id", 0), access.get("id", 0), tuple(differs))


def _ours(admin: Odoo, model: str, marked: int, mark: str, fields: list[str]) -> dict[str, Any]:
    """The record, or nothing. A mark whose record is gone counts for nothing."""
    ours = ["|", ["id", "=", marked], ["name", "=", _name(mark)]]
    rows = admin.search_read(model, ours, fields, order="id", limit=10, context=ARCHIVED)
    return min(rows, key=lambda row: row["id"] != marked, default={})


def _of_group(admin: Odoo, group: dict[str, Any], mark: str, uid: int) -> list[str]:
    if not group:
        return ["group"]
    wrong = {"name": group["name"] != _name(mark), "member": uid not in group[_users(admin)]}
    return [name for name, is_wrong in wrong.items() if is_wrong]


def _of_access(admin: Odoo, access: dict[str, Any], group: dict[str, Any]) -> list[str]:
    """Others may be in the group; what it may do is only ever to read."""
    if not access:
        return ["access"]
    told = {"model_id": _cron(admin), "group_id": group.get("id", 0)}
    links = all(access[name] and access[name][0] == each for name, each in told.items())
    exact = access["active"] and all(access[name] is each for name, each in PERMISSIONS.items())
    return [] if links and exact else ["access"]


def _users(admin: Odoo) -> str:
    return "users" if admin.version < RENAMED else "user_ids"


def _name(mark: str) -> str:
    return f"Control Tower {mark}: read scheduled actions"


def _cron(admin: Odoo) -> int:
    return admin.search("ir.model", [["model", "=", CRON]], order="id", limit=1)[0]
