"""Kinds of cells that are a sheet's own: times as spreadsheets write them, yes and no, lists within a cell."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import TypeVar

from adapters.coherence import YEAR_MAX, YEAR_MIN
from adapters.hl7_v2 import kinds
from adapters.kinds import SHANGHAI, Says, Unreadable

Value = TypeVar("Value")
_TIME = re.compile(
    r"([0-9]{4})([-/])([0-9]{1,2})\2([0-9]{1,2})(?:[ T]([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?)?", re.ASCII
)
_TIME_WRONG = Says(
    "field.pattern",
    "时间格式不对",
    "not a time",
    f"应为2026-11-02 10:00:00或2026/11/2 10:00（北京时间），年份{YEAR_MIN}至{YEAR_MAX}",
    f"as 2026-11-02 10:00:00 or 2026/11/2 10:00, China's time, of the years {YEAR_MIN} to {YEAR_MAX}",
)


@lru_cache(maxsize=4_096)
def time(said: str) -> datetime:
    """Return the instant of a wall-clock time in Asia/Shanghai; a day is its first instant. Raises Unreadable."""
    found = _TIME.fullmatch(said)
    if found is None or not YEAR_MIN <= int(found[1]) <= YEAR_MAX:
        raise Unreadable(_TIME_WRONG)
    year, _, month, day, hour, minute, second = found.groups()
    try:
        local = datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=SHANGHAI
        )
    except ValueError:
        raise Unreadable(_TIME_WRONG) from None
    return local.astimezone(UTC)


_ANSWERS = {"是": True, "yes": True, "y": True, "true": True, "否": False, "no": False, "n": False, "false": False}
_ANSWER_WRONG = Says("field.value", "不是允许的值", "not one of the values", "应为是或否", "give yes or no")


def yes_no(said: str) -> bool:
    """Return whether a cell says yes."""
    answer = _ANSWERS.get(said.lower())
    if answer is None:
        raise Unreadable(_ANSWER_WRONG)
    return answer


VISIT_KINDS = {"门诊": "outpatient", "住院": "inpatient", "工伤康复": "rehabilitation", "辅助器具": "device"}
_VISIT_KIND_WRONG = Says(
    "field.value",
    "不是允许的值",
    "not one of the values",
    "应为辅助器具、门诊、住院、工伤康复之一",
    "give one of device, outpatient, inpatient, rehabilitation",
)


def visit_kind(said: str) -> str:
    """Return the canonical kind of a visit."""
    found = VISIT_KINDS.get(said, said)
    if found not in VISIT_KINDS.values():
        raise Unreadable(_VISIT_KIND_WRONG)
    return found


_LIST = re.compile(r"[|、]")


def _listed(kind: Callable[[str], Value]) -> Callable[[str], tuple[Value, ...]]:
    def read(said: str) -> tuple[Value, ...]:
        return tuple(dict.fromkeys(kind(one) for one in _LIST.split(said)))

    return read


diagnoses, numbers = _listed(kinds.diagnosis), _listed(kinds.number)
"""Several in a cell, with | or 、 between them."""
_MESSAGE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")
_MESSAGE_ID_WRONG = Says(
    "field.pattern",
    "报文号格式不对",
    "not a message id",
    "应为1至64个英文字母、数字或 . _ : -，并以字母或数字开头",
    "1 to 64 ASCII letters, digits or . _ : -, beginning with a letter or digit",
)


def message_id(said: str) -> str:
    """Return a message id."""
    if not _MESSAGE_ID.fullmatch(said):
        raise Unreadable(_MESSAGE_ID_WRONG)
    return said


_WIDE = re.compile(r"[０-９．，－]")
_GROUPED = re.compile(r"[0-9],[0-9]")
_MARKED = re.compile(r"[¥￥$元%]")


def numeral_says(said: str, otherwise: Says) -> Says:
    """Return why a text is no number here: the habits of spreadsheets are told by name."""
    if _WIDE.search(said):
        return Says("cell.wide_digits", "含全角数字或符号", "holds full-width digits", "请改用半角", "use ASCII digits")
    if _GROUPED.search(said):
        return Says("cell.grouped", "含千分位逗号", "holds a thousands separator", "请去掉逗号", "take the commas out")
    if _MARKED.search(said):
        return Says(
            "cell.marked", "含货币或百分号", "holds a currency or per cent sign", "只填数字", "give digits alone"
        )
    return otherwise
