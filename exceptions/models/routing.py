"""Routing sets: the versioned rules by which cases find their teams and owners."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from exceptions.models.versioned import Versioned, version_when_published


class RoutingSet(Versioned):
    """One version of the rules for all kinds. Before there is one, every case goes to the team of
    its kind. `settings` are routes.Routes as JSON.
    """

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version"], name="routingset_version_once"),
            models.UniqueConstraint(
                Coalesce("version", 0),
                condition=Q(version=None, discarded_at=None),
                name="routingset_one_draft",
            ),
            version_when_published("routingset_version_when_published"),
        ]
        ordering = ["-version"]

    def __str__(self) -> str:
        return f"routing v{self.version}" if self.version else "routing draft"
