"""Kill switches: who may, where, and that each leaves a line."""

from datetime import datetime

import pytest

from exceptions import switches
from exceptions.models import Case, KillSwitch, OutboxMessage, SettingChange
from exceptions.switches import NoSwitch
from exceptions.vocabulary import Role, Verb
from tests.exceptions.cases import member
from tests.making import Tower

WHY = "Odoo is being upgraded."


def test_who_may_switch_where(tower: Tower, at: datetime) -> None:
    everywhere = member("ines", Role.INTEGRATION_ADMIN)
    here = member("ivo", Role.INTEGRATION_ADMIN, site=tower.site)
    lead = member("marta", Role.SUPERVISOR)

    def says(actor: object, site: object) -> str:
        try:
            switches.engage(actor, verb=Verb.NOTE, site=site, reason=WHY, at=at)  # type: ignore[arg-type] # a table
        except NoSwitch as refused:
            return str(refused)
        KillSwitch.objects.all().delete()
        return "stopped"

    elsewhere = "Choose one of the sites that you administer."
    nobody = "Only an integration admin stops what is sent."
    assert says(everywhere, None) == says(everywhere, tower.other_site) == "stopped"
    assert says(here, tower.site) == "stopped"
    assert says(here, None) == says(here, tower.other_site) == elsewhere
    assert says(lead, tower.site) == says(lead, None) == nobody


def test_each_leaves_a_line_with_its_reason(tower: Tower, at: datetime) -> None:
    ines = member("ines", Role.INTEGRATION_ADMIN)
    switch = switches.engage(ines, verb=Verb.NOTE, site=tower.site, reason=WHY, at=at)
    switches.release(switch.pk, ines, reason="It is done.", at=at)

    lines = SettingChange.objects.filter(area="switch").order_by("number")
    assert [(line.says, line.because, line.by_name) for line in lines] == [
        ("Stopped: note at Rotterdam", WHY, "ines"),
        ("Goes on: note at Rotterdam", "It is done.", "ines"),
    ]


def test_letting_go_on_takes_two_where_there_are_two(tower: Tower, at: datetime) -> None:
    ines, ivo = member("ines", Role.INTEGRATION_ADMIN), member("ivo", Role.INTEGRATION_ADMIN)
    switch = switches.engage(ines, verb=Verb.NOTE, site=tower.site, reason=WHY, at=at)
    asked = switches.release(switch.pk, ines, reason="It is done.", at=at)
    still = switches.engaged().get()
    with pytest.raises(NoSwitch, match="You asked for it, so another integration admin confirms"):
        switches.release(switch.pk, ines, reason="It is done.", at=at)
    done = switches.release(switch.pk, ivo, reason="I looked, too.", at=at)

    assert (asked, asked.released_at, still) == (switch, None, switch)
    assert (done.release_asked_by, done.released_by, done.alone) == (ines.user, ivo.user, False)
    lines = SettingChange.objects.filter(area="switch").order_by("number")
    assert [(line.says, line.because, line.by_name) for line in lines] == [
        ("Stopped: note at Rotterdam", WHY, "ines"),
        ("Asked to let go on: note at Rotterdam", "It is done.", "ines"),
        ("Goes on: note at Rotterdam", "I looked, too.", "ivo"),
    ]
    assert lines[2].data["asked by"] == "ines"


def test_what_was_asked_long_ago_is_asked_anew(tower: Tower, at: datetime) -> None:
    ines, ivo = member("ines", Role.INTEGRATION_ADMIN), member("ivo", Role.INTEGRATION_ADMIN)
    switch = switches.engage(ines, verb=None, site=None, reason=WHY, at=at)
    switches.release(switch.pk, ines, reason="It is done.", at=at)
    asked = switches.release(switch.pk, ivo, reason="Done?", at=at + switches.ASKED_FOR)

    assert (asked.released_at, asked.release_asked_by) == (None, ivo.user)


def test_alone_one_is_enough_and_it_is_marked(tower: Tower, at: datetime) -> None:
    ines = member("ines", Role.INTEGRATION_ADMIN)
    member("ivo", Role.INTEGRATION_ADMIN, site=tower.other_site)
    switch = switches.engage(ines, verb=None, site=tower.site, reason=WHY, at=at)
    done = switches.release(switch.pk, ines, reason="It is done.", at=at)

    assert (done.released_by, done.alone) == (ines.user, True)
    assert SettingChange.objects.latest("number").data["override"] is True


def test_what_is_refused_says_why(tower: Tower, at: datetime) -> None:
    ines = member("ines", Role.INTEGRATION_ADMIN)
    with pytest.raises(NoSwitch, match="Say in a sentence why"):
        switches.engage(ines, verb=None, site=None, reason=" ", at=at)
    switch = switches.engage(ines, verb=None, site=None, reason=WHY, at=at)
    with pytest.raises(NoSwitch, match="stopped already"):
        switches.engage(ines, verb=None, site=None, reason=WHY, at=at)
    with pytest.raises(NoSwitch, match="Say in a sentence why it may go on"):
        switches.release(switch.pk, ines, reason="", at=at)
    switches.release(switch.pk, ines, reason="Done.", at=at)
    with pytest.raises(NoSwitch, match="released before"):
        switches.release(switch.pk, ines, reason="Done.", at=at)
    again = switches.engage(ines, verb=None, site=None, reason=WHY, at=at)

    assert switches.engaged().get() == again


@pytest.mark.parametrize(
    ("verb", "here", "stops"),
    [
        (None, None, True),
        (None, True, True),
        (None, False, False),
        ("same", None, True),
        ("same", True, True),
        ("same", False, False),
        ("other", None, False),
        ("other", True, False),
    ],
)
def test_what_is_stopped(
    tower: Tower, at: datetime, verb: str | None, here: bool | None, stops: bool
) -> None:
    tower.late_case(1, at=at)
    message = OutboxMessage.objects.order_by("pk").first()
    assert message is not None
    other = next(v for v in Verb if v != message.verb)
    switch = KillSwitch(
        verb={None: "", "same": message.verb, "other": other}[verb],
        site={None: None, True: tower.site, False: tower.other_site}[here],
    )

    assert switches.stopping(message, [switch]) == (switch if stops else None)


def test_it_counts_what_waits(tower: Tower, at: datetime) -> None:
    tower.late_case(1, at=at)
    ines = member("ines", Role.INTEGRATION_ADMIN)
    rows = OutboxMessage.objects.filter(case__site=tower.site)
    verb = Verb(rows.latest("pk").verb)

    everything = switches.engage(ines, verb=None, site=None, reason=WHY, at=at)
    some = switches.engage(ines, verb=verb, site=tower.site, reason=WHY, at=at)
    none = switches.engage(ines, verb=None, site=tower.other_site, reason=WHY, at=at)

    assert switches.waiting(everything) == rows.count() > 0
    assert switches.waiting(some) == rows.filter(verb=verb).count() > 0
    assert switches.waiting(none) == 0


def test_who_sees_it(tower: Tower, at: datetime) -> None:
    ines = member("ines", Role.INTEGRATION_ADMIN)
    everywhere = switches.engage(ines, verb=None, site=None, reason=WHY, at=at)
    here = switches.engage(ines, verb=None, site=tower.site, reason=WHY, at=at)
    there = switches.engage(ines, verb=None, site=tower.other_site, reason=WHY, at=at)

    assert set(switches.visible(member("e", Role.EXECUTIVE, site=tower.site))) == {everywhere, here}
    assert set(switches.visible(member("a", Role.AUDITOR))) == {everywhere, here, there}
    assert set(switches.visible(member("n", None))) == set()
    assert Case.objects.count() == 0
