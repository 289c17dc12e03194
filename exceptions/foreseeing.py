"""Dry runs: what a decision would change in the source, as it was read before it was proposed.

The adapter asks the source; whoever proposes sends its answer along, signed, so that it is kept
with the decision that it is about, and with no other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from django.core import signing

from exceptions import chains
from exceptions.models import Decision
from exceptions.vocabulary import Verb

SALT = "dry-run"
LONGEST = 100_000  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """What one verb would do: `after` beside `before`; `after` is None where it only `adds`
    something, told in words. `refusal` is why the source could not tell, in its own words.
    """

    verb: Verb
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    adds: str = ""
    refusal: str = ""


def sealed(decision: Decision, steps: Sequence[Foreseen], *, at: datetime) -> str:
    """To be sent along with the proposal."""
    told = {"at": at.isoformat(), "steps": msgspec.to_builtins(list(steps))}
    return signing.dumps({"of": _of(decision), "foreseen": told}, salt=SALT, compress=True)


def kept(decision: Decision, seal: object) -> Any:
    """What was foreseen for this decision, as it is stored; None for anything else."""
    if not isinstance(seal, str) or not 0 < len(seal) <= LONGEST:
        return None
    try:
        told = signing.loads(seal, salt=SALT)
    except signing.BadSignature:
        return None
    return told["foreseen"] if told["of"] == _of(decision) else None


def steps_of(foreseen: Any) -> list[Foreseen]:
    """What was stored."""
    return msgspec.convert((foreseen or {}).get("steps", []), list[Foreseen])


def _of(decision: Decision) -> str:
    """A decision that has no number yet: what it is about, and on which facts."""
    said = {
        "case": decision.case_id,
        "decision": str(decision.kind),
        "undoes": decision.undoes_id,
        "parameters": decision.parameters,
        "facts": decision.substance,
    }
    return chains.seal(said)
