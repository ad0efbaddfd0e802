"""`gateway import KIND FILE` and `gateway import all DIR`: take in reference data, whole or not at all."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from gateway.cli.migrate import Dsn, Embedded, Secrets
from gateway.cli.printed import WOULD_CHANGE, Json, fail, watched

if TYPE_CHECKING:
    from gateway.reference.changes import Changes
    from gateway.reference.forms import Charset, File
    from gateway.reference.importing import Summary
    from gateway.store.sealing import Seals

EffectiveAt = Annotated[
    str | None,
    typer.Option(
        "--effective-at",
        envvar="GATEWAY_EFFECTIVE_AT",
        metavar="INSTANT",
        help="When it takes effect, with its offset, such as 2027-01-01T00:00:00+08:00.",
    ),
]
ALL = "all"
WORKBOOK_SUFFIX = ".xlsx"


class CsvCharset(StrEnum):
    """Charsets of CSV that are read."""

    UTF8 = "utf-8"
    GB18030 = "gb18030"


def kinds_beginning(incomplete: str) -> list[tuple[str, str]]:
    """Return for a shell what KIND may be, with its Chinese name."""
    from gateway.reference.kinds import KINDS

    known = [(name, kind.title_zh) for name, kind in KINDS.items()]
    return [(name, title) for name, title in (*known, (ALL, "全部")) if name.startswith(incomplete)]


def import_files(
    context: typer.Context,
    kind: Annotated[
        str,
        typer.Argument(
            metavar="KIND",
            autocompletion=kinds_beginning,
            help="providers, employers, workers, enrolments, recognitions, authorizations, catalog, matches, limits, "
            "pairs, policy; or all.",
        ),
    ],
    path: Annotated[
        Path | None,
        typer.Argument(metavar="FILE|DIR", help="A .csv or .xlsx file; for all, the folder with one of each kind."),
    ] = None,
    embedded: Embedded = None,
    dsn: Dsn = None,
    secrets: Secrets = None,
    effective_at: EffectiveAt = None,
    charset: Annotated[
        CsvCharset, typer.Option("--charset", help="Of CSV; it is never guessed. Plain CSV of Excel or WPS: gb18030.")
    ] = CsvCharset.UTF8,
    sheet: Annotated[
        str | None,
        typer.Option("--sheet", metavar="NAME", help="Of a workbook; else its only one, or the one named as KIND."),
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Show what would change and write nothing; ends with 3 if anything would."),
    ] = False,
    template: Annotated[bool, typer.Option("--template", help="Print a CSV header of KIND to start from.")] = False,
    as_json: Json = False,
) -> None:
    """Import reference data (导入基础数据).

    CSV has a header row of field names and lists separated by |. A workbook (.xlsx) has the same on one sheet: codes as
    text, days as days, prices as text or as numbers of up to 15 digits. A file goes in whole or not at all, and every
    faulty row is told. `all DIR` takes <kind>.csv or <kind>.xlsx of every kind in one database transaction; limits
    and pairs may be missing there. An empty database is migrated first.

    providers, catalog, matches, limits, pairs, policy: a file is all there is of each area and scheme in it, and
    becomes a new version; the first takes effect at once, a later one after 10 seconds, and one more for every 10,000
    rows imported, unless --effective-at says otherwise. The same content again is nothing new.

    employers, workers, enrolments, recognitions, authorizations: rows that differ from what stands add a version, at
    once unless --effective-at says otherwise; rows that are not in the file stay as they are.

    Exit code 0: imported, or with --dry-run: nothing would change. 1: refused. 2: a wrong command line. 3: with
    --dry-run, something would change.
    """
    from gateway.reference.faults import ImportRefused
    from gateway.store.errors import StoreError

    _known(context, kind)
    if template:
        return _print_header(kind)
    files = _files(kind, path, charset, sheet)
    instant = instant_of(effective_at)
    try:
        if dry_run:
            _tell_changes(_compared(files, embedded, dsn, secrets, instant), as_json=as_json)
        else:
            _tell_summaries(_imported(files, embedded, dsn, secrets, instant), as_json=as_json)
    except ImportRefused as refused:
        from gateway.cli.import_told import show_faults

        show_faults(refused.faults, as_json=as_json)
        fail("import", f"{len(refused.faults)} 处错误,未导入 · {refused}")
    except StoreError as wrong:
        fail("import", str(wrong))


def _known(context: typer.Context, kind: str) -> None:
    import difflib

    from gateway.reference.kinds import KINDS

    if kind in (*KINDS, ALL):
        return
    close = difflib.get_close_matches(kind, (*KINDS, ALL), n=1)
    meant = f" Did you mean {close[0]}?" if close else ""
    raise typer.BadParameter(
        f"there is no kind {kind}.{meant} Give one of {', '.join(KINDS)}, or all.", ctx=context, param_hint="KIND"
    )


def _print_header(kind: str) -> None:
    from gateway.reference.kinds import KINDS

    if kind == ALL:
        _misused("--template is of one kind")
    typer.echo(",".join(column.name for column in KINDS[kind].columns))


def _files(kind: str, path: Path | None, charset: CsvCharset, sheet: str | None) -> "Mapping[str, File]":
    """Return the files by kind; ends the command where one is missing, there twice, or asked for what it has not."""
    from gateway.reference.kinds import KINDS

    if path is None:
        _misused("FILE is missing" if kind != ALL else "DIR is missing")
    paths = {kind: path}
    if kind == ALL:
        paths = {name: _one_of(path, name) for name in KINDS}
        paths = {name: file for name, file in paths.items() if KINDS[name].needed or file.is_file()}
    missing = [str(file) for file in paths.values() if not file.is_file()]
    if missing:
        fail("import", f"there is no file {', '.join(missing)}. Name what there is.")
    workbooks = [file for file in paths.values() if file.suffix.lower() == WORKBOOK_SUFFIX]
    if sheet is not None and (kind == ALL or not workbooks):
        _misused("--sheet is of one workbook (.xlsx)")
    if charset is not CsvCharset.UTF8 and len(workbooks) == len(paths):
        _misused("--charset is of CSV; a workbook says its own")
    try:
        return {name: _file(file, charset.value, sheet) for name, file in paths.items()}
    except OSError as wrong:
        fail("import", f"{wrong.filename}: {wrong.strerror}. Make it readable.")


def _one_of(folder: Path, kind: str) -> Path:
    csv, workbook = folder / f"{kind}.csv", folder / f"{kind}{WORKBOOK_SUFFIX}"
    if csv.is_file() and workbook.is_file():
        fail("import", f"there are both {csv} and {workbook}. Keep the one that is meant.")
    return workbook if workbook.is_file() else csv


def _file(path: Path, charset: "Charset", sheet: str | None) -> "File":
    """Read no more than one byte over the bound, which is then refused."""
    from gateway.reference.forms import FILE_BYTES_MAX, File

    with path.open("rb") as stream:
        content = stream.read(FILE_BYTES_MAX + 1)
    if path.suffix.lower() == WORKBOOK_SUFFIX:
        return File(content=content, form="xlsx", sheet=sheet)
    return File(content=content, charset=charset)


def instant_of(text: str | None) -> datetime | None:
    """Return the instant of --effective-at; ends the command where it is none."""
    if text is None:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        _misused(f"--effective-at {text} is no instant with its offset. Write it like 2027-01-01T00:00:00+08:00")
    return instant


def _misused(text: str) -> NoReturn:
    raise typer.BadParameter(f"{text}.")


def _imported(
    files: "Mapping[str, File]", embedded: Path | None, dsn: str | None, secrets: Path | None, instant: datetime | None
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
    dsn: str, files: "Mapping[str, File]", seals: "Seals", instant: datetime | None
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
        with watched() as watch:
            return await importing.import_files(connection, files, seals, instant, watch)
    except asyncpg.LockNotAvailableError:
        fail("import", "another import is running. Try again when it has ended.")
    finally:
        await connection.close()


def _compared(
    files: "Mapping[str, File]", embedded: Path | None, dsn: str | None, secrets: Path | None, instant: datetime | None
) -> "list[Changes]":
    import asyncio

    from gateway.cli import existing
    from gateway.collecting import hold_off
    from gateway.reference import importing
    from gateway.store.database import SessionLimits
    from gateway.store.secrets_file import default_secrets_path, load

    limits = SessionLimits(statement_timeout_ms=0, idle_in_transaction_session_timeout_ms=600_000)

    async def compare(at: str, seals: "Seals") -> "list[Changes]":
        async with existing.session(at, seals, "gateway import", limits) as connection:
            with watched() as watch:
                return await importing.compare_files(connection, files, seals, instant, watch)

    hold_off()
    with existing.opened(dsn, embedded) as target:
        return asyncio.run(compare(target.dsn, load(secrets or default_secrets_path(embedded))))


def _tell_summaries(summaries: "list[Summary]", *, as_json: bool) -> None:
    from gateway.cli.import_told import told
    from gateway.cli.printed import print_json

    if as_json:
        print_json({"imported": summaries})
        return
    for summary in summaries:
        typer.echo(told(summary))


def _tell_changes(changes: "list[Changes]", *, as_json: bool) -> None:
    from gateway.cli.import_told import show_changes
    from gateway.cli.printed import print_json

    if as_json:
        print_json({"would_change": changes})
    else:
        show_changes(changes)
    if any(change.written for change in changes):
        raise typer.Exit(WOULD_CHANGE)
