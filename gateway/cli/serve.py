"""`gateway serve`: the gateway on a database that others may share, on as many cores as it is given."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.printed import fail

if TYPE_CHECKING:
    import socket

    from gateway.settings import Settings


def serve(
    *,
    embedded: Annotated[
        Path | None, typer.Option(help="Folder of an embedded PostgreSQL (GATEWAY_EMBEDDED).", metavar="DIR")
    ] = None,
    dsn: Annotated[str | None, typer.Option(help="PostgreSQL to connect to (GATEWAY_DSN).", metavar="DSN")] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on (GATEWAY_HOST).")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0 takes any free one (GATEWAY_PORT).")] = None,
    workers: Annotated[
        int | None, typer.Option(help="Processes that serve (GATEWAY_WORKERS).", show_default="as many as cores")
    ] = None,
    secrets: Annotated[Path | None, typer.Option(help="File of the keys that seal columns (GATEWAY_SECRETS).")] = None,
    config: Annotated[Path | None, typer.Option(envvar="GATEWAY_CONFIG", help="TOML file of settings.")] = None,
) -> None:
    """Serve both doors until SIGTERM, then answer what is in flight and end. An empty database is migrated first.

    SIGHUP replaces the workers one by one, with new code and settings. A flag wins over an environment variable, which
    wins over the file; `gateway config show --origin` tells what comes of them, `gateway doctor` whether it can run.
    """
    from gateway.settings import BadSettings
    from gateway.store.errors import StoreError
    from gateway.web.binding import bound
    from gateway.workers.charge import settings_of
    from gateway.workers.slot import NoWorkerCameUp

    flags: dict[str, str | int | None] = {
        "embedded": str(embedded) if embedded else None,
        "dsn": dsn,
        "host": host,
        "port": port,
        "workers": workers,
        "secrets": str(secrets) if secrets else None,
    }
    file = str(config) if config else None
    try:
        settings = settings_of(file, flags)
        sockets = bound(settings.web)
        if settings.web.workers == 1:
            serve_alone(settings, sockets)
        else:
            serve_with_workers(settings, sockets, file, flags)
    except (BadSettings, StoreError, NoWorkerCameUp) as error:
        fail("serve", str(error))


def serve_alone(settings: "Settings", sockets: "list[socket.socket]") -> None:
    """Serve in this process."""
    from gateway import app
    from gateway.web.running import run

    target, seals = app.opened(settings)
    with target:
        run(app.serve(settings, target, seals, told, sockets=sockets))


def serve_with_workers(
    settings: "Settings", sockets: "list[socket.socket]", config: str | None, flags: dict[str, str | int | None]
) -> None:
    """Open and migrate the database once, then keep workers up on it."""
    import asyncio

    from gateway import app
    from gateway.workers.parent import keep_up

    target, seals = app.opened(settings)
    with target:
        asyncio.run(app.prepare(target.dsn, seals))
        opened: dict[str, str | int | None] = {
            "embedded": None,
            "dsn": target.dsn,
            "secrets": str(app.secrets_path(settings)),
        }
        asyncio.run(keep_up(settings.web, sockets, config, flags | opened, told))


def told(port: int) -> None:
    """Tell where the gateway listens."""
    typer.echo(f"listening on port {port}")
