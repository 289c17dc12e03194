"""The form in which a blackout is made."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exceptions import actors, blackouts
from exceptions.actors import Actor
from exceptions.blackouts import NoBlackout
from exceptions.drafting import DRAFTERS
from exceptions.facts import FACTS_TYPES
from exceptions.models import Connection, Site
from exceptions.queries import partners
from exceptions.web.partner_field import known_partner
from exceptions.web.raising import INSTANTS

INSTANT = {
    "required": gettext_lazy("Give a date and a time."),
    "invalid": gettext_lazy("Give a date and a time."),
}


def may_rule(actor: Actor, site_id: int | None) -> bool:
    """Whether the actor may make and end blackouts of the site; None is all sites together."""
    sites = actors.site_ids(actor, DRAFTERS)
    return sites is None or site_id in sites


class BlackoutForm(forms.Form):
    """For a site, a partner, or a partner at a site. Instants are of the reader's zone."""

    site: "forms.ModelChoiceField[Site]" = forms.ModelChoiceField(
        queryset=Site.objects.none(),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Choose one of your sites.")},
    )
    partner = forms.CharField(required=False, max_length=200)
    connection: "forms.ModelChoiceField[Connection]" = forms.ModelChoiceField(
        queryset=Connection.objects.none(), required=False
    )
    starts_at = forms.DateTimeField(input_formats=INSTANTS, error_messages=INSTANT)
    ends_at = forms.DateTimeField(input_formats=INSTANTS, error_messages=INSTANT)
    reason = forms.CharField(
        max_length=200, error_messages={"required": gettext_lazy("Say in a sentence why.")}
    )

    def __init__(self, actor: Actor, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.actor = actor
        self.ruled = actors.site_ids(actor, DRAFTERS)
        every, known = Site.objects.order_by("name"), actors.visible_connections(actor)
        self._choices("site", every if self.ruled is None else every.filter(pk__in=self.ruled))
        self._choices("connection", known.order_by("name"))
        self.several = known.count() > 1  # then a partner's number alone says too little

    def _choices(self, name: str, rows: QuerySet[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = rows

    def partners(self) -> dict[int, str]:
        return partners.named_by(FACTS_TYPES.values(), self.ruled)

    def made(self, *, at: datetime) -> bool:
        """Whether it was made; if not, the form says why."""
        if not self.is_valid() or self.actor.user is None:
            return False
        said = self.cleaned_data
        try:
            blackouts.make(
                starts_at=said["starts_at"],
                ends_at=said["ends_at"],
                reason=said["reason"],
                by=self.actor.user,
                at=at,
                site=said["site"],
                partner=said["named"],
            )
        except NoBlackout as refused:
            self.add_error(None, str(refused))
            return False
        return True

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        site = said.get("site")
        if "site" in said and not may_rule(self.actor, site.pk if site else None):
            self.add_error("site", _("Choose one of your sites."))
        said["named"] = self._named(str(said.get("partner", "")), said.get("connection"))
        return said

    def _named(
        self, text: str, connection: Connection | None
    ) -> tuple[Connection, int, str] | None:
        """The partner, where it is known, and what to call it."""
        if not text:
            return None
        names = self.partners()
        number = known_partner(text, names)
        if number is None:
            words = _("Choose a partner from the list, or give the number in Odoo, such as 42.")
            self.add_error("partner", ValidationError(words))
            return None
        known = actors.visible_connections(self.actor)
        source = connection or (None if self.several else known.first())
        if source is None:
            self.add_error("connection", _("Say in which Odoo the partner is."))
            return None
        return source, number, names.get(number, str(number))
