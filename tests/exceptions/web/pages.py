"""Reading pages as people do: who looks, and what stands there."""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

from django.test import Client
from django.utils import timezone

from exceptions import intake
from exceptions.models import Case, User
from tests.making import Tower

HTMX = {"HX-Request": "true"}


def signed_in(username: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=username))
    return client


def words(page: Any) -> str:
    """What the page says, without its markup, in one line."""
    text = re.sub(r"<[^>]*>", " ", page.content.decode())
    return re.sub(r"\s+", " ", unescape(text)).strip()


def shown(page: Any) -> list[int]:
    """The ids of the cases in the list, in its order."""
    return [int(pk) for pk in re.findall(r'data-case="(\d+)"', page.content.decode())]


def now() -> datetime:
    return timezone.now().replace(microsecond=0)


def cases(tower: Tower, n: int, *, minutes_ago: int = 5) -> list[Case]:
    """`n` late receipts at the first site, of falling value, detected some minutes ago."""
    at = now() - timedelta(minutes=minutes_ago)
    intake.take_in(
        [tower.receipt(i, at=at, value=Decimal(100_000 // (i + 1))) for i in range(1, n + 1)], at=at
    )
    return list(Case.objects.order_by("document__record_id"))
