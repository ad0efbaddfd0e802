"""HL7 v2: a path is a segment, its position among its like, and field.component.subcomponent (3~2.1.1: second one)."""

import re

from adapters.kit.forms.scan import Edit, Field, Path, Scan, Splice, Unscannable

_LINE = re.compile(r"[^\r\n]+")
PAST = 80
"""A field further back than any segment goes."""


def scan(text: str) -> Scan:
    """Return where everything stands; raises Unscannable."""
    if not text.startswith("MSH") or len(text) < len("MSH|^~\\&"):
        raise Unscannable("no MSH")
    marks = text[3:8]
    fields: list[Field] = []
    renames: list[Edit] = []
    additions: list[Edit] = []
    nodes: dict[Path, tuple[int, int]] = {}
    counts: dict[str, int] = {}
    for line in _LINE.finditer(text):
        name = line[0][:3]
        number = counts.get(name, 0)
        counts[name] = number + 1
        path: Path = (name, str(number))
        fields += _fields(line[0], line.start(), path, marks)
        present = line[0].count(marks[0]) + (name == "MSH")
        past: Splice = (line.end(), line.end(), marks[0] * (PAST - present) + "1")
        additions.append(Edit(path=path, splices=(past,)))
        if name != "MSH":
            renames.append(Edit(path=path, splices=((line.start(), line.start() + 3, "ZZZ"),)))
        nodes[path] = line.span()
    first = _LINE.search(text)
    assert first
    between = re.compile(r"\r\n|\r|\n").search(text)
    return Scan(
        fields=tuple(fields),
        renames=tuple(renames),
        additions=tuple(additions),
        nodes=nodes,
        between=between[0] if between else "\r",
    )


def _fields(line: str, begin: int, path: Path, marks: str) -> list[Field]:
    found: list[Field] = []
    at = 0
    is_head = path[0] == "MSH"
    for number, piece in enumerate(line.split(marks[0])):
        place = number + is_head if number else 0
        if number and not (is_head and place == 2):  # noqa: PLR2004 MSH-2 states the separators
            found += _parts(piece, begin + at, path, place, marks)
        at += len(piece) + 1
    return found


def _parts(piece: str, begin: int, path: Path, number: int, marks: str) -> list[Field]:
    found: list[Field] = []
    repetition, component, sub, start = 1, 1, 1, 0
    for at in range(len(piece) + 1):
        mark = piece[at : at + 1]
        if mark and mark not in (marks[1], marks[2], marks[4:5]):
            continue
        if piece[start:at]:
            again = f"~{repetition}" if repetition > 1 else ""
            name = f"{number}{again}.{component}.{sub}"
            found.append(Field(path=(*path, name), start=begin + start, end=begin + at, value=piece[start:at]))
        start = at + 1
        if mark == marks[2]:
            repetition, component, sub = repetition + 1, 1, 1
        elif mark == marks[1]:
            component, sub = component + 1, 1
        else:
            sub += 1
    return found


def worded(value: str, raw: str) -> str:  # noqa: ARG001 a form's two functions are alike everywhere
    """Return a value as it stands: the contract puts in nothing that would need an escape."""
    return value
