"""Files on records of Odoo that were attached from here: what we wrote proves nothing to us, but
for what people filed as the signed record of the delivery.
"""

from collections.abc import Sequence

from exceptions.models import Connection, Evidence, OutboxMessage
from exceptions.vocabulary import Slot, Verb
from integrations.odoo.client import Odoo


def attached_from_here(
    odoo: Odoo, connection: Connection, model: str, records: Sequence[int]
) -> set[int]:
    """Ids of their attachments that are ours, by the checksum that Odoo keeps. Odoo is asked only
    where something was sent.
    """
    sums = _sent(connection, model, records)
    if not sums:
        return set()
    ours = [
        ["res_model", "=", model],
        ["res_id", "in", list(records)],
        ["checksum", "in", sorted(sums)],
    ]
    return set(odoo.search("ir.attachment", ours, order="id"))


def _sent(connection: Connection, model: str, records: Sequence[int]) -> set[str]:
    """The SHA-1 of each, as Odoo counts it."""
    sent = OutboxMessage.objects.filter(
        verb=Verb.ATTACH, connection=connection, model=model, record_id__in=records
    )
    told = list(sent.values_list("case", "parameters"))
    proofs = Evidence.objects.filter(
        case__in={case for case, _said in told}, slot=Slot.SIGNED_DELIVERY, withdrawn_at=None
    )
    signed = set(proofs.values_list("case", "sha256"))
    return {said["sha1"] for case, said in told if (case, said["sha256"]) not in signed}
