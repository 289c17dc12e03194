"""Setting up what lets an Odoo tell us of changes by itself, over remote calls alone.

Needs an administrator's key, which is used here and kept nowhere. What is made is marked twice: by
an external id in a module name of our own (`control_tower_<mark>`), and by the mark in its name.
Nothing without a mark is ever touched. What is there already is compared and changed, so a second
run changes nothing. Beside the rules, a group of ours may give our user the right to read Odoo's
scheduled actions (`reading_crons`).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from integrations.odoo import errors, groups, hooked, marks, reading_crons
from integrations.odoo.client import Odoo
from integrations.odoo.hooked import Rule, Trigger
from integrations.odoo.marks import MARKS, MOST, Doing
from integrations.odoo.reading_crons import Grant
from integrations.odoo.rights import allowed

RULES, ACTIONS = "base.automation", "ir.actions.server"
MODULE = "base_automation"
FIRST_WITH_WEBHOOKS = (17, 0)
ARCHIVED = {"active_test": False}
RULE_FIELDS = (
    "name", "model_id", "trigger", "filter_domain", "active", "trigger_field_ids",
    "action_server_ids",
)  # fmt: skip
ACTION_FIELDS = ("state", "webhook_url", "webhook_field_ids")
# What an administrator must be allowed to do here.
RIGHTS = (
    (RULES, ("read", "create", "write", "unlink")),
    (ACTIONS, ("read", "create", "write", "unlink")),
    (MARKS, ("read", "create", "unlink")),
    ("ir.model", ("read",)),
    ("ir.model.fields", ("read",)),
)


class NoWebhooks(Exception):
    """This Odoo cannot tell us of changes: it is read in rounds only. `installable`: automation
    rules could be installed."""

    def __init__(self, sentence: str, *, installable: bool) -> None:
        super().__init__(sentence)
        self.installable = installable


class NotAllowed(Exception):
    """The key may not set this up; the sentence names the group that may."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A rule of ours as it stands in Odoo. `odd`: it is switched off, or its actions are not the
    one webhook that we made; `marked`: it has its external id."""

    id: int
    rule: Rule
    actions: tuple[int, ...]
    odd: bool
    marked: bool


@dataclass(frozen=True, slots=True)
class Planned:
    """One line of a plan. `differs` names what is changed."""

    doing: Doing
    key: str
    model: str
    rule: Rule | None = None
    standing: Standing | None = None
    differs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be done, line by line. `absent` are models that are not installed here, `loose`
    external ids of ours whose record is gone, `grant` is the group of ours."""

    mark: str
    lines: tuple[Planned, ...]
    absent: tuple[str, ...] = ()
    loose: tuple[int, ...] = ()
    grant: Grant | None = None

    def having(self, doing: Doing) -> list[Planned]:
        return [line for line in self.lines if line.doing is doing]

    @property
    def all(self) -> tuple[Planned, ...]:
        """The lines of the rules, and that of the group."""
        if self.grant is None:
            return self.lines
        grant = self.grant
        group = Planned(grant.doing, reading_crons.KEY, reading_crons.GROUP, differs=grant.differs)
        return (*self.lines, group)

    @property
    def settled(self) -> bool:
        """Nothing is to be done."""
        return all(line.doing is Doing.LEAVE for line in self.all) and not self.loose


def check(admin: Odoo, *, granting: bool = False) -> None:
    """Raises NoWebhooks or NotAllowed before anything is looked at."""
    if admin.version < FIRST_WITH_WEBHOOKS:
        sentence = _("Odoo %(version)s has no webhooks: changes are seen when it is next read.")
        version = ".".join(map(str, admin.version))
        raise NoWebhooks(sentence % {"version": version}, installable=False)
    try:
        admin.fields_get(RULES, ["type"])
    except errors.UnknownModel:
        sentence = _(
            "Automation rules (base_automation) are not installed: changes are seen when Odoo is"
            " next read."
        )
        raise NoWebhooks(sentence, installable=True) from None
    for model, operations in (*RIGHTS, *(reading_crons.RIGHTS if granting else ())):
        for operation in operations:
            if not allowed(admin, model, operation):
                raise NotAllowed(_not_allowed(admin, model, operation))


def _not_allowed(admin: Odoo, model: str, operation: str) -> str:
    sentence = _("%(login)s may not %(operation)s %(model)s. Use the key of a user in %(group)s.")
    facts = {"login": admin.access.login, "operation": operation, "model": model}
    return sentence % {**facts, "group": groups.SETTINGS}


def install(admin: Odoo) -> None:
    """Install automation rules. Odoo restarts its registry, which may take a minute."""
    found = admin.search("ir.module.module", [["name", "=", MODULE]], order="id", limit=1)
    if not found:
        raise errors.MissingRecord
    admin.call("ir.module.module", "button_immediate_install", ids=found)


