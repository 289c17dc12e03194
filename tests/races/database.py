"""A database for one test, which other processes can see."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management import call_command
from django.db import ProgrammingError, connection


@contextmanager
def empty(name: str) -> Iterator[None]:
    """With a migrated database of that name, which nobody is connected to."""
    _drop(name)
    migrated = os.environ.get("TEST_DATABASE_TEMPLATE", "template1")
    _maintain(f'CREATE DATABASE "{name}" TEMPLATE "{migrated}"')
    with pointed_at(NAME=name):
        call_command("migrate", verbosity=0)
    yield
    _drop(name)


@contextmanager
def copy_of(template: str) -> Iterator[None]:
    """With this process's connection going to a copy of `template`.

    What several processes shall see must be committed, and history cannot be cleaned up
    afterwards: its triggers refuse that. So the whole copy is dropped.
    """
    name = f"{template}_copy"
    with copied(template, name), pointed_at(NAME=name):
        yield


@contextmanager
def copied(template: str, name: str) -> Iterator[None]:
    """With a copy of that name, which nobody is connected to."""
    _drop(name)
    _maintain(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    yield
    _drop(name)


@contextmanager
def pointed_at(**settings: Any) -> Iterator[None]:
    """With this process's connection going elsewhere."""
    before = {name: connection.settings_dict[name] for name in settings}
    connection.close()
    connection.settings_dict.update(settings)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)


def _drop(name: str) -> None:
    """By force, since what failed may still be connected. Force asks for rights over every process
    at work there, which nobody but an administrator has over PostgreSQL's own clean-up; without
    force PostgreSQL sends that away itself.
    """
    try:
        _maintain(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    except ProgrammingError:
        _maintain(f'DROP DATABASE IF EXISTS "{name}"')


def _maintain(statement: str) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)
