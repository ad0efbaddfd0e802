"""`gateway migrate up|status`: bring a database to this gateway's schema, or say how far it is."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

if TYPE_CHECKING:
    from gateway.store.database import Connection
    from gateway.store.migrations import MigrationState

Result = TypeVar("Result")
Embedded = Annotated[
    Path | None,
    typer.Option("--embedded", envvar="GATEWAY_EMBEDDED", help="Folder of an embedded PostgreSQL.", metavar="DIR"),
]
Dsn = Annotated[
    str | None, typer.Option("--dsn", envvar="GATEWAY_DSN", help="PostgreSQL to connect to.", metavar="DSN")
]

app = typer.Typer(name="migrate", help="Bring a database to this gateway's schema.", no_args_is_help=True)


@app.command()
def up(embedded: Embedded = None, dsn: Dsn = None) -> None:
    """Apply the migrations that the database lacks."""
    from gateway.store.migrations import migrate_up

    applied = _with_database(embedded, dsn, migrate_up)
    for state in applied:
        typer.echo(f"applied {state.number:04}_{state.name}")
    typer.echo(f"{len(applied)} migration(s) applied; the database is current.")


@app.command()
def status(embedded: Embedded = None, dsn: Dsn = None) -> None:
    """Show which migrations the database has; ends with 1 where any is not simply applied."""
    from gateway.store.migrations import Standing
    from gateway.store.migrations import status as read_status

    states = _with_database(embedded, dsn, read_status)
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


def _with_database(embedded: Path | None, dsn: str | None, work: "Callable[[Connection], Awaitable[Result]]") -> Result:
    """Do the work on a session of its own; what the store refuses is told and ends with 1."""
    import asyncio

    from gateway.store.database import connect, open_target
    from gateway.store.errors import StoreError

    async def on_a_session(target_dsn: str) -> Result:
        connection = await connect(target_dsn, application_name="gateway migrate")
        try:
            return await work(connection)
        finally:
            await connection.close()

    try:
        with open_target(dsn=dsn, embedded=embedded) as target:
            return asyncio.run(on_a_session(target.dsn))
    except StoreError as wrong:
        typer.echo(f"gateway migrate: {wrong}", err=True)
        raise typer.Exit(1) from wrong
