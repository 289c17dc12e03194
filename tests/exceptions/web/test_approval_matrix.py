"""The approval matrix on its page: read, drafted as a grid, published by somebody else."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from exceptions import matrices, matrix
from exceptions.matrix import STANDARD, Asked, Level, Matrix, Row
from exceptions.models import MatrixVersion, SettingChange
from exceptions.vocabulary import DecisionKind, Need, Role, Tier, Voters
from exceptions.web import matrix_form
from tests.exceptions.cases import member
from tests.exceptions.web.pages import signed_in, words
from tests.making import Tower

PAGE = "/approvals/matrix/"


@pytest.fixture
def admins(tower: Tower) -> tuple[Client, Client]:
    for name in ("petra", "karin"):
        member(name, Role.POLICY_ADMIN)
    return signed_in("petra"), signed_in("karin")


def typed(page: Any) -> dict[str, str]:
    """The draft's form as the page shows it."""
    html = page.content.decode()
    form = html[html.index('name="revision"') - 200 :]
    said = {
        m[1]: unescape(m[2])
        for m in re.finditer(
            r'<input(?! type="checkbox)[^>]*name="([\w-]+)"[^>]*?value="([^"]*)"', form
        )
    }
    said |= {
        m[1]: unescape(m[2]) for m in re.finditer(r'<textarea[^>]*name="(\w+)"[^>]*>([^<]*)', form)
    }
    for m in re.finditer(r'<select[^>]*name="([\w-]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', m[2])
        said[m[1]] = chosen[1] if chosen else ""
    return said


def test_what_is_in_force_is_read_by_all_who_read_cases(tower: Tower) -> None:
    page = words(signed_in("procurement.rtm").get(PAGE))

    assert "standard, as the product brings it" in page
    any_one = "any one of the approvers"
    row = f"Expedite freight no approval {any_one} {any_one} {any_one} then any one of the exec"
    assert row in page
    assert "Chicago: Expedite freight: any one of the approvers" in page
    assert "Draft the next version" not in page


def test_a_draft_says_what_is_in_force_and_saved_untouched_changes_nothing(
    admins: tuple[Client, Client],
) -> None:
    petra, _karin = admins
    draft = petra.post(f"{PAGE}start/", follow=True)
    saved = petra.post(f"{PAGE}draft/", typed(draft), follow=True)

    assert "The draft is saved." in words(saved)
    assert "The draft says the same as what is in force." in words(saved)
    assert matrices.of(MatrixVersion.objects.get()) == STANDARD


