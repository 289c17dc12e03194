"""What the pages of integrations say of the cases about them, and to whom."""

import pytest
from django.test import Client
from django.utils import timezone

from exceptions.models import Case, Site
from exceptions.vocabulary import Role
from integrations import watching
from integrations.models import EventSource
from tests.integrations.knocking import sender
from tests.integrations.test_health import reached
from tests.integrations.test_watching import DAY, HOUR, set_aside
from tests.integrations.web.test_pages import PAGE, signed_in
from tests.making import Tower

ODOO, SOURCE = "Odoo: what it sent cannot be understood", "Yard: silent for too long"


@pytest.fixture
def broken(tower: Tower) -> EventSource:
    """The connection, which is Rotterdam's case, and a source of Chicago's."""
    reached(tower.connection)
    at = timezone.now()
    set_aside(tower, at - HOUR, 1).save()
    site = tower.other_site
    source = sender(tower, at - 2 * DAY, name="Yard", site=site, expects_every=60).source
    watching.watch(at=at)
    assert set(Case.objects.values_list("title", "site")) == {
        (ODOO, tower.site.pk),
        (SOURCE, site.pk),
    }
    return source


def told(client: Client, page: str) -> dict[str, bool]:
    """The titles of the cases that the page names, and whether it leads to them."""
    html = client.get(page).content.decode()
    return {
        case.title: f'href="/cases/{case.pk}/"' in html
        for case in Case.objects.all()
        if f"<td>{case.title}</td>" in html
    }


@pytest.mark.parametrize(
    ("role", "at_site", "expected"),
    [
        (Role.AUDITOR, None, {ODOO: True, SOURCE: True}),
        (Role.INTEGRATION_ADMIN, None, {ODOO: False, SOURCE: False}),  # no casework
        (Role.SUPERVISOR, "RTM", {ODOO: True, SOURCE: False}),
        (Role.SUPERVISOR, "CHI", {ODOO: False, SOURCE: True}),
    ],
)
def test_whoever_sees_the_connection_sees_what_is_wrong_with_it(
    broken: EventSource, role: Role, at_site: str | None, expected: dict[str, bool]
) -> None:
    site = Site.objects.get(code=at_site) if at_site else None

    assert told(signed_in(role, site), PAGE) == expected


def test_the_page_of_a_thing_names_its_own_cases(broken: EventSource) -> None:
    client = signed_in(Role.AUDITOR)

    assert told(client, f"{PAGE}sources/{broken.pk}/") == {SOURCE: True}
    assert told(client, f"{PAGE}connections/{broken.connection_id}/") == {ODOO: True}
