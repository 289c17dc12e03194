"""The forms of a source of events: what is asked of whoever makes one, changes it, or tries it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

from exceptions import actors
from exceptions.actors import Actor
from exceptions.models import Site
from exceptions.vocabulary import Transport, Trouble
from integrations.carriers import ADAPTERS
from integrations.event_sources import PREFIX, Settings
from integrations.models import EventSource

RULE_FIELDS = (
    ("tracking", gettext_lazy("tracking number")),
    ("carrier", gettext_lazy("carrier")),
    ("order", gettext_lazy("order")),
)
STRIP = "strip"  # the order is what follows
MOST_RULES, EMPTY_ROWS = 20, 2
MOST_DROPPED = 50
PER_MINUTE, MOST_PER_MINUTE = 3_000, 60_000
LONGEST_WAIT = 60 * 24 * 30  # minutes
SHORTEST_SECRET = 8


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule as it stands in the form: `to` is the id of a site, or STRIP."""

    field: str = "tracking"
    begins: str = ""
    to: str = ""


class EventSourceForm(forms.Form):
    """`source` is the one that is changed; without one it is made."""

    name = forms.CharField(
        max_length=80, error_messages={"required": gettext_lazy("Say who sends.")}
    )
    adapter = forms.ChoiceField(
        error_messages={
            code: gettext_lazy("Choose what it speaks.") for code in ("required", "invalid_choice")
        }
    )
    site: "forms.ModelChoiceField[Site]" = forms.ModelChoiceField(
        queryset=Site.objects.none(),
        empty_label=gettext_lazy("choose…"),
        error_messages={
            code: gettext_lazy("Choose one of the sites that you administer.")
            for code in ("required", "invalid_choice")
        },
    )
    secret = forms.CharField(required=False, max_length=20_000, strip=True)
    per_minute = forms.IntegerField(
        min_value=1,
        max_value=MOST_PER_MINUTE,
        initial=PER_MINUTE,
        error_messages={"required": gettext_lazy("Say how many a minute are let in.")},
    )
    expects_every = forms.IntegerField(required=False, min_value=1, max_value=LONGEST_WAIT)
    dropped = forms.CharField(required=False, max_length=2_000)

    def __init__(
        self, actor: Actor, data: QueryDict | None = None, *, source: EventSource | None = None
    ) -> None:
        self.source, self.sites = source, list(_sites(actor))
        super().__init__(data, initial=_initial(source) if source else None)
        _choices(self.fields["adapter"], [("", _("choose…")), *_adapters()])
        site = self.fields["site"]
        assert isinstance(site, forms.ModelChoiceField)
        site.queryset = Site.objects.filter(pk__in=[each.pk for each in self.sites])
        if source:
            del self.fields["adapter"], self.fields["secret"]
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"
            field.widget.attrs["autocomplete"] = "off"

    @property
    def rows(self) -> list[RuleRow]:
        """Its rules with some empty rows behind them; as they were typed, once they were."""
        if isinstance(self.data, QueryDict) and self.is_bound:
            typed = list(_typed(self.data))
        else:
            typed = [_row(rule) for rule in self.source.rules] if self.source else []
        return [*typed, *[RuleRow()] * EMPTY_ROWS]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        others = EventSource.objects.filter(name__iexact=name)
        if self.source:
            others = others.exclude(pk=self.source.pk)
        if others.exists():
            raise forms.ValidationError(_("There is a source of this name."))
        return name

    def clean_dropped(self) -> list[str]:
        said = self.cleaned_data["dropped"].replace("\x00", "").split(",")
        words = list(dict.fromkeys(word for each in said if (word := each.strip().casefold())))
        if len(words) > MOST_DROPPED:
            raise forms.ValidationError(_("%s words are the most.") % MOST_DROPPED)
        return words

    def clean(self) -> None:
        self.rules = list(self._rules())
        adapter = self.cleaned_data.get("adapter")
        if adapter and (problem := secret_problem(adapter, self.cleaned_data.get("secret", ""))):
            self.add_error("secret", problem)

    def _rules(self) -> Iterator[dict[str, Any]]:
        sites = {str(site.pk) for site in self.sites}
        for row in _typed(self.data):
            if row.field not in dict(RULE_FIELDS) or not (row.to == STRIP or row.to in sites):
                self.add_error(None, _("“%s”: choose what follows from it.") % row.begins)
            elif row.to == STRIP and row.field != "order":
                self.add_error(
                    None, _("“%s”: only of an order can a beginning be left out.") % row.begins
                )
            elif row.to == STRIP:
                yield {"field": row.field, "begins": row.begins, "strip": True}
            else:
                yield {"field": row.field, "begins": row.begins, "site_id": int(row.to)}

    def settings(self) -> Settings:
        """Of a form that is valid."""
        said = self.cleaned_data
        return Settings(
            name=said["name"],
            site=said["site"],
            rules=self.rules,
            dropped=said["dropped"],
            per_minute=said["per_minute"],
            expects_every=said["expects_every"],
        )


def secret_problem(adapter: str, secret: str) -> str:
    """Why this cannot be a secret of that sender; empty where it can, or where one is made."""
    if not secret:
        given = ADAPTERS[adapter].given
        return _("Paste the secret that the sender gives: it cannot be made here.") if given else ""
    if len(secret) < SHORTEST_SECRET:
        return _("A secret has at least %s characters.") % SHORTEST_SECRET
    if ADAPTERS[adapter].id_header and not _is_standard(secret):
        return _(
            "A secret of Standard Webhooks is whsec_ and base64. Leave it empty to have one made."
        )
    return ""


def words_dropped() -> list[tuple[str, str]]:
    """The tower's own words that a filter may name."""
    found = [*Transport.choices, *(t for t in Trouble.choices if t[0] != Trouble.SILENT)]
    return [(value, str(label)) for value, label in found]


def _is_standard(secret: str) -> bool:
    try:
        Webhook(secret)
    except (ValueError, EmptyWebhookSecretError):
        return False
    return secret.startswith(PREFIX)


def _sites(actor: Actor) -> QuerySet[Site]:
    sites = actors.administers(actor)
    every = Site.objects.select_related("connection").order_by("name")
    return every if sites is None else every.filter(pk__in=sites)


def _adapters() -> list[tuple[str, str]]:
    return sorted(((a.key, a.name) for a in ADAPTERS.values()), key=lambda each: each[1].lower())


def _choices(field: forms.Field, choices: list[tuple[str, str]]) -> None:
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


def _initial(source: EventSource) -> dict[str, Any]:
    return {
        "name": source.name,
        "site": source.site_id,
        "per_minute": source.per_minute,
        "expects_every": source.expects_every,
        "dropped": ", ".join(source.dropped),
    }


def _row(rule: Mapping[str, Any]) -> RuleRow:
    to = STRIP if rule.get("strip") else str(rule.get("site_id") or "")
    return RuleRow(rule["field"], rule["begins"], to)


def _typed(data: Any) -> Iterator[RuleRow]:
    """The rows that say something."""
    fields, begins, to = (data.getlist(f"rule-{name}") for name in ("field", "begins", "to"))
    for row in list(zip(fields, begins, to, strict=False))[:MOST_RULES]:
        said = RuleRow(row[0], row[1].replace("\x00", "").strip()[:80], row[2])
        if said.begins:
            yield said
