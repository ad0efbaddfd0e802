"""Bytes to text, text to the fields of the envelope, and its input to rows of fields by their names.

The string knows no escape: `^` ends a field of the envelope, `|` a field of the input, `$` stands between rows. Text is
decoded before it is split, since in GB18030 the second byte of a character may be that of `^` or `|`.
"""

from adapters.coherence import too_many_items
from adapters.kinds import Says
from adapters.legacy_caret.fields import INPUT
from adapters.legacy_caret.habits import Habits, Layout
from adapters.tables import said
from schemas.dialect import Inbound
from schemas.problems import Fault, WireError
from schemas.requests import ITEMS_PER_MESSAGE_MAX

CARET, ROW, PIPE = "^", "$", "|"
_NAMES = {"utf-8": ("utf-8", "utf8"), "gb18030": ("gb18030", "gbk", "gb2312")}


def text_of(message: Inbound, ways: Habits) -> str:
    """Return a message's text without the line end behind it.

    Raises WireError where the bytes are not in the profile's charset, or the Content-Type states another.
    """
    _, found, stated = message.headers.get("content-type", "").partition("charset=")
    name = stated.partition(";")[0].strip("\" '").lower()
    if found and name not in _NAMES[ways.charset]:
        raise WireError(said("header:Content-Type", _charset_differs(ways.charset)))
    try:
        text = message.body.decode(ways.charset)
    except UnicodeDecodeError as error:
        raise WireError(said("", _undecodable(ways.charset, error.start + 1))) from None
    return text.removesuffix("\n").removesuffix("\r")


def envelope_of(text: str, ways: Habits) -> dict[str, object]:
    """Return the fields of the envelope by their names.

    Raises WireError unless there are exactly so many, and where one beside the input holds a separator of rows.
    """
    fields = text.split(CARET)
    due = len(ways.envelope)
    if fields.pop() or len(fields) != due:
        raise WireError(said("", _not_so_many_carets(text.count(CARET), due)))
    named = dict(zip(ways.envelope, fields, strict=True))
    torn = [name for name, field in named.items() if name != INPUT and (PIPE in field or ROW in field)]
    if torn:
        raise WireError(*(said(f"/{name}", _NO_SEPARATOR) for name in torn))
    return {**named}


def rows_of(given: str, layout: Layout, faults: list[Fault]) -> list[dict[str, object] | None]:
    """Return what stands in the input's rows, by names; an empty input is one row of empty fields.

    A row that does not have exactly the fields of its order is a fault and None: what it would say is not known.
    """
    if not given:
        return [{}]
    rows = given.split(ROW)
    if len(rows) > 1 and not layout.of.rows:
        faults.append(said("/input", _ONE_ROW))
        return []
    if len(rows) > ITEMS_PER_MESSAGE_MAX:
        faults.append(too_many_items(len(rows), ITEMS_PER_MESSAGE_MAX, "/input"))
        return []
    due = len(layout.names) + layout.closed
    nodes: list[dict[str, object] | None] = []
    for position, row in enumerate(rows):
        fields = row.split(PIPE)
        if len(fields) != due or (layout.closed and fields[-1]):
            faults.append(said(f"/input/{position}", _not_so_many_fields(row.count(PIPE), layout)))
            nodes.append(None)
        else:
            nodes.append({name: field for name, field in zip(layout.names, fields, strict=False) if field})
    return nodes


def _not_so_many_carets(found: int, due: int) -> Says:
    return Says(
        "envelope.fields",
        f"应有{due}个“^”，每段之后一个，末尾之后不得再有内容；实有{found}个",
        f"{due} carets are due, one behind each field and nothing behind the last; there are {found}",
        "请按约定的段数拼接报文；内容中不得含“^”，本格式没有转义",
        "join exactly the agreed fields; a value cannot hold a caret, the format has no escape",
    )


def _not_so_many_fields(found: int, layout: Layout) -> Says:
    due = len(layout.names)
    pipes = due if layout.closed else due - 1
    where = ("每个字段之后一个", "one behind each") if layout.closed else ("字段之间一个", "one between two")
    return Says(
        "row.fields",
        f"应有{due}个字段、{pipes}个“|”（{where[0]}）；实有{found}个“|”",
        f"{due} fields and {pipes} pipes are due ({where[1]}); there are {found} pipes",
        "请按约定的字段顺序补足空字段；内容中不得含“|”“$”，本格式没有转义",
        "send every field of the agreed order, empty ones too; a value cannot hold a pipe or $, there is no escape",
    )


def _undecodable(charset: str, byte: int) -> Says:
    return Says(
        "charset.invalid",
        f"第{byte}字节起不是约定的字符集{charset}",
        f"from byte {byte} on it is not {charset}, which this provider has agreed",
        "请按约定的字符集发送；如需更改，请联系经办机构",
        "send the charset that was agreed, or ask the agency to change the provider's profile",
    )


def _charset_differs(charset: str) -> Says:
    return Says(
        "charset.differs",
        f"声明的字符集与约定的{charset}不一致",
        f"states another charset than {charset}, which this provider has agreed",
        "请按约定的字符集发送并如实声明，或不声明",
        "send the charset that was agreed and state it, or state none",
    )


_NO_SEPARATOR = Says(
    "field.pattern",
    "不得含“|”“$”",
    "cannot hold a pipe or $",
    "“|”“$”只能出现在入参中；本格式没有转义",
    "take them away: they stand in the input only, and there is no escape",
)
_ONE_ROW = Says(
    "rows.single",
    "本交易只有一行入参，内容中不得含“$”",
    "this transaction has one row, and a value cannot hold $",
    "请去掉“$”；本格式没有转义",
    "take $ away; the format has no escape",
)
