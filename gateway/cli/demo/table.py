"""What the morning came to, as a table."""

from typing import Any

from msgspec import Struct
from rich.console import Console
from rich.table import Table

from gateway.cli.demo.caller import Told

COLUMNS = (
    "what",
    "provider",
    "dialect",
    "lines",
    "charged",
    "fund",
    "worker",
    "employer",
    "provider’s",
    "findings",
    "ms",
)
SUMS = ("charged_fen", "fund_fen", "worker_fen", "employer_fen", "provider_fen")


class Shown(Struct, frozen=True, kw_only=True):
    """A row of the table; sums in fen, None where the message has none."""

    what: str
    provider: str
    dialect: str
    lines: int | None
    sums: dict[str, int] | None
    findings: str
    milliseconds: float


def native_row(what: str, provider: str, said: Told) -> Shown:
    """Return the row of a native answer."""
    body: dict[str, Any] = said.body
    found = ", ".join(dict.fromkeys(finding["rule"] for finding in body.get("findings", ())))
    return Shown(
        what=what,
        provider=provider,
        dialect="native",
        lines=len(body["lines"]) if "lines" in body else None,
        sums=body.get("sums"),
        findings=found or body.get("code", ""),
        milliseconds=said.milliseconds,
    )


def show(rows: list[Shown]) -> None:
    """Print the table."""
    table = Table(*COLUMNS, title="A morning at the gateway (amounts in yuan)", title_justify="left")
    for column in table.columns[3:9]:
        column.justify = "right"
    for row in rows:
        sums = [yuan(row.sums[name]) for name in SUMS] if row.sums else [""] * len(SUMS)
        lines = "" if row.lines is None else str(row.lines)
        table.add_row(row.what, row.provider, row.dialect, lines, *sums, row.findings, f"{row.milliseconds:.0f}")
    console = Console()
    Console(width=max(console.width, 190)).print(table)


def yuan(fen: int) -> str:
    """Return fen as yuan text."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02}"
