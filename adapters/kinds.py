"""Kinds of field texts: how each is checked and what it becomes. All wire values are texts, numbers by their digits."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from adapters.coherence import YEAR_MAX, YEAR_MIN
from schemas.scalars import FEN_MAX, LINE_FEN_MAX

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Says(NamedTuple):
    """Why a text does not fit its kind, and what would."""

    code: str
    zh: str
    en: str
    cure_zh: str
    cure_en: str


class Unreadable(Exception):
    """A text does not fit its kind."""

    def __init__(self, says: Says) -> None:
        """Take what to say of it."""
        super().__init__(says.en)
        self.says = says


Kind = Callable[[str], object]


def _matching(pattern: str, length_max: int, cure_zh: str, cure_en: str) -> Kind:
    fits = re.compile(pattern).fullmatch
    wrong = Says("field.pattern", "格式不对", "not of the required form", cure_zh, cure_en)
    long = Says("field.length", "过长", "too long", f"至多{length_max}个字符", f"give at most {length_max} characters")

    def read(text: str) -> str:
        if len(text) > length_max:
            raise Unreadable(long)
        if not fits(text):
            raise Unreadable(wrong)
        return text

    return read


_NUMBER = r"[A-Za-z0-9][A-Za-z0-9._:/+-]*"
_NUMBER_ZH = "只能用英文字母、数字和 . _ : / + -，并以字母或数字开头"
_NUMBER_EN = "use ASCII letters, digits and . _ : / + -, beginning with a letter or digit"
_EDGE = r"[^\s\x00-\x1f\x7f-\x9f\u2028\u2029]"
_PLAIN = rf"{_EDGE}(?:[^\x00-\x1f\x7f-\x9f\u2028\u2029]*{_EDGE})?"
_PLAIN_ZH = "首尾不得有空白，不得含换行或其他控制字符"
_PLAIN_EN = "take away blanks at both ends, line breaks and control characters"

# The same codes, prices and times stand in row after row, so what was read once is remembered; a person's are not.
_remembered = lru_cache(maxsize=4_096)

number = _remembered(_matching(_NUMBER, 40, _NUMBER_ZH, _NUMBER_EN))
code = _remembered(_matching(_NUMBER, 50, _NUMBER_ZH, _NUMBER_EN))
certno = _matching(_NUMBER, 50, _NUMBER_ZH, _NUMBER_EN)
text = _matching(_PLAIN, 200, _PLAIN_ZH, _PLAIN_EN)
long_text = _matching(_PLAIN, 1_000, _PLAIN_ZH, _PLAIN_EN)
area = _remembered(
    _matching(r"[0-9]{6}", 6, "应为6位行政区划代码，如310000", "a division's code of 6 digits, as 310000")
)
local_code = _remembered(_matching(_PLAIN, 150, _PLAIN_ZH, _PLAIN_EN))
item_name = _remembered(_matching(_PLAIN, 200, _PLAIN_ZH, _PLAIN_EN))
operator = _matching(_PLAIN, 50, _PLAIN_ZH, _PLAIN_EN)
quantity = _remembered(
    _matching(
        r"-?[0-9]{1,12}(\.[0-9]{1,4})?",
        18,
        "应为十进制数，至多12位整数、4位小数",
        "a decimal of at most 12 and 4 digits",
    )
)
price = _remembered(
    _matching(
        r"[0-9]{1,10}(\.[0-9]{1,6})?",
        17,
        "应为以元为单位的十进制数，至多10位整数、6位小数",
        "a decimal in yuan of at most 10 and 6 digits",
    )
)
diagnosis = _matching(
    r"[A-Z][0-9]{2}(\.[0-9A-Za-z]{1,4})?[+*]?",
    10,
    "应为ICD-10医保版诊断编码，如S52.500（不是诊断名称）",
    "an ICD-10 code (医保版) as S52.500, not a diagnosis' name",
)
message_id = _matching(
    r"[A-Za-z0-9]{1,40}[0-9]{18}",
    58,
    "应为机构编号、14位时间、4位序号依次相连",
    "the provider's code, a time of 14 digits and a running number of 4, joined",
)
serial = _matching(
    r"[A-Za-z0-9][A-Za-z0-9._:-]*",
    64,
    "只能用英文字母、数字和 . _ : -，并以字母或数字开头",
    "use ASCII letters, digits and . _ : -, beginning with a letter or digit",
)
"""A message id of any make."""
transaction_code = _matching(r"[0-9]{4}[A-Z]?", 5, "应为4位交易编号", "a transaction code of 4 digits")


_CARRIED_MAX = 4_000
_CARRIED_LONG = Says(
    "field.length", "过长", "too long", f"至多{_CARRIED_MAX}个字符", f"at most {_CARRIED_MAX} characters"
)


def anything(text: str) -> str:
    """Take any text of a bounded length: what is carried is judged by nobody."""
    if len(text) > _CARRIED_MAX:
        raise Unreadable(_CARRIED_LONG)
    return text


_AMOUNT = re.compile(r"(-?)([0-9]{1,14})(?:\.([0-9]{1,2}))?")
_AMOUNT_WRONG = Says(
    "field.pattern",
    "金额格式不对",
    "not an amount",
    "应为以元为单位的十进制数，至多14位整数、2位小数",
    "a decimal in yuan of at most 14 and 2 digits",
)
_AMOUNT_TOO_LARGE = Says("field.range", "金额过大", "too large an amount", "请核对金额", "correct the amount")


def fen(text: str, fen_max: int = FEN_MAX) -> int:
    """Return the fen of an amount in yuan (16,2), exactly."""
    amount = _AMOUNT.fullmatch(text)
    if amount is None:
        raise Unreadable(_AMOUNT_WRONG)
    sign, yuan, cents = amount.groups()
    value = int(yuan) * 100 + int((cents or "").ljust(2, "0"))
    if value > fen_max:
        raise Unreadable(_AMOUNT_TOO_LARGE)
    return -value if sign else value


@_remembered
def line_fen(text: str) -> int:
    """Return the fen of one line's amount, exactly."""
    return fen(text, LINE_FEN_MAX)


