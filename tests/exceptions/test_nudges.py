"""Nudges: said after commit, once, and never at the cost of whoever says them."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from pytest_django import DjangoCaptureOnCommitCallbacks

from exceptions import nudges

ROOT = Path(__file__).parents[2]
TASK = "integrations.tasks.deliver_outbox"


class Broker:
    """A port that counts who knocks, and shuts the door at once."""

    def __init__(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listening.getsockname()[1]
        self.knocks = 0
        threading.Thread(target=self._answer, daemon=True).start()

    def _answer(self) -> None:
        while True:
            try:
                knock, _ = self.listening.accept()
            except OSError:
                return
            self.knocks += 1
            knock.close()


@pytest.fixture
def dead_broker() -> Iterator[Broker]:
    broker = Broker()
    with closing(broker.listening):
        yield broker


NUDGING = """
import django
django.setup()
from exceptions import nudges
nudge = nudges._Nudge("integrations.tasks.deliver_outbox")
for _ in range({before}):
    nudge()
nudges._silent_until = 0.0  # as when the rest is over
for _ in range({after}):
    nudge()
print("said all")
"""


def nudging(port: int, before: int, after: int = 0) -> tuple[str, int]:
    """What a process of its own prints that nudges a broker at `port`, and how often it warns."""
    done = subprocess.run(
        [sys.executable, "-c", NUDGING.format(before=before, after=after)],
        env=os.environ
        | {
            "REDIS_URL": f"redis://127.0.0.1:{port}/0",
            "DJANGO_SETTINGS_MODULE": "controltower.settings",
            "LOG_LEVEL": "WARNING",
        },
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.stdout.strip(), done.stderr.count("WARNING exceptions.nudges: No nudge for")


def test_a_nudge_waits_for_the_commit_and_is_said_once(
    db: None, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks() as callbacks, transaction.atomic():
        for _ in range(100):
            nudges.outbox()
        nudges.after_commit("another.task")

    assert [callback.task for callback in callbacks] == [TASK, "another.task"]  # type: ignore[attr-defined] # _Nudge
    assert settings.TOWER_OUTBOX_TASK == TASK


def test_what_is_rolled_back_is_not_said(
    db: None, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks() as callbacks, transaction.atomic():
        nudges.outbox()
        transaction.set_rollback(True)

    assert callbacks == []


def test_a_dead_broker_is_asked_once_for_a_hundred_nudges(dead_broker: Broker) -> None:
    told = nudging(dead_broker.port, before=100)

    assert told == ("said all", 1)
    assert dead_broker.knocks == 1


def test_a_closed_port_fails_nobody() -> None:
    broker = Broker()
    broker.listening.close()

    assert nudging(broker.port, before=100) == ("said all", 1)


def test_it_is_tried_again_after_a_rest(dead_broker: Broker) -> None:
    told = nudging(dead_broker.port, before=50, after=50)

    assert told == ("said all", 2)
    assert dead_broker.knocks == 2
    assert nudges.REST_AFTER_FAILURE == 10.0
