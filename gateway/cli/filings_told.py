"""Filings of matches as an operator reads them before deciding."""

from typing import Any
from unicodedata import category

import typer

from gateway.cli.printed import print_json

TABLE_WIDTH = 160
"""Of the table, where the output is no terminal."""


def tell(rows: list[dict[str, Any]], *, more: bool, as_json: bool) -> None:
    """Print filings as rows of match_filings_listed, as a table or as JSON; more: they are not all."""
    import msgspec

    told = [{**row, "stands": msgspec.json.decode(row["stands"])} for row in rows]
    if as_json:
        print_json({"filings": told, "more": more})
        return
    from rich.console import Console
    from rich.table import Column, Table
    from rich.text import Text

    names = (
        "filing 申请",
        "provider 机构",
        "local code 院内码",
        "catalog code 目录编码",
        "days 日期",
        "state 状态",
        "stands 现行",
    )
    table = Table(*(Column(name, overflow="fold") for name in names))
    for row in told:
        table.add_row(*(Text(_visible(cell)) for cell in _cells(row)))
    console = Console() if Console().is_terminal else Console(width=TABLE_WIDTH)
    console.print(table)
    typer.echo(f"{len(told)} filings" + (f" (the first {len(told)}; there are more)" if more else ""))


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    act = "终止 end\n" if row["act"] == "end" else ""
    days = f"{act}{row['valid_from']}..{row['valid_to'] or ''}"
    state = "\n".join(filter(None, (row["state"], row["reason"], _instant(row["effective_at"]))))
    stands = "\n".join(
        f"{m['catalog_code']} {m['valid_from']}..{m['valid_to'] or ''} {m['state']}" for m in row["stands"]
    )
    return (
        row["filing_no"],
        row["provider_code"],
        "\n".join(filter(None, (row["local_code"], row["local_name"]))),
        "\n".join(filter(None, (row["catalog_code"], row["catalog_name"]))),
        days,
        state,
        stands or "-",
    )


def _visible(text: str) -> str:
    """Return a text with what would not be seen, or would turn its order, as its code point: a provider wrote it."""
    return "".join(f"<U+{ord(one):04X}>" if category(one) == "Cf" else one for one in text)


def _instant(value: Any) -> str:
    return f"{value.isoformat(timespec='seconds')}" if value else ""
