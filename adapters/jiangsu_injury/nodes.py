"""Reads one node of a message by its table of fields, and finds the node that a code's fields stand in."""

from adapters.jiangsu_injury.fields import Code, Table
from adapters.jiangsu_injury.kinds import Says, Unreadable
from schemas.problems import Fault

Values = dict[str, object]

_UNKNOWN = Says("field.unknown", "没有这个字段", "no such field", "请删除该字段", "leave the field out")
_MISSING = Says("field.missing", "缺少必填字段", "a required field is missing", "请填写", "give it")
_NOT_TEXT = Says("field.type", "应为文本", "should be a text", "请改为文本或数字", "give a text or a number")
_NOT_OBJECT = Says("field.type", "应为对象", "should be an object", "请以{…}发送", "send {…}")
_NOT_ARRAY = Says("field.type", "应为数组", "should be an array", "请以[…]发送全部明细", "send all rows as […]")
_NO_NODE = Says("field.missing", "缺少业务数据节点", "the node is missing", "请填写", "give it")
_TWO_NODES = Says(
    "field.repeated", "明细出现在两处", "stands in two places", "只保留顶层feedetail", "keep feedetail only"
)


def said(pointer: str, says: Says) -> Fault:
    """Return a fault at a place."""
    return Fault(pointer=pointer, code=says.code, zh=says.zh, en=says.en, cure_zh=says.cure_zh, cure_en=says.cure_en)


def read_fields(node: dict[str, object], table: Table, at: str, faults: list[Fault]) -> Values:
    """Return the values of a node by what they fill; carried fields are checked and left out."""
    values: Values = {}
    for name, given in node.items():
        field = table.get(name)
        if given is None or given == "":
            if field is None:
                faults.append(said(_join(at, name), _UNKNOWN))
            continue
        if field is None or not isinstance(given, str):
            faults.append(said(_join(at, name), _NOT_TEXT if field else _UNKNOWN))
            continue
        try:
            value = field.kind(given)
        except Unreadable as error:
            faults.append(said(_join(at, name), error.says))
        else:
            if field.use != "carried":
                values[field.into] = value
    if not table.required <= values.keys():
        faults.extend(_missing(node, table, at))
    return values


def _missing(node: dict[str, object], table: Table, at: str) -> list[Fault]:
    """Return a fault for each required field that is absent or empty; one that could not be read has its own."""
    names = [name for name, field in table.items() if field.required and node.get(name) in (None, "")]
    return [said(_join(at, name), _MISSING) for name in names]


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
        faults.append(said(at, _NO_NODE if node in (None, "") else _NOT_OBJECT))
    return {}, at


def detail_rows(message: dict[str, object], faults: list[Fault]) -> tuple[list[object], str]:
    """Return the rows of 2204 and their pointer: `feedetail` beside the envelope, or inside `input`."""
    rows, at = message.get("feedetail"), "/feedetail"
    inner = message.get("input")
    if isinstance(inner, dict):
        faults.extend(said(_join("/input", name), _UNKNOWN) for name in inner if name != "feedetail")
        if "feedetail" in inner and rows is not None:
            faults.append(said("/input/feedetail", _TWO_NODES))
        elif "feedetail" in inner:
            rows, at = inner["feedetail"], "/input/feedetail"
    elif inner not in (None, ""):
        faults.append(said("/input", _NOT_OBJECT))
    if isinstance(rows, list) and rows:
        return rows, at
    faults.append(said(at, _NO_NODE if not rows else _NOT_ARRAY))
    return [], at


def read_row(row: object, table: Table, at: str, faults: list[Fault]) -> Values:
    """Return the values of one row."""
    if isinstance(row, dict):
        return read_fields(row, table, at, faults)
    faults.append(said(at, _NOT_OBJECT))
    return {}


def _join(at: str, name: str) -> str:
    return f"{at}/{name[:100].replace('~', '~0').replace('/', '~1')}"
