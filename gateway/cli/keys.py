"""`gateway keys new|list`: the keys that sign answers and receipts."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import typer

from gateway.cli.migrate import Dsn, Embedded, Secrets
from gateway.cli.printed import Json, fail, print_json

if TYPE_CHECKING:
    from gateway.signing.keyring import KeptKey
    from gateway.store.database import Connection
    from gateway.store.sealing import Seals

Result = TypeVar("Result")

app = typer.Typer(name="keys", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def keys() -> None:
    """Make and list the keys that sign answers and receipts (签名密钥)."""


@app.command(short_help="Make a key that signs from now on.")
def new(embedded: Embedded = None, dsn: Dsn = None, secrets: Secrets = None) -> None:
    """Make a key; running gateways sign with it within seconds. Older keys stay published.

    An empty database is migrated first.
    """
    from gateway.signing.keyring import add_key

    key = _with_seals(embedded, dsn, secrets, add_key)
    typer.echo(f"{key.kid} signs from now on.")


@app.command(name="list", short_help="List the keys.")
def list_(embedded: Embedded = None, dsn: Dsn = None, secrets: Secrets = None, as_json: Json = False) -> None:
    """List the keys, the one that signs first; the others verify what they signed. Writes nothing."""
    from gateway.cli import existing
    from gateway.signing.keyring import kept_keys
    from gateway.store.errors import StoreError

    async def look(connection: "Connection", _: "Seals") -> "list[KeptKey]":
        return await kept_keys(connection)

    try:
        kept = existing.looked_up(dsn, embedded, secrets, "gateway-keys", look)
    except StoreError as error:
        fail("keys", str(error))
    told = [
        {"kid": key.kid, "made_at": key.created_at, "use": "verifies" if number else "signs", "jwk": key.public_jwk}
        for number, key in enumerate(kept)
    ]
    if as_json:
        print_json(told)
        return
    for key in told:
        typer.echo(f"{key['kid']}  made {key['made_at']:%Y-%m-%d %H:%M:%S} UTC  {key['use']}")


def _with_seals(
    embedded: Path | None,
    dsn: str | None,
    secrets: Path | None,
    work: "Callable[[Connection, Seals], Awaitable[Result]]",
) -> Result:
    """Do the work on a session of its own, on a database that is migrated and sealed with these secrets."""
    import asyncio

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
        fail("keys", str(error))
