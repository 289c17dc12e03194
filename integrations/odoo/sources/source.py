"""What a source is: which Odoo records it reads, and how they become facts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from exceptions.facts import Facts, Person
from integrations.odoo.client import Odoo
from integrations.odoo.ground import Ground, many2one
from integrations.odoo.probe import Need

__all__ = ["Domain", "Record", "Source", "by_id", "many2one", "name_of", "person"]

Record = dict[str, Any]
Domain = list[Any]

# Only stored fields are read in bulk: non-stored ones cut the speed of Odoo to a twentieth.
STAMP = ("write_date",)
OPEN = ["confirmed", "waiting", "assigned"]


@dataclass(frozen=True, kw_only=True)
class Source:
    """One stream of records of one Odoo model.

    `domain` says which records belong to it, `living` (one term, if need be of several joined)
    which of those can hold an exception now: the first round reads the living ones and what changed
    lately, a reconcile compares the living ones. `facts_type` names what they become.
    `document_model` and `document_id` tell which of our documents a record belongs to (None: none);
    `document_fields` are what `document_id` reads besides the id, so a source without any has one
    record a document. `facts` maps a page of records; it may ask Odoo for what hangs on them, in a
    few calls a page. `keep` tells which facts are worth a new document; those that have one are
    always stored.

    `whole`: what the facts tell can change without a new stamp on the record, so all of it is read
    in every deep round. `optional`: the model comes with a module that this Odoo may not have; that
    is no failure. `rests_on`: the models whose modules bring what is read of this one, where it is
    there without them; then it is as if it were not installed. `authority`: a document without
    records of this source is gone; off for a source that only tells which documents of another one
    to read again. `hangs_together`: what one document tells depends on others, so a reconcile reads
    again what cases hang on. `scope` adds terms that depend on the connection, such as its
    locations.
    """

    name: str
    model: str
    document_model: str
    document_fields: tuple[str, ...] = ()
    facts_type: str
    domain: Domain
    living: Domain
    fields: tuple[str, ...]
    document_id: Callable[[Record], int | None]
    facts: Callable[[Odoo, Ground, Sequence[Record]], list[Facts]]
    of_documents: Callable[[Sequence[int]], Domain]
    keep: Callable[[Facts], bool]
    needs: tuple[Need, ...]
    whole: bool = False
    optional: bool = False
    rests_on: tuple[str, ...] = ()
    authority: bool = True
    hangs_together: bool = False
    scope: Callable[[Ground], Domain] = lambda _ground: []

    @property
    def needed(self) -> list[Need]:
        """What a connection is looked over for: of a source that may be absent, all is optional."""
        return [
            replace(
                need,
                optional=need.optional or self.optional,
                rests_on=need.rests_on or self.rests_on,
            )
            for need in self.needs
        ]

    @property
    def lacks(self) -> tuple[str, ...]:
        """What is not installed, where the source is absent."""
        return self.rests_on or (self.model,)

    def where(self, ground: Ground) -> Domain:
        """Which records belong to the source in this connection. Call it before another thread
        reads: it may touch our database. Raises UnknownModel where what it rests on is absent."""
        for model in self.rests_on:
            ground.has_field(model, "id")
        return [*self.domain, *self.scope(ground)]


def name_of(value: Any) -> str:
    return value[1] if value else ""


def person(value: Any) -> Person | None:
    """Who stands in a many2one to res.users."""
    return Person(id=value[0], name=value[1]) if value else None


def by_id(records: Sequence[Record]) -> Mapping[int, Record]:
    return {record["id"]: record for record in records}
