"""`gateway matches`: what providers file of catalog matches (目录对照), and what the agency decides of it."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

import typer

from gateway.cli.filings_told import tell
from gateway.cli.import_ import EffectiveAt, instant_of
from gateway.cli.migrate import Dsn, Embedded, Secrets
from gateway.cli.printed import Json, fail, print_json

if TYPE_CHECKING:
    from gateway.reference.approving import Approved
    from gateway.store.database import Connection
    from gateway.store.sealing import Seals

LISTED_MAX = 500
REASON_CHARACTERS_MAX = 1_000
Result = TypeVar("Result")
State = Literal["pending", "approved", "refused", "withdrawn", "all"]
Numbers = Annotated[
    list[str] | None, typer.Argument(metavar="[FILING]…", help="Numbers of filings, as list shows them.")
]
OfProvider = Annotated[str | None, typer.Option("--provider", metavar="CODE", help="Only this provider's.")]
Listed = Annotated[
    Path | None,
    typer.Option("--listed", metavar="FILE", help="Those that list --json printed into a file, instead of numbers."),
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
    tell(rows[:LISTED_MAX], more=len(rows) > LISTED_MAX, as_json=as_json)


@app.command(short_help="Approve filings: a new version of the matches.")
def approve(
    filings: Numbers = None,
    listed: Listed = None,
    effective_at: EffectiveAt = None,
    embedded: Embedded = None,
    dsn: Dsn = None,
    secrets: Secrets = None,
    *,
    as_json: Json = False,
) -> None:
    """Approve filings, all that are named or none, as a new version of the matches.

    Only what was looked at: filings by their numbers, or a file that `gateway matches list --json` printed. What is
    filed under a number never changes, and what was filed since the list is not in it.

    It keeps the rows of the newest version, and takes effect after 10 seconds, and one more for every 10,000 rows,
    unless --effective-at says otherwise; never before a version that is announced already. Bills decided until then
    stay as they are.

    Exit code 0: approved. 1: refused, with every filing that does not fit. 2: a wrong command line.
    """
    from gateway.reference import approving

    numbers, instant = _numbers(filings, listed), instant_of(effective_at)
    approved = _decided(
        dsn, embedded, secrets, lambda connection, seals: approving.approve(connection, numbers, seals, instant)
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
    listed: Listed = None,
    embedded: Embedded = None,
    dsn: Dsn = None,
    secrets: Secrets = None,
    *,
    as_json: Json = False,
) -> None:
    """Refuse filings, all that are named or none. The provider sees the reason with its filing, and may file anew."""
    from gateway.reference import approving

    numbers, why = _numbers(filings, listed), _reason(reason)
    refused = _decided(dsn, embedded, secrets, lambda connection, _: approving.refuse(connection, numbers, why))
    if as_json:
        print_json({"refused": refused})
        return
    typer.echo(f"{len(refused)} filings refused.")


@app.command(short_help="Print the matches, as import takes them.")
def export(embedded: Embedded = None, dsn: Dsn = None, secrets: Secrets = None) -> None:
    """Print the newest matches of every area as CSV, announced ones too: what `gateway import matches` takes.

    An import is all there is: begin with what this prints, so that nothing is lost that was approved here.
    """
    import csv
    import sys

    from gateway.cli import existing
    from gateway.reference.approving import newest_rows
    from gateway.reference.kinds import KINDS
    from gateway.store.errors import StoreError

    try:
        rows = existing.looked_up(
            dsn, embedded, secrets, "gateway matches", lambda connection, _: newest_rows(connection)
        )
    except StoreError as wrong:
        fail("matches", str(wrong))
    columns = [column.name for column in KINDS["matches"].columns]
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([getattr(row, name) for name in columns] for row in rows)


def _numbers(filings: list[str] | None, listed: Path | None) -> tuple[str, ...]:
    """Return the numbers that were named, each once; ends the command where there is none, or both ways were taken."""
    if bool(filings) == (listed is not None):
        raise typer.BadParameter("name filings, or a file of them by --listed, not both.")
    numbers = filings or (_numbers_listed(listed) if listed else [])
    if not numbers:
        raise typer.BadParameter(f"there is no filing in {listed}.")
    return tuple(dict.fromkeys(numbers))


def _numbers_listed(file: Path) -> list[str]:
    import msgspec

    class Filing(msgspec.Struct):
        filing_no: str

    class Filings(msgspec.Struct):
        filings: list[Filing]

    try:
        return [filing.filing_no for filing in msgspec.json.decode(file.read_bytes(), type=Filings).filings]
    except OSError as wrong:
        raise typer.BadParameter(f"{file} cannot be read: {wrong.strerror}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise typer.BadParameter(f"{file} is not what gateway matches list --json prints.") from None


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
