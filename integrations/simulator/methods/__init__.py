"""The public methods that can be called from outside; importing a module registers its own."""

from integrations.simulator.methods import (
    grouping,
    mail,
    ordering,
    provisioning,
    records,
    session,
    warehouse,
)

__all__ = ["grouping", "mail", "ordering", "provisioning", "records", "session", "warehouse"]
