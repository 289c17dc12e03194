"""What a probe of a connection found, step by step."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from integrations.odoo import errors
from integrations.odoo.protocols import Version


class Outcome(StrEnum):
    """`missing` names something to put right while the rest works; `failed` stops the rest. What is
    `by hand` works, too: people in Odoo are asked to do it."""

    OK = "ok"
    BY_HAND = "by hand"
    MISSING = "missing"
    FAILED = "failed"


@dataclass(frozen=True)
class Step:
    """`name` is short and stable within a language; `sentence` says what to do."""

    name: str
    outcome: Outcome
    sentence: str


@dataclass
class ProbeReport:
    """Grows while the probe runs; its sentences are in the language active at that time."""

    at: datetime
    steps: list[Step] = field(default_factory=list)
    version: Version | None = None
    protocol: str = ""
    uid: int | None = None
    modules: frozenset[str] | None = None  # None: the user may not list them
    key_expires_at: datetime | None = None

    @property
    def usable(self) -> bool:
        """The connection works, though something may be missing."""
        return self.uid is not None and not self.having(Outcome.FAILED)

    def having(self, outcome: Outcome) -> list[Step]:
        return [step for step in self.steps if step.outcome is outcome]

    def rows(self) -> list[tuple[str, str, str]]:
        """(what, outcome, sentence), in the order looked at: for a table on the command line."""
        return [(step.name, step.outcome.value, step.sentence) for step in self.steps]

    def ok(self, name: str, sentence: str) -> None:
        self.steps.append(Step(name, Outcome.OK, sentence))

    def missing(self, name: str, sentence: str) -> None:
        self.steps.append(Step(name, Outcome.MISSING, sentence))

    def by_hand(self, name: str, sentence: str) -> None:
        self.steps.append(Step(name, Outcome.BY_HAND, sentence))

    def failed(self, name: str, sentence: str) -> None:
        self.steps.append(Step(name, Outcome.FAILED, sentence))

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """An error of Odoo inside becomes the step's outcome."""
        try:
            yield
        except errors.OdooError as error:
            self.failed(name, error.user_message)
