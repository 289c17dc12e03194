"""Look over a connection before it is used: what works, what is missing, who can give it.

Nothing is written to Odoo; rights are asked for with Odoo's own access check.
"""

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from types import MappingProxyType
from typing import Any, Unpack

from django.utils.translation import gettext as _

from integrations.odoo import datetimes, errors, groups, holds, protocols, rights
from integrations.odoo.access import Access
from integrations.odoo.client import Odoo, find_version
from integrations.odoo.line import Line, LineOptions
from integrations.odoo.report import Outcome, ProbeReport, Step
from integrations.odoo.rights import Right

__all__ = ["Need", "Outcome", "ProbeReport", "Step", "probe"]

ATTRIBUTES = (
    "string", "type", "required", "readonly", "relation", "selection", "store", "sortable",
    "searchable",
)  # fmt: skip
EXPIRY_NOTICE = timedelta(days=14)
FIRST_EXPIRY = (18, 0)


@dataclass(frozen=True)
class Need:
    """What the tower needs of one model. `fields` must exist, and be stored unless `bulk` is
    off; `operations` are read, write, create, unlink; `purpose` is a phrase for people
    ("late receipts"), already translated. `optional`: the model comes with a module that this Odoo
    may well do without; so do the models that it `rests_on`, whose modules bring the fields."""

    model: str
    fields: tuple[str, ...] = ()
    operations: tuple[str, ...] = ("read",)
    purpose: str = ""
    bulk: bool = True
    optional: bool = False
    rests_on: tuple[str, ...] = ()


def probe(
    access: Access,
    needs: Iterable[Need],
    *,
    at: datetime,
    verbs: Mapping[str, Iterable[Right]] = MappingProxyType({}),
    chosen_holds: Sequence[int] | None = None,
    **options: Unpack[LineOptions],
) -> ProbeReport:
    """Never raises an OdooError: each becomes a step. `verbs` are the rights of what is written, by
    its name for people; `chosen_holds` the ids of hold locations that were chosen for the
    connection (None: do not look). Options as of Odoo()."""
    report = ProbeReport(at)
    line = Line(access, **options)
    try:
        odoo = _enter(report, access, line)
        if odoo is not None:
            _look_around(report, odoo, chosen_holds)
            once = Once(odoo)
            _needs(report, once, needs)
            rights.tell(report, odoo, verbs, given=once.given)
    finally:
        line.close()
    return report


def _enter(report: ProbeReport, access: Access, line: Line) -> Odoo | None:
    """As far in as the version and a valid key; None if there is no way."""
    if not _reach(report, access, line):
        return None
    _encryption(report, access)
    with report.step(_("Version")):
        protocol = protocols.speaker(access, find_version(access, line))
        odoo = Odoo(access, protocol, line=line)
        _version(report, odoo)
        if _sign_in(report, odoo):
            return odoo
    return None


def _look_around(report: ProbeReport, odoo: Odoo, chosen_holds: Sequence[int] | None) -> None:
    for name, look in (
        (_("User"), _user),
        (_("Modules"), _modules),
        (_("Key expiry"), _expiry),
        (_("Webhooks"), _webhooks),
        (_("Scheduled actions"), _actions),
    ):
        with report.step(name):
            look(report, name, odoo)
    if chosen_holds is not None:
        name = _("Hold locations")
        with report.step(name):
            _holds(report, name, odoo, chosen_holds)


def _reach(report: ProbeReport, access: Access, line: Line) -> bool:
    name = _("Server")
    try:
        line.run(protocols.health_page(access))
        report.ok(name, _("%(host)s answers.") % {"host": access.host})
    except errors.BadAnswer:
        sentence = _("%(host)s answers, but not as a healthy Odoo does on /web/health.")
        report.missing(name, sentence % {"host": access.host})
    except errors.OdooError as error:
        report.failed(name, error.user_message)
        return False
    return True