def plan(admin: Odoo, *, mark: str, url: str, uid: int, granting: bool = False) -> Plan:
    """What has to be done so that every rule stands as it shall, and with `granting` the group, too
    (one that is there already always shall); reads only."""
    stored = _stored(admin)
    rules = {r.key: r for r in hooked.wanted(stored, mark=mark, url=url, uid=uid)}
    there = standing(admin, mark)
    lines = [_planned(rule, there.get(key, [])) for key, rule in rules.items()]
    extra = [s for key, found in there.items() for s in found[1 if key in rules else 0 :]]
    lines += [_removed(each) for each in extra]
    absent = [each for each in hooked.models() if each not in stored]
    grant = reading_crons.plan(admin, mark=mark, uid=uid, wanted=granting)
    return Plan(mark, tuple(lines), tuple(absent), _loose(admin, mark, there), grant)


def plan_removal(admin: Odoo, *, mark: str) -> Plan:
    """What has to be done so that nothing of ours is left; reads only."""
    there = standing(admin, mark)
    lines = tuple(_removed(each) for found in there.values() for each in found)
    grant = reading_crons.plan_removal(admin, mark=mark)
    return Plan(mark, lines, loose=_loose(admin, mark, there), grant=grant)


def _planned(rule: Rule, found: Sequence[Standing]) -> Planned:
    if not found:
        return Planned(Doing.CREATE, rule.key, rule.model, rule)
    there = found[0]
    differs = list(hooked.differences(rule, there.rule))
    differs += ["odd"] * there.odd + ["mark"] * (not there.marked)
    doing = Doing.CHANGE if differs else Doing.LEAVE
    return Planned(doing, rule.key, rule.model, rule, there, tuple(differs))


def _removed(each: Standing) -> Planned:
    return Planned(Doing.REMOVE, each.rule.key, each.rule.model, standing=each)


def _stored(admin: Odoo) -> dict[str, set[str]]:
    """The stored fields of the models that this Odoo has."""
    stored: dict[str, set[str]] = defaultdict(set)
    domain = [["model", "in", hooked.models()], ["store", "=", True]]
    for row in admin.search_read(
        "ir.model.fields", domain, ["model", "name"], order="id", limit=100 * MOST
    ):
        stored[row["model"]].add(row["name"])
    return dict(stored)


def standing(admin: Odoo, mark: str) -> dict[str, list[Standing]]:
    """Everything of ours in Odoo by key: what bears the external id, and what bears only the name
    (made, but not marked before the line broke)."""
    keys = _keys(admin, mark)
    ours = ["|", ["id", "in", sorted(keys)], ["name", "=like", f"Control Tower {mark}: %"]]
    found = admin.search_read(RULES, ours, RULE_FIELDS, order="id", limit=MOST, context=ARCHIVED)
    actions = _actions(admin, [each for row in found for each in row["action_server_ids"]])
    models = _models(admin, {row["model_id"][0] for row in found})
    names = _field_names(admin, found, actions)
    by_key: dict[str, list[Standing]] = defaultdict(list)
    for row in sorted(found, key=lambda row: row["id"] not in keys):
        each = _standing(row, actions, models, names, keys)
        by_key[each.rule.key].append(each)
    return dict(by_key)


def _standing(
    row: dict[str, Any],
    actions: dict[int, dict[str, Any]],
    models: dict[int, str],
    names: dict[int, str],
    keys: dict[int, str],
) -> Standing:
    hooks = [actions[each] for each in row["action_server_ids"] if each in actions]
    hook = hooks[0] if len(hooks) == 1 else {}
    model = models.get(row["model_id"][0], "")
    rule = Rule(
        key=keys.get(row["id"]) or _key_in(row["name"]),
        name=row["name"],
        model=model,
        trigger=row["trigger"],
        watched=frozenset(names[each] for each in row["trigger_field_ids"] if each in names),
        told=frozenset(names[each] for each in hook.get("webhook_field_ids", ()) if each in names),
        where=row["filter_domain"] or "",
        url=hook.get("webhook_url") or "",
    )
    odd = not row["active"] or hook.get("state") != "webhook"
    return Standing(row["id"], rule, tuple(row["action_server_ids"]), odd, row["id"] in keys)


def _key_in(name: str) -> str:
    return name.partition(": ")[2].replace(".", "_").replace(" ", "_")


def _keys(admin: Odoo, mark: str) -> dict[int, str]:
    """Key by rule, of what bears our external ids."""
    return {row["res_id"]: row["name"] for row in marks.external_ids(admin, mark, RULES)}


def _loose(admin: Odoo, mark: str, there: Mapping[str, Sequence[Standing]]) -> tuple[int, ...]:
    rules = {each.id for found in there.values() for each in found}
    rows = marks.external_ids(admin, mark, RULES)
    return tuple(row["id"] for row in rows if row["res_id"] not in rules)


