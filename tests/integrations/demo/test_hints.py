"""The rules of the demo's Odoo: one that repeats itself, and one that is not needed."""

from datetime import datetime

from exceptions import intake
from integrations import rule_figures, vault
from integrations.demo import hints
from tests.integrations.test_health import reached
from tests.making import Tower


def test_there_is_a_rule_that_repeats_itself_and_an_old_one(tower: Tower, at: datetime) -> None:
    secret = "the secret of the path"
    sealed = {"hook_digest": vault.digest(secret), "sealed_hook_secret": vault.seal(secret)}
    row = reached(tower.connection, **sealed)
    intake.take_in([tower.receipt(n, at=at) for n in range(1, 9)], at=at)
    hints.tell(row, at=at)

    found = rule_figures.of([tower.connection], at=at)
    assert [(each.name, each.n, each.again, each.shared) for each in found] == [
        (hints.SAVED, 6, 2, 3),
        (hints.OLD, 3, 0, 3),
    ]
