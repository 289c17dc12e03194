"""Whether an approval matrix holds together, a sentence for whatever does not. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from exceptions.matrix import Level, Matrix, Row
from exceptions.vocabulary import DecisionKind, Need, Voters

MOST_BANDS, MOST_LEVELS, MOST_ROWS, MOST_VOTES = 6, 5, 300, 50
LONGEST_VALID = 90 * 24  # hours
LONGEST_SILENCE = 30 * 24 * 60  # minutes


@dataclass(frozen=True, slots=True)
class Known:
    """Sites by id, and the ids of people who are active."""

    sites: Mapping[int, str] = field(default_factory=dict)
    people: frozenset[int] = frozenset()


def problems(matrix: Matrix, known: Known) -> list[str]:
    """Why it cannot be in force; none when it can."""
    return [
        *_of_bounds(matrix),
        *_of_rows(matrix, known),
        *(says for row in matrix.rows for says in _of_row(row, matrix, known)),
        *_of_groups(matrix, known),
        *_of_times(matrix),
        *_of_sign_in(matrix),
    ]


def name_of(row: Row, known: Known) -> str:
    """`Expedite freight · Rotterdam · high`; `everything else` for the row that names nothing."""
    parts = [str(DecisionKind(row.decision).label)] if row.decision else []
    parts += [known.sites.get(row.site, str(row.site))] if row.site is not None else []
    parts += [str(row.tier.label).lower()] if row.tier else []
    return " · ".join(parts) or _("everything else")


def _of_bounds(matrix: Matrix) -> Iterator[str]:
    if not 2 <= matrix.band_count <= MOST_BANDS:
        yield _("Amounts fall into 2 to %s bands: give at least one currency.") % MOST_BANDS
    for currency, bounds in matrix.bounds.items():
        if len(bounds) + 1 != matrix.band_count:
            yield _("%s needs as many bounds as the other currencies.") % currency
        if not (len(currency) == 3 and currency.isascii() and currency.isupper()):
            yield _("“%s” is no currency: write it as EUR.") % currency
        if any(bound <= 0 for bound in bounds) or list(bounds) != sorted(set(bounds)):
            yield _("The bounds of %s must rise, above 0.") % currency


def _of_rows(matrix: Matrix, known: Known) -> Iterator[str]:
    if len(matrix.rows) > MOST_ROWS:
        yield _("The matrix has %s rows at most.") % MOST_ROWS
    times = Counter((row.decision, row.site, row.tier) for row in matrix.rows)
    if not times[(None, None, None)]:
        yield _("A row is needed that is for everything else.")
    for row in matrix.rows:
        key = (row.decision, row.site, row.tier)
        if times.pop(key, 0) > 1:
            yield _("There is more than one row for %s.") % name_of(row, known)


def _of_row(row: Row, matrix: Matrix, known: Known) -> Iterator[str]:
    name = name_of(row, known)
    if len(row.bands) != matrix.band_count:
        yield _("%s: a cell is needed for every band.") % name
    if row.site is not None and row.site not in known.sites:
        yield _("There is no site %s.") % row.site
    for levels in row.bands:
        if len(levels) > MOST_LEVELS:
            yield _("%(row)s: %(n)s levels at most.") % {"row": name, "n": MOST_LEVELS}
        for level in levels:
            yield from (f"{name}: {says}" for says in _of_level(level, matrix))


def _of_level(level: Level, matrix: Matrix) -> Iterator[str]:
    if level.voters == Voters.GROUP and level.group not in matrix.groups:
        yield _("there is no group “%s”.") % level.group
    if level.need != Need.SOME:
        return
    if not 2 <= level.count <= MOST_VOTES:
        yield _("some are 2 to %s people.") % MOST_VOTES
    members = matrix.groups.get(level.group, ())
    if level.voters == Voters.GROUP and members and level.count > len(members):
        yield _("the group “%s” has fewer people than have to say yes.") % level.group


def _of_groups(matrix: Matrix, known: Known) -> Iterator[str]:
    for name, members in matrix.groups.items():
        if not members:
            yield _("The group “%s” has nobody in it.") % name
        if set(members) - known.people:
            yield _("The group “%s” names somebody who does not work here any more.") % name


def _of_sign_in(matrix: Matrix) -> Iterator[str]:
    for currency, most in matrix.sign_in_above.items():
        if not (len(currency) == 3 and currency.isascii() and currency.isupper()):
            yield _("“%s” is no currency: write it as EUR.") % currency
        if most < 0:
            yield (
                _("Who decides by e-mail signs in above an amount of 0 or more: see %s.") % currency
            )


def _of_times(matrix: Matrix) -> Iterator[str]:
    if not 1 <= matrix.valid_hours <= LONGEST_VALID:
        yield _("A request is valid for 1 to %s hours.") % LONGEST_VALID
    if not 5 <= matrix.remind_minutes <= LONGEST_SILENCE:
        yield _("People are reminded after 5 minutes to 30 days.")
