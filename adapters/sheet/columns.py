"""The columns of a sheet, in one table: what each is called, where it goes, and what its cells hold."""

from collections.abc import Callable
from typing import Any, Literal, TypeAlias

from msgspec import Struct

from adapters.hl7_v2 import kinds
from adapters.sheet import cells

Part: TypeAlias = Literal["envelope", "visit", "bill", "item", "carried", "told"]
"""told: what an answer writes; such a column of a returned sheet is passed over when it is sent again."""


class Column(Struct, frozen=True, kw_only=True):
    """A column. field: of the canonical part; sample: what the template shows."""

    zh: str
    en: str
    part: Part
    field: str = ""
    kind: Callable[[str], Any] = str
    holds: Literal["text", "number", "time", "choice"] = "text"
    required: bool = False
    sample: str = ""

    @property
    def title(self) -> str:
        """Return what a header says in both languages."""
        return f"{self.zh} {self.en}"


def _column(part: Part, names: str, field: str, kind: Callable[[str], Any], sample: str = "", **more: Any) -> Column:
    zh, en = names.split(" ", 1)
    return Column(zh=zh, en=en, part=part, field=field, kind=kind, sample=sample, **more)


_MUST: dict[str, Any] = {"required": True}
_NUMBER: dict[str, Any] = {"holds": "number"}
_TIME: dict[str, Any] = {"holds": "time"}
_CHOICE: dict[str, Any] = {"holds": "choice"}

ENVELOPE = (_column("envelope", "报文号 message_id", "message_id", cells.message_id),)
VISIT = (
    _column("visit", "就诊号 visit_no", "visit_no", kinds.number, "PZ20261102001", **_MUST),
    _column("visit", "个人编号 worker_id", "worker_id", kinds.number, "W00002", **_MUST),
    _column("visit", "就诊类别 visit_kind", "visit_kind", cells.visit_kind, "辅助器具"),
    _column("visit", "登记时间 admitted_at", "admitted_at", cells.time, "2026-11-02 09:00:00", **_MUST, **_TIME),
    _column("visit", "诊断编码 diagnosis_codes", "diagnosis_codes", cells.diagnoses, "S68.100", **_MUST),
    _column("visit", "资格审核编号 qualification_ids", "qualification_ids", cells.numbers, "QAdevice2"),
    _column("visit", "科室编码 department_code", "department_code", kinds.code),
    _column("visit", "病区 ward", "ward", kinds.text),
    _column("visit", "床位 bed", "bed", kinds.text),
    _column("visit", "医师编码 doctor_code", "doctor_code", kinds.code),
    _column("visit", "住院号 inpatient_no", "inpatient_no", kinds.number),
    _column("visit", "联系电话 phone", "phone", kinds.text),
    _column("visit", "急诊 emergency", "emergency", cells.yes_no, **_CHOICE),
    _column("visit", "病情稳定时间 stabilised_at", "stabilised_at", cells.time, **_TIME),
    _column("visit", "第三方已付 third_party_paid_yuan", "third_party_paid_fen", kinds.fen, **_NUMBER),
)
BILL = (
    _column("bill", "单据号 bill_no", "bill_no", kinds.number, "D20261102001", **_MUST),
    _column("bill", "单据总额 charged_yuan", "charged_fen", kinds.fen, "880.00", **_MUST, **_NUMBER),
    _column("bill", "发票号 invoice_no", "invoice_no", kinds.number),
    _column("bill", "中途结算 interim", "interim", cells.yes_no, **_CHOICE),
    _column("bill", "离院时间 discharged_at", "discharged_at", cells.time, **_TIME),
    _column("bill", "离院结果 discharge_outcome", "discharge_outcome", kinds.code),
    _column("bill", "离院诊断编码 discharge_diagnosis_codes", "diagnosis_codes", cells.diagnoses),
)
ITEM = (
    _column("item", "明细号 item_no", "item_no", kinds.number, "0001", **_MUST),
    _column("item", "目录编码 catalog_code", "catalog_code", kinds.code, "10001"),
    _column("item", "机构编码 local_code", "local_code", kinds.local_code),
    _column("item", "项目名称 name", "name", kinds.item_name, "假手指"),
    _column("item", "数量 quantity", "quantity", kinds.quantity, "1", **_MUST, **_NUMBER),
    _column("item", "单价 unit_price_yuan", "unit_price_yuan", kinds.price, "880.00", **_MUST, **_NUMBER),
    _column("item", "金额 amount_yuan", "amount_fen", kinds.line_fen, "880.00", **_MUST, **_NUMBER),
    _column("item", "发生时间 occurred_at", "occurred_at", cells.time, "2026-11-02 10:00:00", **_MUST, **_TIME),
    _column("item", "工伤相关 injury_related", "injury_related", cells.yes_no, **_CHOICE),
    _column("item", "自费 self_paid", "self_paid", cells.yes_no, **_CHOICE),
    _column("item", "明细资格审核编号 item_qualification_id", "qualification_id", kinds.number),
    _column("item", "退费原明细号 refunds_item_no", "refunds_item_no", kinds.number),
    _column("item", "批次号 batch_no", "batch_no", kinds.number),
    _column("item", "处方号 prescription_no", "prescription_no", kinds.number),
    _column("item", "明细科室编码 item_department_code", "department_code", kinds.code),
    _column("item", "明细医师编码 item_doctor_code", "doctor_code", kinds.code),
)
CARRIED = (Column(zh="备注", en="remark", part="carried"),)
TOLD = tuple(
    Column(zh=zh, en=en, part="told")
    for zh, en in (
        ("处理结果", "result"),
        ("问题", "problem_zh"),
        ("问题英文", "problem_en"),
        ("基金支付", "fund_yuan"),
        ("个人负担", "worker_yuan"),
        ("单位负担", "employer_yuan"),
        ("机构负担", "provider_yuan"),
        ("结算编号", "settlement_id"),
        ("结算报文号", "settled_message_id"),
        ("结算时间", "settled_at"),
        ("整单总额", "bill_charged_yuan"),
        ("整单基金", "bill_fund_yuan"),
        ("整单个人", "bill_worker_yuan"),
        ("整单单位", "bill_employer_yuan"),
        ("整单机构", "bill_provider_yuan"),
        ("决定摘要", "decision_sha256"),
    )
)
READ = (*ENVELOPE, *VISIT, *BILL, *ITEM)
COLUMNS = (*READ, *CARRIED, *TOLD)
BY_NAME = {name: column for column in COLUMNS for name in (column.zh, column.en, column.title)}
REQUIRED = tuple(column for column in READ if column.required)
BY_FIELD = {(column.part, column.field): column for column in READ}
