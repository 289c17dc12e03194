"""The benchmark of the re-check, run small: it measures what it says it measures."""

from datetime import datetime

import pytest

from benchmarks import detect, verdicts
from benchmarks.verdicts import Cost
from exceptions import policies
from exceptions.models import Document

pytestmark = pytest.mark.django_db


def test_every_document_is_looked_at_and_due_again_when_it_was(at: datetime) -> None:
    policies.publish_defaults(at=at)
    detect.fill(1_200, at)
    spent = verdicts.cost(1_100, 2, at)

    assert (spent.documents, spent.seconds > 0) == (1_100, True)
    assert Document.objects.filter(recheck_at=at + detect.LATER).count() == 100
    assert Document.objects.filter(recheck_at__gt=at + detect.LATER).count() == 1_100


def test_what_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    verdicts.main(["--few", "50", "--many", "600", "--repeat", "1"])
    printed = [line.split(":")[0] for line in capsys.readouterr().out.splitlines()]

    assert printed == [
        "50 documents due",
        "600 documents due",
        "one document, many / few",
        "re-checked a second",
    ]


@pytest.mark.parametrize(
    ("many", "code"),
    [
        (Cost(10_000, 2.0), 0),
        (Cost(10_000, 2.1), 1),  # slower than 5,000 a second
        (Cost(10_000, 1.9), 0),
    ],
)
def test_it_fails_when_a_target_is_missed(many: Cost, code: int) -> None:
    assert verdicts.tell(Cost(1_000, 0.2), many) == code
    assert verdicts.tell(Cost(1_000, 0.1), Cost(10_000, 1.3)) == 1  # more than 1.2 times as much
