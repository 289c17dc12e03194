"""Everything that changes what dashboards count, at random, and the counting itself in between."""

import random
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from exceptions import electorate, intake, lifecycle, voting
from exceptions.actors import Actor, person
from exceptions.facts import Receipt
from exceptions.importing import jobs as importing
from exceptions.importing import mapping
from exceptions.lifecycle import Refused
from exceptions.models import ApprovalLevel, Case, Site, User
from exceptions.rollups import keeping
from exceptions.vocabulary import ImportState, LevelState, Move, Via
from tests.races import jobs, settling, storm

HEADER = "id,type,site,title,detected,acknowledged,resolved,owner,score,outcome,reopened,subject"


def shake(
    seed: int, people: Sequence[str], receipts: Sequence[Receipt], at: datetime, deeds: int
) -> Counter[str]:
    """That many deeds, of one process; how many of which."""
    rng = random.Random(seed)
    weather = storm.Weather(rng, people, receipts, at)
    done: Counter[str] = Counter()
    for number in range(deeds):
        what = rng.choices(list(DEEDS), weights=list(DEEDS.values()))[0]
        match what:
            case "blow":
                done[weather.blow()] += 1
            case "merge" | "reopen":
                case, other = rng.sample(list(Case.objects.values_list("pk", flat=True)), 2)
                done += jobs.rearrange(rng.choice(people), [(what, case, other)], weather.at)
            case "refile":
                done[what] += refile(rng, receipts, weather.at)
            case "approve":
                done[what] += approve(rng, weather.at)
            case "wait" | "reckon" | "undo":
                done[what] += settling.DEEDS[what](rng, weather.at)
            case "carry out":
                done[what] += settling.carry_out(weather.at)
            case "import":
                done[what] += bring(f"{seed}-{number}", rng, weather.at)
            case _:
                keeping.freshen(weather.at)
                done[what] += 1
    return done


DEEDS = {  # how often each
    "blow": 70,
    "merge": 12,
    "reopen": 6,
    "refile": 8,
    "import": 2,
    "fold": 4,
    "approve": 16,
    "wait": 10,
    "reckon": 10,
    "carry out": 6,
    "undo": 6,
}


def refile(rng: random.Random, receipts: Sequence[Receipt], at: datetime) -> int:
    """A record is at another site now, by the source or by hand in the database; or the site keeps
    other hours.
    """
    sites = list(Site.objects.values_list("pk", flat=True))
    if rng.random() < 0.1:
        zone = rng.choice(["Asia/Tokyo", "America/Chicago", "Europe/Amsterdam"])
        return Site.objects.filter(pk=rng.choice(sites)).update(time_zone=zone)
    if rng.random() < 0.5:
        case = rng.choice(list(Case.objects.values_list("pk", flat=True)))
        return Case.objects.filter(pk=case).update(site=rng.choice(sites))
    moved = replace(rng.choice(receipts), site_id=rng.choice(sites), read_at=at)
    return sum(intake.take_in([moved], at=at).values())


def approve(rng: random.Random, at: datetime) -> int:
    """Somebody asks for something costly, or somebody answers; 0 when it comes too late."""
    with suppress(Refused, IndexError):
        if rng.random() < 0.5:
            case = rng.choice(list(Case.objects.filter(state="acknowledged")))
            lifecycle.move(
                case.pk, Move.PROPOSE, person(case.owner or User()), at=at, data=_air(case)
            )
        else:
            waiting = ApprovalLevel.objects.filter(state=LevelState.OPEN)
            level = rng.choice(list(waiting.select_related("request__case__site")))
            if rng.random() < 0.5:
                ApprovalLevel.objects.filter(pk=level.pk).update(first_seen_at=at)
            voter = person(rng.choice(list(electorate.electors(level, level.request.case))))
            ballot, digest = rng.choice(["yes", "yes", "no"]), level.request.digest
            voting.vote(level.request_id, ballot, voter, digest=digest, reason="Because.", at=at)
        return 1
    return 0


def _air(case: Case) -> dict[str, str]:
    substance = case.document.substance
    return {"decision": "expedite", "substance": substance, "reason": "Late.", "cost": "1200"}


def bring(name: str, rng: random.Random, at: datetime) -> int:
    """A file of past cases, some of which were reopened, and some of the subjects of others."""
    rows = [HEADER]
    for number in range(4):
        detected = at - timedelta(days=rng.randrange(1, 90))
        resolved = detected + timedelta(hours=rng.randrange(1, 400))
        rows.append(
            f"{name}-{number},late,RTM,Late,{detected:%Y-%m-%d %H:%M},{detected:%Y-%m-%d %H:%M},"
            f"{resolved:%Y-%m-%d %H:%M},Old Hand,80,fixed,{rng.randrange(2)},S{rng.randrange(3)}"
        )
    job = importing.receive(
        ["\n".join(rows).encode()],
        source="Legacy",
        file_name=f"{name}.csv",
        actor=Actor(name="command line", via=Via.COMMAND),
        sites=None,
        at=at,
    )
    columns = mapping.guess(HEADER.split(","))
    said = {"source": "Legacy", "columns": columns, "values": {"kind": {"late": "late_inbound"}}}
    importing.set_mapping(job, mapping.from_plain(said))
    importing.begin(job.pk, ImportState.IMPORTING, at=at)
    return importing.work_due(lambda: at)
