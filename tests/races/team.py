"""Processes of their own, with connections of their own, that begin a job at the same instant.

They are started once for all race tests (Django takes each a second) and told for every job which
database to work on. This module must import without Django being set up.
"""

import multiprocessing
import os
import pickle
import signal
import traceback
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from multiprocessing.synchronize import Barrier
from typing import Any, TypeVar

import django
from django.db import connection

T = TypeVar("T")
Order = tuple[Callable[..., Any], tuple[Any, ...]]
SPAWN = multiprocessing.get_context("spawn")
LONGEST_JOB = 90.0  # seconds


class Team:
    """`size` processes that do jobs together."""

    def __init__(self, size: int) -> None:
        self.start_line = SPAWN.Barrier(size)
        self.members = [_hire(self.start_line) for _ in range(size)]

    def run(self, job: Callable[..., T], arguments: Sequence[tuple[Any, ...]]) -> list[T]:
        """What `job` returned for each of `arguments`, one process each, all at once.

        A job's exception fails the test, with the trace of the process it happened in.
        """
        orders: list[Order] = [(job, each) for each in arguments]
        orders += [(_idle, ())] * (len(self.members) - len(orders))
        for (_, pipe), order in zip(self.members, orders, strict=True):
            pipe.send_bytes(pickle.dumps((connection.settings_dict["NAME"], order)))
        answers = [_answer(pipe) for _, pipe in self.members]
        return answers[: len(arguments)]

    def close(self) -> None:
        for process, pipe in self.members:
            pipe.close()
            process.kill()
        for process, _ in self.members:
            process.join()


def alone(job: Callable[..., Any], *arguments: Any) -> SpawnProcess:
    """One process of its own that does `job` on the present database and ends: to be killed."""
    order = pickle.dumps((connection.settings_dict["NAME"], (job, arguments)))
    process = SPAWN.Process(target=_do_once, args=(order,), daemon=True)
    process.start()
    return process


def kill(process: SpawnProcess) -> int | None:
    """`kill -9`; its exit code, minus 9 if it was still at work."""
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join(10)
    return process.exitcode


def _hire(start_line: Barrier) -> tuple[SpawnProcess, Connection]:
    ours, theirs = SPAWN.Pipe()
    process = SPAWN.Process(target=_work, args=(theirs, start_line), daemon=True)
    process.start()
    theirs.close()
    return process, ours


def _answer(pipe: Connection) -> Any:
    if not pipe.poll(LONGEST_JOB):
        raise AssertionError(f"a process was not done after {LONGEST_JOB:g} seconds")
    done, said = pickle.loads(pipe.recv_bytes())
    if not done:
        raise AssertionError(f"in another process:\n{said}")
    return said


# In the other process ---------------------------------------------------------------------------


def _work(pipe: Connection, start_line: Barrier) -> None:
    django.setup()
    while True:
        try:
            order = pipe.recv_bytes()
        except EOFError:
            return
        pipe.send_bytes(pickle.dumps(_tried(order, start_line)))


def _tried(order: bytes, start_line: Barrier) -> tuple[bool, Any]:
    try:
        name, (job, arguments) = pickle.loads(order)
        _work_on(name)
        start_line.wait(LONGEST_JOB)
        return True, job(*arguments)
    except Exception:  # noqa: BLE001 - whatever it was, the test is to tell it
        return False, traceback.format_exc()
    finally:
        connection.close()  # a database that somebody uses cannot be dropped


def _do_once(order: bytes) -> None:
    django.setup()
    name, (job, arguments) = pickle.loads(order)
    _work_on(name)
    job(*arguments)


def _work_on(name: str) -> None:
    connection.settings_dict["NAME"] = name
    connection.ensure_connection()


def _idle() -> None:
    """For those whom a job does not need."""
