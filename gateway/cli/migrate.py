"""`gateway migrate up|status`: bring a database to this gateway's schema, or say how far it is."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from gateway.cli.printed import Json, fail, print_json, waiting

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from gateway.store.database import Connection, Target
    from gateway.store.migrations import MigrationState

Result = TypeVar("Result")
Embedded = Annotated[
    Path | None,
    typer.Option("--embedded", envvar="GATEWAY_EMBEDDED", help="Folder of an embedded PostgreSQL.", metavar="DIR"),
]
Dsn = Annotated[
    str | None, typer.Option("--dsn", envvar="GATEWAY_DSN", help="PostgreSQL to connect to.", metavar="DSN")
]
Secrets = Annotated[
    Path | None,
    typer.Option(
        "--secrets",
        envvar=["GATEWAY_SECRETS_FILE", "GATEWAY_SECRETS"],
        help="File of the keys that seal columns.",
        metavar="FILE",
    ),
]

app = typer.Typer(name="migrate", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def migrate() -> None:
    """Bring a database to this gateway's schema (迁移), or say how far it is."""


@app.command(short_help="Apply what the database lacks.")
def up(embedded: Embedded = None, dsn: Dsn = None) -> None:
    """Apply the migrations that the database lacks, each in a database transaction of its own."""
    from gateway.store.database import open_target
    from gateway.store.migrations import migrate_up

    with waiting("迁移中 migrating …"):
        applied = _with_database(lambda: open_target(dsn=dsn, embedded=embedded), migrate_up)
    for state in applied:
        typer.echo(f"applied {state.number:04}_{state.name}")
    typer.echo(f"{len(applied)} migration(s) applied; the database is current.")


@app.command(short_help="Show what the database has.")
def status(embedded: Embedded = None, dsn: Dsn = None, as_json: Json = False) -> None:
    """Show which migrations the database has; ends with 1 where any is not simply applied. Writes nothing."""
    from gateway.cli import existing
    from gateway.store.migrations import Standing
    from gateway.store.migrations import status as read_status

    states = _with_database(lambda: existing.opened(dsn, embedded), read_status)
    if as_json:
        print_json(states)
    else:
        _show(states)
    if any(state.standing is not Standing.APPLIED for state in states):
        raise typer.Exit(1)


def _show(states: "tuple[MigrationState, ...]") -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("number", "name", "standing", "applied at (UTC)")
    for state in states:
        instant = f"{state.applied_at:%Y-%m-%d %H:%M:%S}" if state.applied_at else ""
        table.add_row(f"{state.number:04}", state.name, state.standing.value, instant)
    Console().print(table)


def _with_database(
    opened: "Callable[[], AbstractContextManager[Target]]", work: "Callable[[Connection], Awaitable[Result]]"
) -> Result:
    """Do the work on a session of its own; what the store refuses is told and ends with 1."""
    import asyncio

    from gateway.store.database import connect
    from gateway.store.errors import StoreError

    async def on_a_session(target_dsn: str) -> Result:
        connection = await connect(target_dsn, application_name="gateway migrate")
        try:
            return await work(connection)
        finally:
            await connection.close()

    try:
        with opened() as target:
            return asyncio.run(on_a_session(target.dsn))
    except StoreError as wrong:
        fail("migrate", str(wrong))