def test_one_drafts_another_publishes_and_it_holds(
    tower: Tower, admins: tuple[Client, Client]
) -> None:
    petra, karin = admins
    form = typed(petra.post(f"{PAGE}start/", follow=True))
    new = next(name.removeprefix("new-") for name in form if name.startswith("new-"))
    form |= {
        f"decision-{new}": "chase",
        f"site-{new}": str(tower.site.pk),
        f"tier-{new}": "low",
        f"cell-{new}-3": "2 supervisor > Board",
        "groups": "Board: lead.rtm, lead.chi",
        "note": "Chasing costs trust.",
    }
    saved = petra.post(f"{PAGE}draft/", form, follow=True)
    assert "somebody else publishes it: karin" in words(saved)
    revision = typed(saved)["revision"]
    refused = petra.post(f"{PAGE}publish/", {"revision": revision})
    assert (refused.status_code, "You drafted this" in words(refused)) == (409, True)
    done = karin.post(f"{PAGE}publish/", {"revision": revision}, follow=True)

    assert "version 1, in force" in words(done)
    found = matrices.of(matrices.newest())
    asked = Asked(
        decision=DecisionKind.CHASE, site=tower.site.pk, tier=Tier.LOW, stake=None, currency="EUR"
    )
    assert matrix.cell(found, asked).levels == (
        Level(voters=Voters.SUPERVISOR, need=Need.SOME, count=2),
        Level(voters=Voters.GROUP, group="Board"),
    )
    line = SettingChange.objects.latest("number")
    assert (line.area, line.because) == ("matrix", "Chasing costs trust.")


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("cell-0-1", "the boss", "“the boss” is nobody who could be asked"),
        ("groups", "Board: nobody.here", "Group “Board”: nobody signs in as nobody.here."),
        ("bounds", "EUR many", "“EUR”: give its bounds as numbers, such as 250 5000."),
        ("remind", "soon", "Give the hours and the minutes as whole numbers."),
    ],
)
def test_what_cannot_be_read_is_told_and_kept(
    admins: tuple[Client, Client], field: str, value: str, says: str
) -> None:
    petra, _karin = admins
    form = typed(petra.post(f"{PAGE}start/", follow=True))
    page = petra.post(f"{PAGE}draft/", form | {field: value})

    assert page.status_code == 422
    assert says in words(page)
    assert value in unescape(page.content.decode())


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"gone-0": "1"}, "A row is needed that is for everything else."),
        ({"bounds": "EUR 250 5000 25000\nUSD 250"}, "USD needs as many bounds as the other"),
        ({"bounds": "EUR 5000 250 25000"}, "The bounds of EUR must rise, above 0."),
        ({"decision-2": "expedite", "decision-1": "expedite"}, "more than one row for Expedite"),
        ({"groups": "Board:"}, "The group “Board” has nobody in it."),
        ({"valid_hours": "0"}, "A request is valid for 1 to"),
    ],
)
def test_what_does_not_hold_together_is_saved_but_not_published(
    admins: tuple[Client, Client], changes: dict[str, str], says: str
) -> None:
    petra, karin = admins
    form = typed(petra.post(f"{PAGE}start/", follow=True))
    saved = petra.post(f"{PAGE}draft/", form | changes, follow=True)
    published = karin.post(f"{PAGE}publish/", {"revision": typed(saved)["revision"]})

    assert says in words(saved)
    assert (published.status_code, says in words(published)) == (422, True)
    assert matrices.newest() is None


def test_a_cell_comes_back_as_it_was_typed(tower: Tower) -> None:
    levels = (
        Level(voters=Voters.LEAD),
        Level(voters=Voters.GROUP, group="Board", need=Need.ALL),
        Level(voters=Voters.APPROVER, need=Need.SOME, count=2),
    )
    whole = Matrix(bounds={}, rows=(Row(bands=(levels,)),))

    assert matrix_form.shown(whole).lines[0].cells == ("lead > all Board > 2 approver",)


def test_a_draft_is_thrown_away(admins: tuple[Client, Client]) -> None:
    petra, _karin = admins
    petra.post(f"{PAGE}start/")
    assert "The draft is discarded." in words(petra.post(f"{PAGE}discard/", follow=True))
    assert "There is no open draft." in words(petra.get(f"{PAGE}draft/", follow=True))


def test_an_earlier_version_is_read_and_put_back(admins: tuple[Client, Client]) -> None:
    petra, karin = admins
    for hours in ("31", "32"):
        form = typed(petra.post(f"{PAGE}start/", follow=True)) | {"valid_hours": hours}
        saved = petra.post(f"{PAGE}draft/", form, follow=True)
        karin.post(f"{PAGE}publish/", {"revision": typed(saved)["revision"]})
    page = words(karin.get(f"{PAGE}versions/1/"))
    done = karin.post(f"{PAGE}roll-back/", {"version": "1", "reason": "Too long."}, follow=True)

    assert "A request expires after 31 hours." in page
    assert "Go back to version 1" in page
    assert "Go back to" not in words(karin.get(f"{PAGE}versions/3/"))
    assert "Version 3 is in force; it says what version 1 said." in words(done)
    assert matrices.of(matrices.newest()).valid_hours == 31
    assert karin.get(f"{PAGE}versions/9/").status_code == 404
