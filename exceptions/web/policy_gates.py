"""Roll-out, noise floor and hold of a policy as fields of a form, and back. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from exceptions.verdicts import Noise, PolicySettings
from exceptions.vocabulary import Rollout
from exceptions.web.setting_fields import Field, Group, Unreadable, number, plain, whole

Keep = Callable[[PolicySettings, Any], PolicySettings]
Reader = tuple[Callable[[str], Any], Keep]
# A noise floor that is first given as a value only.
USUAL_TIMES, USUAL_DAYS = 3, 7
CHOICES = tuple((str(way), str(way.label)) for way in Rollout)


def rollout(settings: PolicySettings, sites: Mapping[int, str]) -> Group:
    """How far the kind is introduced: everywhere, and at each site that differs."""
    as_everywhere = ("", _("as everywhere"))
    everywhere = Field(
        name="rollout",
        label=_("Everywhere"),
        unit="",
        said=str(settings.rollout),
        options=CHOICES,
        idle=_("default of the product"),
    )
    at_sites = (
        Field(
            name=f"rollout_at.{site}",
            label=name,
            unit="",
            said=str(settings.rollout_at.get(site, "")),
            options=(as_everywhere, *CHOICES),
            idle=_("as everywhere"),
        )
        for site, name in sites.items()
    )
    return Group(
        title=_("Roll-out"),
        says=_("observing counts and shows what would be found, and opens no work"),
        fields=(everywhere, *at_sites),
    )


def sieve(settings: PolicySettings) -> Group:
    """What is too small, or too short, to open a case at once."""
    noise = settings.noise
    idle = _("no noise floor")
    return Group(
        title=_("Noise"),
        says=_("what is small or passes by itself opens no case at once"),
        fields=(
            Field(
                name="noise.below",
                label=_("Small is what is worth less than"),
                unit=_("in the case's currency; empty: nothing is"),
                said=plain(noise.below) if noise else "",
                idle=idle,
            ),
            Field(
                name="noise.times",
                label=_("Small ones open from this many sightings on"),
                unit=_("of the same subject"),
                said=str(noise.times) if noise else "",
                idle=idle,
            ),
            Field(
                name="noise.days",
                label=_("Sightings are counted over"),
                unit=_("days"),
                said=str(noise.days) if noise else "",
                idle=idle,
            ),
            Field(
                name="hold_minutes",
                label=_("A finding has to last"),
                unit=_("minutes before it opens a case"),
                said=str(settings.hold_minutes),
                idle=_("default of the product"),
            ),
        ),
    )


def reader(name: str) -> Reader | None:
    """How a field is read and kept; None for what is none of these."""
    if name == "rollout":
        return _way, lambda settings, way: replace(settings, rollout=way or Rollout.ON)
    group, _dot, rest = name.partition(".")
    if group == "rollout_at" and rest.isdecimal() and len(rest) < 10:
        return _way, _site_keeper(int(rest))
    if name == "noise.below":
        return _number_or_nothing, _keep_floor
    if name in ("noise.times", "noise.days"):
        return _whole_or_nothing, _keep_times if rest == "times" else _keep_days
    if name == "hold_minutes":
        return whole, lambda settings, value: replace(settings, hold_minutes=value)
    return None


def _site_keeper(site: int) -> Keep:
    def keep(settings: PolicySettings, way: Rollout | None) -> PolicySettings:
        others = {s: w for s, w in settings.rollout_at.items() if s != site}
        return replace(settings, rollout_at=others | ({site: way} if way else {}))

    return keep


def _keep_floor(settings: PolicySettings, below: Decimal | None) -> PolicySettings:
    if below is None:
        return replace(settings, noise=None)
    noise = settings.noise or Noise(below=below, times=USUAL_TIMES, days=USUAL_DAYS)
    return replace(settings, noise=replace(noise, below=below))


def _keep_times(settings: PolicySettings, times: int | None) -> PolicySettings:
    """Without a floor there is nothing to count."""
    if settings.noise is None or times is None:
        return settings
    return replace(settings, noise=replace(settings.noise, times=times))


def _keep_days(settings: PolicySettings, days: int | None) -> PolicySettings:
    if settings.noise is None or days is None:
        return settings
    return replace(settings, noise=replace(settings.noise, days=days))


def _way(text: str) -> Rollout | None:
    if text and text not in Rollout:
        raise Unreadable(_("Choose one of the ways."))
    return Rollout(text) if text else None


def _number_or_nothing(text: str) -> Decimal | None:
    return number(text) if text else None


def _whole_or_nothing(text: str) -> int | None:
    return whole(text) if text else None