_PACKED = re.compile(r"[0-9]{14}")
_SPELLED = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
_INSTANT_WRONG = Says(
    "field.pattern",
    "时间格式不对",
    "not a time",
    f"应为yyyyMMddHHmmss（北京时间），年份{YEAR_MIN}至{YEAR_MAX}",
    f"yyyyMMddHHmmss in China's time, of the years {YEAR_MIN} to {YEAR_MAX}",
)


@_remembered
def instant(text: str) -> datetime:
    """Return the instant of a wall-clock time in Asia/Shanghai: yyyyMMddHHmmss, or yyyy-MM-dd HH:mm:ss."""
    if _PACKED.fullmatch(text):
        digits = text
    elif _SPELLED.fullmatch(text):
        digits = text[0:4] + text[5:7] + text[8:10] + text[11:13] + text[14:16] + text[17:19]
    else:
        raise Unreadable(_INSTANT_WRONG)
    try:
        return _wall_clock(digits)
    except ValueError:
        raise Unreadable(_INSTANT_WRONG) from None


_DAY = re.compile(r"[0-9]{8}|[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DAY_WRONG = Says(
    "field.pattern",
    "日期格式不对",
    "not a day",
    f"应为yyyyMMdd，年份{YEAR_MIN}至{YEAR_MAX}",
    f"yyyyMMdd, of the years {YEAR_MIN} to {YEAR_MAX}",
)


def day(text: str) -> date:
    """Return the day of yyyyMMdd, or of yyyy-MM-dd."""
    digits = text.replace("-", "")
    if not _DAY.fullmatch(text) or not YEAR_MIN <= int(digits[:4]) <= YEAR_MAX:
        raise Unreadable(_DAY_WRONG)
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise Unreadable(_DAY_WRONG) from None


def day_of_instant(text: str) -> date:
    """Return a day, or the day in China of an instant."""
    return day(text) if _DAY.fullmatch(text) else instant(text).astimezone(SHANGHAI).date()


def within(kind: Kind, length_max: int) -> Kind:
    """Return the same kind for texts of at most so many characters."""
    long = Says("field.length", "过长", "too long", f"至多{length_max}个字符", f"give at most {length_max} characters")

    def read(text: str) -> object:
        if len(text) > length_max:
            raise Unreadable(long)
        return kind(text)

    return read


def _wall_clock(digits: str) -> datetime:
    year = int(digits[:4])
    if not YEAR_MIN <= year <= YEAR_MAX:
        raise ValueError(year)
    month, day, hour = int(digits[4:6]), int(digits[6:8]), int(digits[8:10])
    local = datetime(year, month, day, hour, int(digits[10:12]), int(digits[12:14]), tzinfo=SHANGHAI)
    return local.astimezone(UTC)


def counted(least: int, most: int) -> Kind:
    """Return a kind that takes a whole number between two bounds."""
    zh, en = f"应为{least}至{most}的整数", f"give a whole number of {least} to {most}"
    wrong = Says("field.pattern", "不是允许的整数", "not a whole number that is allowed", zh, en)

    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,16}", text) or not least <= int(text) <= most:
            raise Unreadable(wrong)
        return int(text)

    return read


page = counted(1, 1_000)


def one_of(**meanings: object) -> Kind:
    """Return a kind that takes a closed set of values; a name is a value behind an underscore."""
    table = {name.removeprefix("_"): meaning for name, meaning in meanings.items()}
    zh, en = "、".join(table), ", ".join(table)
    wrong = Says("field.value", "不是允许的值", "not one of the values", f"应为{zh}之一", f"give one of {en}")

    def read(text: str) -> object:
        if text not in table:
            raise Unreadable(wrong)
        return table[text]

    return read


yes_no = one_of(_0=False, _1=True)
"""1 is yes."""
no_yes = one_of(_0=True, _1=False)
"""1 is no."""
self_paid = one_of(_0=False, _1=False, _2=True)
"""hosp_appr_flag: 2 is self-paid (domain §2.3)."""
plain_text_only = one_of()
"""Whatever stands there is refused: we carry no encrypted input."""
