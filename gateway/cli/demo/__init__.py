"""`gateway demo`: a morning at both doors, on an embedded PostgreSQL, with every answer's signature checked."""

from typing import Annotated

import typer


def demo(
    *,
    once: Annotated[
        bool, typer.Option("--once", envvar="GATEWAY_ONCE", help="End after the morning; 0 if all went as it should.")
    ] = False,
    port: Annotated[int, typer.Option(envvar="GATEWAY_PORT", help="Port to serve on; 0 takes any free one.")] = 0,
    seed: Annotated[int, typer.Option(envvar="GATEWAY_SEED", help="Which invented world.")] = 1,
) -> None:
    """Build an invented world, serve it, and play a morning through both doors."""
    from gateway.cli.demo.day import play

    raise typer.Exit(play(once=once, port=port, seed=seed))
