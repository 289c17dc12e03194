"""A tower linked to a simulated Odoo of each version; a sender of events."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from integrations.odoo import line
from tests.integrations import linked as linking
from tests.integrations.knocking import Sender, sender
from tests.integrations.linked import Linked
from tests.making import Tower


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Repeats follow at once, where a real line gives the server half a second and more."""
    monkeypatch.setattr(line, "FIRST_WAIT", 0.01)


@pytest.fixture(params=[17, 19])
def version(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def linked(
    db: None, at: datetime, version: int, impatient: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Linked]:
    """At noon of a Tuesday, with nothing but master data in Odoo."""
    with linking.linked(at, version, monkeypatch) as running:
        yield running


@pytest.fixture
def n8n(tower: Tower, at: datetime) -> Sender:
    """A source of events in the tower's own words."""
    return sender(tower, at)
