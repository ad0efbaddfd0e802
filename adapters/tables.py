"""Reads texts by a table of fields: what each is called, must look like, and fills; whatever no table has is refused.

Uses: content is part of the canonical request; transport travels in the envelope, and a retry may refresh it; carried
is kept with the raw message and judged by nobody; checked must be one of the values we know, and says nothing more.
"""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from adapters.kinds import Kind, Says, Unreadable
from schemas.problems import Fault

Values = dict[str, object]

Use = Literal["content", "transport", "carried", "checked"]


class Field(Struct, frozen=True, kw_only=True):
    """One field of one message. into is the canonical field it fills, or its own name where code decides."""

    name: str
    zh: str
    kind: Kind
    into: str
    use: Use
    required: bool
    known: bool
    section: str


class Table(dict[str, Field]):
    """The fields of one node by their names; required holds what the required ones fill."""

    def __init__(self, *fields: Field) -> None:
        """Take each field once."""
        super().__init__({field.name: field for field in fields})
        assert len(self) == len(fields), "a field stands twice"
        self.required = frozenset(field.into for field in fields if field.required)


UNKNOWN = Says("field.unknown", "没有这个字段", "no such field", "请删除该字段", "leave the field out")
MISSING = Says("field.missing", "缺少必填字段", "a required field is missing", "请填写", "give it")
NOT_TEXT = Says("field.type", "应为文本", "should be a text", "请改为文本或数字", "give a text or a number")
NOT_ARRAY = Says("field.type", "应为数组", "should be an array", "请以[…]发送全部明细", "send all rows as […]")
NOT_OBJECT = Says("field.type", "应为对象", "should be an object", "请以{…}发送", "send {…}")


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
                faults.append(said(joined(at, name), UNKNOWN))
            continue
        if field is None or not isinstance(given, str):
            faults.append(said(joined(at, name), NOT_TEXT if field else UNKNOWN))
            continue
        try:
            value = field.kind(given)
        except Unreadable as error:
            faults.append(said(joined(at, name), error.says))
        else:
            if field.use != "carried":
                values[field.into] = value
    if not table.required <= values.keys():
        faults.extend(_missing(node, table, at))
    return values


def _missing(node: dict[str, object], table: Table, at: str) -> list[Fault]:
    """Return a fault for each required field that is absent or empty; one that could not be read has its own."""
    names = [name for name, field in table.items() if field.required and node.get(name) in (None, "")]
    return [said(joined(at, name), MISSING) for name in names]


def read_row(row: object, table: Table, at: str, faults: list[Fault]) -> Values:
    """Return the values of one row."""
    if isinstance(row, dict):
        return read_fields(row, table, at, faults)
    faults.append(said(at, NOT_OBJECT))
    return {}


def joined(at: str, name: str) -> str:
    """Return the pointer of a member."""
    return f"{at}/{name[:100].replace('~', '~0').replace('/', '~1')}"


def wire_name(table: Mapping[str, Field], name: str) -> str:
    """Return the field that fills a canonical one; a name that no field fills stays."""
    if name in table:
        return name
    return next((field.name for field in table.values() if field.into == name and field.use != "carried"), name)


def titled(table: Mapping[str, Field], name: str) -> str:
    """Return a field's name with its Chinese, as a clerk reads it."""
    wire = wire_name(table, name)
    return f"{wire}（{table[wire].zh}）" if wire in table else wire
