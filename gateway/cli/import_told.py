"""What `gateway import` tells: summaries, changes of a dry run, and tables of faults."""

from collections.abc import Iterable

import typer
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from gateway.cli.printed import print_json
from gateway.reference.changes import ROWS_SHOWN_MAX, Changes, ColumnChange, RowChange
from gateway.reference.faults import Fault
from gateway.reference.importing import Summary

TABLE_WIDTH = 160
"""Of the table of faults, where the output is no terminal."""
_BECAME = {"new": "新增 new", "changed": "变更 changed", "ended": "终止 ended"}


def told(summary: Summary) -> str:
    """Return what became of a file, in the line of its dry run, and the versions that were written."""
    versions = ", ".join(map(str, summary.versions))
    return _counted(summary) + (f"; 版本 version {versions}" if versions else "; 没有新内容 nothing new")


def _counted(of: Summary | Changes) -> str:
    """Return how many rows are new, changed, ended and unchanged, and from when."""
    counts = f"新增 {of.new} new, 变更 {of.changed} changed, 终止 {of.ended} ended, 不变 {of.unchanged} unchanged"
    if of.effective_at is None:
        return f"{of.kind}: {counts}"
    instant = of.effective_at.isoformat(timespec="seconds")
    return f"{of.kind}: {counts}; 生效 in force from {instant}{_silenced(of.silenced)}"


def _silenced(versions: tuple[int, ...]) -> str:
    if not versions:
        return ""
    listed = ", ".join(map(str, versions))
    return f". Announced version {listed} will not come into force: import it again after this one"


def show_changes(changes: Iterable[Changes]) -> None:
    """Print for each kind how many rows would be new, changed, ended and unchanged, and the first of them."""
    would = False
    for change in changes:
        typer.echo(_counted(change))
        for row in change.rows:
            typer.echo(f"  {_BECAME[row.became]}  {_key(row)}{_columns(row.columns)}")
        more = change.new + change.changed + change.ended - len(change.rows)
        if more > 0:
            typer.echo(f"  … 另有 {more} 行 and {more} more (the first {ROWS_SHOWN_MAX} are shown)")
        would = would or change.written
    verdict = (
        "导入会带来以上变更 an import would change this" if would else "导入不会带来变更 an import would change nothing"
    )
    typer.echo(f"试运行,未写入 dry run, nothing was written: {verdict}.")


def _key(row: RowChange) -> str:
    return " ".join(f"{column}={value}" for column, value in row.key.items())


def _columns(columns: tuple[ColumnChange, ...]) -> str:
    return f": {', '.join(map(_column, columns))}" if columns else ""


def _column(change: ColumnChange) -> str:
    if change.before is None:
        return change.column
    return f"{change.column} {change.before or '(空 empty)'} → {change.after or '(空 empty)'}"


def show_faults(faults: list[Fault], *, as_json: bool) -> None:
    """Print faults: a table to stderr, or as JSON to stdout."""
    if as_json:
        print_json({"faults": faults})
        return
    console = Console(stderr=True)
    if not console.is_terminal:
        console = Console(stderr=True, width=TABLE_WIDTH)
    table = Table(*(Column(name, overflow="fold") for name in ("file", "row", "column", "原因 reason", "怎样改 cure")))
    for fault in faults:
        table.add_row(
            Text(f"{fault.kind} · {fault.sheet}" if fault.sheet else fault.kind),
            "" if fault.row is None else str(fault.row),
            Text(fault.column or ""),
            Text(f"{fault.reason_zh}\n{fault.reason_en}"),
            Text(f"{fault.cure_zh}\n{fault.cure_en}"),
        )
    console.print(table)