def _encryption(report: ProbeReport, access: Access) -> None:
    if access.encrypted or _is_loopback(access.host):
        return
    sentence = _("The address begins with http://, so anyone on the way can read the API key.")
    report.missing(_("Encryption"), sentence + " " + _("Use https:// instead."))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _version(report: ProbeReport, odoo: Odoo) -> None:
    report.version, report.protocol = odoo.version, odoo.protocol.name
    facts = {"version": ".".join(map(str, odoo.version)), "protocol": odoo.protocol.name}
    sentence = _("Odoo %(version)s, spoken to over %(protocol)s.") % facts
    if odoo.version < protocols.FIRST_JSON2:
        sentence += " " + _("Odoo 20 drops this protocol; after an upgrade to 19 JSON-2 is used.")
    report.ok(_("Version"), sentence)


def _sign_in(report: ProbeReport, odoo: Odoo) -> bool:
    database, key = _("Database"), _("API key")
    exists = _("The database “%s” exists.") % odoo.access.database
    try:
        report.uid = odoo.sign_in()
    except errors.Unauthorised as error:
        report.ok(database, exists)
        report.failed(key, error.user_message)
        return False
    except errors.OdooError as error:
        report.failed(database, error.user_message)
        return False
    report.ok(database, exists)
    report.ok(key, _("The key is valid (user id %d).") % report.uid)
    return True


def _user(report: ProbeReport, name: str, odoo: Odoo) -> None:
    found = odoo.read("res.users", [odoo.uid], ["name", "login", "email", "lang", "tz"])
    user: dict[str, Any] = found[0] if found else {}
    facts = {"name": user.get("name"), "login": user.get("login"), "asked": odoo.access.login}
    if not user.get("email"):
        sentence = _("%(name)s has no e-mail address: notes and activities fail without one.")
        report.missing(name, sentence % facts + " " + _("Enter one in the user's form in Odoo."))
    elif user.get("login") != odoo.access.login:
        sentence = _("The key belongs to %(login)s, not to %(asked)s. Correct the login.")
        report.missing(name, sentence % facts)
    else:
        sentence = _("%(name)s, language %(lang)s, time zone %(tz)s.")
        report.ok(name, sentence % {**facts, "lang": user.get("lang"), "tz": user.get("tz")})


def _modules(report: ProbeReport, name: str, odoo: Odoo) -> None:
    installed = [["state", "=", "installed"]]
    try:
        found = odoo.search_read("ir.module.module", installed, ["name"], order="name", limit=5000)
    except errors.AccessRefused:
        sentence = _("Only administrators may list them; the models below are looked at instead.")
        report.ok(name, sentence)
        return
    report.modules = frozenset(module["name"] for module in found)
    report.ok(name, _("Modules installed: %d.") % len(report.modules))


def _expiry(report: ProbeReport, name: str, odoo: Odoo) -> None:
    """Which of the user's keys is ours cannot be asked, so the first to end counts."""
    if odoo.version < FIRST_EXPIRY:
        report.ok(name, _("Keys do not expire in this version."))
        return
    report.key_expires_at = _first_expiry(odoo)
    if report.key_expires_at is None:
        report.ok(name, _("The key does not expire."))
        return
    facts = {
        "date": f"{report.key_expires_at:%Y-%m-%d %H:%M} UTC",
        "days": (report.key_expires_at - report.at).days,
    }
    sentence = _("The user's next key to expire ends on %(date)s (days left: %(days)d).") % facts
    if report.key_expires_at - report.at > EXPIRY_NOTICE:
        report.ok(name, sentence)
    else:
        report.missing(name, sentence + " " + _("Create a new one in Odoo and enter it here."))


def _first_expiry(odoo: Odoo) -> datetime | None:
    own = [["user_id", "=", odoo.uid]]
    found = odoo.search_read(
        "res.users.apikeys", own, ["name", "expiration_date"], order="id", limit=200
    )
    ends = [datetimes.from_odoo(key["expiration_date"]) for key in found]
    return min((end for end in ends if end is not None), default=None)


def _webhooks(report: ProbeReport, name: str, odoo: Odoo) -> None:
    try:
        odoo.fields_get("base.automation", ["type"])
    except errors.UnknownModel:
        sentence = _(
            "Automation rules (base_automation) are not installed: changes in Odoo are seen at the"
            " next synchronisation, not at once."
        )
        report.missing(name, sentence)
    else:
        sentence = _("Automation rules are installed; an administrator's key can set them up.")
        report.ok(name, sentence)


