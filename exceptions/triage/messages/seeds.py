"""What a new installation learns from before it has messages of its own. Written for the tower."""

from functools import cache
from pathlib import Path

from exceptions.triage.messages import reading
from exceptions.triage.messages.model import Example
from exceptions.vocabulary import KindCode

OTHER = "other"  # not an exception
# What messages of partners tell of. The other kinds are seen in the source, or by the tower itself.
LABELS = (
    KindCode.LATE_INBOUND,
    KindCode.PARTIAL_RECEIPT,
    KindCode.INVENTORY_DISCREPANCY,
    KindCode.QUALITY_HOLD,
    KindCode.DELIVERY_DELAY,
    KindCode.URGENT_REPLENISHMENT,
    KindCode.INVOICE_MISMATCH,
    KindCode.CARRIER_FAILURE,
    KindCode.CUSTOMS_HOLD,
    KindCode.POD_DISPUTE,
)
_FILE = Path(__file__).with_name("seed.psv")


@cache
def examples() -> tuple[Example, ...]:
    """A line each: label, language, subject and text, with bars between."""
    lines = (line.split("|") for line in _FILE.read_text(encoding="utf-8").splitlines())
    return tuple(
        Example(label, reading.plain(subject, text)) for label, _language, subject, text in lines
    )
