"""`gateway world --seed N --out DIR`: write an invented city for demo, load tests and trying out."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.printed import fail, waiting


def world(
    seed: Annotated[int, typer.Option("--seed", envvar="GATEWAY_SEED", min=0, help="The same seed, the same bytes.")],
    out: Annotated[Path, typer.Option("--out", envvar="GATEWAY_OUT", metavar="DIR", help="Folder to write into.")],
) -> None:
    """Write an invented world (示例世界): eleven CSV files for `gateway import all`, and world.json for scripts.

    Names, institutions, identity numbers and prices are made up; days are set around 2026-11-01. world.json holds its
    cases, each with the bills to send and who must bear them, and the providers' bearer tokens: keep such a world
    away from real data.
    """
    from gateway.reference.world.build import build, write

    try:
        with waiting("生成中 building …"):
            made = build(seed)
            paths = write(made, out)
    except OSError as wrong:
        fail("world", f"{out}: {wrong.strerror}. Name a folder that you may write to.")
    typer.echo(
        f"{len(paths)} files in {out}: {len(made.providers)} providers, {len(made.people.workers)} workers, "
        f"{len(made.items)} catalog rows, {len(made.cases)} cases."
    )
    typer.echo(f"Next: gateway import all {out} --embedded DIR")
