"""`gateway serve`: the gateway on a database that others may share, on as many cores as it is given."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.printed import fail

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

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
    mllp: Annotated[
        int | None, typer.Option(help="Port for HL7 v2 over MLLP; 0 takes any free one (GATEWAY_MLLP).")
    ] = None,
    mllp_host: Annotated[str | None, typer.Option(help="Address for MLLP (GATEWAY_MLLP_HOST).")] = None,
    mllp_cert: Annotated[Path | None, typer.Option(help="PEM certificate: MLLP over TLS (GATEWAY_MLLP_CERT).")] = None,
    mllp_key: Annotated[Path | None, typer.Option(help="PEM key of --mllp-cert (GATEWAY_MLLP_KEY).")] = None,
    mllp_client_ca: Annotated[
        Path | None, typer.Option(help="PEM CA of callers' certificates, then required (GATEWAY_MLLP_CLIENT_CA).")
    ] = None,
    secrets: Annotated[Path | None, typer.Option(help="File of the keys that seal columns (GATEWAY_SECRETS).")] = None,
    config: Annotated[Path | None, typer.Option(envvar="GATEWAY_CONFIG", help="TOML file of settings.")] = None,
) -> None:
    """Serve both doors until SIGTERM, then answer what is in flight and end. An empty database is migrated first.

    SIGHUP replaces the workers one by one, with new code and settings. A flag wins over an environment variable, which
    wins over the file; `gateway config show --origin` tells what comes of them, `gateway doctor` whether it can run.
    """
    from gateway.dialects.finding import BadAdapter
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
        "mllp": mllp,
        "mllp.host": mllp_host,
        "mllp.cert": str(mllp_cert) if mllp_cert else None,
        "mllp.key": str(mllp_key) if mllp_key else None,
        "mllp.client_ca": str(mllp_client_ca) if mllp_client_ca else None,
        "secrets": str(secrets) if secrets else None,
    }
    file = str(config) if config else None
    try:
        settings = settings_of(file, flags)
        sockets = bound(settings.web)
        mllp_sockets = mllp_bound(settings)
        if settings.web.workers == 1:
            serve_alone(settings, sockets, mllp_sockets)
        else:
            serve_with_workers(settings, sockets, file, flags, mllp_sockets)
    except (BadAdapter, BadSettings, StoreError, NoWorkerCameUp) as error:
        fail("serve", str(error))


def mllp_bound(settings: "Settings") -> "list[socket.socket]":
    """Return the sockets that listen for MLLP, none where no port is given; raises BadSettings, for its TLS too."""
    from gateway.web.binding import bound

    if settings.mllp.port is None:
        return []
    from gateway.mllp.tls import tls_of

    tls_of(settings.mllp)
    return bound(settings.mllp, "mllp")


def serve_alone(settings: "Settings", sockets: "list[socket.socket]", mllp_sockets: "list[socket.socket]") -> None:
    """Serve in this process."""
    from gateway import app
    from gateway.web.running import run

    target, seals = app.opened(settings)
    with target:
        on_started = telling(mllp_sockets)
        run(app.serve(settings, target, seals, on_started, sockets=sockets, mllp_sockets=mllp_sockets))


def serve_with_workers(
    settings: "Settings",
    sockets: "list[socket.socket]",
    config: str | None,
    flags: dict[str, str | int | None],
    mllp_sockets: "list[socket.socket]",
) -> None:
    """Open and migrate the database once, then keep workers up on it."""
    import asyncio

    from gateway import app
    from gateway.workers.parent import keep_up

    app.spoken_in_tree()  # a broken adapter is told once, here, before any worker starts
    target, seals = app.opened(settings)
    with target:
        asyncio.run(app.prepare(target.dsn, seals))
        opened: dict[str, str | int | None] = {
            "embedded": None,
            "dsn": target.dsn,
            "secrets": str(app.secrets_path(settings)),
        }
        on_started = telling(mllp_sockets)
        asyncio.run(keep_up(settings.web, sockets, config, flags | opened, on_started, mllp_sockets))


def telling(mllp_sockets: "list[socket.socket]") -> "Callable[[int], None]":
    """Return what tells where the gateway listens."""
    mllp_port = mllp_sockets[0].getsockname()[1] if mllp_sockets else None

    def told(port: int) -> None:
        typer.echo(f"listening on port {port}")
        if mllp_port is not None:
            typer.echo(f"listening for MLLP on port {mllp_port}")

    return told
