"""KPIs of approvals, pauses, decisions, steps and hours, recomputed from what is given out."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction

from tests.exceptions.kpis.exported import Asked, Given
from tests.exceptions.kpis.reckoning import (
    Parts,
    Row,
    Told,
    at_of,
    coarse_median,
    counts,
    instant,
    median,
    seconds,
    share,
    span,
)

HOURS = {"hour": 1, "hours_4": 4, "hours_8": 8, "day": 24}
TAKEN = ("approved", "sending", "confirmed")
DAY = timedelta(days=1)


def tell(given: Given, asked: Asked) -> dict[str, Parts]:
    """Each KPI by its parts."""
    pauses = given.rows("pauses", asked, "started_at")
    left = Counter(_left(given, row, asked.at) for row in given.rows("running", asked))
    ended = Counter(row["request_state"] for row in given.rows("requests", asked, "ended_at"))
    waiting = len(given.rows("waiting", asked))
    decided = _decided(given, asked)
    return {
        "time_left": _time_left(left),
        "clocks_over": {"": (left["over"], left.total())},
        "clocks_soon": {"": (left["hour"], left.total())},
        "pauses": counts(Counter(row["waiting_for"] for row in pauses)),
        "pause_length": _pause_length(pauses),
        "pauses_spent": {"": _spent(pauses)},
        "approval_cycle": _cycle(given, asked),
        "approval_levels": _levels(given, asked),
        "approvals_ended": counts(ended),
        "approvals_lapsed": {"": share(ended["void"] + ended["expired"], ended.total())},
        "approvals_waiting": {"": (waiting, waiting)},
        "decided": counts(Counter(row["decision"] for row in decided)),
        "consistency_sites": _alike(decided, "site"),
        "consistency_teams": _alike(decided, "team"),
        "exception_rate": _rate(given, asked),
        "steps": _steps(given, asked),
        "one_person": {"": _one_person(given, asked)},
        "reassignments": {"": _reassignments(given, asked)},
        "after_hours": {"": _after_hours(given, asked)},
    }


# -- Clocks that run, and pauses ---------------------------------------------------------------


def _time_left(left: Counter[str]) -> Parts:
    whole: Parts = {"": (left.total(), left.total())}
    every = ("over", "unread", *HOURS, "later")
    return whole | {word: (left[word], left[word]) for word in every}


def _left(given: Given, row: Row, at: datetime) -> str:
    due, read = at_of(row["due_at"]), instant(row["source_read_at"])
    if row["clock_state"] == "breached":
        return "over"
    if due < at:
        return "unread" if row["clock"] == "resolve" and read and read < due else "over"
    cuts = ((word, _ahead(given, row, at, hours)) for word, hours in HOURS.items())
    return next((word for word, cut in cuts if due < cut), "later")


def _ahead(given: Given, row: Row, at: datetime, hours: int) -> datetime:
    """When so many hours that count for the clock will have passed."""
    left = timedelta(hours=hours)
    if not row["hours"]:
        return at + left
    for opens, closes in _openings(given, row["site"], at.date() - DAY):
        open_for = max(closes - max(opens, at), timedelta())
        if open_for >= left:
            return max(opens, at) + left
        left -= open_for
    raise AssertionError("the file does not go far enough")


def _openings(given: Given, site: str, first: date) -> Iterator[tuple[datetime, datetime]]:
    for row in given.files["hours"]:
        if row["site"] == site and row["opens"] and date.fromisoformat(row["day"]) >= first:
            yield _instant(given, row, row["opens"]), _instant(given, row, row["closes"])


def _instant(given: Given, row: Row, clock: str) -> datetime:
    hour, minute = map(int, clock.split(":"))
    day = date.fromisoformat(row["day"]) + (DAY if hour == 24 else timedelta())
    there = datetime.combine(day, time(hour % 24, minute), given.zones[row["site"]])
    return there.astimezone(UTC)


def _pause_length(pauses: list[Row]) -> Parts:
    over = [row for row in pauses if row["ended_at"]]
    apart = defaultdict(list)
    for row in over:
        apart[row["waiting_for"]].append(seconds(row["started_at"], row["ended_at"]))
    whole = {"": median(length for lengths in apart.values() for length in lengths)}
    return whole | {waiting: median(lengths) for waiting, lengths in apart.items()}


def _spent(pauses: list[Row]) -> Told:
    over = [row for row in pauses if row["ended_at"]]
    return share(sum(at_of(r["ended_at"]) >= at_of(r["ends_by"]) for r in over), len(over))


# -- Approvals and decisions -------------------------------------------------------------------


def _cycle(given: Given, asked: Asked) -> Parts:
    answered = [
        row
        for row in given.rows("requests", asked, "ended_at")
        if row["request_state"] in ("approved", "rejected")
    ]
    return span(seconds(row["asked_at"], row["ended_at"]) for row in answered)


def _levels(given: Given, asked: Asked) -> Parts:
    wait, touch = defaultdict(list), defaultdict(list)
    for row in given.rows("levels", asked, "ended_at"):
        wait[row["level"]].append(
            seconds(row["opened_at"], row["first_seen_at"] or row["ended_at"])
        )
        if row["first_seen_at"]:
            touch[row["level"]].append(seconds(row["first_seen_at"], row["ended_at"]))
    told: Parts = {f"wait_{level}": median(lengths) for level, lengths in wait.items()}
    return told | {f"touch_{level}": median(touch[level]) for level in wait}


def _decided(given: Given, asked: Asked) -> list[Row]:
    """Of each case the last decision that was taken and not undone, if that was in the range."""
    taken = [row for row in given.rows("decisions", asked) if row["decision_state"] in TAKEN]
    undone = {row["undoes"] for row in taken}
    last: dict[str, Row] = {}
    for row in sorted(taken, key=lambda row: int(row["decision_id"])):
        if row["decision"] != "undo" and row["decision_id"] not in undone:
            last[row["id"]] = row
    return [
        row
        for row in last.values()
        if asked.within(given.day(row["approved_at"] or row["proposed_at"], row))
    ]


def _alike(decided: list[Row], whose: str) -> Parts:
    """1 less the mean total variation, of kinds and tiers with 20 decisions, of each with 5."""
    apart = defaultdict(list)
    for row in decided:
        apart[row["kind"], row["tier"]].append(row)
    told, weighed, n = Parts(), Fraction(0), 0
    for (kind, tier), rows in apart.items():
        value = _likeness(rows, whose)
        if len(rows) >= 20 and value is not None:
            told[f"{kind}:{tier}"] = (float(value), len(rows))
            weighed, n = weighed + value * len(rows), n + len(rows)
    return told | {"": (float(weighed / n) if n else None, len(decided))}


def _likeness(rows: list[Row], whose: str) -> Fraction | None:
    everywhere = _spread(rows)
    each = [[row for row in rows if row[whose] == one] for one in {row[whose] for row in rows}]
    enough = [_spread(one) for one in each if len(one) >= 5]
    if len(enough) < 2:
        return None
    nothing = Fraction(0)
    more = [max(one.get(d, nothing) - p, nothing) for one in enough for d, p in everywhere.items()]
    return 1 - sum(more, nothing) / len(enough)


def _spread(rows: list[Row]) -> dict[str, Fraction]:
    found = Counter(row["decision"] for row in rows)
    return {decision: Fraction(n, len(rows)) for decision, n in found.items()}


# -- What sites do -----------------------------------------------------------------------------


def _rate(given: Given, asked: Asked) -> Parts:
    cases = len(given.rows("cases", asked, "detected_at"))
    sites = asked.sites or set(given.zones)
    kept = [
        row
        for row in given.files["completed"]
        if row["site"] in sites and asked.within(date.fromisoformat(row["day"]))
    ]
    done, missing = sum(int(row["completed"]) for row in kept), -len(kept)
    for site in sites:
        until = min(asked.last, asked.at.astimezone(given.zones[site]).date())
        missing += max((until - asked.first).days + 1, 0)
    told: Parts = {"": (1000 * cases / done if done and missing <= 0 else None, cases)}
    told |= {"completed": (done, done)}
    return told | ({"missing": (missing, missing)} if missing > 0 else {})


def _steps(given: Given, asked: Asked) -> Parts:
    apart = defaultdict(list)
    for row in given.rows("steps", asked, "at"):
        apart[f"{row['from_state']}_{row['to_state']}"].append(seconds(row["since"], row["at"]))
    return {step: coarse_median(lengths) for step, lengths in apart.items()}


def _one_person(given: Given, asked: Asked) -> Told:
    people = defaultdict(set)
    for row in given.files["moves"]:
        people[row["id"]].add(row["username"])
    ended = given.ended(asked)
    return share(sum(len(people[row["id"]]) == 1 for row in ended), len(ended))


def _reassignments(given: Given, asked: Asked) -> Told:
    ended = given.ended(asked)
    times = sum(_given_on(given.events[row["id"]]) for row in ended)
    return times / len(ended) if ended else None, len(ended)


def _given_on(events: Iterable[Row]) -> int:
    owned = ("assigned", "acknowledged")
    return sum(
        event["concept:name"] == "assign" and event.get("from_state") in owned for event in events
    )


def _after_hours(given: Given, asked: Asked) -> Told:
    """By quarters of an hour: one counts as worked when the site is open as it begins."""
    openings = defaultdict(list)
    for row in given.files["hours"]:
        if row["opens"]:
            openings[row["site"], row["day"]].append((row["opens"], row["closes"]))
    moves = given.rows("moves", asked, "at")
    outside = 0
    for row in moves:
        there = at_of(row["at"]).astimezone(given.zones[row["site"]])
        quarter = f"{there.hour:02}:{there.minute // 15 * 15:02}"
        of_day = openings[row["site"], there.date().isoformat()]
        outside += not any(opens <= quarter < closes for opens, closes in of_day)
    return share(outside, len(moves))
