"""How commands print: answers to stdout, for people or as JSON; everything else to stderr, progress on terminals only.

Exit codes are the same everywhere: 0 it is done and all is well; 1 it was refused or something is wrong, told on
stderr; 2 the command line itself is wrong, or (`explain` only) what is stored contradicts itself; 3 (`import --dry-run`
only) an import would change something.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from gateway.reference.forms import Act, Watch

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]

WOULD_CHANGE = 3
_ACTS: "dict[Act, str]" = {"read": "读取 reading", "compare": "比较 comparing", "write": "写入 writing"}


def print_json(value: Any) -> None:
    """Print a value, structs and instants too, as indented JSON to stdout."""
    import msgspec

    typer.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def fail(command: str, text: str) -> NoReturn:
    """Tell on stderr what is wrong and end with 1."""
    typer.echo(f"gateway {command}: {text}", err=True)
    raise typer.Exit(1)


@contextmanager
def watched() -> "Iterator[Watch]":
    """Show on a terminal how far reading, comparing and writing of files has come; elsewhere nothing."""
    if not sys.stderr.isatty():
        from gateway.reference.forms import unwatched

        yield unwatched
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        tasks: dict[tuple[Act, str], Any] = {}

        def watch(act: "Act", kind: str, done: int, of: int) -> None:
            if (act, kind) not in tasks:
                tasks[act, kind] = progress.add_task(f"{_ACTS[act]} {kind}", total=of or None)
            progress.update(tasks[act, kind], completed=done, total=of or None)

        yield watch


@contextmanager
def waiting(text: str) -> Iterator[None]:
    """Show on a terminal that something goes on; elsewhere nothing."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(text):
        yield
