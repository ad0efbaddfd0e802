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