def _actions(admin: Odoo, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    rows = admin.read(ACTIONS, sorted(ids), ACTION_FIELDS) if ids else []
    return {row["id"]: row for row in rows}


def _models(admin: Odoo, ids: set[int]) -> dict[int, str]:
    rows = admin.read("ir.model", sorted(ids), ["model"]) if ids else []
    return {row["id"]: row["model"] for row in rows}


def _field_names(
    admin: Odoo, rules: Sequence[dict[str, Any]], actions: dict[int, dict[str, Any]]
) -> dict[int, str]:
    ids = {each for row in rules for each in row["trigger_field_ids"]}
    ids |= {each for row in actions.values() for each in row["webhook_field_ids"]}
    rows = admin.read("ir.model.fields", sorted(ids), ["name"]) if ids else []
    return {row["id"]: row["name"] for row in rows}


def carry_out(admin: Odoo, plan: Plan) -> None:
    """Do what the plan says. Each kind of work is one call, and one call is whole or nothing; what
    a broken line leaves undone, the next plan finds."""
    removed = [line.standing.id for line in plan.having(Doing.REMOVE) if line.standing]
    if removed:
        admin.call(RULES, "unlink", ids=removed)
    _unmark(admin, plan, removed)
    writer = _Writer(admin, plan)
    for line in plan.having(Doing.CHANGE):
        writer.change(line)
    writer.create(plan.having(Doing.CREATE))
    if plan.grant:
        reading_crons.carry_out(admin, plan.grant)


def _unmark(admin: Odoo, plan: Plan, removed: Sequence[int]) -> None:
    """Odoo deletes external ids with their records; not every version does."""
    rows = marks.external_ids(admin, plan.mark, RULES) if removed or plan.loose else []
    marks.take(admin, (r["id"] for r in rows if r["id"] in plan.loose or r["res_id"] in removed))


class _Writer:
    """Knows Odoo's ids of models and fields, which the rules are written with."""

    def __init__(self, admin: Odoo, plan: Plan) -> None:
        self._admin, self._mark = admin, plan.mark
        todo = (*plan.having(Doing.CREATE), *plan.having(Doing.CHANGE))
        wanted = sorted({line.model for line in todo})
        rows = admin.search_read(
            "ir.model", [["model", "in", wanted]], ["model"], order="id", limit=MOST
        )
        self._models = {row["model"]: row["id"] for row in rows}
        fields = admin.search_read(
            "ir.model.fields", [["model", "in", wanted]], ["model", "name"], order="id",
            limit=100 * MOST,
        )  # fmt: skip
        self._fields = {(row["model"], row["name"]): row["id"] for row in fields}

    def create(self, lines: Sequence[Planned]) -> None:
        if not lines:
            return
        rules = [line.rule for line in lines if line.rule]
        made = self._admin.create(RULES, [self._values(rule) for rule in rules])
        keys = (rule.key for rule in rules)
        marks.put(self._admin, self._mark, RULES, dict(zip(keys, made, strict=True)))

    def change(self, line: Planned) -> None:
        rule, there = line.rule, line.standing
        assert rule
        assert there
        values = self._values(rule)
        removed = [[2, each, 0] for each in there.actions]
        values["action_server_ids"] = [*removed, *values["action_server_ids"]]
        # Odoo computes actions and fields anew where it is told a model or a trigger.
        kept = {"model_id"} if "trigger" in line.differs else {"model_id", "trigger"}
        changed = {name: value for name, value in values.items() if name not in kept}
        self._admin.write(RULES, [there.id], changed)
        if not there.marked:
            marks.put(self._admin, self._mark, RULES, {rule.key: there.id})

    def _values(self, rule: Rule) -> dict[str, Any]:
        model = self._models[rule.model]
        action = {
            "name": rule.name,
            "model_id": model,
            "state": "webhook",
            "webhook_url": rule.url,
            "webhook_field_ids": [[6, 0, self._ids(rule, rule.told)]],
        }
        watched = self._ids(rule, rule.watched) if rule.trigger == Trigger.SAVED else []
        return {
            "name": rule.name,
            "model_id": model,
            "active": True,
            "trigger": str(rule.trigger),
            "filter_domain": rule.where or False,
            "trigger_field_ids": [[6, 0, watched]],
            "action_server_ids": [[0, 0, action]],
        }

    def _ids(self, rule: Rule, names: frozenset[str]) -> list[int]:
        return sorted(self._fields[rule.model, name] for name in names)


def leftovers(admin: Odoo, *, mark: str, url: str) -> int:
    """How many records in Odoo still bear our mark, or are webhooks to our address without a
    rule. Looked at afresh: Odoo may say that it deleted, and not have done so."""
    rules = sum(len(found) for found in standing(admin, mark).values())
    group = reading_crons.plan_removal(admin, mark=mark)
    loose = [["webhook_url", "=", url], ["base_automation_id", "=", False]]
    actions = admin.search(ACTIONS, loose, order="id")
    marked = admin.search(MARKS, [["module", "=", marks.module(mark)]], order="id")
    return rules + bool(group) + len(actions) + len(marked)
