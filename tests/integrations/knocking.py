"""A sender of events: signs as its source asks, and posts to the door."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.utils.datastructures import CaseInsensitiveMapping as Headers

from exceptions.models import Site
from integrations import event_sources, events, receiving
from integrations.models import EventSource, InboxDelivery
from tests.making import Tower


@dataclass
class Sender:
    """`at` is the instant that it signs, and that the tower works at."""

    source: EventSource
    secret: str
    at: datetime

    @property
    def path(self) -> str:
        return event_sources.address(self.source).partition("/hooks/")[2].strip("/")

    def headers(self, body: bytes, event: str = "evt-1", **other: str) -> dict[str, str]:
        """As the specification of Standard Webhooks says, written down a second time."""
        stamp = str(int(self.at.timestamp()))
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        mac = hmac.new(key, f"{event}.{stamp}.".encode() + body, hashlib.sha256).digest()
        signed = {
            "webhook-id": event,
            "webhook-timestamp": stamp,
            "webhook-signature": f"v1,{base64.b64encode(mac).decode()}",
        }
        return signed | other

    def post(self, body: bytes, headers: dict[str, str] | None = None, **more: Any) -> HttpResponse:
        answer = Client(enforce_csrf_checks=True).generic(
            "POST",
            f"/hooks/{self.path}/",
            body,
            content_type=more.pop("content_type", "application/json"),
            headers=self.headers(body, **more) if headers is None else headers,
        )
        assert isinstance(answer, HttpResponse)
        return answer

    def tell(self, event: str, **said: Any) -> InboxDelivery:
        """Post one event in the tower's own words; what is stored of it."""
        return self.deliver(told(self.at, **said), event)

    def deliver(self, body: bytes, event: str) -> InboxDelivery:
        """Past the web server, so that the tower's clock is the sender's."""
        headers = Headers(self.headers(body, event))
        stored = receiving.receive(self.source, body, headers, at=self.at)
        return InboxDelivery.objects.get(pk=stored.id)

    def work(self) -> int:
        return events.work_due(lambda: self.at)


def told(when: datetime, **said: Any) -> bytes:
    plain = {
        "tracking": "1Z99",
        "carrier": "DHL",
        "status": "in_transit",
        "at": when.isoformat(),
    }
    return json.dumps(plain | said).encode()


def sender(
    tower: Tower,
    at: datetime,
    *,
    adapter: str = "standard",
    secret: str = "",
    site: Site | None = None,
    **more: Any,
) -> Sender:
    plain: dict[str, Any] = {"name": "n8n", "per_minute": 60, "site": site or tower.site}
    said = event_sources.Settings(**(plain | more))
    source, secret = event_sources.add(said, adapter, secret, None, at=at)
    return Sender(source, secret, at)
