"""Files of cases as attachments in Odoo: once, read back by their checksum."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from exceptions.evidence import keeping, store
from exceptions.lifecycle import Refused
from exceptions.models import Case, Evidence, OutboxMessage
from exceptions.vocabulary import EvidenceSource, OutboxState, Verb
from tests.exceptions.evidence import pictures
from tests.integrations.linked import Linked


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> None:
    settings.TOWER_EVIDENCE_DIR = tmp_path


@pytest.fixture
def case(linked: Linked) -> Case:
    """A late receipt whose playbook has been sent."""
    transfer = linked.receipt()
    linked.sync()
    linked.deliver()
    return linked.case("stock.picking", transfer)


def add(linked: Linked, case: Case, content: bytes, source: str = "web") -> Evidence:
    how: Any = {"source": EvidenceSource(source), "at": linked.at}
    return keeping.add(case, [content], "wet.jpg", linked.owner(case), **how).evidence


def sent(linked: Linked, file: Evidence) -> OutboxMessage:
    keeping.send_to_source(file.pk, linked.owner(file.case), at=linked.at)
    linked.deliver()
    return OutboxMessage.objects.get(verb=Verb.ATTACH, key__contains=f":e{file.pk}:")


def there(linked: Linked) -> list[tuple[str, str, int, str]]:
    rows = linked.world.tables["ir.attachment"].rows.values()
    return [(r["name"], r["res_model"], r["res_id"], r["checksum"]) for r in rows]


def test_it_stands_on_the_record_and_is_read_back(linked: Linked, case: Case) -> None:
    content = pictures.jpeg()
    before = len(there(linked))
    message = sent(linked, add(linked, case, content))
    sha1 = hashlib.sha1(content).hexdigest()

    assert message.state == OutboxState.CONFIRMED
    assert there(linked)[before:] == [("wet.jpg", "stock.picking", case.document.record_id, sha1)]
    assert message.after is not None
    assert message.after["checksum"] == sha1


def test_asked_twice_or_there_already_it_stands_there_once(linked: Linked, case: Case) -> None:
    before, file = len(there(linked)), add(linked, case, pictures.jpeg())
    for _ in range(2):
        assert sent(linked, file).state == OutboxState.CONFIRMED
    owner = linked.owner(case)
    keeping.withdraw(file.pk, "by mistake", owner, at=linked.at)
    again = add(linked, case, pictures.jpeg())
    assert sent(linked, again).state == OutboxState.CONFIRMED
    assert len(there(linked)) == before + 1
    with pytest.raises(Refused, match="was withdrawn before"):
        keeping.send_to_source(file.pk, owner, at=linked.at)


def test_what_came_from_odoo_never_goes_back(linked: Linked, case: Case) -> None:
    file = add(linked, case, pictures.jpeg(), "odoo")
    with pytest.raises(Refused, match=r"wet.jpg came from there."):
        keeping.send_to_source(file.pk, linked.owner(case), at=linked.at)
    assert not OutboxMessage.objects.filter(verb=Verb.ATTACH).exists()


def test_what_was_damaged_meanwhile_is_not_sent(linked: Linked, case: Case) -> None:
    file = add(linked, case, pictures.jpeg())
    keeping.send_to_source(file.pk, linked.owner(case), at=linked.at)
    store.place_of(file.sha256).unlink()
    before = len(there(linked))
    linked.deliver()
    assert OutboxMessage.objects.get(verb=Verb.ATTACH).state == OutboxState.FAILED
    assert len(there(linked)) == before
