"""Finds the node that a code's fields stand in."""

from adapters.jiangsu_injury.fields import Code
from adapters.kinds import Says
from adapters.tables import NOT_ARRAY, NOT_OBJECT, UNKNOWN, joined, said
from schemas.problems import Fault

_NO_NODE = Says("field.missing", "缺少业务数据节点", "the node is missing", "请填写", "give it")
_TWO_NODES = Says(
    "field.repeated", "明细出现在两处", "stands in two places", "只保留顶层feedetail", "keep feedetail only"
)


def input_node(message: dict[str, object], code: Code, faults: list[Fault]) -> tuple[dict[str, object], str]:
    """Return the object that holds a code's fields, and its pointer."""
    node, at = message.get("input"), "/input"
    if isinstance(node, dict) and len(node) == 1:
        wrap = next(iter(node))
        if wrap in code.wraps and isinstance(node[wrap], dict):
            node, at = node[wrap], f"{at}/{wrap}"
    if isinstance(node, dict):
        return node, at
    if node not in (None, "") or any(field.required for field in code.fields.values()):
        faults.append(said(at, _NO_NODE if node in (None, "") else NOT_OBJECT))
    return {}, at


def detail_rows(message: dict[str, object], faults: list[Fault]) -> tuple[list[object], str]:
    """Return the rows of 2204 and their pointer: `feedetail` beside the envelope, or inside `input`."""
    rows, at = message.get("feedetail"), "/feedetail"
    inner = message.get("input")
    if isinstance(inner, dict):
        faults.extend(said(joined("/input", name), UNKNOWN) for name in inner if name != "feedetail")
        if "feedetail" in inner and rows is not None:
            faults.append(said("/input/feedetail", _TWO_NODES))
        elif "feedetail" in inner:
            rows, at = inner["feedetail"], "/input/feedetail"
    elif inner not in (None, ""):
        faults.append(said("/input", NOT_OBJECT))
    if isinstance(rows, list) and rows:
        return rows, at
    faults.append(said(at, _NO_NODE if not rows else NOT_ARRAY))
    return [], at
