"""Event logs: files with a row an event, brought to a row a case.

The rows of one case must stand together, so that a file of any length is read in one pass. A case
that ends and goes on was reopened; how it stands after its last event is how it stands.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

from exceptions.importing.mapping import STEPS, EventLog, Mapping
from exceptions.importing.tables import Cell, Row
from exceptions.vocabulary import State

ENDING = ("resolved", "closed")
# Columns that the events make; the mapping reads them like columns of the file.
MADE = {
    "detected_at": "first event",
    **{f"{step}_at": f"{step} by events" for step in STEPS},
    "reopen_count": "reopened by events",
    "state": "state by events",
}


def columns(mapping: Mapping) -> Mapping:
    """The mapping that reads the rows of `cases`."""
    given = {**mapping.columns, **MADE}
    return Mapping(
        **{name: getattr(mapping, name) for name in Mapping.__dataclass_fields__}
        | {"columns": given}
    )


def cases(rows: Iterator[Row], mapping: Mapping) -> Iterator[Row]:
    """One row a case, with the number of its first event's."""
    log = mapping.events
    assert log is not None
    key = mapping.columns["external_id"]
    for _id, events in groupby(rows, key=lambda row: row.cells.get(key)):
        yield _case(list(events), log)


def _case(events: Sequence[Row], log: EventLog) -> Row:
    cells: dict[str, Cell] = {}
    for event in events:  # what is said last counts
        cells.update({name: cell for name, cell in event.cells.items() if cell not in ("", None)})
    steps = [_step(event, log) for event in events]
    times = [event.cells.get(log.at) for event in events]
    made = dict.fromkeys(MADE.values(), "") | _life(steps, times)
    surplus = any(event.surplus for event in events)
    return Row(events[0].number, cells | made, surplus)


def _step(event: Row, log: EventLog) -> str:
    status = "/".join(str(event.cells.get(name) or "").strip() for name in log.status)
    return log.steps.get(status, "")


def _life(steps: Sequence[str], times: Sequence[Cell]) -> dict[str, Cell]:
    life: dict[str, Cell] = {MADE["detected_at"]: times[0]}
    reopened, ended = 0, False
    for step, time in zip(steps, times, strict=True):
        if step not in ENDING and ended:
            reopened, ended = reopened + 1, False
            life.pop(MADE["resolved_at"], None)
            life.pop(MADE["closed_at"], None)
        if step in ENDING:
            ended = True
            life.setdefault(MADE[f"{step}_at"], time)
        elif step:
            life.setdefault(MADE[f"{step}_at"], time)
    life[MADE["reopen_count"]] = reopened
    life[MADE["state"]] = _state(life, ended)
    return life


def _state(life: dict[str, Cell], ended: bool) -> Cell:
    if ended:
        return str(State.CLOSED if MADE["closed_at"] in life else State.RESOLVED)
    acknowledged = MADE["acknowledged_at"] in life
    return str(State.ACKNOWLEDGED if acknowledged else State.ASSIGNED)
