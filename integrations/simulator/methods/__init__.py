"""The public methods that can be called from outside; importing a module registers its own."""

from integrations.simulator.methods import (
    bills,
    counts,
    grouping,
    mail,
    ordering,
    provisioning,
    records,
    returns,
    scraps,
    session,
    warehouse,
)

__all__ = [
    "bills",
    "counts",
    "grouping",
    "mail",
    "ordering",
    "provisioning",
    "records",
    "returns",
    "scraps",
    "session",
    "warehouse",
]
