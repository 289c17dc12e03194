"""Numbers of documents: ``RTM/IN/00012``, ``P00031``."""

from integrations.simulator.transactions import Transaction


def take(tx: Transaction, code: str) -> str:
    """The next name of a sequence."""
    table = tx.tables["ir.sequence"]
    row = table.rows[next(iter(table.index("code")[code]))]
    number = row["number_next"]
    tx.write("ir.sequence", row["id"], {"number_next": number + 1})
    return f"{row.get('prefix', '')}{number:0{row['padding']}d}"


def make(tx: Transaction, code: str, prefix: str, padding: int) -> None:
    """A sequence that starts at 1."""
    values = {"name": code, "code": code, "prefix": prefix, "padding": padding, "number_next": 1}
    tx.create("ir.sequence", values)
