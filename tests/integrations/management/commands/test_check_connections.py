"""check_connections: every connection looked over again."""

from io import StringIO

import pytest
from django.core.management import call_command

from integrations.models import OdooAccess
from tests.integrations import linked as linking
from tests.integrations.linked import Linked


def check() -> tuple[str, int]:
    printed = StringIO()
    try:
        call_command("check_connections", stdout=printed)
    except SystemExit as ended:
        return printed.getvalue(), int(str(ended.code))
    return printed.getvalue(), 0


def test_a_connection_that_works_is_told_and_its_look_is_kept(linked: Linked) -> None:
    linked.later(days=1)

    printed, code = check()

    assert (code, printed.splitlines()[0]) == (0, f"Plant ({linked.url}, tower)")
    assert "The key is valid (user id 5)." in printed
    assert OdooAccess.objects.get().probed_at == linked.at
    assert linking.KEY not in printed


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"url": "http://127.0.0.1:9"}, "cannot be reached"),
        ({"database": "elsewhere"}, "has no database named “elsewhere”"),
        ({"sealed_key": "of a lost key"}, "TOWER_ENCRYPTION_KEYS lacks the key"),
        ({"url": "nonsense"}, "must begin with https://"),
    ],
)
def test_one_that_does_not_is_told_and_the_exit_code_is_one(
    linked: Linked, changed: dict[str, str], words: str
) -> None:
    linking.connected(linked, "Another")
    OdooAccess.objects.filter(pk=linked.row.pk).update(**changed)

    printed, code = check()

    assert (code, words in printed) == (1, True)
    assert "The key is valid" in printed  # the other one
    assert "Traceback" not in printed


def test_what_a_failed_look_found_does_not_forget_who_we_are(linked: Linked) -> None:
    """Else our own writes would be taken for news, and nothing would be read any more."""
    OdooAccess.objects.update(url="http://127.0.0.1:9")

    check()

    row = OdooAccess.objects.get()
    assert (row.user_id, row.version) == (linked.row.user_id, linked.row.version)
    assert "failed" in {outcome for _, outcome, _ in row.probe}


@pytest.mark.django_db
def test_without_a_connection_it_says_how_to_make_one() -> None:
    assert check() == ("There is no connection yet: manage.py odoo_connect makes one.\n", 0)
