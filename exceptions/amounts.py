"""Avoided and lost: what a case spared the company, and what it cost in the end, as people say.

Two amounts in one currency, never added up and never guessed: what nobody has said is unknown, not
nothing. They belong to how a case ended, so reopening it takes them off again.
"""

from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from exceptions.models import Case
from exceptions.proposing import Data, Refused, Told
from exceptions.vocabulary import REAL_ENDS

NAMES = ("avoided", "lost")
CURRENCY = "amounts_currency"
COLUMNS = (*NAMES, CURRENCY)
BELOW = Decimal(10) ** 14


def take(case: Case, data: Data) -> Told:
    """Put on the case, which has its outcome, what `data` says of `avoided`, `lost` and
    `amounts_currency`; what it does not mention stays. Empty: unknown. Without a currency, it is
    that of what was at risk.

    What the history shall tell: nothing, where nothing is different.
    """
    if not {*NAMES} & set(data):
        return {}
    before, problems = of(case), dict[str, str]()
    for name in NAMES:
        if name in data:
            setattr(case, name, _amount(name, data[name], problems))
    case.amounts_currency = _currency(case, data, problems)
    if problems:
        raise Refused(" ".join(problems.values()), problems)
    if (now := of(case)) == before:
        return {}
    return {"amounts": now} | ({"amounts_before": before} if before else {})


def clear(case: Case) -> Told:
    """The case is open again: how it ended is open, too."""
    before = of(case)
    case.avoided, case.lost, case.amounts_currency = None, None, ""
    return {"amounts_before": before} if before else {}


def of(case: Case) -> dict[str, str | None]:
    """What is known of it, for the history; empty where nothing is."""
    if case.avoided is None and case.lost is None:
        return {}
    said = {name: getattr(case, name) for name in NAMES}
    told = {name: None if n is None else f"{n:.2f}" for name, n in said.items()}
    return told | {"currency": case.amounts_currency}


def _amount(name: str, said: Any, problems: dict[str, str]) -> Decimal | None:
    text = "" if said is None else str(said).strip()
    if not text:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not (amount.is_finite() and 0 <= amount < BELOW):
        problems[name] = _("Give each amount as a number such as 1200.50, or leave it empty.")
        return None
    return amount.quantize(Decimal("0.01"))


def _currency(case: Case, data: Data, problems: dict[str, str]) -> str:
    """Empty where there is no amount."""
    if case.avoided is None and case.lost is None:
        return ""
    if case.outcome not in REAL_ENDS:
        problems["outcome"] = _(
            "What was no exception, or goes on in another case, avoided and lost nothing of its"
            " own: leave both amounts empty."
        )
    said = str(data.get(CURRENCY) or "").strip().upper()
    code = said or case.amounts_currency or case.currency
    if not (len(code) == 3 and code.isascii() and code.isalpha()):
        problems[CURRENCY] = _("Give the currency by its three letters, such as EUR.")
    return code[:3]
