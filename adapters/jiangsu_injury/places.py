"""Where a fault stands, in the words of the sender's own message."""

from adapters.jiangsu_injury.fields import CODES, ENVELOPE, ITEM
from adapters.tables import titled, wire_name

_ROWS = ("items", "feedetail")


def wire_pointer(infno: str, pointer: str, at: str) -> str:
    """Return the sender's pointer for one of the canonical request, whose fields or rows stand at `at`."""
    steps = pointer.split("/")[1:]
    if steps and steps[0] == "items":
        names = [wire_name(ITEM, step) for step in steps[2:]]
        return "/".join([at, *steps[1:2], *names])
    return "/".join([at, *(wire_name(CODES[infno].fields, step) for step in steps)])


def place_zh(infno: str, pointer: str) -> str:
    """Return where a fault stands for a clerk: "第2行 cnt（数量）", "msgid（报文ID）", or "" for the whole.

    pointer is the sender's own, or the canonical one where a rule of the house speaks.
    """
    steps = pointer.split("/")[1:]
    while steps and steps[0] in ("input", "data", "signIn", "signOut"):
        steps = steps[1:]
    if steps and steps[0] in _ROWS:
        row = f"第{int(steps[1]) + 1}行" if len(steps) > 1 and steps[1].isdecimal() else ""
        return " ".join(part for part in (row, *(titled(ITEM, step) for step in steps[2:])) if part)
    table = {**ENVELOPE, **(CODES[infno].fields if infno in CODES else {})}
    return ".".join(titled(table, step) for step in steps)
