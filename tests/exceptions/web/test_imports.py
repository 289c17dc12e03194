"""The import pages: who may come, and what they refuse."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from exceptions.importing import jobs
from exceptions.models import Case, ImportJob, Membership, Site, User
from exceptions.vocabulary import Role
from tests.exceptions.web.pages import HTMX, signed_in, words
from tests.making import Tower

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 17, 12, tzinfo=UTC)
CSV = "id,kind,site,title,detected,resolved\n1,late_inbound,RTM,=late,2024-01-10,2024-01-11\n"
COLUMNS = {
    "source": "Legacy",
    "column-external_id": "id",
    "column-kind": "kind",
    "column-site": "site",
    "column-title": "title",
    "column-detected_at": "detected",
    "column-resolved_at": "resolved",
    "time_zone": "site",
}


def member(role: Role, site: Site | None = None) -> Client:
    user = User.objects.create_user(f"{role}.{site}")
    Membership.objects.create(user=user, role=role, site=site)
    return signed_in(user.username)


def upload(client: Client, text: str = CSV) -> ImportJob:
    file = SimpleUploadedFile("past.csv", text.encode())
    sent = client.post("/imports/", {"source": "Legacy", "file": file})
    assert sent.status_code == 302, words(sent)
    return ImportJob.objects.latest("id")


@pytest.mark.parametrize(
    ("role", "looks", "uploads"),
    [
        (Role.INTEGRATION_ADMIN, 200, 302),
        (Role.AUDITOR, 200, 403),
        (Role.SUPERVISOR, 403, 403),
        (Role.POLICY_ADMIN, 403, 403),
        (Role.OPERATOR, 403, 403),
        (Role.EXECUTIVE, 403, 403),
    ],
)
def test_who_may_look_and_who_may_upload(
    tower: Tower, role: Role, looks: int, uploads: int
) -> None:
    client = member(role)
    assert client.get("/imports/").status_code == looks
    file = SimpleUploadedFile("past.csv", CSV.encode())
    sent = client.post("/imports/", {"source": "Legacy", "file": file})
    assert (sent.status_code, ImportJob.objects.exists()) == (uploads, uploads == 302)


def test_from_upload_to_result(tower: Tower) -> None:
    client = member(Role.INTEGRATION_ADMIN)
    job = upload(client)
    page = f"/imports/{job.pk}/"
    assert "Which column is what" in words(client.get(page))
    assert client.post(f"{page}start/").status_code == 302
    assert "Make a dry run first" in words(client.get(page))
    client.post(f"{page}columns/", COLUMNS)
    assert "0 rows so far" in words(client.get(page, headers=HTMX))
    jobs.work_due(lambda: NOW)
    assert client.get(page, headers=HTMX).headers["HX-Refresh"] == "true"
    assert "Nothing is wrong with any row." in words(client.get(page))
    client.post(f"{page}start/")
    jobs.work_due(lambda: NOW)
    said = words(client.get(page))
    assert "your role runs integrations only" in said
    event = Case.objects.get().events.get()
    assert (event.actor_name, event.via) == ("integration_admin.None", "web")
    assert "it stays" in words(client.post(f"{page}discard/", follow=True))
    link = words(member(Role.AUDITOR).get(page))
    assert "Show the 1 case in the queue" in link


def test_a_mapping_that_lacks_something_says_what(tower: Tower) -> None:
    client = member(Role.INTEGRATION_ADMIN)
    job = upload(client)
    sent = client.post(
        f"/imports/{job.pk}/columns/", COLUMNS | {"column-kind": "", "time_zone": "X"}
    )
    said = words(sent)
    assert sent.status_code == 409
    assert "Choose a column or a default for “Kind”." in said
    assert "There is no time zone “X”" in said


def test_what_is_no_table_is_not_kept(tower: Tower) -> None:
    client = member(Role.INTEGRATION_ADMIN)
    sent = client.post("/imports/", {"source": "L", "file": SimpleUploadedFile("a.csv", b"a,a\n")})
    assert (sent.status_code, ImportJob.objects.exists()) == (409, False)
    assert "Two columns are called “a”" in words(sent)


def test_an_admin_of_one_site_reaches_that_site_only(tower: Tower) -> None:
    everywhere = upload(member(Role.INTEGRATION_ADMIN))
    here = member(Role.INTEGRATION_ADMIN, tower.other_site)
    assert here.get(f"/imports/{everywhere.pk}/").status_code == 404
    job = upload(here)
    here.post(f"/imports/{job.pk}/columns/", COLUMNS)
    jobs.work_due(lambda: NOW)
    assert "Map it to one of: CHI." in words(here.get(f"/imports/{job.pk}/"))


def test_issues_as_csv_hold_no_formula(tower: Tower) -> None:
    client = member(Role.INTEGRATION_ADMIN)
    job = upload(client, CSV.replace("late_inbound", "=1+1"))
    client.post(f"/imports/{job.pk}/columns/", COLUMNS)
    jobs.work_due(lambda: NOW)
    answer: Any = client.get(f"/imports/{job.pk}/issues.csv")
    text = b"".join(answer.streaming_content).decode()
    assert text.splitlines()[0] == "row,column,value,says,kind"
    assert text.splitlines()[1].startswith("2,kind,'=1+1,")


def test_a_file_that_brought_nothing_can_be_discarded(tower: Tower) -> None:
    client = member(Role.INTEGRATION_ADMIN)
    job = upload(client)
    client.post(f"/imports/{job.pk}/discard/")
    assert not ImportJob.objects.exists()
