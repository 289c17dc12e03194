"""``python -m integrations.simulator``: the demo company's Odoo, living in real time."""

import argparse
import logging
import signal
import sys
import threading
from datetime import timedelta
from pathlib import Path

from integrations.simulator import instants
from integrations.simulator.company.live import BEAT_SECONDS, LONG_GAP
from integrations.simulator.journal import Journal
from integrations.simulator.schema import VERSIONS
from integrations.simulator.server import HOST, SimulatedOdoo
from integrations.simulator.world import World

logger = logging.getLogger("simulator")


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    world, journal = _world(options)
    odoo = SimulatedOdoo(world, tuple(options.databases.split(",")))
    try:
        server = odoo.listen(options.port)
    except OSError as error:
        logger.error(
            "The simulator cannot listen on port %s: %s", options.port, error.strerror
        )  # no trace for a busy port
        return 1
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()
    address = f"http://{HOST}:{server.server_port}"
    logger.info("Simulated Odoo %s of %s is ready at %s", world.version, options.databases, address)
    _live(world, stop, options.speed if options.live else 0.0)
    server.shutdown()
    server.server_close()
    if journal:
        with world.lock:
            journal.close()
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m integrations.simulator", description=__doc__)
    parser.add_argument("--port", type=int, default=8069)
    parser.add_argument("--data-dir", type=Path, help="keep the world here, and go on next time")
    parser.add_argument("--version", type=int, choices=VERSIONS, default=19)
    parser.add_argument("--databases", default="tower", help="names, separated by commas")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument(
        "--speed", type=float, default=60.0, help="company minutes of happenings per real minute"
    )
    parser.add_argument("--no-live", dest="live", action="store_false", help="nothing happens")
    return parser.parse_args(arguments)


def _world(options: argparse.Namespace) -> tuple[World, Journal | None]:
    clock = instants.RealClock()
    journal = Journal.of(options.data_dir, options.version) if options.data_dir else None
    world = journal.load(options.version, clock) if journal else None
    if world is None:
        world = World.build(clock.now(), version=options.version, seed=options.seed, clock=clock)
    elif options.live:
        _catch_up(world)
    if journal:
        journal.keep(world)
    return world, journal


def _catch_up(world: World) -> None:
    """What was due while nobody looked has happened, but for a believable rest."""
    table = world.tables["stock.picking"]
    last = max((row["write_date"] for row in table.rows.values()), default=world.now())
    at = world.clock.now()
    if at - instants.moment(last) > LONG_GAP:
        world.life.settle(at)


def _live(world: World, stop: threading.Event, speed: float) -> None:
    pause = BEAT_SECONDS / speed if speed > 0 else timedelta(days=1).total_seconds()
    while not stop.wait(pause):
        if speed > 0:
            _beat(world)


def _beat(world: World) -> None:
    try:
        world.life.beat(world.clock.now())
    except Exception:  # the company must live on, whatever one day brings
        logger.exception("A beat of the simulated company failed")


if __name__ == "__main__":
    sys.exit(main())
