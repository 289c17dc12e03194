"""Avoided and lost: what people said of the cases that ended. Exposed: of those that are open.

Three numbers that are never added up; each by currency, as it was said.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from exceptions.queries.scope import Scope, rolled_rows, rows
from exceptions.vocabulary import Figure

KIND, SITE, DAY = "kind", "site", "day"
WHICH = {"avoided": Figure.AVOIDED, "lost": Figure.LOST}


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum in one currency over `n` cases. `part`: whose it is (a kind, the id of a site, a day),
    or empty for all. Without a known currency there is no sum.
    """

    part: str
    currency: str | None
    n: int
    value: Decimal | None


def ended(scope: Scope, which: str, by: str = "") -> list[Amount]:
    """What the cases that ended in the range "avoided" or "lost", where somebody said so."""
    said: dict[str, Any] = {"by": by}
    if not scope.from_rollups:
        return [Amount(*row) for row in rows("amounts", scope=scope, which=which, **said)]
    name = "rolled/amounts_by_day" if by == DAY else "rolled/amounts"
    found = rolled_rows(name, figure=WHICH[which], scope=scope, apart=by == KIND, **said)
    return [Amount(*row) for row in found]


def exposed(scope: Scope, by: str) -> list[Amount]:
    """The value at risk of what is open now, by kind or by site; the range does not matter here."""
    return [Amount(*row) for row in rows("exposed_by", scope=scope, by=by)]


def unsaid(scope: Scope) -> int:
    """Cases that ended in the range, as exceptions of their own, without any amount said."""
    if scope.from_rollups:
        return sum(n for _o, n in rolled_rows("rolled/by_what", figure=Figure.UNSAID, scope=scope))
    return sum(n for _outcome, n in rows("unsaid", scope=scope))
