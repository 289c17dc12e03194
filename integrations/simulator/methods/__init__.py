"""The public methods that can be called from outside; importing a module registers its own."""

from integrations.simulator.methods import (
    counts,
    grouping,
    mail,
    ordering,
    provisioning,
    records,
    scraps,
    session,
    warehouse,
)

__all__ = [
    "counts",
    "grouping",
    "mail",
    "ordering",
    "provisioning",
    "records",
    "scraps",
    "session",
    "warehouse",
]
