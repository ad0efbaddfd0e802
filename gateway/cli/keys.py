"""`gateway keys new|list`: the keys that sign answers and receipts."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from gateway.cli.migrate import Dsn, Embedded

if TYPE_CHECKING:
    from gateway.store.database import Connection
    from gateway.store.sealing import Seals

Result = TypeVar("Result")
Secrets = Annotated[
    Path | None,
    typer.Option("--secrets", envvar="GATEWAY_SECRETS", help="File of the keys that seal columns.", metavar="FILE"),
]

app = typer.Typer(name="keys", help="The keys that sign answers and receipts.", no_args_is_help=True)


@app.command()
def new(embedded: Embedded = None, dsn: Dsn = None, secrets: Secrets = None) -> None:
    """Make a key; running gateways sign with it within seconds. Older keys stay published."""
    from gateway.signing.keyring import add_key

    key = with_seals(embedded, dsn, secrets, add_key)
    typer.echo(f"{key.kid} signs from now on.")


@app.command(name="list")
def list_(embedded: Embedded = None, dsn: Dsn = None, secrets: Secrets = None) -> None:
    """List the keys, the one that signs first."""
    from gateway.signing.keyring import kept_keys

    async def keys(connection: "Connection", _: "Seals") -> list[str]:
        return [f"{key.kid}  made {key.created_at:%Y-%m-%d %H:%M:%S} UTC" for key in await kept_keys(connection)]

    for number, line in enumerate(with_seals(embedded, dsn, secrets, keys)):
        typer.echo(f"{line}  {'signs' if number == 0 else 'verifies'}")


def with_seals(
    embedded: Path | None,
    dsn: str | None,
    secrets: Path | None,
    work: "Callable[[Connection, Seals], Awaitable[Result]]",
) -> Result:
    """Do the work on a session of its own, on a database that is migrated and sealed with these secrets."""
    from gateway.app import prepare
    from gateway.store.database import connect, open_target
    from gateway.store.errors import StoreError
    from gateway.store.secrets_file import default_secrets_path, load_or_create

    async def session(at: str, seals: "Seals") -> Result:
        await prepare(at, seals)
        connection = await connect(at, application_name="gateway-keys")
        try:
            return await work(connection, seals)
        finally:
            await connection.close()

    try:
        with open_target(dsn=dsn, embedded=embedded) as target:
            return asyncio.run(session(target.dsn, load_or_create(secrets or default_secrets_path(embedded))))
    except StoreError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
