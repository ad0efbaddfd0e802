"""`gateway adapter …`: begin an adapter, try a message, rewrite its examples, check it against the contract."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.printed import Json, fail
from gateway.cli.streams import never_fail_to_print

if TYPE_CHECKING:
    from gateway.dialects.finding import Found

app = typer.Typer(no_args_is_help=True, help="Begin, try and check adapters of dialects (适配器).")
Name = Annotated[str, typer.Argument(metavar="NAME", help="The adapter's name, or the folder of its module.")]


@app.command(short_help="Begin one from a dialect that is there, ready to fail (新建).")
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Lower-case letters, digits and _.")],
    source: Annotated[str, typer.Option("--from", metavar="DIALECT", help="The dialect that it is begun from.")],
    folder: Annotated[
        Path | None, typer.Option("--dir", metavar="FOLDER", help="For a package of its own, with an entry point.")
    ] = None,
) -> None:
    """Write a module, its page, examples and a test, taken from a dialect that is there. All of it fails at first.

    Put the sender's samples in place of the examples, and follow adapters/README.md from there.
    """
    from gateway.cli.adapter.beginning import begin
    from gateway.dialects.finding import BadAdapter

    never_fail_to_print()
    try:
        written = begin(name, named(source, "new"), folder)
    except (BadAdapter, OSError) as error:
        fail("adapter new", str(error))
    for path in written:
        typer.echo(f"wrote {path}")
    shown = name if folder is None else str(folder / name)
    typer.echo(f"接着 next: gateway adapter check {shown}")


@app.command(short_help="Check it against the contract and tell its tier (检查).")
def check(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="The adapter's name, or its folder.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every adapter there is.")] = False,
    as_json: Json = False,
) -> None:
    """Check an adapter in memory, rule by rule, and tell its tier: bronze, silver or gold.

    Ends with 0 where every rule is done or exempt, else with 1; each rule that is not says what would make it pass.
    """
    from gateway.cli.adapter.checking import report_of, told, told_json

    never_fail_to_print()
    if every == (name is not None):
        fail("adapter check", "请给出一个名称或 --all\ngateway adapter check: give one NAME, or --all")
    found = everyone() if every else [named(name or "", "check")]
    reports = [report_of(one) for one in found]
    if as_json:
        typer.echo(told_json(reports))
    else:
        typer.echo("\n\n".join(map(told, reports)))
    if not all(verdict.stands for report in reports for verdict in report.verdicts):
        raise typer.Exit(1)


@app.command("try", short_help="Read a message, decide it on the demo world, show the answer (试报文).")
def try_(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help="Messages, or folders of golden cases, in order.")
    ],
    dialect: Annotated[str | None, typer.Option(help="The dialect; unasked, the first that reads the file.")] = None,
    provider: Annotated[str | None, typer.Option(help="Who sends it; unasked, whom the message names.")] = None,
    setting: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="A setting of the provider's profile.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show what an adapter reads in a message, from where, what the house decides, and what goes back.

    In memory, on the demo world, as of 23 November 2026; several messages see what those before them left, as a
    registration, its items and their settlement. No receipt is made.
    """
    from adapters.kit.cases import BadCase
    from gateway.cli.adapter.showing import told
    from gateway.cli.adapter.trying import Bench, Choice, NoDialect, told_json
    from gateway.dialects.finding import BadAdapter

    never_fail_to_print()
    for file in files:
        if not file.exists():
            fail("adapter try", f"{file}: 没有此文件 no such file")
    settings = dict(one.split("=", 1) for one in setting or () if "=" in one)
    if len(settings) != len(setting or ()):
        fail("adapter try", "--setting 应为 名称=值 is NAME=VALUE, each name once")
    bench = Bench([named(dialect, "try")] if dialect else everyone(), Choice(provider=provider, settings=settings))
    try:
        tried = [bench.tried(file) for file in files]
    except (BadAdapter, BadCase, NoDialect) as error:
        fail("adapter try", str(error))
    typer.echo(told_json(tried) if as_json else "\n\n".join(map(told, tried)))


@app.command(short_help="Write anew what it makes of its golden cases; read the diff (范例).")
def rewrite(name: Name) -> None:
    """Write canonical.json or problem.json, and response.json, of each golden case; read the difference, then commit.

    door.json, request.*, profile.json and answer.json or refusal.json are yours, and are never touched.
    """
    from adapters.kit.cases import BadCase
    from gateway.dialects.finding import BadAdapter
    from gateway.dialects.folders import golden_of
    from gateway.dialects.folders import rewrite as rewrite_folder

    never_fail_to_print()
    found = named(name, "rewrite")
    try:
        golden = golden_of(found)
        if golden is None:
            fail("adapter rewrite", f"{found.folder() / 'golden'}: there are no golden cases yet / 还没有范例")
        changed = rewrite_folder(found.load(), golden)
    except (BadAdapter, BadCase) as error:
        fail("adapter rewrite", str(error))
    for path in changed:
        typer.echo(f"{'wrote' if path.exists() else 'removed'} {path}")
    typer.echo(f"{len(changed)} files are other than before / 改动 {len(changed)} 个文件")


def everyone() -> "list[Found]":
    """Return every adapter, or end with what is wrong with one."""
    from gateway.dialects.finding import BadAdapter, everywhere

    try:
        return everywhere()
    except BadAdapter as error:
        fail("adapter", str(error))


def named(name: str, command: str) -> "Found":
    """Return the adapter of a name or in a folder, or end with the names that there are."""
    from gateway.dialects.finding import at_folder

    if Path(name).is_dir():
        return at_folder(Path(name))
    found = everyone()
    known = {one.name: one for one in found}
    if name not in known:
        names = ", ".join(known)
        zh, en = f"没有适配器 {name}；现有：{names}", f"there is no adapter {name}; there are {names}"
        fail(f"adapter {command}", f"{zh}\ngateway adapter {command}: {en}")
    return known[name]
