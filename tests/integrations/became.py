"""What became of events that were told, in words for assertions."""

from datetime import timedelta

from exceptions.models import Case, Document
from integrations.models import DeliveryState, InboxDelivery

HOUR = timedelta(hours=1)
DONE, ASIDE = DeliveryState.DONE, DeliveryState.SET_ASIDE


def outcome(delivery: InboxDelivery) -> tuple[str, str]:
    delivery.refresh_from_db()
    return delivery.state, delivery.outcome


def status() -> dict[str, str]:
    found = Document.objects.filter(facts_type="Shipment")
    return {d.facts["tracking"]: d.facts["status"] for d in found}


def cases() -> list[tuple[str, str]]:
    return list(Case.objects.order_by("pk").values_list("kind", "title"))
