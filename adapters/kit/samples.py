"""Canonical answers of every kind, made from their schemas: the least and the most that the house may say."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Annotated, Any, get_args

import msgspec
from msgspec import inspect
from msgspec.inspect import (
    BoolType,
    DateTimeType,
    DateType,
    DictType,
    IntType,
    LiteralType,
    Metadata,
    NoneType,
    StrType,
    StructType,
    Type,
    UnionType,
    VarTupleType,
)

from schemas.answers import AnyAnswer
from schemas.scalars import FEN_MAX

TEXTS = ("测试，乙", "A1", "1", "321100", "410", "S52.500", "10.00", "M-1", "0123456789abcdef")
KINDS = 4
"""Samples of each answer: with nothing that may be absent, and with everything, by different choices."""
SHARES = ("fund_fen", "worker_fen", "employer_fen", "provider_fen")
AMOUNTS = ((0, 0, 0, 0), (29, 113, 435, 841), (7_001, 1, 10, 100), (FEN_MAX - 6, 1, 2, 3))


def answers() -> Iterator[AnyAnswer]:
    """Yield samples of every answer, and what of it cannot be made is a fault of this module."""
    for kind in get_args(AnyAnswer):
        info = inspect.type_info(kind)
        for number in range(KINDS):
            yield msgspec.convert(_struct(info, number), kind)


def _struct(info: Type, number: int) -> dict[str, Any]:
    assert isinstance(info, StructType)
    made: dict[str, Any] = {}
    if info.tag_field is not None:
        made[info.tag_field] = info.tag
    for field in info.fields:
        made[field.encode_name] = _value(field.type, number, field.encode_name)
    if made.keys() >= {"charged_fen", *SHARES}:
        made |= dict(zip(SHARES, AMOUNTS[number], strict=True), charged_fen=sum(AMOUNTS[number]))
    return made


def _value(kind: Type, number: int, name: str) -> Any:
    match kind:
        case Metadata():
            return _value(kind.type, number, name)
        case UnionType():
            options = [one for one in kind.types if not isinstance(one, NoneType)]
            if number == 0 and len(options) < len(kind.types):
                return None
            return _value(options[number % len(options)], number, name)
        case StructType():
            return _struct(kind, number)
        case VarTupleType():
            return [] if number == 0 and not kind.min_length else [_value(kind.item_type, number, name)]
        case DictType():
            return {} if number == 0 else {"measure": _value(kind.value_type, number, name)}
        case LiteralType():
            return kind.values[number % len(kind.values)]
        case _:
            return _scalar(kind, number)


def _scalar(kind: Type, number: int) -> Any:
    match kind:
        case StrType():
            return next(text for text in _turned(TEXTS, (number + 1) % KINDS) if _fits(text, kind))
        case IntType():
            return 0 if number == 0 else 100 + number
        case BoolType():
            return number % 2 == 0
        case DateType():
            return date(2026, 11, 1 + number)
        case DateTimeType():
            return datetime(2026, 11, 1 + number, 4, 5, 6, tzinfo=UTC)
        case _:
            raise AssertionError(f"no sample of {kind}")


def _turned(texts: tuple[str, ...], number: int) -> tuple[str, ...]:
    return texts[number:] + texts[:number]


def _fits(text: str, kind: StrType) -> bool:
    constraint = msgspec.Meta(pattern=kind.pattern, min_length=kind.min_length, max_length=kind.max_length)
    try:
        msgspec.convert(text, Annotated[str, constraint])
    except msgspec.ValidationError:
        return False
    return True
