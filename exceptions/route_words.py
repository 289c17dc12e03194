"""Rules, and why a case goes to somebody, in sentences. Pure."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from exceptions.candidates import Choice, Step
from exceptions.routes import Found, Rule
from exceptions.verdicts import amount
from exceptions.vocabulary import KindCode, Lack, Stop, TeamCode, Tier


def told(found: Found, choice: Choice, version: int | None, limit: int | None) -> dict[str, Any]:
    """The reasons as data, as the history keeps them."""
    return {
        "version": version or 0,
        "rule": found.number,
        "name": found.rule.name,
        "team": choice.team,
        "limit": limit,
        "steps": [_plain(step) for step in choice.steps],
    }


def _plain(step: Step) -> dict[str, Any]:
    who = step.who
    said = {
        "stop": str(step.stop),
        "lack": str(step.lack or ""),
        "team": step.team,
        "who": who.name if who else "",
        "load": who.load if who else None,
        "until": who.away_until.isoformat() if who and who.away_until else "",
    }
    return {name: value for name, value in said.items() if value not in ("", None)}


def because(said: Mapping[str, Any], zone: str) -> str:
    """The reasons as a sentence; instants are of `zone` and say so.

    `Rule 3 “Customs”: team Trade compliance; Ana Costa is away until Tue 1 Dec 08:00 CET; so the
    deputy, Ben Ito`.
    """
    steps = [_step(step, said, ZoneInfo(zone)) for step in said.get("steps", [])]
    once = dict.fromkeys(step for step in steps if step)  # who is away, is so at every stop
    return "; ".join([_head(said), *once])


def _head(said: Mapping[str, Any]) -> str:
    team = team_name(said.get("team", ""))
    if not said.get("rule"):
        return _("No rule holds: team %s, by the kind of the case") % team
    return _("Rule %(n)s “%(name)s”: team %(team)s") % {
        "n": said["rule"],
        "name": said.get("name", ""),
        "team": team,
    }


def _step(step: Mapping[str, Any], said: Mapping[str, Any], zone: ZoneInfo) -> str:
    words = _LACKING.get(step.get("lack", "")) if step.get("lack") else _TAKEN.get(step["stop"])
    if words is None:
        return ""
    return words(
        {
            "who": step.get("who", ""),
            "team": team_name(step.get("team", "")),
            "load": step.get("load", 0),
            "limit": said.get("limit"),
            "until": _when(step.get("until", ""), zone),
            "stop": step["stop"],
        }
    )


def _away(told: Mapping[str, Any]) -> str:
    if told["who"]:
        return _("%(who)s is away until %(until)s") % told
    return _("everybody of %(team)s is away") % told if told["team"] else ""


def _full(told: Mapping[str, Any]) -> str:
    if told["who"]:
        return _("%(who)s has %(load)s already, the limit is %(limit)s") % told
    return _("everybody of %(team)s has as much as the limit of %(limit)s lets them") % told


def _nobody(told: Mapping[str, Any]) -> str:
    if told["stop"] == Stop.NAMED:
        return _("the person whom the rule names does not work at the site any more")
    return _("nobody of %(team)s works at the site") % told


Say = Callable[[Mapping[str, Any]], str]
_LACKING: dict[str, Say] = {
    Lack.AWAY: _away,
    Lack.FULL: _full,
    Lack.NOBODY: _nobody,
    Lack.OFF: lambda told: _("nobody of %(team)s is on duty") % told,
}
_TAKEN: dict[str, Say] = {
    Stop.NAMED: lambda told: _("%(who)s, as the rule says") % told,
    Stop.DEPUTY: lambda told: _("so the deputy, %(who)s") % told,
    Stop.ON_DUTY: lambda told: _("%(who)s is on duty and has least, %(load)s") % told,
    Stop.STAND_INS: lambda told: _("%(who)s stands in") % told,
    Stop.OFF_DUTY: lambda told: _("%(who)s, off duty, has least, %(load)s") % told,
    Stop.LEAD: lambda told: _("%(who)s leads the site") % told,
    Stop.LEADS_DEPUTY: lambda told: _("%(who)s stands in for the lead") % told,
    Stop.SUPERVISORS: lambda told: _("%(who)s supervises the site") % told,
    Stop.OVER_LIMIT: lambda told: _("%(who)s, although at the limit: nobody else is there") % told,
}


def _when(instant: str, zone: ZoneInfo) -> str:
    return (
        f"{datetime.fromisoformat(instant).astimezone(zone):%a %-d %b %H:%M %Z}" if instant else ""
    )


def team_name(code: str) -> str:
    return str(TeamCode(code).label) if code in TeamCode.values else code


def conditions(rule: Rule, sites: Mapping[int, str]) -> str:
    """`Customs hold, Late inbound · at Rotterdam · Critical`; `every case` without any."""
    parts = [
        _listed(KindCode, rule.kinds),
        _("at %s") % _or(sites.get(site, f"#{site}") for site in rule.sites) if rule.sites else "",
        _listed(Tier, rule.tiers),
        _("of %s") % _quoted(rule.partners) if rule.partners else "",
        _("about %s") % _quoted(rule.words) if rule.words else "",
        _range(rule),
        _("from %s") % _or(rule.models) if rule.models else "",
    ]
    return " · ".join(part for part in parts if part) or _("every case")


def target(rule: Rule, people: Mapping[int, str]) -> str:
    """`Ana Costa, of Trade compliance, then Logistics; up to 10 each`."""
    team = team_name(rule.team) if rule.team else _("the team of the kind")
    said = team
    if rule.person is not None:
        who = people.get(rule.person, f"#{rule.person}")
        said = _("%(who)s, of %(team)s") % {"who": who, "team": team}
    if rule.then:
        said = _("%(first)s, then %(then)s") % {
            "first": said,
            "then": ", ".join(team_name(code) for code in rule.then),
        }
    if rule.limit is not None:
        said = _("%(said)s; up to %(limit)s each") % {"said": said, "limit": rule.limit}
    return said


def _listed(words: Any, values: Iterable[str]) -> str:
    return _or(str(words(v).label) if v in words.values else v for v in values)


def _quoted(values: Iterable[str]) -> str:
    return _or(f"“{value}”" for value in values)


def _or(values: Iterable[str]) -> str:
    return _(" or ").join(values)


def _range(rule: Rule) -> str:
    low, high = (_amount(v) for v in (rule.value_from, rule.value_to))
    if low and high:
        return _("at risk from %(low)s to below %(high)s") % {"low": low, "high": high}
    if low:
        return _("at risk %s or more") % low
    return _("at risk below %s") % high if high else ""


def _amount(value: Decimal | None) -> str:
    return "" if value is None else amount(value, None)
