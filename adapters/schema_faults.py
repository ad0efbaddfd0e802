"""Why a value does not fit its JSON Schema: every fault at once, each with its place and its cure."""

from collections.abc import Iterable, Iterator
from typing import Any, get_args

import jsonschema_rs
from jsonschema_rs import ValidationError

from schemas import scalars
from schemas.problems import Fault
from schemas.requests import Operator

FAULTS_MAX = 500
"""Faults that one answer lists; the last one then counts the rest."""


def checker(schema: dict[str, Any]) -> jsonschema_rs.Draft202012Validator:
    """Return what finds the faults of values by a schema, formats too."""
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


def faults_in(value: object, by: jsonschema_rs.Draft202012Validator) -> list[Fault]:
    """Return what is wrong with a value of plain JSON, by its places."""
    faults = [fault for error in by.iter_errors(value) for fault in _of_error(error)]
    return sorted(faults, key=lambda fault: order(fault.pointer))


def bounded(faults: list[Fault]) -> list[Fault]:
    """Return at most FAULTS_MAX faults, the last one counting what is left out."""
    left_out = len(faults) - FAULTS_MAX + 1
    if left_out <= 1:
        return faults
    more = Fault(
        pointer="",
        code="faults.more",
        zh=f"另有{left_out}处错误未列出",
        en=f"{left_out} more faults are not listed",
        cure_zh="请先更正已列出的错误",
        cure_en="correct those listed first",
    )
    return [*faults[: FAULTS_MAX - 1], more]


def fault(pointer: str, code: str, says: tuple[str, str, str, str]) -> Fault:
    """Return a fault from its four texts: what (zh, en) and cure (zh, en)."""
    zh, en, cure_zh, cure_en = says
    return Fault(pointer=pointer, code=code, zh=zh, en=en, cure_zh=cure_zh, cure_en=cure_en)


def unexpected(pointer: str) -> Fault:
    """Return the fault of a field that has no place there."""
    return fault(pointer, "field.unknown", ("没有这个字段", "no such field", "请删除该字段", "leave the field out"))


def missing(pointer: str) -> Fault:
    """Return the fault of a field that must stand."""
    return fault(pointer, "field.missing", ("缺少必填字段", "a required field is missing", "请填写", "give it"))


def _of_error(error: ValidationError) -> Iterator[Fault]:
    at = _pointer(error.instance_path)
    given: dict[str, Any] = error.kind.as_dict()
    match error.kind.name:
        case "anyOf":
            yield from (inner for branch in _meant(given["context"]) for inner in _of_error(branch))
        case "required":
            yield missing(f"{at}/{_escape(given['property'])}")
        case "additionalProperties":
            yield from (unexpected(f"{at}/{_escape(name)}") for name in given["unexpected"])
        case "type":
            yield _of_type(at, given["types"])
        case "pattern":
            yield fault(at, "field.pattern", _PATTERNS.get(given["pattern"], _OTHER_PATTERN))
        case "enum":
            yield _of_options(at, given["options"])
        case "format":
            yield fault(at, "field.pattern", _DAY if given["format"] == "date" else _INSTANT)
        case name if name in _LIMITS:
            yield _of_limit(at, name, given["limit"])
        case name:
            says = "不符合要求", f"breaks {name}", "请对照接口文档更正", "see the interface's description"
            yield fault(at, f"field.{name}", says)


def _meant(branches: Iterable[list[ValidationError]]) -> list[ValidationError]:
    """Return the errors of the branch that a value was meant for: the one that is not null."""
    for branch in branches:
        if not any(error.kind.as_dict().get("types") == ["null"] for error in branch):
            return branch
    return []


_TYPES = {
    "string": ("文本", "a text"),
    "integer": ("整数", "an integer"),
    "boolean": ("true或false", "true or false"),
    "array": ("数组", "an array"),
    "object": ("对象", "an object"),
    "null": ("空", "null"),
}


def _of_type(at: str, types: list[str]) -> Fault:
    zh = "或".join(_TYPES[name][0] for name in types)
    en = " or ".join(_TYPES[name][1] for name in types)
    return fault(at, "field.type", ("类型不对", "of the wrong type", f"应为{zh}", f"should be {en}"))


