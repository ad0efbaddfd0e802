"""`gateway rules [CODE]`: the catalogue of rules by which bills are adjudicated, printed from the code."""

import sys
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from gateway.cli.streams import never_fail_to_print

if TYPE_CHECKING:
    from gateway.core.rules.rule import Rule

COLUMNS = ("规则 rule", "承担 bearer", "整单退回 refuses the bill", "来源 source", "怎样通过 cure")
"""Of the Markdown table. On a terminal the refusal stands under the bearer, and the source under the cure."""
BEARER_WIDTH = 14
NOTE = (
    "花括号内的内容按每条审核结果的依据填写；承担方可由统筹区政策另定。",
    "What stands in braces is filled in from each finding's evidence; an area's policy may name another bearer.",
)


def rules(
    code: Annotated[str | None, typer.Argument(metavar="[CODE]", help="One rule, shown whole.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for scripts.")] = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="As a Markdown table, for documents.")] = False,
) -> None:
    """Print the rules (审核规则) in the order in which they speak: code, title, source, bearer, cure.

    On a terminal a table. In a pipe a line a rule, with tabs between: code, title in zh and en, bearer, when it refuses
    the whole bill, source, cure in zh and en.
    """
    from gateway.core.rules.catalogue import RULES

    never_fail_to_print()
    if as_json and as_markdown:
        _fail("--json 与 --markdown 只能选一个", "give --json or --markdown, not both")
    chosen = RULES if code is None else (_found(code),)
    if as_json:
        told = [described(rule) for rule in chosen]
        typer.echo(_json(told if code is None else told[0]))
    elif as_markdown:
        typer.echo(markdown(chosen))
    elif code is not None:
        typer.echo("\n".join(whole(chosen[0])))
    elif sys.stdout.isatty():
        _show(chosen)
    else:
        typer.echo("\n".join(map(plain, chosen)))


def described(rule: "Rule") -> dict[str, Any]:
    """Return a rule as a script reads it; `refuses_only_when` narrows the refusal to evidence with this value."""
    return {
        "code": rule.code,
        "title": {"zh": rule.title_zh, "en": rule.title_en},
        "source": rule.source,
        "bearer": rule.bearer,
        "refuses_the_bill": rule.blocks,
        "refuses_only_when": dict([rule.blocks_when]) if rule.blocks_when else None,
        "cure": {"zh": rule.cure_zh, "en": rule.cure_en},
        "other_cures": [{"zh": cure.zh, "en": cure.en} for cure in rule.cures],
    }


def plain(rule: "Rule") -> str:
    """Return a rule as one line of eight fields."""
    return "\t".join(
        (
            rule.code,
            rule.title_zh,
            rule.title_en,
            rule.bearer or "-",
            _refuses_en(rule),
            rule.source,
            rule.cure_zh,
            rule.cure_en,
        )
    )


def markdown(chosen: "tuple[Rule, ...]") -> str:
    """Return rules as a Markdown table and the note on how to read it."""
    rows = [COLUMNS, ("---",) * len(COLUMNS)]
    rows += [
        (
            f"`{rule.code}`<br>{rule.title_zh}<br>{rule.title_en}",
            "<br>".join(_bearer(rule)),
            f"{_refuses_zh(rule)} {_refuses_en(rule)}",
            rule.source,
            f"{rule.cure_zh}<br>{rule.cure_en}",
        )
        for rule in chosen
    ]
    table = "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows)
    return f"{table}\n\n{NOTE[0]}  \n{NOTE[1]}"


def whole(rule: "Rule") -> list[str]:
    """Return all that there is to say of a rule, as lines."""
    lines = [
        rule.code,
        f"  {rule.title_zh}",
        f"  {rule.title_en}",
        f"来源 source: {rule.source}",
        f"承担 bearer: {' '.join(_bearer(rule))}",
        f"整单退回 refuses the bill: {_refuses_zh(rule)} {_refuses_en(rule)}",
        "怎样通过 cure:",
        f"  {rule.cure_zh}",
        f"  {rule.cure_en}",
    ]
    if rule.cures:
        lines.append("或视情形 or, by how the line fails:")
    for cure in rule.cures:
        lines += [f"  - {cure.zh}", f"    {cure.en}"]
    return [*lines, "", *NOTE]


def _show(chosen: "tuple[Rule, ...]") -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(show_lines=True, expand=True)
    table.add_column("规则 rule", overflow="fold", width=max(len(rule.code) for rule in chosen))
    table.add_column("承担 bearer", overflow="fold", width=BEARER_WIDTH)
    table.add_column("怎样通过 cure · 来源 source", overflow="fold", ratio=1)
    for rule in chosen:
        when_zh, when_en = (_refuses_zh(rule), f" {_refuses_en(rule)}") if rule.blocks_when else ("", "")
        refuses = f"\n{when_zh}整单退回\nrefuses bill{when_en}" if rule.blocks else ""
        table.add_row(
            Text.assemble((rule.code, "bold"), f"\n{rule.title_zh}\n{rule.title_en}"),
            Text.assemble("\n".join(_bearer(rule)), (refuses, "bold")),
            Text.assemble(f"{rule.cure_zh}\n{rule.cure_en}\n", (rule.source, "italic")),
        )
    console = Console()
    console.print(table)
    console.print("\n".join(NOTE), markup=False)


def _bearer(rule: "Rule") -> tuple[str, ...]:
    from gateway.core.words import BEARER_ZH

    return ("不固定", "none fixed") if rule.bearer is None else (BEARER_ZH[rule.bearer], rule.bearer)


def _refuses_zh(rule: "Rule") -> str:
    if rule.blocks_when is None:
        return "是" if rule.blocks else "否"
    return "仅当 {}={}".format(*rule.blocks_when)


def _refuses_en(rule: "Rule") -> str:
    if rule.blocks_when is None:
        return "yes" if rule.blocks else "no"
    return "when {} is {}".format(*rule.blocks_when)


def _found(code: str) -> "Rule":
    """Return the rule of a code, or end with the codes that look like it."""
    from gateway.core.rules.catalogue import RULE_BY_CODE

    rule = RULE_BY_CODE.get(code)
    if rule is None:
        _unknown(code, tuple(RULE_BY_CODE))
    return rule


def _unknown(code: str, known: tuple[str, ...]) -> NoReturn:
    import difflib

    alike = [one for one in known if code in one] or difflib.get_close_matches(code, known)
    _fail(
        f"没有规则 {code}" + (f"；是否为 {'、'.join(alike)}？" if alike else "。全部规则见 gateway rules"),
        f"there is no rule {code}" + (f"; did you mean {', '.join(alike)}?" if alike else "; gateway rules lists all"),
    )


def _json(told: object) -> str:
    import json

    return json.dumps(told, ensure_ascii=False, indent=1)


def _fail(zh: str, en: str) -> NoReturn:
    typer.echo(f"gateway rules: {zh}\ngateway rules: {en}", err=True)
    raise typer.Exit(1)
