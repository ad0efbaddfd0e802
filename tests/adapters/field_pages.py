"""Writes the list of fields of each dialect that has a table of them: `python -m tests.adapters.field_pages`."""

from collections.abc import Mapping
from pathlib import Path

from adapters import jiangsu_injury, national
from adapters.jiangsu_injury import fields as jiangsu
from adapters.national import fields as nationals
from adapters.tables import Field

USES = {
    "content": "",
    "transport": "transport: a retry may refresh it",
    "carried": "carried, judged by nobody",
    "checked": "checked only",
}
HEAD = """# {title}: every field

Made from the dialect's table by `python -m tests.adapters.field_pages`; a test fails until it is. Required fields are
**bold**; what is not in the interface's known text is *assumed*. An empty text is as if the field were absent.
"""


def page(title: str, envelope: Mapping[str, Field], codes: Mapping[str, tuple[str, Mapping[str, Field]]]) -> str:
    """Return the page: the envelope, then each code with its name."""
    parts = [HEAD.format(title=title), "## Beside `infno`\n", rows(envelope)]
    for code, (zh, table) in codes.items():
        parts += [f"## {code} {zh}\n", rows(table)]
    return "\n".join(parts)


def rows(table: Mapping[str, Field]) -> str:
    """Return a table's fields as rows."""
    lines = ["| field | 含义 | becomes | |", "|---|---|---|---|"]
    for field in table.values():
        name = f"**`{field.name}`**" if field.required else f"`{field.name}`"
        into = f"`{field.into}`" if field.use == "content" or field.into != field.name else ""
        notes = "; ".join(part for part in (USES[field.use], "" if field.known else "*assumed*") if part)
        lines.append(f"| {name} | {field.zh} | {into} | {notes} |")
    return "\n".join(lines) + "\n"


def pages() -> dict[Path, str]:
    """Return every page by its file."""
    codes = {code: (one.zh, one.fields) for code, one in jiangsu.CODES.items()}
    place = Path(jiangsu_injury.__file__).parent / "FIELDS.md"
    return {
        place: page("江苏省工伤机构联网结算接口", jiangsu.ENVELOPE, codes),
        Path(national.__file__).parent / "FIELDS.md": page(
            "国家医保信息平台 定点医药机构接口规范",
            nationals.ENVELOPE,
            {
                name: (zh, table)
                for code, one in nationals.CODES.items()
                for name, zh, table in (
                    (code, f"{one.zh}: `{one.node}`", one.fields),
                    (f"{code} rows", f"`{one.rows_node}`", one.rows or {}),
                )
                if table
            },
        ),
    }


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
