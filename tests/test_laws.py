"""The laws of the house that its source code can be read for."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from importlinter import api as import_linter

ROOT = Path(__file__).parent.parent
PRODUCT = ("controltower", "exceptions", "integrations")
MOST_LINES = 400

# Where the clock is read: what people, programs, schedules and the stand-in Odoo start.
EDGE = (
    "*/tasks.py",
    "*/web/*.py",
    "exceptions/web/dashboards/clocks.py",
    "exceptions/web/dashboards/page.py",
    "exceptions/web/dashboards/subjects.py",
    "exceptions/web/exports/page.py",
    "exceptions/web/report/*.py",
    "*/api/*.py",
    "*/management/commands/*.py",
    "controltower/launcher/*.py",
    "integrations/odoo/line.py",  # when a call went out: the wire is an edge
)
# How long something took is no instant: these may be read everywhere.
ELAPSED = frozenset({"time.monotonic", "time.perf_counter", "time.process_time"})
CLOCKS = frozenset(
    {
        "timezone.now",
        "timezone.localtime",
        "timezone.localdate",
        "datetime.now",
        "datetime.utcnow",
        "datetime.today",
        "date.today",
        "time.time",
        "time.time_ns",
    }
)


def _tracked() -> list[Path]:
    told = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    return [ROOT / name for name in told.split("\0") if name and (ROOT / name).is_file()]


TRACKED = _tracked() if (ROOT / ".git").exists() else [p for p in ROOT.rglob("*") if p.is_file()]
SOURCES = sorted(
    path
    for path in TRACKED
    if path.suffix == ".py"
    and path.relative_to(ROOT).parts[0] in PRODUCT
    and "migrations" not in path.parts
)


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), filename=_name(path))


def _dotted(node: ast.expr) -> str:
    """`a.b.c` for a chain of names; the empty string for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}".lstrip(".")
    return ""


def _is_edge(path: Path) -> bool:
    relative = path.relative_to(ROOT)
    return any(relative.match(pattern) for pattern in EDGE) or "simulator" in relative.parts


def test_there_is_something_to_read() -> None:
    assert {p.relative_to(ROOT).parts[0] for p in SOURCES} == set(PRODUCT)


