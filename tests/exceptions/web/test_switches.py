"""The page of kill switches, and what every page says while something is stopped."""

from datetime import datetime

import pytest

from exceptions import switches
from exceptions.models import KillSwitch
from exceptions.vocabulary import Role, Verb
from tests.exceptions.cases import member
from tests.exceptions.web.pages import signed_in, words
from tests.making import Tower

WHY = "Odoo is being upgraded."


@pytest.fixture(autouse=True)
def people(tower: Tower) -> None:
    member("ines", Role.INTEGRATION_ADMIN)
    member("esther", Role.EXECUTIVE, site=tower.other_site)


def test_it_is_stopped_said_everywhere_and_goes_on(tower: Tower) -> None:
    ines = signed_in("ines")
    assert "Nothing is stopped" in words(ines.get("/switches/"))

    page = ines.post("/switches/", {"verb": "all", "site": "all", "reason": WHY}, follow=True)
    assert "everything that is sent at every site" in words(page)
    for who in ("ines", "esther", "lead.rtm"):
        text = words(signed_in(who).get("/"))
        assert f"Not sent at present: everything that is sent at every site. {WHY} ines" in text

    switch = KillSwitch.objects.get()
    ines.post(f"/switches/{switch.pk}/release/", {"reason": "It is done."})
    page = ines.get("/switches/")
    assert "Nothing is stopped" in words(page)
    assert "It is done." in words(page)
    assert "Not sent at present" not in words(ines.get("/"))


def test_only_those_whom_it_concerns_are_told(tower: Tower, at: datetime) -> None:
    ines = member("ivo", Role.INTEGRATION_ADMIN)
    switches.engage(ines, verb=Verb.NOTE, site=tower.site, reason=WHY, at=at)

    assert "Not sent at present: note at Rotterdam." in words(signed_in("lead.rtm").get("/"))
    assert "Not sent at present" not in words(signed_in("esther").get("/"))


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"verb": "", "site": "all", "reason": WHY}, "Choose what is to be stopped."),
        ({"verb": "note", "site": "", "reason": WHY}, "Choose where it is to be stopped."),
        ({"verb": "note", "site": "9" * 30, "reason": WHY}, "Choose where it is to be stopped."),
        ({"verb": "note", "site": "all", "reason": ""}, "Say in a sentence why"),
    ],
)
def test_what_is_refused_keeps_what_was_typed(form: dict[str, str], says: str) -> None:
    page = signed_in("ines").post("/switches/", form)

    assert page.status_code == 409
    assert says in words(page)
    assert page.context["form"] == form
    assert not KillSwitch.objects.exists()
