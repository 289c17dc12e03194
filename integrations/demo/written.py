"""Messages of carriers and suppliers: most wait with their advice, some were dealt with."""

from datetime import datetime, timedelta

from exceptions import raising
from exceptions.actors import Actor, person
from exceptions.models import Case, InboundMessage, User
from exceptions.triage import learning
from exceptions.triage.messages import advising
from exceptions.triage.messages.advising import Incoming
from exceptions.vocabulary import OPEN_STATES, KindCode

# Who wrote, the subject, and what they wrote.
WRITTEN = (
    (
        "Depot Venlo <depot@rhine-haulage.example>",
        "Damage report pallet",
        (
            "Two pallets toppled over at our hub last night. The cartons are crushed and the goods "
            "in them are broken. Photos follow.\n\nOn Mon, 2 Nov 2026, Marta wrote:\n> Where is it?"
        ),
    ),
    (
        "Basel Zollagentur <team@zoll-basel.example>",
        "Sendung liegt beim Zoll",
        (
            "Die Sendung liegt seit gestern beim Zoll, es fehlen die Handelsrechnung und das "
            "Ursprungszeugnis. Bitte nachreichen."
        ),
    ),
    (
        "accounts@timber-works.example",
        "Invoice 2026-1189",
        (
            "Our invoice 2026-1189 was paid short by 120 EUR. Our price per piece is 24.50 EUR, "
            "your purchase order says 22.00. Please tell us how to correct the bill."
        ),
    ),
    (
        "Hotel Seeblick <einkauf@seeblick.example>",
        "Nothing has come",
        (
            "Your tracking says delivered on Tuesday, but we never received the parcel. Nobody "
            "here knows the signature. Please send the proof of delivery."
        ),
    ),
    (
        "Office Interiors <sales@interiors.example>",
        "About next week",
        "As discussed by phone, we look at the matter and come back to you.",
    ),
)
NO_EXCEPTION = (
    (
        "news@packaging.example",
        "Our spring collection",
        "Discover our new range of packaging and save 20 percent until Sunday. Unsubscribe here.",
    ),
    (
        "jo@carrier.example",
        "Automatic reply",
        "I am out of the office until Monday. In urgent cases please write to my colleague.",
    ),
)


def write(*, at: datetime) -> None:
    """After the cases, so that there is one that a message is filed with."""
    learning.learn(at=at - timedelta(hours=8))
    marta = person(User.objects.get(username="marta"))
    for number, said in enumerate(WRITTEN):
        _sent(said, marta, at - timedelta(minutes=20 + 45 * number))
    for number, said in enumerate(NO_EXCEPTION):
        message = _sent(said, marta, at - timedelta(hours=5 + number))
        advising.set_aside(message.pk, marta, at=at - timedelta(hours=4))
    _filed(marta, at)


def _sent(said: tuple[str, str, str], by: Actor, at: datetime) -> InboundMessage:
    sender, subject, text = said
    site = raising.sites_of(by).order_by("pk")[0]
    incoming = Incoming(site=site, sender=sender, subject=subject, text=text)
    return advising.take_in(incoming, by, at=at)[0]


def _filed(by: Actor, at: datetime) -> None:
    """One that tells more of a late receipt is filed with its case; another still waits."""
    site = raising.sites_of(by).order_by("pk")[0]
    late = Case.objects.filter(site=site, kind=KindCode.LATE_INBOUND, state__in=OPEN_STATES)
    for number, case in enumerate(late.select_related("document").order_by("-score", "pk")[:2]):
        said = (
            "Dispatch <dispatch@supplier.example>",
            f"Delay of {case.document.reference}",
            (
                f"We cannot keep the delivery date of {case.document.reference}. Production "
                "runs one week late, the new dispatch date follows. Sorry for the delay."
            ),
        )
        message = _sent(said, by, at - timedelta(hours=3 - number))
        if number == 0:
            advising.file_with(message.pk, case.pk, by, at=at - timedelta(hours=2))
