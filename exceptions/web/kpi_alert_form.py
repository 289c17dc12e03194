"""The form in which an alert on a number is made or changed."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exceptions import actors
from exceptions.actors import Actor
from exceptions.kpi_alerts import Wish
from exceptions.kpis.kpi import Kpi
from exceptions.kpis.register import kpis
from exceptions.models import KpiAlert, Site
from exceptions.queries.counted import Counted
from exceptions.vocabulary import KindCode, Role, Unit

MAKERS = (Role.SUPERVISOR, Role.POLICY_ADMIN)
# In how many of the KPI's unit one of what people type is.
TYPED: dict[Unit, Decimal] = {Unit.SHARE: Decimal("0.01"), Unit.DURATION: Decimal(3600)}
MOST = Decimal(10) ** 11
NUMBER = {
    "invalid": gettext_lazy("Give a number, such as 12.5."),
    "required": gettext_lazy("Give a number, such as 12.5."),
}


def may_make(actor: Actor, alert: KpiAlert | None = None) -> bool:
    """Whether the actor may make alerts, or change this one."""
    sites = actors.site_ids(actor, MAKERS)
    if alert is None:
        return sites is None or bool(sites)
    return sites is None or (not alert.everywhere and alert.site_id in sites)


def typed_unit(kpi: Kpi) -> str:
    """What a threshold is typed in."""
    return {Unit.SHARE: "%", Unit.DURATION: _("hours")}.get(kpi.unit, str(kpi.unit.label))


class KpiAlertForm(forms.Form):
    """`counted` tells which parts of the numbers there are to choose from."""

    name = forms.CharField(
        max_length=100,
        error_messages={"required": gettext_lazy("Give it a name, as its case shall be called.")},
    )
    number = forms.ChoiceField(error_messages={"required": gettext_lazy("Choose a number.")})
    site: "forms.ModelChoiceField[Site]" = forms.ModelChoiceField(
        queryset=Site.objects.none(),
        error_messages={
            "required": gettext_lazy("Choose at which site its case shall stand."),
            "invalid_choice": gettext_lazy("Choose one of your sites."),
        },
    )
    everywhere = forms.BooleanField(required=False)
    kind = forms.ChoiceField(
        required=False, choices=[("", gettext_lazy("all kinds")), *KindCode.choices]
    )
    days = forms.IntegerField(min_value=1, max_value=366, initial=7)
    way = forms.ChoiceField(
        choices=[("above", gettext_lazy("above")), ("below", gettext_lazy("below"))]
    )
    raise_at = forms.DecimalField(min_value=0, max_value=MOST, error_messages=NUMBER)
    clear_at = forms.DecimalField(min_value=0, max_value=MOST, error_messages=NUMBER)
    least_n = forms.IntegerField(min_value=1, max_value=10**9, initial=10)

    def __init__(
        self, actor: Actor, counted: Counted, data: Mapping[str, Any] | None = None, **more: Any
    ) -> None:
        super().__init__(data, **more)
        self.everywhere_too = actors.site_ids(actor, MAKERS) is None
        sites = self.fields["site"]
        assert isinstance(sites, forms.ModelChoiceField)
        every, own = Site.objects.order_by("name"), actors.site_ids(actor, MAKERS)
        sites.queryset = every if own is None else every.filter(pk__in=own)
        number = self.fields["number"]
        assert isinstance(number, forms.ChoiceField)
        number.choices = [("", ""), *numbers(counted, self.initial.get("number"))]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("everywhere") and not self.everywhere_too:
            self.add_error("everywhere", _("Only who sees all sites can have all counted."))
        raise_at, clear_at = said.get("raise_at"), said.get("clear_at")
        if raise_at is not None and clear_at is not None:
            self._check_sides(said.get("way") == "above", raise_at, clear_at)
        return said

    def _check_sides(self, above: bool, raise_at: Decimal, clear_at: Decimal) -> None:
        if above and clear_at > raise_at:
            self.add_error("clear_at", _("It is over below where it is raised, or right there."))
        if not above and clear_at < raise_at:
            self.add_error("clear_at", _("It is over above where it is raised, or right there."))

    def wish(self) -> Wish:
        said = self.cleaned_data
        key, _bar, part = said["number"].partition("|")
        typed = TYPED.get(kpis()[key].unit, Decimal(1))
        return Wish(
            name=said["name"],
            kpi=key,
            part=part,
            site=said["site"],
            everywhere=said["everywhere"],
            kinds=(said["kind"],) if said["kind"] else (),
            days=said["days"],
            above=said["way"] == "above",
            raise_at=said["raise_at"] * typed,
            clear_at=said["clear_at"] * typed,
            least_n=said["least_n"],
        )


def numbers(counted: Counted, besides: str | None) -> list[tuple[str, str]]:
    """Every number and part that can be watched, with the unit in which its thresholds are typed.
    `besides`: one that is watched already, though there is nothing of it to count now.
    """
    found = {
        f"{kpi.key}|{measure.part}": _label(kpi, str(measure.says))
        for kpi in kpis().values()
        for measure in kpi.of(counted)
    }
    if besides and besides not in found and (kpi := kpis().get(besides.partition("|")[0])):
        found[besides] = _label(kpi, besides.partition("|")[2])
    return list(found.items())


def _label(kpi: Kpi, part: str) -> str:
    name = f"{kpi.name}, {part}" if part else str(kpi.name)
    return f"{name} ({typed_unit(kpi)})"


def as_typed(alert: KpiAlert) -> dict[str, Any]:
    """An alert as the form shows it."""
    kpi = kpis().get(alert.kpi)
    typed = TYPED.get(kpi.unit, Decimal(1)) if kpi else Decimal(1)
    return {
        "name": alert.name,
        "number": f"{alert.kpi}|{alert.part}",
        "site": alert.site_id,
        "everywhere": alert.everywhere,
        "kind": alert.kinds[0] if alert.kinds else "",
        "days": alert.days,
        "way": "above" if alert.above else "below",
        "raise_at": _plain(alert.raise_at / typed),
        "clear_at": _plain(alert.clear_at / typed),
        "least_n": alert.least_n,
    }


def _plain(value: Decimal) -> str:
    """`12.5`, `100`: no zeros that say nothing."""
    return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"
