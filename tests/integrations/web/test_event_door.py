"""The door for sources of events: who is not who they say changes nothing, whatever they try."""

import base64
import gzip
import json
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from django.utils.datastructures import CaseInsensitiveMapping as Headers
from pytest_django import DjangoAssertNumQueries

from exceptions.models import User
from integrations import event_sources, events, receiving
from integrations.models import CarrierScan, EventSource, InboxDelivery, Refusal
from tests.integrations.knocking import Sender, sender, told
from tests.making import Tower


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def n8n(tower: Tower, now: datetime) -> Sender:
    return sender(tower, now)


def refused() -> dict[str, int]:
    return {each.reason: each.count for each in Refusal.objects.all()}


def stored() -> int:
    return InboxDelivery.objects.count()


def said(answer: HttpResponse) -> tuple[int, str]:
    return answer.status_code, json.loads(answer.content)["detail"]


def test_what_is_signed_is_stored_by_one_look_and_one_insert(
    n8n: Sender, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    body = told(now)
    with django_assert_num_queries(2):
        answer = n8n.post(body)

    delivery = InboxDelivery.objects.get()
    assert (answer.status_code, json.loads(answer.content)) == (
        202,
        {"stored": delivery.pk, "duplicate": False},
    )
    assert (delivery.source, delivery.connection_id, bytes(delivery.body), delivery.key) == (
        n8n.source,
        n8n.source.connection_id,
        body,
        "id:evt-1",
    )
    assert refused() == {}

    with django_assert_num_queries(1):  # who it is, is remembered, and confirmed by the insert
        assert n8n.post(body, n8n.headers(body, "evt-2")).status_code == 202


def test_what_is_remembered_of_a_source_is_not_believed_against_the_table(
    n8n: Sender, now: datetime
) -> None:
    admin = User.objects.create_user("ines.admin")
    assert n8n.post(told(now)).status_code == 202

    newer = Sender(n8n.source, event_sources.rotate(n8n.source.pk, "", admin, at=now), now)
    assert [each.post(told(now)).status_code for each in (newer, n8n)] == [202, 202]

    event_sources.retire(n8n.source.pk, admin, at=now)
    assert [each.post(told(now)).status_code for each in (n8n, newer)] == [401, 202]

    EventSource.objects.filter(pk=n8n.source.pk).update(enabled=False)
    assert newer.post(told(now)).status_code == 403
    EventSource.objects.filter(pk=n8n.source.pk).update(enabled=True)
    assert newer.post(told(now)).status_code == 202

    InboxDelivery.objects.all().delete()
    Refusal.objects.all().delete()
    EventSource.objects.filter(pk=n8n.source.pk).delete()
    assert [newer.post(told(now)).status_code for _time in range(2)] == [403, 404]
    assert stored() == 0


def test_the_same_again_is_accepted_and_only_counted(n8n: Sender, now: datetime) -> None:
    """A replay within the window is a duplicate: its signature holds, and it does nothing."""
    again = [n8n.post(told(now)) for _time in range(3)]

    assert [json.loads(a.content)["duplicate"] for a in again] == [False, True, True]
    assert (stored(), InboxDelivery.objects.get().duplicates) == (1, 2)
    worked = [events.work_due(timezone.now) for _time in range(2)]
    assert (worked, CarrierScan.objects.count()) == ([1, 0], 1)


def test_a_replay_after_the_window_is_refused(n8n: Sender, now: datetime) -> None:
    old = Sender(n8n.source, n8n.secret, now - timedelta(minutes=6))
    early = Sender(n8n.source, n8n.secret, now + timedelta(minutes=6))

    assert [old.post(told(now)).status_code, early.post(told(now)).status_code] == [401, 401]
    assert (stored(), refused()) == (0, {"signature": 2})


@pytest.mark.parametrize(
    "forgery",
    [
        {},
        {"webhook-signature": ""},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v1,bm90IGl0"},
        {"webhook-signature": "v1," + "\xe9" * 4},
        {"webhook-signature": "v1a,x " * 500},
        {"webhook-id": ""},
        {"webhook-id": "evt-2"},
        {"webhook-timestamp": "0"},
        {"webhook-timestamp": "9" * 400},
        {"webhook-timestamp": "nan"},
        {"webhook-timestamp": "-1"},
    ],
    ids=str,
)
def test_a_forged_delivery_changes_nothing(
    n8n: Sender, now: datetime, forgery: dict[str, str]
) -> None:
    body = told(now)
    headers = n8n.headers(body) | forgery if forgery else {}

    answer = n8n.post(body, headers)

    assert said(answer) == (401, "The signature is not that of this source, or too old.")
    assert (stored(), refused()) == (0, {"signature": 1})


def test_a_changed_body_is_not_what_was_signed(n8n: Sender, now: datetime) -> None:
    body = told(now)
    assert n8n.post(body + b" ", n8n.headers(body)).status_code == 401
    assert n8n.post(body[:-1], n8n.headers(body)).status_code == 401
    assert stored() == 0


def test_another_sources_secret_opens_nothing(tower: Tower, n8n: Sender, now: datetime) -> None:
    other = sender(tower, now, name="TMS")
    stolen = Sender(n8n.source, other.secret, now)

    assert (stolen.post(told(now)).status_code, other.post(told(now)).status_code) == (401, 202)


def test_without_a_secret_nobody_is_believed(n8n: Sender, now: datetime) -> None:
    n8n.source.sealed_secret = ""
    n8n.source.save()

    assert said(n8n.post(told(now)))[0] == 401
    n8n.source.sealed_secret = "sealed with a key that is lost"
    n8n.source.save()
    assert said(n8n.post(told(now)))[0] == 401
    assert (stored(), refused()) == (0, {"no_secret": 2})


def test_two_secrets_hold_until_the_former_is_retired(n8n: Sender, now: datetime) -> None:
    admin = User.objects.create_user("ines.admin")
    newer = Sender(n8n.source, event_sources.rotate(n8n.source.pk, "", admin, at=now), now)
    both = [n8n.post(told(now), event="a"), newer.post(told(now), event="b")]
    event_sources.retire(n8n.source.pk, admin, at=now)
    after = [n8n.post(told(now), event="c"), newer.post(told(now), event="d")]

    assert [a.status_code for a in (*both, *after)] == [202, 202, 401, 202]


def test_a_third_secret_waits_for_the_first_to_be_retired(n8n: Sender, now: datetime) -> None:
    admin = User.objects.create_user("ines.admin")
    event_sources.rotate(n8n.source.pk, "", admin, at=now)

    with pytest.raises(event_sources.NotPossible):
        event_sources.rotate(n8n.source.pk, "", admin, at=now)
    event_sources.retire(n8n.source.pk, admin, at=now)
    with pytest.raises(event_sources.NotPossible):
        event_sources.retire(n8n.source.pk, admin, at=now)


def test_what_is_switched_off_is_turned_away(n8n: Sender, now: datetime) -> None:
    n8n.source.enabled = False
    n8n.source.save()

    assert said(n8n.post(told(now))) == (403, "This source is switched off.")
    assert (stored(), refused()) == (0, {"off": 1})


def test_a_megabyte_is_the_most(n8n: Sender, now: datetime) -> None:
    most = told(now, said="x" * 1000).ljust(receiving.LARGEST_BODY)
    more = most + b" "

    assert n8n.post(most).status_code == 202
    assert said(n8n.post(more, event="evt-2")) == (413, "The body is larger than 1 MB.")
    assert (stored(), refused()) == (1, {"too_large": 1})


def test_a_truncated_body_is_not_what_it_says(n8n: Sender, now: datetime) -> None:
    body = told(now)
    headers = Headers(n8n.headers(body) | {"Content-Length": str(len(body) + 10)})

    with pytest.raises(receiving.Refused, match="cut off"):
        receiving.receive(n8n.source, body, headers, at=now)
    assert (stored(), refused()) == (0, {"cut_off": 1})


@pytest.mark.parametrize(
    ("content_type", "encoding"),
    [
        ("application/json", "gzip"),
        ("application/json", "deflate, gzip"),
        ("application/json; charset=utf-16", ""),
        ('text/plain; charset="iso-8859-1"', ""),
    ],
)
def test_what_is_encoded_in_another_way_is_refused(
    n8n: Sender, now: datetime, content_type: str, encoding: str
) -> None:
    body = gzip.compress(told(now)) if encoding else told(now).decode().encode("utf-16")
    signed = {"webhook-id": "evt-1", "webhook-timestamp": "1", "webhook-signature": "v1,x"}
    headers = signed | ({"Content-Encoding": encoding} if encoding else {})

    answer = n8n.post(body, headers, content_type=content_type)

    assert said(answer) == (415, "Send the body as it is, in UTF-8.")
    assert (stored(), refused()) == (0, {"encoding": 1})


def test_bytes_that_are_no_text_are_not_signed_by_anybody(n8n: Sender) -> None:
    body = b'{"tracking": "\xff\xfe"}'

    assert n8n.post(body).status_code == 401
    assert stored() == 0


def test_too_many_in_a_minute_come_again_later(tower: Tower, now: datetime) -> None:
    busy = sender(tower, now, name="Busy", per_minute=3)
    answers = [busy.post(told(now), event=f"evt-{n}") for n in range(9)]
    codes = [a.status_code for a in answers]

    # The minute may end on the way: then three more are let in.
    assert codes[:3] == [202] * 3
    assert codes.count(429) in (3, 4, 5, 6)
    assert 1 <= int(next(a for a in answers if a.status_code == 429)["Retry-After"]) <= 60
    assert stored() == codes.count(202)


def test_forgeries_use_up_nothing_of_the_senders_share(tower: Tower, now: datetime) -> None:
    quiet = sender(tower, now, name="Quiet", per_minute=3)
    forged = [quiet.post(told(now), {}) for _time in range(9)]

    assert {a.status_code for a in forged} == {401}
    assert quiet.post(told(now)).status_code == 202


@pytest.mark.parametrize("path", ["unknown", "x" * 500, "%00", "n8n"])
@pytest.mark.usefixtures("n8n")
def test_an_unknown_address_is_404(path: str) -> None:
    assert Client().post(f"/hooks/{path}/", b"{}", "application/json").status_code == 404
    assert (stored(), refused()) == (0, {})


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD", "PATCH"])
def test_only_post_is_answered(n8n: Sender, method: str) -> None:
    assert Client().generic(method, f"/hooks/{n8n.path}/", b"{}").status_code == 405


def test_an_address_without_its_last_slash_works_and_is_not_redirected(
    n8n: Sender, now: datetime
) -> None:
    body = told(now)
    answer = Client().post(
        f"/hooks/{n8n.path}", body, "application/json", headers=n8n.headers(body)
    )

    assert (answer.status_code, stored()) == (202, 1)


def test_path_and_secret_are_stored_only_sealed(n8n: Sender) -> None:
    columns = type(n8n.source).objects.values().get()
    words = [n8n.path, n8n.secret, base64.b64decode(n8n.secret.removeprefix("whsec_")).hex()]

    assert [name for name, value in columns.items() for w in words if w in str(value)] == []


def test_processes_share_a_minute_and_let_in_no_more(tower: Tower, now: datetime) -> None:
    """Each takes two of a hundred at a time; what one has not used when it ends, is lost."""
    busy = sender(tower, now, per_minute=100)
    accepted = 0
    for process in range(30):
        receiving._taken.clear()  # as a process begins
        for n in range(5):
            with suppress(receiving.Refused):
                busy.deliver(told(now), f"evt-{process}-{n}")
                accepted += 1

    assert accepted == 84  # 16 let in five, one four, and together they took the fifty twos
