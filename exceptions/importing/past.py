"""Past cases as a file tells them, before they are cases."""

import hashlib
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal

import msgspec

from exceptions.vocabulary import ENDED_STATES, State

LATER = ("avoided", "lost")  # unsaid, they leave the digest as it was before they could be said
OURS = frozenset({"row", "owner_id", "state"})  # not what the file says, or not only


@dataclass(frozen=True, slots=True)
class Issue:
    """Something about one row: an error keeps it out, a notice is only said."""

    row: int
    column: str
    value: str
    says: str
    is_error: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PastCase:
    """One case. None and "" mean that the file does not say. Instants are UTC.

    `state` is final: ended, or where an open case starts here. `owner_id` is a person of ours,
    `owner_name` what the file calls them.
    """

    row: int
    external_id: str
    kind: str
    site_id: int
    title: str
    subject: str
    state: State
    detected_at: datetime
    assigned_at: datetime | None = None
    acknowledged_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    owner_id: int | None = None
    owner_name: str = ""
    team: str = ""
    tier: str = ""
    score: int | None = None
    outcome: str = ""
    value: Decimal | None = None
    currency: str = ""
    reopen_count: int = 0
    sla_met: bool | None = None
    sla_due_at: datetime | None = None
    root_cause: str = ""
    avoided: Decimal | None = None
    lost: Decimal | None = None

    @property
    def ended_at(self) -> datetime | None:
        """When it ended: resolved, or closed without."""
        return self.resolved_at or self.closed_at

    @property
    def digest(self) -> str:
        """SHA-256 over what the file says of it, whatever row it stands in and whom we know."""
        said = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in OURS}
        for name in LATER:
            if said[name] is None:
                del said[name]
        said["ended"] = str(self.state) if self.state in ENDED_STATES else ""
        return hashlib.sha256(msgspec.json.encode(said, order="deterministic")).hexdigest()
