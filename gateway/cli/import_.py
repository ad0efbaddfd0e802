"""`gateway import KIND FILE` and `gateway import all DIR`: take in reference data, whole or not at all."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from gateway.cli.migrate import Dsn, Embedded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gateway.reference.faults import Fault
    from gateway.reference.importing import Summary
    from gateway.store.sealing import Seals

ALL = "all"
TABLE_WIDTH = 160
"""Of the table of faults, where the output is no terminal."""


def import_files(
    kind: Annotated[
        str,
        typer.Argument(
            metavar="KIND",
            help="providers, employers, workers, enrolments, recognitions, authorizations, catalog, matches, limits, "
            "pairs, policy; or all.",
        ),
    ],
    path: Annotated[Path, typer.Argument(metavar="FILE|DIR", help="A CSV file; for all, the folder of them.")],
    embedded: Embedded = None,
    dsn: Dsn = None,
    secrets: Annotated[
        Path | None,
        typer.Option(
            "--secrets",
            envvar=["GATEWAY_SECRETS_FILE", "GATEWAY_SECRETS"],
            metavar="FILE",
            help="Keys that seal persons' data.",
        ),
    ] = None,
    effective_at: Annotated[
        str | None,
        typer.Option(
            "--effective-at",
            envvar="GATEWAY_EFFECTIVE_AT",
            metavar="INSTANT",
            help="When it takes effect, with its offset, such as 2027-01-01T00:00:00+08:00.",
        ),
    ] = None,
) -> None:
    """Import reference data (导入基础数据) from CSV: UTF-8, a header row of field names, lists separated by |.

    A file goes in whole or not at all, and every faulty row is told. `all DIR` takes <kind>.csv of every kind in one
    database transaction; limits and pairs may be missing there. An empty database is migrated first.

    providers, catalog, matches, limits, pairs, policy: a file is all there is of each area and scheme in it, and
    becomes a new version; the first takes effect at once, a later one after 10 seconds, and one more for every 10,000
    rows imported, unless --effective-at says otherwise. The same content again is nothing new.

    employers, workers, enrolments, recognitions, authorizations: rows that differ from what stands add a version, at
    once unless --effective-at says otherwise; rows that are not in the file stay as they are.
    """
    files = _read(kind, path)
    instant = _instant(effective_at)
    from gateway.reference.faults import ImportRefused
    from gateway.store.errors import StoreError

    try:
        summaries = _import(files, embedded, dsn, secrets, instant)
    except ImportRefused as refused:
        _show(refused.faults)
        _fail(str(refused))
    except StoreError as wrong:
        _fail(str(wrong))
    for summary in summaries:
        typer.echo(_told(summary))


def _read(kind: str, path: Path) -> "Mapping[str, bytes]":
    from gateway.reference.kinds import KINDS

    if kind not in (*KINDS, ALL):
        _fail(f"there is no kind {kind}. Give one of {', '.join(KINDS)}, or all.")
    paths = {kind: path}
    if kind == ALL:
        paths = {name: path / f"{name}.csv" for name in KINDS}
        paths = {name: file for name, file in paths.items() if KINDS[name].needed or file.is_file()}
    missing = [str(file) for file in paths.values() if not file.is_file()]
    if missing:
        _fail(f"there is no file {', '.join(missing)}. Name what there is.")
    try:
        return {name: file.read_bytes() for name, file in paths.items()}
    except OSError as wrong:
        _fail(f"{wrong.filename}: {wrong.strerror}. Make it readable.")


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        _fail(f"--effective-at {text} is no instant with its offset. Write it like 2027-01-01T00:00:00+08:00.")
    return instant


def _import(
    files: "Mapping[str, bytes]", embedded: Path | None, dsn: str | None, secrets: Path | None, instant: datetime | None
) -> "list[Summary]":
    import asyncio

    from gateway.collecting import hold_off
    from gateway.store.database import open_target
    from gateway.store.secrets_file import default_secrets_path, load_or_create

    hold_off()
    with open_target(dsn=dsn, embedded=embedded) as target:
        seals = load_or_create(secrets or default_secrets_path(embedded))
        return asyncio.run(_in_session(target.dsn, files, seals, instant))


async def _in_session(
    dsn: str, files: "Mapping[str, bytes]", seals: "Seals", instant: datetime | None
) -> "list[Summary]":
    import asyncpg

    from gateway.app import check_seals
    from gateway.reference import importing
    from gateway.store.database import SessionLimits, connect
    from gateway.store.migrations import ensure_current

    limits = SessionLimits(statement_timeout_ms=0, idle_in_transaction_session_timeout_ms=600_000)
    connection = await connect(dsn, application_name="gateway import", limits=limits)
    try:
        await ensure_current(connection)
        await check_seals(connection, seals)
        return await importing.import_files(connection, files, seals, instant)
    except asyncpg.LockNotAvailableError:
        _fail("another import is running. Try again when it has ended.")
    finally:
        await connection.close()


def _told(summary: "Summary") -> str:
    if not summary.added:
        return f"{summary.kind}: {summary.rows} rows, nothing new"
    versions = ", ".join(map(str, summary.versions))
    told = f"{summary.kind}: {summary.rows} rows, {summary.added} written as version {versions}"
    told += f", in force from {summary.effective_at.isoformat(timespec='seconds')}" if summary.effective_at else ""
    if summary.silenced:
        silenced = ", ".join(map(str, summary.silenced))
        told += f". Announced version {silenced} will not come into force: import it again after this one"
    return told


def _show(faults: "Iterable[Fault]") -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(stderr=True)
    if not console.is_terminal:
        console = Console(stderr=True, width=TABLE_WIDTH)
    table = Table("file", "row", "column", "原因 reason", "怎样改 cure")
    for fault in faults:
        table.add_row(
            fault.kind,
            "" if fault.row is None else str(fault.row),
            Text(fault.column or ""),
            Text(f"{fault.reason_zh} · {fault.reason_en}"),
            Text(f"{fault.cure_zh} · {fault.cure_en}"),
        )
    console.print(table)


def _fail(text: str) -> NoReturn:
    typer.echo(f"gateway import: {text}", err=True)
    raise typer.Exit(1)
