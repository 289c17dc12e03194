"""When a record was read: not when the round began that read it."""

from datetime import datetime

from exceptions.models import Document
from tests.integrations.linked import Linked


def test_each_page_bears_the_instant_before_it_was_fetched(linked: Linked) -> None:
    """A round lasts; what a webhook has read in the middle of it must lose to the pages after."""
    for n in range(3):
        linked.receipt(written=linked.wire(minutes=-30 + n))
    asked: list[datetime] = []

    def time_goes_on() -> None:
        if linked.seen.requests[-1].model == "stock.picking":
            asked.append(linked.at)
        linked.later(seconds=1)

    linked.seen.at_each = time_goes_on
    linked.sync(size=1)

    documents = Document.objects.filter(facts_type="Receipt").order_by("record_id")
    stamps = [document.read_at for document in documents]
    assert [stamp in asked for stamp in stamps] == [True] * 3
    assert (sorted(set(stamps)), stamps[0] > asked[0]) == (stamps, False)
