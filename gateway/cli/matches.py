"""`gateway matches list|approve|refuse`: what providers file of matches (目录对照), and what the agency decides."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

import typer

from gateway.cli.migrate import Dsn, Embedded
from gateway.cli.printed import Json, fail, print_json

if TYPE_CHECKING:
    from gateway.reference.approving import Approved, Chosen
    from gateway.store.database import Connection
    from gateway.store.sealing import Seals

LISTED_MAX = 500
REASON_CHARACTERS_MAX = 1_000
TABLE_WIDTH = 160
"""Of the table, where the output is no terminal."""
Result = TypeVar("Result")
State = Literal["pending", "approved", "refused", "withdrawn", "all"]
Secrets = Annotated[
    Path | None,
    typer.Option("--secrets", envvar="GATEWAY_SECRETS", help="File of the keys that seal columns.", metavar="FILE"),
]
Numbers = Annotated[
    list[str] | None, typer.Argument(metavar="[FILING]…", help="Numbers of filings, as list shows them.")
]
OfProvider = Annotated[str | None, typer.Option("--provider", metavar="CODE", help="Only this provider's.")]
AllOf = Annotated[
    str | None, typer.Option("--all-of", metavar="CODE", help="All that are pending of this provider, not named ones.")
]

app = typer.Typer(name="matches", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def matches() -> None:
    """Decide what providers file of catalog matches (目录对照审核)."""


@app.command(name="list", short_help="List filings, the oldest first.")
def list_(
    provider: OfProvider = None,
    state: Annotated[State, typer.Option("--state", help="Only those that stand so.")] = "pending",
    embedded: Embedded = None,
    dsn: Dsn = None,
    secrets: Secrets = None,
    *,
    as_json: Json = False,
) -> None:
    """List filings with what the newest matches say of the same local code. Writes nothing.

    An act `end` asks that the match of that code and first day have the stated last day.
    """
    from gateway.cli import existing
    from gateway.store.errors import StoreError
    from gateway.store.queries import QUERIES

    async def look(connection: "Connection", _: "Seals") -> list[dict[str, Any]]:
        sql, wanted = QUERIES["match_filings_listed"].sql, None if state == "all" else state
        return [dict(row) for row in await connection.fetch(sql, provider, wanted, LISTED_MAX + 1)]

    try:
        rows = existing.looked_up(dsn, embedded, secrets, "gateway matches", look)
    except StoreError as wrong:
        fail("matches", str(wrong))
    _tell(rows[:LISTED_MAX], more=len(rows) > LISTED_MAX, as_json=as_json)


def _tell(rows: list[dict[str, Any]], *, more: bool, as_json: bool) -> None:
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
        table.add_row(*map(Text, _cells(row)))
    console = Console() if Console().is_terminal else Console(width=TABLE_WIDTH)
    console.print(table)
    typer.echo(f"{len(told)} filings" + (f" (the first {LISTED_MAX}; there are more)" if more else ""))


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


def _instant(value: Any) -> str:
    return f"{value.isoformat(timespec='seconds')}" if value else ""


@app.command(short_help="Approve filings: a new version of the matches.")
def approve(
    filings: Numbers = None,
    all_of: AllOf = None,
    effective_at: Annotated[
        str | None,
        typer.Option(
            "--effective-at",
            envvar="GATEWAY_EFFECTIVE_AT",
            metavar="INSTANT",
            help="When it takes effect, with its offset, such as 2027-01-01T00:00:00+08:00.",
        ),
    ] = None,
    embedded: Embedded = None,
    dsn: Dsn = None,
    secrets: Secrets = None,
    *,
    as_json: Json = False,
) -> None:
    """Approve filings, all that are named or none, as a new version of the matches.

    It keeps the rows of the newest version, and takes effect after 10 seconds, and one more for every 10,000 rows,
    unless --effective-at says otherwise; never before a version that is announced already. Bills decided until then
    stay as they are.

    Exit code 0: approved. 1: refused, with every filing that does not fit. 2: a wrong command line.
    """
    from gateway.cli.import_ import instant_of
    from gateway.reference import approving

    chosen, instant = _chosen(filings, all_of), instant_of(effective_at)
    approved = _decided(
        dsn, embedded, secrets, lambda connection, seals: approving.approve(connection, chosen, seals, instant)
    )
    if as_json:
        print_json({"approved": approved})
        return
    for one in approved:
        typer.echo(_approved(one))


def _approved(one: "Approved") -> str:
    said = f"version {one.version}" if one.written else f"nothing new: version {one.version} says so already"
    instant = one.effective_at.isoformat(timespec="seconds")
    return f"{one.area} {one.scheme}: {len(one.filing_nos)} filings approved, {said}, in force from {instant}"


@app.command(short_help="Refuse filings, and say why.")
def refuse(
    filings: Numbers = None,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; their provider is told it.")] = "",
    all_of: AllOf = None,
    embedded: Embedded = None,
    dsn: Dsn = None,
    secrets: Secrets = None,
    *,
    as_json: Json = False,
) -> None:
    """Refuse filings, all that are named or none. The provider sees the reason with its filing, and may file anew."""
    from gateway.reference import approving

    chosen, why = _chosen(filings, all_of), _reason(reason)
    refused = _decided(dsn, embedded, secrets, lambda connection, _: approving.refuse(connection, chosen, why))
    if as_json:
        print_json({"refused": refused})
        return
    typer.echo(f"{len(refused)} filings refused.")


def _chosen(filings: list[str] | None, all_of: str | None) -> "Chosen":
    from gateway.reference.approving import Chosen

    if bool(filings) == bool(all_of):
        raise typer.BadParameter("name filings, or all of a provider by --all-of, not both.")
    return Chosen(filing_nos=tuple(dict.fromkeys(filings or ())), provider_code=all_of)


def _reason(text: str) -> str:
    """Return a reason that an answer can carry."""
    import msgspec

    from schemas.scalars import LongText

    try:
        return msgspec.convert(text.strip(), LongText)
    except msgspec.ValidationError:
        raise typer.BadParameter(
            f"--reason is missing, or is no line of up to {REASON_CHARACTERS_MAX} characters."
        ) from None


def _decided(
    dsn: str | None,
    embedded: Path | None,
    secrets: Path | None,
    decide: "Callable[[Connection, Seals], Awaitable[Result]]",
) -> Result:
    """Decide in a session of its own; end with 1 and every fault where it cannot be so."""
    import asyncio

    import asyncpg

    from gateway.cli import existing
    from gateway.reference.approving import FilingsRefused
    from gateway.store.database import SessionLimits
    from gateway.store.errors import StoreError
    from gateway.store.secrets_file import default_secrets_path, load

    limits = SessionLimits(statement_timeout_ms=0, idle_in_transaction_session_timeout_ms=600_000)

    async def work(at: str, seals: "Seals") -> Result:
        async with existing.session(at, seals, "gateway matches", limits) as connection:
            return await decide(connection, seals)

    try:
        with existing.opened(dsn, embedded) as target:
            return asyncio.run(work(target.dsn, load(secrets or default_secrets_path(embedded))))
    except asyncpg.LockNotAvailableError:
        fail("matches", "an import or a provider's message is under way. Try again in a moment.")
    except StoreError as wrong:
        fail("matches", str(wrong))
    except FilingsRefused as refused:
        for fault in refused.faults:
            number = f"{fault.filing_no}: " if fault.filing_no else ""
            typer.echo(f"{number}{fault.reason.zh} {fault.reason.en} · {fault.cure.zh} {fault.cure.en}", err=True)
        fail("matches", f"{len(refused.faults)} 处错误,未作审核 · {refused}")