def test_imports_point_inwards() -> None:
    config = import_linter.read_configuration(str(ROOT / "pyproject.toml"))
    assert len(config["contracts_options"]) >= 7
    lint_imports = Path(sys.executable).with_name("lint-imports")  # beside it, on the path or not
    told = subprocess.run([lint_imports, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert (told.returncode, told.stdout if told.returncode else "") == (0, "")


# -- A case changes state only in lifecycle.py -------------------------------------------------


def _writes_of_state(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Lines that assign `….state`, setattr it, or give `state=` to a write of a Case queryset."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in _flat(targets):
                if isinstance(target, ast.Attribute) and target.attr == "state":
                    yield node.lineno, _dotted(target.value)
        if isinstance(node, ast.Call):
            yield from _state_of_call(node)


def _flat(targets: Sequence[ast.expr]) -> Iterator[ast.expr]:
    for target in targets:
        if isinstance(target, ast.Tuple | ast.List):
            yield from _flat(target.elts)
        else:
            yield target


WRITERS = frozenset({"update", "create", "get_or_create", "update_or_create", "aupdate", "acreate"})


def _state_of_call(node: ast.Call) -> Iterator[tuple[int, str]]:
    said = _root(node.func)
    names_state = any(
        keyword.arg == "state" and _dotted(keyword.value).split(".")[0] not in OTHER_LISTS
        for keyword in node.keywords
    )
    if isinstance(node.func, ast.Name) and node.func.id == "setattr":
        if len(node.args) > 1 and ast.unparse(node.args[1]) == "'state'":
            yield node.lineno, _dotted(node.args[0])
    elif names_state and isinstance(node.func, ast.Attribute) and node.func.attr in WRITERS:
        yield node.lineno, said
    elif names_state and isinstance(node.func, ast.Name) and node.func.id == "Case":
        yield node.lineno, "Case"


def _root(node: ast.expr) -> str:
    """The name at which a chain such as `Case.objects.filter(…).update` starts."""
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Attribute):
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        else:
            return ""
    return node.id


OTHER_LISTS = frozenset(
    {"ClockState", "DecisionState", "DeliveryState", "ImportState", "MailState", "OutboxState"}
    | {"PromiseState", "ApprovalState", "LevelState"}
)
# Other things have a state too; what is written to must be one of these to be let through.
OTHER_STATES = frozenset(
    {"clock", "message", "decision", "delivery", "Clock", "Decision", "OutboxMessage"}
    | {"InboxDelivery", "ImportJob", "NoticeMail", "Promise", "job", "mail", "promise", "self"}
    | {"request", "level"}
)


def test_a_case_changes_state_only_in_lifecycle() -> None:
    writers = {
        _name(path): [(line, what) for line, what in found if what not in OTHER_STATES]
        for path in SOURCES
        if "simulator" not in path.parts
        for found in [list(_writes_of_state(_tree(path)))]
    }
    # The past enters in its final state, with one event that says where from: moves that nobody saw
    # would be a false history. It makes new rows only; what it never does is change one.
    assert {name: [what for _, what in found] for name, found in writers.items() if found} == {
        "exceptions/lifecycle.py": ["case"],
        "exceptions/importing/writing.py": ["Case"],
    }


@pytest.mark.parametrize(
    "line",
    [
        "case.state = 'closed'",
        "a, last.state = 1, 'closed'",
        "setattr(case, 'state', 'closed')",
        "Case.objects.filter(pk=1).update(state='closed')",
        "Case.objects.create(kind='x', state='closed')",
        "visible_cases(actor).update(state='closed')",
        "Case(state='closed')",
    ],
)
def test_a_write_of_state_is_seen_however_it_is_written(line: str) -> None:
    assert [what not in OTHER_STATES for _, what in _writes_of_state(ast.parse(line))] == [True]


# -- Time is passed in -------------------------------------------------------------------------


def _reads_of_the_clock(tree: ast.Module) -> list[str]:
    aliases = {
        alias.asname or alias.name: f"{node.module.split('.')[-1]}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }
    calls = [_dotted(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    passed = [
        _dotted(keyword.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for keyword in node.keywords
    ]
    named = [".".join(n.split(".")[-2:]) for n in [*calls, *passed]]
    spelt = [aliases.get(name, name) for name in named]
    return [name for name in spelt if name in CLOCKS and name not in ELAPSED]


def test_roles_are_given_only_where_a_second_person_is_asked_for() -> None:
    """By `granting`, and by `access`, which appoints the first admin from the command line."""
    givers = re.compile(
        r"\bMembership\.objects\.(get_or_|bulk_)?create|\baccess\.(give|activate)\("
    )
    found = {_name(path) for path in SOURCES if givers.search(path.read_text())}

    assert {name for name in found if not name.startswith("integrations/demo/")} == {
        "exceptions/access.py",
        "exceptions/granting.py",
    }


def test_the_clock_is_read_only_at_the_edge() -> None:
    read = {
        _name(path): found
        for path in SOURCES
        if not _is_edge(path)
        for found in [_reads_of_the_clock(_tree(path))]
        if found
    }
    assert read == {}


@pytest.mark.parametrize(
    "source",
    [
        "from django.utils import timezone\ntimezone.now()",
        "from datetime import datetime\ndatetime.now(UTC)",
        "import datetime\ndatetime.datetime.now()",
        "from django.utils.timezone import now\nnow()",
        "import time\ntime.time()",
        "from django.db import models\nmodels.DateTimeField(default=timezone.now)",
    ],
)
def test_a_read_of_the_clock_is_seen_however_it_is_written(source: str) -> None:
    assert len(_reads_of_the_clock(ast.parse(source))) == 1


# -- Locks ---------------------------------------------------------------------------------------


def _locks_of_keys(tree: ast.Module) -> list[int]:
    """Lines of `select_for_update` without `no_key=True`."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "select_for_update"
        and "no_key" not in {keyword.arg for keyword in node.keywords}
    ]


def test_a_lock_keeps_nobody_from_referring_to_the_row() -> None:
    """PostgreSQL looks up what a row refers to whenever one transaction writes it twice: a lock of
    the key would make that wait, and turn the order of locks around.
    """
    found = {_name(path): _locks_of_keys(_tree(path)) for path in SOURCES}
    assert [name for name, lines in found.items() if lines] == [
        "integrations/inbox.py",  # deletes the rows that it locks
    ]


# -- Form of the code --------------------------------------------------------------------------


def _imports_in_functions(tree: ast.Module) -> list[int]:
    return [
        inner.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]


def test_imports_stand_at_the_top() -> None:
    every = [p for p in TRACKED if p.suffix == ".py" and "migrations" not in p.parts]
    assert {_name(p): _imports_in_functions(_tree(p)) for p in every} == {
        _name(p): [] for p in every
    }


def test_no_file_is_too_long_to_read() -> None:
    lengths = {_name(p): len(p.read_text().splitlines()) for p in SOURCES}
    assert {name: n for name, n in lengths.items() if n > MOST_LINES} == {}


def test_modules_are_named_after_what_they_are_about() -> None:
    vague = {"utils", "util", "common", "services", "service", "helpers", "helper", "misc", "core"}
    assert [_name(p) for p in SOURCES if vague & {p.stem, *p.relative_to(ROOT).parts}] == []


# -- The product runs anywhere -----------------------------------------------------------------

# Folders of one machine, and hosts that packages are fetched from. Spelt so that they do not match
# themselves.
OF_ONE_MACHINE = re.compile(
    r"(?<![\w.])/(?:Users|root)/\w+|(?<![\w./])/w[o]rk/|(?<![\w./])/tm[p]/\w+\.(?:md|sh)"
)
REGISTRY_HOST = re.compile(r"https?://[^\s/'\"]*(?:artifactory|nexus|devpi|pypi-mirror|/simple/)")
TEXT = {".py", ".toml", ".txt", ".md", ".html", ".css", ".js", ".sql", ".yml", ".yaml", ".cfg", ""}


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    found = [
        (_name(path), match.group())
        for path in TRACKED
        if path.suffix in TEXT and "vendor" not in path.parts
        for text in [path.read_text(errors="replace")]
        for pattern in (OF_ONE_MACHINE, REGISTRY_HOST)
        for match in pattern.finditer(text)
    ]
    assert found == []


def test_requirements_name_no_index() -> None:
    locked = sorted((ROOT / "requirements").glob("*.txt"))
    lines = [line for path in locked for line in path.read_text().splitlines()]
    options = [
        line for line in lines if re.match(r"\s*(-i|--index-url|--extra-index-url|-f)", line)
    ]
    assert (len(locked) >= 3, options) == (True, [])


def test_every_package_of_the_product_has_tests_beside_it() -> None:
    """A module of the domain is tested where it would be looked for: its folder under tests/."""
    folders = {p.parent.relative_to(ROOT) for p in SOURCES if p.name != "__init__.py"}
    domain = {f for f in folders if f.parts[0] == "exceptions"} - {
        Path("exceptions/models"),  # held by the constraints and by whoever reads them
        Path("exceptions/management"),
        Path("exceptions/management/commands"),
        Path("exceptions/web"),  # tests/browser
    }
    missing = {f for f in domain if not any((ROOT / "tests" / f).rglob("test_*.py"))}
    assert missing == set()
