"""RULES as text, for ARCHITECTURE.md: the table and the state diagram."""

from exceptions.rules import PEOPLE_RESOLVE_FROM, RULES, Rule
from exceptions.vocabulary import Move, State


def table() -> str:
    """A Markdown table, one row a move."""
    head = ["| move | from | to | who | by itself, via |", "|---|---|---|---|---|"]
    return "\n".join([*head, *(_row(rule) for rule in RULES.values())])


def diagram() -> str:
    """The states and moves as a Mermaid diagram."""
    edges = [
        f"    {source} --> {rule.target}: {rule.move}"
        for rule in RULES.values()
        if rule.target
        for source in State
        if source in rule.sources
    ]
    return "\n".join(["stateDiagram-v2", "    [*] --> detected", *edges])


def _row(rule: Rule) -> str:
    sources = ", ".join(s for s in State if s in rule.sources)
    if rule.move == Move.RESOLVE:
        people = ", ".join(PEOPLE_RESOLVE_FROM)
        sources += f" (people: {people})"
    cells = [
        f"`{rule.move}`",
        sources,
        rule.target or "stays",
        ", ".join(_who(rule)),
        ", ".join(sorted(rule.machines)) or "—",
    ]
    return f"| {' | '.join(cells)} |"


def _who(rule: Rule) -> list[str]:
    who: list[str] = sorted(rule.roles)
    if rule.owner:
        who.insert(0, "owner")
    if rule.team:
        who.append("operator of the team")
    return who