def _of_options(at: str, options: list[str]) -> Fault:
    zh, en = "、".join(options), ", ".join(options)
    return fault(at, "field.value", ("不是允许的值", "not one of the values", f"应为{zh}之一", f"one of {en}"))


_LIMITS = {
    "minimum": ("range", "数值过小", "too small", "不得小于{}", "at least {}"),
    "maximum": ("range", "数值过大", "too large", "不得大于{}", "at most {}"),
    "minLength": ("length", "文本过短", "too short", "至少{}个字符", "at least {} characters"),
    "maxLength": ("length", "文本过长", "too long", "至多{}个字符", "at most {} characters"),
    "minItems": ("length", "条数过少", "too few", "至少{}条", "at least {}"),
    "maxItems": ("length", "条数过多", "too many", "至多{}条", "at most {}"),
}


def _of_limit(at: str, name: str, limit: int) -> Fault:
    code, zh, en, cure_zh, cure_en = _LIMITS[name]
    return fault(at, f"field.{code}", (zh, en, cure_zh.format(limit), cure_en.format(limit)))


def _pattern(annotated: object) -> str:
    pattern = next(meta.pattern for meta in get_args(annotated)[1:] if meta.pattern)
    assert isinstance(pattern, str)
    return pattern


_INSTANT = (
    "时间格式不对",
    "not an instant",
    "应为带时区的时间，如2024-12-01T10:30:00+08:00",
    "give an instant with its offset, as 2024-12-01T10:30:00+08:00",
)
_DAY = "日期格式不对", "not a day", "应为日期，如2024-12-01", "give a day as 2024-12-01"
_OTHER_PATTERN = "格式不对", "not of the required form", "请对照接口文档更正", "see the interface's description"
_TOKEN_SAYS = (
    "含有不允许的字符",
    "holds characters that are not allowed",
    "只能用英文字母、数字和 . _ : | / + -，并以字母或数字开头",
    "use ASCII letters, digits and . _ : | / + -, beginning with a letter or digit",
)
_PLAIN_SAYS = (
    "首尾有空白，或含有控制字符",
    "blank at an end, or control characters",
    "请去掉首尾空白、换行和控制字符",
    "take away blanks at both ends, line breaks and control characters",
)
_PATTERNS = {
    _pattern(scalars.QuantityText): (
        "数量格式不对",
        "not a quantity",
        '应为文本形式的十进制数，至多12位整数、4位小数，如"1"或"-0.5"',
        'decimal text of at most 12 and 4 digits, as "1" or "-0.5"',
    ),
    _pattern(scalars.PriceText): (
        "单价格式不对",
        "not a unit price",
        '应为以元为单位、文本形式的十进制数，至多10位整数、6位小数，如"12.50"',
        'decimal text in yuan of at most 10 and 6 digits, as "12.50"',
    ),
    _pattern(scalars.Code): _TOKEN_SAYS,
    _pattern(scalars.MessageId): _TOKEN_SAYS,
    _pattern(scalars.Cursor): (
        "游标无效",
        "not a cursor",
        "请原样使用上一页应答中的next_cursor",
        "use next_cursor of the page before as it is",
    ),
    _pattern(scalars.Text): _PLAIN_SAYS,
    _pattern(Operator): _PLAIN_SAYS,
    _pattern(scalars.DiagnosisCode): (
        "诊断编码格式不对",
        "not a diagnosis code",
        "应为ICD-10医保版编码，如S52.500",
        "give an ICD-10 code (医保版), as S52.500",
    ),
}


def told(text: str) -> Fault:
    """Return a fault from the decoder's own words, where the schema found nothing."""
    what, _, path = text.partition(" - at `$")
    pointer = path.rstrip("`").replace("[", "/").replace("]", "").replace(".", "/")
    if "datetime" in what:
        return fault(pointer, "field.pattern", _INSTANT)
    return fault(pointer, "field.invalid", ("内容无效", what, "请对照接口文档更正", "see the interface's description"))


def _pointer(path: Iterable[str | int]) -> str:
    return "".join(f"/{_escape(str(step))}" for step in path)


def _escape(name: str) -> str:
    return name[:100].replace("~", "~0").replace("/", "~1")


def order(pointer: str) -> tuple[tuple[int, int, str], ...]:
    """Return a key that puts row 2 before row 10."""
    return tuple((0, int(step), "") if step.isdecimal() else (1, 0, step) for step in pointer.split("/"))
