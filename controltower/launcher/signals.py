"""Work until it is done or somebody wants it to stop; either way nothing is left running."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine
from typing import Any

from controltower.launcher.processes import Supervisor

STOPPED = 130  # what a shell reports for a command that Ctrl-C ended


async def supervised(supervisor: Supervisor, work: Coroutine[Any, Any, int]) -> int:
    """Runs `work`, then stops all of `supervisor`'s programs.

    Ctrl-C, SIGTERM or a closed terminal end the work early: STOPPED is returned. A second signal
    ends the programs at once and by force.
    """
    task = asyncio.ensure_future(work)
    _on_signal(task.cancel)
    try:
        return await task
    except asyncio.CancelledError:
        supervisor.log.say("stopping")
        return STOPPED
    finally:
        _on_signal(supervisor.kill)
        await supervisor.stop()


def _on_signal(callback: Callable[[], object]) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number == signal.SIGHUP and signal.getsignal(number) is signal.SIG_IGN:
            continue  # started with nohup: meant to outlive its terminal
        loop.add_signal_handler(number, callback)
