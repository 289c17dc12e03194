"""ARCHITECTURE.md is true: what it names exists, and its table is the table of the code."""

import ast
import re
from pathlib import Path

import pytest

from exceptions import rules_table

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "ARCHITECTURE.md").read_text()
NAMED = sorted(set(re.findall(r"`([\w/]+\.py):(\w+)`", TEXT)))
FILES = sorted(set(re.findall(r"`((?:\w+/)+[\w.]+\.(?:py|sql))`", TEXT)))


def names_in(path: Path) -> set[str]:
    """Functions, classes and constants at the top of a module."""
    body = ast.parse(path.read_text()).body
    defined = {n.name for n in body if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    assigned = {
        target.id
        for node in body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return defined | assigned


def test_it_walks_through_the_code() -> None:
    assert len(NAMED) >= 20


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_every_function_named_exists(file: str, name: str) -> None:
    assert name in names_in(ROOT / file)


@pytest.mark.parametrize("file", FILES)
def test_every_file_named_exists(file: str) -> None:
    assert (ROOT / file).is_file()


def test_the_table_and_the_diagram_are_those_of_the_code() -> None:
    assert rules_table.table() in TEXT
    assert f"```mermaid\n{rules_table.diagram()}\n```" in TEXT
