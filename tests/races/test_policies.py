"""A policy is published while a batch is still being judged under the one before."""

import threading
from datetime import datetime, timedelta

from django.db import connection, transaction

from exceptions import intake, policies
from exceptions.kinds import KINDS
from exceptions.models import Document
from exceptions.vocabulary import KindCode
from tests.making import Tower

LATE = KindCode.LATE_INBOUND


def test_what_is_judged_while_a_policy_is_published_is_judged_again(
    arena: Tower, at: datetime
) -> None:
    promise = at + timedelta(days=3)
    receipt = arena.receipt(at=at, promised_at=promise, planned_at=promise)
    publisher = threading.Thread(target=publish, args=[at])
    with transaction.atomic():
        intake.take_in([receipt], at=at)
        publisher.start()
        publisher.join(timeout=0.5)
        waited = publisher.is_alive()
    publisher.join()

    assert waited
    assert Document.objects.get().recheck_at == at


def publish(at: datetime) -> None:
    policies.publish(LATE, KINDS[LATE].default_policy, at=at)
    connection.close()
