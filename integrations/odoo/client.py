"""The client: one `call()` for every version of Odoo."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Self, Unpack

from django.utils.translation import gettext_noop as _

from integrations.odoo import errors, protocols
from integrations.odoo.access import Access, Secret
from integrations.odoo.line import CallRecord, Line, LineOptions
from integrations.odoo.protocols import Call, JsonRpc, Speaker, Version

__all__ = ["Access", "CallRecord", "Odoo", "Secret"]

Record = dict[str, Any]


class Odoo:
    """Everything raises errors.OdooError. Not more than `connections` calls run at a time."""

    def __init__(
        self,
        access: Access,
        protocol: Speaker,
        *,
        uid: int | None = None,
        line: Line | None = None,
        **options: Unpack[LineOptions],
    ) -> None:
        """`uid` saves the sign-in (400 ms on 16 to 18) if it is known from an earlier connect().

        options: on_call, timeout (urllib3.Timeout), connections (1 or 2), largest_answer (bytes),
        tries, sleep.
        """
        self.access = access
        self.protocol = protocol
        self._line = line or Line(access, **options)
        self._uid = uid

    @classmethod
    def connect(cls, access: Access, **options: Unpack[LineOptions]) -> Self:
        """Asks for the version, picks the protocol and signs in."""
        line = Line(access, **options)
        odoo = cls(access, protocols.speaker(access, find_version(access, line)), line=line)
        odoo.sign_in()
        return odoo

    @classmethod
    def resume(
        cls, access: Access, version: Version, uid: int, **options: Unpack[LineOptions]
    ) -> Self:
        """Without a single request, from what an earlier connect() found."""
        return cls(access, protocols.speaker(access, version), uid=uid, **options)

    @property
    def version(self) -> Version:
        return self.protocol.version

    @property
    def server_clock(self) -> datetime | None:
        """Odoo's own clock (UTC, seconds) at its last answer; None where the server does not
        say.
        """
        return self._line.server_clock

    @property
    def uid(self) -> int:
        return self.sign_in() if self._uid is None else self._uid

    def sign_in(self) -> int:
        """Asks Odoo who we are; raises Unauthorised or WrongDatabase."""
        uid: int = self._line.run(self.protocol.sign_in())
        self._uid = uid
        return uid

    def call(
        self,
        model: str,
        method: str,
        /,
        *,
        ids: Sequence[int] | None = None,
        context: Mapping[str, Any] | None = None,
        **arguments: Any,
    ) -> Any:
        """Arguments by Odoo's names. Reads are repeated on a fault that may pass; anything else
        only if it was certainly never sent."""
        call = Call(model, method, ids, context, arguments)
        return self._line.run(self.protocol.exchange(call, lambda: self.uid))

    def search_read(
        self,
        model: str,
        domain: Sequence[Any],
        fields: Sequence[str],
        *,
        order: str,
        limit: int,
        context: Mapping[str, Any] | None = None,
    ) -> list[Record]:
        """Fields, order and limit have no default: Odoo's are everything, by taste, without end."""
        found = self.call(
            model,
            "search_read",
            context=context,
            domain=list(domain),
            fields=list(fields),
            order=order,
            limit=limit,
        )
        return self._records(found)

    def search(
        self, model: str, domain: Sequence[Any], *, order: str, limit: int | None = None
    ) -> list[int]:
        """Ids only: 20,000 take a tenth of a second, so a missing limit is allowed here."""
        found = self.call(model, "search", domain=list(domain), order=order, limit=limit)
        return self._ids(found)

    def read(self, model: str, ids: Sequence[int], fields: Sequence[str]) -> list[Record]:
        """A record deleted meanwhile is silently absent."""
        return self._records(self.call(model, "read", ids=ids, fields=list(fields)))

    def search_count(self, model: str, domain: Sequence[Any]) -> int:
        return self._number(self.call(model, "search_count", domain=list(domain)))

    def fields_get(self, model: str, attributes: Sequence[str]) -> dict[str, Record]:
        """{field: {attribute: value}}; answered even where the user may not read."""
        found = self.call(model, "fields_get", attributes=list(attributes))
        if not isinstance(found, dict):
            raise self._odd()
        return found

    def write(
        self,
        model: str,
        ids: Sequence[int],
        vals: Mapping[str, Any],
        *,
        context: Mapping[str, Any] | None = None,
    ) -> None:
        self.call(model, "write", ids=ids, context=context, vals=dict(vals))

    def create(
        self,
        model: str,
        vals_list: Sequence[Mapping[str, Any]],
        *,
        context: Mapping[str, Any] | None = None,
    ) -> list[int]:
        """All or none: one bad row rolls back the others."""
        values = [dict(vals) for vals in vals_list]
        return self._ids(self.call(model, "create", context=context, vals_list=values))

    def message_post(self, model: str, record: int, **arguments: Any) -> int:
        """The id of the message. The body is escaped unless `body_is_html` is set."""
        return self._number(self.call(model, "message_post", ids=[record], **arguments))

    def activity_schedule(
        self, model: str, ids: Sequence[int], *, quiet: bool = True, **arguments: Any
    ) -> list[int]:
        """Ids of the activities. `quiet` keeps Odoo from e-mailing each assignee."""
        context = {"mail_activity_quick_update": True} if quiet else None
        return self._ids(
            self.call(model, "activity_schedule", ids=ids, context=context, **arguments)
        )

    def close(self) -> None:
        self._line.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Odoo({self.access!r}, {self.protocol.name}, {self.version})"

    def _records(self, found: Any) -> list[Record]:
        if isinstance(found, list) and all(isinstance(one, dict) for one in found):
            return found
        raise self._odd()

    def _ids(self, found: Any) -> list[int]:
        if isinstance(found, list) and all(isinstance(one, int) for one in found):
            return found
        raise self._odd()

    def _number(self, found: Any) -> int:
        if isinstance(found, int):
            return found
        raise self._odd()

    def _odd(self) -> errors.BadAnswer:
        return errors.BadAnswer(host=self.access.host, reason=_("it is not in the expected form"))


def find_version(access: Access, line: Line) -> Version:
    """19 and later tell it on a page; the legacy call asks the others. Neither sends the key."""
    version: Version | None = line.run(protocols.version_page(access))
    if version is None:
        version = line.run(JsonRpc(access).version_call())
    return version
