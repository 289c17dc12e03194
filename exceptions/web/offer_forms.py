"""The small form of each decision that a case offers: its own fields, and what it does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from exceptions import choosing, playbooks, undoing
from exceptions.asking import Known, Option
from exceptions.kinds import Ask, Offer
from exceptions.models import Case
from exceptions.vocabulary import AskType

INPUTS = {AskType.DATE: "datetime-local", AskType.NUMBER: "number"}
MODES = {AskType.QUANTITY: "decimal", AskType.NUMBER: "numeric"}


@dataclass(frozen=True, slots=True)
class Field:
    """One field: `name` is as it is sent, `value` what stands in it, `problem` why not."""

    name: str
    label: str
    input: str  # the type of the input; "select" for what is chosen
    mode: str
    value: str
    help: str
    problem: str
    required: bool
    options: Sequence[Option] = ()


@dataclass(frozen=True, slots=True)
class OfferForm:
    offer: Offer
    does: list[str]
    undo: str  # whether it can be undone, in words
    fields: list[Field]
    chosen: bool


def forms(
    case: Case,
    at: datetime,
    typed: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
) -> list[OfferForm]:
    """One form an offer. `typed` is what was sent and refused, with a sentence by field."""
    said, wrong = typed or {}, problems or {}
    offers = playbooks.offers_for(case)
    known = choosing.known(case, [ask for offer in offers for ask in offer.asks], at)
    return [_form(offer, known, case, said, wrong, alone=len(offers) == 1) for offer in offers]


def _form(
    offer: Offer,
    known: Known,
    case: Case,
    typed: Mapping[str, str],
    problems: Mapping[str, str],
    *,
    alone: bool,
) -> OfferForm:
    tried = typed.get("decision") == offer.kind
    wrong = problems if tried else {}
    fields = [_field(offer, ask, known, typed, wrong) for ask in offer.asks]
    if offer.has_cost:
        fields.append(_cost(offer, case, typed, wrong))
    does = [str(verb.label) for verb in offer.verbs]
    undo = undoing.in_words(offer.verbs)
    return OfferForm(offer=offer, does=does, undo=undo, fields=fields, chosen=tried or alone)


def _field(
    offer: Offer, ask: Ask, known: Known, typed: Mapping[str, str], problems: Mapping[str, str]
) -> Field:
    name = f"{offer.kind}.{ask.name}"
    options = known.options.get(ask.name)
    return Field(
        name=name,
        label=str(ask.label),
        input="select" if options is not None else INPUTS.get(ask.type, "text"),
        mode=MODES.get(ask.type, ""),
        value=typed.get(name, _begin(ask, known)),
        help=_help(ask),
        problem=problems.get(ask.name, ""),
        required=ask.required,
        options=options or (),
    )


def _begin(ask: Ask, known: Known) -> str:
    """What usually stands there: the form of a number that people type."""
    usual = ask.usual(known.facts)
    if isinstance(usual, Decimal):
        return f"{usual.normalize():f}"
    return "" if usual is None else str(usual)


def _help(ask: Ask) -> str:
    if ask.help or ask.type != AskType.DATE:
        return str(ask.help)
    return _("in %s, your zone") % timezone.get_current_timezone_name()


def _cost(offer: Offer, case: Case, typed: Mapping[str, str], problems: Mapping[str, str]) -> Field:
    name = f"{offer.kind}.cost"
    return Field(
        name=name,
        label=_("Cost in %s") % case.currency if case.currency else _("Cost"),
        input="text",
        mode="decimal",
        value=typed.get(name, typed.get("cost", "")),
        help=_("0 when it costs nothing"),
        problem=problems.get("cost", ""),
        required=True,
    )


def said(form: Mapping[str, str]) -> dict[str, object]:
    """What the form of the chosen decision says: `parameters` by name, and `cost`."""
    decision = form.get("decision", "")
    begin = f"{decision}."
    told = {
        name.removeprefix(begin): value.replace("\x00", "")
        for name, value in form.items()
        if decision and name.startswith(begin)
    }
    own = {name: told.pop(name) for name in ("cost", "dry_run") if name in told}
    return own | ({"parameters": told} if told else {})
