"""Plain tables for the command line."""

from collections.abc import Sequence
from typing import Protocol


class Out(Protocol):
    def write(self, text: str, /) -> object: ...


def print_table(out: Out, rows: Sequence[Sequence[object]], head: Sequence[str] = ()) -> None:
    """Columns as wide as their widest cell; the last one runs free."""
    lines = [[str(cell) for cell in row] for row in ([head] if head else []) + list(rows)]
    if not lines:
        return
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]) - 1)]
    for line in lines:
        fixed = "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=False))
        out.write(f"{fixed}  {line[-1]}".rstrip() + "\n")
