"""`gateway sandbox`: the whole house on a developer's own laptop; `reset` and `clock` change the one that runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.printed import fail

State = Annotated[
    Path | None,
    typer.Option(
        "--state",
        envvar="GATEWAY_SANDBOX_STATE",
        metavar="DIR",
        help="Folder that keeps it.",
        show_default="~/.local/state/settlement-gateway/sandbox, for root /var/lib/…",
    ),
]

app = typer.Typer(rich_markup_mode=None, name="sandbox")


@app.callback(invoke_without_command=True)
def sandbox(
    context: typer.Context,
    *,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Which invented world.", show_default="the one it has; 1 at first")
    ] = None,
    port: Annotated[
        int, typer.Option(envvar="GATEWAY_PORT", min=0, max=65535, help="Port; 0 takes any free one.")
    ] = 8080,
    host: Annotated[str, typer.Option(envvar="GATEWAY_HOST", help="Address to listen on.")] = "127.0.0.1",
    state: State = None,
) -> None:
    """Serve a sandbox until Ctrl-C: embedded PostgreSQL, an invented world, magic persons, a request log.

    What is sent to it survives a restart. Its pages begin at /sandbox.
    """
    context.obj = state
    if context.invoked_subcommand is not None:
        return
    from gateway.cli.sandbox.serving import serve

    with _told():
        serve(seed=seed, host=host, port=port, state=state)


@app.command()
def reset(context: typer.Context, *, state: State = None) -> None:
    """Put the sandbox back to its seed: all that came since, clock and log are gone; tokens and keys stay."""
    from gateway.cli.sandbox.turning import reset as do

    with _told():
        typer.echo(do(state or context.obj))


@app.command()
def clock(
    context: typer.Context,
    at: Annotated[
        str | None, typer.Argument(metavar="INSTANT", help="Set it to this, e.g. 2026-12-31T23:50+08:00.")
    ] = None,
    *,
    advance: Annotated[str | None, typer.Option(help="Move it forward by so much, e.g. 30d or 1d12h30m.")] = None,
    real: Annotated[bool, typer.Option("--real", help="Let it tell this machine's time again.")] = False,
    state: State = None,
) -> None:
    """Show the sandbox's clock; set it or move it: settlement days, sign-in cycles and rules go by it."""
    from gateway.cli.sandbox.turning import turn

    given = [at is not None, advance is not None, real].count(True)
    if given > 1:
        typer.echo("gateway sandbox clock: give one of INSTANT, --advance and --real.", err=True)
        raise typer.Exit(2)
    with _told():
        typer.echo(turn(state or context.obj, {"at": at, "advance": advance, "real": real} if given else None))


@contextmanager
def _told() -> Iterator[None]:
    """Tell what the store, the settings or the sandbox refuse, and end with 1."""
    from gateway.settings import BadSettings
    from gateway.store.errors import StoreError

    try:
        yield
    except (StoreError, BadSettings) as error:
        fail("sandbox", str(error))
