"""Senders and receivers."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from pytest_django import Settings

from tests.integrations.targets import receivers
from tests.integrations.targets.receivers import EventServer, MailServer
from tests.integrations.targets.sending import Sending
from tests.making import Tower


@pytest.fixture
def sending(tower: Tower, at: datetime) -> Sending:
    return Sending(tower, at)


@pytest.fixture
def mails(settings: Settings) -> Iterator[MailServer]:
    with receivers.mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.DEFAULT_FROM_EMAIL = "tower@example.com"
        yield server


@pytest.fixture
def events(settings: Settings) -> Iterator[EventServer]:
    with receivers.event_server() as server:
        settings.N8N_WEBHOOK_URL = f"{server.url}/webhook/6f1c-secret-path"
        settings.N8N_WEBHOOK_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
        yield server
