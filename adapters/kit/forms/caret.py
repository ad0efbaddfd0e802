"""Caret strings: a path is the field between carets (from 0), its row between `$`, and its place between pipes."""

from adapters.kit.forms.scan import UNKNOWN, Edit, Field, Path, Scan, Unscannable

CARET, ROW, PIPE = "^", "$", "|"


def scan(text: str) -> Scan:
    """Return where everything stands; raises Unscannable."""
    if CARET not in text:
        raise Unscannable("no caret")
    fields: list[Field] = []
    additions: list[Edit] = []
    nodes: dict[Path, tuple[int, int]] = {}
    at = 0
    for number, part in enumerate(text.split(CARET)):
        top: Path = (str(number),)
        if PIPE in part or ROW in part:
            _rows(part, at, top, fields, additions, nodes)
        elif part:
            fields.append(Field(path=top, start=at, end=at + len(part), value=part))
        at += len(part) + 1
    additions.append(Edit(path=(), splices=((len(text), len(text), UNKNOWN + CARET),)))
    return Scan(fields=tuple(fields), renames=(), additions=tuple(additions), nodes=nodes, between=ROW)


def _rows(
    part: str, begin: int, top: Path, fields: list[Field], additions: list[Edit], nodes: dict[Path, tuple[int, int]]
) -> None:
    at = begin
    for position, row in enumerate(part.split(ROW)):
        path: Path = (*top, str(position))
        inside = at
        for place, cell in enumerate(row.split(PIPE)):
            if cell:
                fields.append(Field(path=(*path, str(place)), start=inside, end=inside + len(cell), value=cell))
            inside += len(cell) + 1
        end = at + len(row)
        if row:
            nodes[path] = (at, end)
            additions.append(Edit(path=path, splices=((end, end, f"{PIPE}{UNKNOWN}{PIPE}"),)))
        at = end + 1


def worded(value: str, raw: str) -> str:  # noqa: ARG001 a form's two functions are alike everywhere
    """Return a value as it stands: the contract puts in nothing that would need an escape."""
    return value