def _actions(report: ProbeReport, name: str, odoo: Odoo) -> None:
    if rights.allowed(odoo, "ir.cron", "read"):
        report.ok(name, _("They can be read, so that late and failing ones are told."))
        return
    sentence = _(
        "They cannot be read, so nobody is told of late ones. Setting up Odoo can make a group that"
        " may read them and nothing else."
    )
    report.missing(name, sentence)


def _holds(report: ProbeReport, name: str, odoo: Odoo, chosen: Sequence[int]) -> None:
    """Where goods count as set apart; ids that were chosen and are not there are named."""
    found = holds.find(odoo, chosen)
    lost = [str(each) for each in chosen if each not in found]
    if lost:
        sentence = _("No location has the id %s. Choose others with odoo_connect --hold-location.")
        report.missing(name, sentence % ", ".join(lost))
    elif found:
        names = ", ".join(hold.name for hold in found.values())
        report.ok(name, _("Goods in these locations count as set apart: %s.") % names)
    else:
        sentence = _("None is known; odoo_connect --hold-location names one, if there is any.")
        report.ok(name, sentence)


class Once:
    """Each question is asked once: sources and verbs share many of them."""

    def __init__(self, odoo: Odoo) -> None:
        self.odoo = odoo
        self.fields = cache(lambda model: odoo.fields_get(model, ATTRIBUTES))
        self.given = cache(lambda right: rights.given(odoo, right))


def _needs(report: ProbeReport, once: Once, needs: Iterable[Need]) -> None:
    for need in needs:
        with report.step(need.model):
            _need(report, once, need)


def _need(report: ProbeReport, once: Once, need: Need) -> None:
    model = need.model
    try:
        for model in need.rests_on:
            once.fields(model)
        model = need.model
        fields = once.fields(model)
    except errors.UnknownModel as error:
        if need.optional:
            sentence = _("Not installed here; nothing is read from it, and nothing is missing.")
            report.ok(_subject(need, model), sentence)
        else:
            report.missing(_subject(need, model), error.user_message)
        return
    readable = _fields(report, need, fields)
    for operation in need.operations:
        subject = _subject(need, f"{need.model}: {operation}")
        if once.given(Right(need.model, operation)):
            report.ok(subject, _("Allowed."))
        else:
            report.missing(subject, _ask_for(need.model, operation))
            readable = []
    if "read" in need.operations and readable:
        _read_one(report, once.odoo, need, readable)


def _subject(need: Need, subject: str) -> str:
    return f"{subject} ({need.purpose})" if need.purpose else subject


def _fields(report: ProbeReport, need: Need, found: dict[str, Any]) -> list[str]:
    """The needed fields that can be read; the others are named."""
    absent = [name for name in need.fields if name not in found]
    slow = [name for name in need.fields if name in found and not found[name].get("store")]
    subject = _subject(need, need.model)
    if absent:
        report.missing(subject, _("These fields do not exist: %s.") % ", ".join(absent))
    if slow and need.bulk:
        sentence = _("These fields are computed, too slow to read for many records: %s.")
        report.missing(subject, sentence % ", ".join(slow))
    if not absent and not (slow and need.bulk):
        report.ok(subject, _("Installed, with every field that is needed."))
    return [name for name in need.fields if name not in absent and name not in slow]


def _ask_for(model: str, operation: str) -> str:
    group = groups.group_for(model, operation)
    if group is None:
        return _("Not allowed. An Odoo administrator must give the right.")
    sentence = _("Not allowed. Add the integration user to the group %s in Odoo.")
    return sentence % group


def _read_one(report: ProbeReport, odoo: Odoo, need: Need, fields: list[str]) -> None:
    """Record rules and rights on single fields show only in a true reading."""
    try:
        odoo.search_read(need.model, [], fields, order="id", limit=1)
    except errors.AccessRefused as error:
        sentence = error.user_message + " " + error.odoo_words
        report.missing(_subject(need, f"{need.model}: read"), sentence.strip())
