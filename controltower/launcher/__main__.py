"""The launcher's command line.

run          the demo: everything, until Ctrl-C
databases    only PostgreSQL and Valkey on the same data, until Ctrl-C
env          print the environment of what is running, for `eval "$(... env)"`
test         pytest with throw-away databases; arguments are passed on
bench        the named benchmarks, or all
clean-data   remove DATA_DIR
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

from controltower.launcher import ports, signals, suite
from controltower.launcher.data import DataDir
from controltower.launcher.leftovers import Notes
from controltower.launcher.log import Log
from controltower.launcher.processes import Supervisor
from controltower.launcher.run import ROOT, Demo
from controltower.launcher.trouble import Trouble


def main() -> int:
    log = Log(sys.stdout)
    commands: dict[str, Callable[[list[str]], int]] = {
        "run": lambda _: _serve(log, demo=True),
        "databases": lambda _: _serve(log, demo=False),
        "env": lambda _: _print_environment(),
        "test": lambda rest: suite.test(log, os.environ, rest),
        "bench": lambda rest: suite.bench(log, os.environ, rest),
        "clean-data": lambda _: _clean(log),
    }
    parser = argparse.ArgumentParser(
        prog="python -m controltower.launcher",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=commands)
    parser.add_argument("rest", nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    try:
        return commands[arguments.command](arguments.rest)
    except Trouble as trouble:
        print(f"\n{trouble}\n", file=sys.stderr)
        return 1
    except OSError as error:  # a full disk, a folder taken away
        print(f"\nThe system refused: {error}\n", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return signals.STOPPED


def _data_dir() -> DataDir:
    return DataDir(Path(os.environ.get("DATA_DIR") or ROOT / ".data"))


def _serve(log: Log, demo: bool) -> int:
    os.umask(0o077)  # logins, evidence, schedules: for nobody else on this machine
    folder = _data_dir()
    folder.open()
    port = ports.web_port(os.environ) if demo else 0
    notes = Notes(folder.folder("running"))
    notes.stop_all(log)
    supervisor = Supervisor(log, notes)
    run = Demo(supervisor, folder, port, os.environ)
    code = asyncio.run(signals.supervised(supervisor, run.serve() if demo else run.databases()))
    log.say("stopped; nothing is left running")
    return 0 if code == signals.STOPPED else code


def _print_environment() -> int:
    folder = _data_dir()
    try:
        lines = folder.environment_file.read_text().splitlines()
    except FileNotFoundError:
        raise Trouble(f"Nothing is running on {folder.path}: start it with `make run`.") from None
    for name, value in (line.split("=", 1) for line in lines):
        print(f"export {name}={shlex.quote(value)}")
    return 0


def _clean(log: Log) -> int:
    folder = _data_dir()
    if not folder.path.exists():
        log.say(f"{folder.path} does not exist: nothing to remove")
        return 0
    folder.open()
    Notes(folder.folder("running")).stop_all(log)
    folder.remove()
    log.say(f"removed {folder.path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
