"""Top subjects: who or what the cases are about, and what recurs most."""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from exceptions import recurrence
from exceptions.models import Case
from exceptions.queries.scope import Scope, rolled_rows, rows
from exceptions.vocabulary import Figure


@dataclass(frozen=True, slots=True)
class Subject:
    """Cases of one subject detected in the range, and how many of them recur."""

    key: str
    n: int
    recurring: int


@dataclass(frozen=True, slots=True)
class Subjects:
    """Some of the subjects; `n` is how many there are, and `recurring` how many of those recur."""

    top: list[Subject]
    n: int
    recurring: int


def subjects(scope: Scope, *, limit: int = 10, offset: int = 0) -> Subjects:
    """What recurs most first; merged cases are left out."""
    page: dict[str, Any] = {"limit": limit, "offset": offset}
    if scope.from_rollups:
        names = ("rolled/subjects", "subjects_ranked")
        found = rolled_rows(*names, figure=Figure.SUBJECT, scope=scope, **page)
    else:
        found = rows("subjects", "subjects_ranked", scope=scope, **page)
    n, recurring = found[0][3:] if found else (0, 0)
    return Subjects([Subject(*row[:3]) for row in found], n, recurring)


def top(scope: Scope) -> Subjects:
    """The ten that recur most."""
    return subjects(scope)


def names(keys: list[str], scope: Scope) -> dict[str, str]:
    """What each subject is called by its newest case within the sites of the scope, and where."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT newest.id
            FROM unnest(%(keys)s::text[]) AS wanted (key)
            CROSS JOIN LATERAL (
                SELECT c.id
                FROM exceptions_case c
                WHERE c.subject_key = wanted.key AND c.site_id = ANY (%(sites)s::bigint[])
                ORDER BY c.detected_at DESC
                LIMIT 1
            ) newest
            """,
            {"keys": keys, "sites": list(scope.sites)},
        )
        newest = [case for (case,) in cursor.fetchall()]
    cases = Case.objects.filter(pk__in=newest).select_related("site")
    return {case.subject_key: _name(case) for case in cases}


def _name(case: Case) -> str:
    """`Kempten Metall (RTM)`; a site that nobody is named of is only said once."""
    name = recurrence.subject_name(case.subject_key, case.facts, case.site)
    return name if name == case.site.name else f"{name} ({case.site.code})"
