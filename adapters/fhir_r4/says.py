"""What this dialect says of an element that it does not take, and the canonical kinds that texts must fit."""

from functools import lru_cache
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from schemas import scalars
from schemas.problems import Fault


class Says(NamedTuple):
    """What is wrong, and what would make it pass."""

    code: str
    zh: str
    en: str
    cure_zh: str
    cure_en: str


def said(pointer: str, says: Says) -> Fault:
    """Return a fault at a place."""
    return Fault(pointer=pointer, code=says.code, zh=says.zh, en=says.en, cure_zh=says.cure_zh, cure_en=says.cure_en)


class Kind(Struct, frozen=True, eq=False):
    """A canonical type of text, and what to say of a text that does not fit it."""

    type: Any
    says: Says


def _kind(kind: Any, cure_zh: str, cure_en: str) -> Kind:
    return Kind(kind, Says("element.form", "格式不对", "not of the required form", cure_zh, cure_en))


_ASCII_ZH = "至多{}个英文字母、数字或 . _ : / + -，并以字母或数字开头"
_ASCII_EN = "at most {} ASCII letters, digits and . _ : / + -, beginning with a letter or digit"
_PLAIN_ZH = "至多{}个字符，首尾不得有空白，不得含换行或其他控制字符"
_PLAIN_EN = "at most {} characters, no blank at either end, no line breaks or control characters"

NUMBER = _kind(scalars.Number, _ASCII_ZH.format(40), _ASCII_EN.format(40))
CODE = _kind(scalars.Code, _ASCII_ZH.format(50), _ASCII_EN.format(50))
LOCAL_CODE = _kind(scalars.LocalCode, _PLAIN_ZH.format(150), _PLAIN_EN.format(150))
TEXT = _kind(scalars.Text, _PLAIN_ZH.format(200), _PLAIN_EN.format(200))
MESSAGE_ID = _kind(
    scalars.MessageId,
    "1至64个英文字母、数字或 . _ : -，并以字母或数字开头",
    "1 to 64 ASCII letters, digits or . _ : -, beginning with a letter or digit",
)
DIAGNOSIS = _kind(
    scalars.DiagnosisCode,
    "应为ICD-10医保版编码，如S52.500；其他编码请由经办机构在接口参数中对照",
    "give an ICD-10 code (医保版) as S52.500; other codes the agency maps in your profile",
)
QUANTITY = _kind(
    scalars.QuantityText,
    "应为十进制数，至多12位整数、4位小数，不用指数",
    "a decimal of at most 12 and 4 digits, without exponent",
)
PRICE = _kind(
    scalars.PriceText,
    "应为十进制数，至多10位整数、6位小数，不为负，不用指数",
    "a decimal of at most 10 and 6 digits, not negative, without exponent",
)


def fits(kind: Kind, text: str) -> bool:
    """Return whether a text is of a kind."""
    try:
        msgspec.convert(text, type=kind.type, strict=True)
    except msgspec.ValidationError:
        return False
    return True


# The same codes stand in line after line, so what fitted once is remembered; a person's numbers are not.
code_fits = lru_cache(maxsize=4_096)(fits)

MISSING = Says("element.missing", "缺少必填元素", "a required element is missing", "请填写", "give it")
UNKNOWN = Says(
    "element.unknown",
    "本方言不接收该元素",
    "this element is not taken",
    "请删除该元素；可用的元素见接口说明",
    "leave it out; the dialect's page lists what is taken",
)
TYPE = Says("element.type", "类型不对", "of the wrong type", "请按FHIR R4的类型填写", "give what FHIR R4 asks for here")
MODIFIER = Says(
    "element.modifier_extension",
    "含有modifierExtension：它改变含义，本系统不能忠实处理",
    "holds a modifierExtension, which changes what the element means",
    "请删除modifierExtension",
    "leave the modifierExtension out",
)
EXTENSION = Says(
    "extension.unknown",
    "没有这个扩展",
    "no such extension is taken",
    "请删除该扩展",
    "leave the extension out",
)
STU3 = Says(
    "fhir.version",
    "这是FHIR STU3（3.0）的报文，本接口只接收R4（4.0.1）",
    "this is a document of FHIR STU3 (3.0); only R4 (4.0.1) is taken",
    "请按FHIR R4重新生成报文",
    "send the same as FHIR R4",
)
