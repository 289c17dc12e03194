"""What decisions of several kinds ask for."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from exceptions.kinds.definition import Ask, unsaid
from exceptions.vocabulary import AskType

NEW_DATE = Ask(name="date", label=_("New date and time"), type=AskType.DATE)
NEEDED_BY = Ask(name="date", label=_("Needed by"), type=AskType.DATE)
SUPPLIER = Ask(
    name="partner",
    label=_("Supplier"),
    type=AskType.PARTNER,
    required=False,
    help=_("Those who have it on order with you. Empty: as Odoo's price list says."),
)
INSTEAD = Ask(
    name="instead",
    label=_("Which product or supplier instead"),
    type=AskType.TEXT,
)
PRODUCT = Ask(name="product", label=_("Product"), type=AskType.PRODUCT)
FROM_SITE = Ask(name="from", label=_("From which site"), type=AskType.SITE)


def quantity(
    usual: Callable[[Any], Decimal | None], most: Callable[[Any], Decimal | None] = unsaid
) -> Ask:
    """How much, beginning with what is usual; no more than `most` of it, where there is a limit."""
    label = _("Quantity")
    return Ask(name="quantity", label=label, type=AskType.QUANTITY, usual=usual, most=most)


def text(name: str, label: Any, *, required: bool = True) -> Ask:
    return Ask(name=name, label=label, type=AskType.TEXT, required=required)
