"""Numbers, texts and closed sets that every canonical message is made of, with their units and bounds."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

# The end of a text in every regular-expression dialect: `$` would also match before a trailing newline.
_END = r"(?![\s\S])"

FEN_MAX = 9_007_199_254_740_991
"""Largest sum either way: 2**53 - 1, the largest whole number that canonical JSON (RFC 8785) carries exactly."""
LINE_FEN_MAX = 99_999_999_999
"""Largest amount of a line either way: under a thousand million yuan, so that 20,000 lines stay under FEN_MAX."""

Fen = Annotated[int, Meta(ge=-FEN_MAX, le=FEN_MAX, description="An amount in fen (分), signed.")]
LineFen = Annotated[int, Meta(ge=-LINE_FEN_MAX, le=LINE_FEN_MAX, description="A line's amount in fen (分), signed.")]
FenPositive = Annotated[int, Meta(ge=0, le=FEN_MAX, description="An amount in fen (分), not negative.")]

QuantityText = Annotated[
    str,
    Meta(
        pattern=r"^-?[0-9]{1,12}(\.[0-9]{1,4})?" + _END,
        max_length=18,
        description="A quantity (数量): decimal text 16,4.",
    ),
]
PriceText = Annotated[
    str,
    Meta(
        pattern=r"^[0-9]{1,10}(\.[0-9]{1,6})?" + _END,
        max_length=17,
        description="A unit price in yuan: decimal text 16,6.",
    ),
]

# No control characters, no leading or trailing blank: what a person or a log can read back.
_PLAIN = (
    r"^[^\s\x00-\x1f\x7f-\x9f\u2028\u2029](?:[^\x00-\x1f\x7f-\x9f\u2028\u2029]*[^\s\x00-\x1f\x7f-\x9f\u2028\u2029])?"
    + _END
)
_TOKEN = r"^[A-Za-z0-9][A-Za-z0-9._:/+-]*" + _END

Text = Annotated[str, Meta(pattern=_PLAIN, min_length=1, max_length=200)]
"""Free text of a person's making: a name, a remark."""
LongText = Annotated[str, Meta(pattern=_PLAIN, min_length=1, max_length=1000)]
"""The same where a sentence or two are wanted: the reason of an application."""
Code = Annotated[str, Meta(pattern=_TOKEN, min_length=1, max_length=50)]
"""A code of a catalog or register: ASCII, no blanks."""
LocalCode = Annotated[str, Meta(pattern=_PLAIN, min_length=1, max_length=150)]
"""A provider's own code, whatever it looks like."""
Number = Annotated[str, Meta(pattern=_TOKEN, min_length=1, max_length=40)]
"""A running number that a provider or a centre gave out: visit, bill, item, qualification, worker."""
MessageId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]*" + _END, min_length=1, max_length=64)]
"""The caller's own name of a message: its idempotency key."""
Area = Annotated[str, Meta(pattern=r"^[0-9]{6}" + _END, description="Six-digit division (统筹区).")]
Scheme = Annotated[str, Meta(pattern=r"^[0-9]{3}" + _END, description="Insurance scheme (险种); 410 is work injury.")]
Instant = Annotated[datetime, Meta(tz=True, description="An instant with its offset.")]
DiagnosisCode = Annotated[
    str,
    Meta(pattern=r"^[A-Z][0-9]{2}(\.[0-9A-Za-z]{1,4})?([+*])?" + _END, max_length=10, description="ICD-10 (医保版)."),
]

Cursor = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9_-]+" + _END,
        min_length=1,
        max_length=400,
        description="Where the next page begins: opaque, as an answer gave it.",
    ),
]
PageNumber = Annotated[int, Meta(ge=1, le=1_000, description="A page, counted from 1.")]

WORK_INJURY: Scheme = "410"

VisitKind = Literal["outpatient", "inpatient", "rehabilitation", "device"]
"""门诊, 住院, 工伤康复, 辅助器具配置."""
ProviderKind = Literal["hospital", "rehabilitation_centre", "device_supplier"]
"""医院, 工伤康复机构, 辅助器具配置机构."""
Level = Literal["tertiary", "secondary", "primary", "ungraded"]
"""三级, 二级, 一级, 无等级."""
CatalogSort = Literal["drug", "service", "inpatient_standard", "rehabilitation", "device", "consumable"]
"""药品, 诊疗项目, 住院服务标准, 康复服务项目, 辅助器具, 医用耗材."""
Bearer = Literal["worker", "employer", "provider"]
"""Who bears a refused fen: 工伤职工, 用人单位, 协议机构."""
Sex = Literal["male", "female"]
AuthorizationKind = Literal["treatment", "referral", "out_of_area", "relapse", "rehabilitation", "device"]
"""工伤认定, 转诊转院, 异地, 旧伤复发, 康复确认, 辅助器具配置确认."""
ItemState = Literal["live", "settled", "withdrawn"]
"""未结算, 已结算, 已撤销."""
CatalogFormat = Literal["csv", "jsonl"]
"""A table as the import takes it; a JSON object a line."""
VisitState = Literal["open", "part_settled", "settled", "self_paid", "cancelled"]
"""在院/未结算, 已中途结算, 已结算, 已自费出院, 已撤销."""
ReferralState = Literal["filed", "approved", "part_approved", "revoked", "cancelled"]
"""已申请, 已核准, 部分核准, 核准已撤销, 申请已撤销: what the agency's authorizations make of an application."""
MatchAct = Literal["match", "end"]
"""对照, 终止对照: what a filing asks for."""
FilingState = Literal["pending", "approved", "refused", "withdrawn"]
"""待审核, 审核通过, 审核未通过, 已撤回: what became of a filing."""
MatchBecame = Literal["filed", "pending_already", "in_force_already", "withdrawn", "end_filed", "end_pending_already"]
"""已提交待审核, 已在待审核, 已生效, 已撤回, 已提交终止待审核, 终止已在待审核: what a message came to for a row."""
OutcomeState = Literal["settled", "refused", "reversed", "not_seen"]
"""已生效, 已拒绝, 已冲正, 未收到."""
