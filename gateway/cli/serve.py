"""`gateway serve`: one gateway process on a database that others may share."""

import os
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.migrate import Dsn, Embedded


def serve(
    *,
    embedded: Embedded = None,
    dsn: Dsn = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on (GATEWAY_HOST).")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0 takes any free one (GATEWAY_PORT).")] = None,
    secrets: Annotated[Path | None, typer.Option(help="File of the keys that seal columns (GATEWAY_SECRETS).")] = None,
    config: Annotated[Path | None, typer.Option(envvar="GATEWAY_CONFIG", help="TOML file of settings.")] = None,
) -> None:
    """Serve both doors until SIGTERM, then drain. An empty database is migrated first."""
    from gateway import app
    from gateway.settings import BadSettings, load
    from gateway.store.errors import StoreError
    from gateway.web.running import run

    flags = {"embedded": embedded and str(embedded), "dsn": dsn, "host": host, "port": port}
    environ = {name: value for name, value in os.environ.items() if name != "GATEWAY_CONFIG"}
    try:
        settings = load(config, environ, flags | {"secrets": secrets and str(secrets)})
        target, seals = app.opened(settings)
        with target:
            run(app.serve(settings, target, seals, told))
    except (BadSettings, StoreError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


def told(port: int) -> None:
    """Tell where the gateway listens."""
    typer.echo(f"listening on port {port}")
