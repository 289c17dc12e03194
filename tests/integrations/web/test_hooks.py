"""The door for webhooks: stores in one statement, answers at once, never redirects."""

import json
from datetime import datetime

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from exceptions.models import Connection
from integrations import inbox, vault
from integrations.models import InboxDelivery, OdooAccess

SECRET = "the-secret-of-this-test"
BODY = (
    b'{"_action": "Tower hook(#650)", "_model": "stock.picking", "_id": 7,'
    b' "write_date": "2026-11-23 04:26:06.554516"}'
)


@pytest.fixture
def access(db: None) -> OdooAccess:
    return OdooAccess.objects.create(
        connection=Connection.objects.create(name="Odoo"),
        url="http://odoo.test",
        database="tower",
        login="control.tower",
        sealed_key=vault.seal("key"),
        hook_digest=vault.digest(SECRET),
        sealed_hook_secret=vault.seal(SECRET),
    )


def post(
    body: bytes = BODY, *, secret: str = SECRET, language: str = "en", cookie: str = ""
) -> HttpResponse:
    strict = Client(enforce_csrf_checks=True)
    headers = {"Accept-Language": language, "Cookie": cookie}
    answer = strict.post(
        reverse("hook-odoo", args=[secret]), body, content_type="application/json", headers=headers
    )
    assert isinstance(answer, HttpResponse)
    return answer


def test_a_delivery_is_stored_with_one_statement_and_answered_202(
    access: OdooAccess, at: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        answer = post()

    delivery = InboxDelivery.objects.get()
    assert answer.status_code == 202
    assert json.loads(answer.content) == {"stored": delivery.pk, "duplicate": False}
    assert (delivery.connection_id, bytes(delivery.body)) == (access.connection_id, BODY)
    assert delivery.key == "stock.picking:7:2026-11-23 04:26:06.554516:650"
    assert delivery.next_attempt_at - delivery.received_at == inbox.READ_BACK_AFTER
    assert delivery.headers["Content-Type"] == "application/json"


@pytest.mark.usefixtures("access")
def test_the_same_again_is_202_and_counted() -> None:
    post()
    again = json.loads(post().content)

    assert again["duplicate"] is True
    assert (InboxDelivery.objects.count(), InboxDelivery.objects.get().duplicates) == (1, 1)


@pytest.mark.usefixtures("access")
@pytest.mark.parametrize(
    "body",
    [b"", b"not JSON", b"[]", b"\x00\xff", b"[" * 200_000, b'{"_model": "a\\u0000", "_id": 1}'],
    ids=["empty", "text", "list", "binary", "deep", "NUL"],
)
def test_garbage_is_accepted_and_kept_for_those_who_look(body: bytes) -> None:
    assert post(body).status_code == 202
    assert bytes(InboxDelivery.objects.get().body) == body


@pytest.mark.usefixtures("access")
def test_ten_megabytes_are_too_many_and_nothing_is_stored() -> None:
    answer = post(b"x" * (10 * 1024 * 1024))

    assert (answer.status_code, InboxDelivery.objects.count()) == (413, 0)
    assert json.loads(answer.content) == {"detail": "The body is larger than 1 MB."}


@pytest.mark.usefixtures("access")
def test_one_megabyte_is_the_most_that_is_stored() -> None:
    assert post(b"x" * inbox.LARGEST_BODY).status_code == 202
    assert post(b"x" * (inbox.LARGEST_BODY + 1)).status_code == 413


@pytest.mark.usefixtures("access")
@pytest.mark.parametrize("secret", ["wrong", SECRET[:-1], SECRET.upper(), "x" * 500, "%00"])
def test_a_wrong_secret_is_404_and_nothing_is_stored(secret: str) -> None:
    answer = post(secret=secret)

    assert (answer.status_code, InboxDelivery.objects.count()) == (404, 0)


@pytest.mark.usefixtures("access")
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD", "PATCH"])
def test_only_post_is_answered(method: str) -> None:
    answer = Client().generic(method, reverse("hook-odoo", args=[SECRET]), BODY)

    assert (answer.status_code, InboxDelivery.objects.count()) == (405, 0)


@pytest.mark.usefixtures("access")
def test_an_address_without_its_last_slash_works_and_is_not_redirected() -> None:
    """Odoo would follow a redirect with a GET, and the news would be lost."""
    answer = Client().post(
        reverse("hook-odoo", args=[SECRET]).rstrip("/"), BODY, content_type="application/json"
    )

    assert (answer.status_code, InboxDelivery.objects.count()) == (202, 1)


@pytest.mark.usefixtures("access")
def test_the_door_needs_no_session_no_token_and_no_language() -> None:
    answer = post(language="fr", cookie="sessionid=forged; csrftoken=forged")

    assert answer.status_code == 202
    assert "Set-Cookie" not in answer.headers


def test_the_door_is_open_while_the_connection_is_switched_off(access: OdooAccess) -> None:
    """What comes then waits; it is not lost."""
    access.connection.enabled = False
    access.connection.save()

    assert post().status_code == 202


def test_the_secret_is_stored_only_sealed_and_as_a_digest(access: OdooAccess) -> None:
    columns = OdooAccess.objects.filter(pk=access.pk).values()[0]

    assert [name for name, value in columns.items() if SECRET in str(value)] == []
    assert vault.unseal(access.sealed_hook_secret) == SECRET
