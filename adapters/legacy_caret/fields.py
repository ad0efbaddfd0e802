"""The fields of each code, and the places they stand in where a provider's profile says nothing else.

The interface's own text is not public. `known` is what the code of hospital systems shows (domain §1.5): the codes, the
envelope, and the order of most fields of 22xx, 23xx and 24xx. Everything else is ours.
"""

from msgspec import Struct

from adapters import kinds
from adapters.kinds import Kind
from adapters.tables import Field, Table, Use

FILLER = "-"
"""In an order: a place that is kept with the raw message and judged by nobody."""
FIELDS_MAX = 100
"""Of one order."""
EVERYTHING = "0000"
"""prescription_no or item_no that withdraws all."""
EMERGENCY = "13"
"""急诊: the visit is an emergency (条例 art. 30)."""
MORE_DIAGNOSES = ("diagnosis_code_2", "diagnosis_code_3", "diagnosis_code_4", "diagnosis_code_5")


def _field(
    name: str, zh: str, kind: Kind, into: str | None = None, *, required: bool = False, use: Use = "content"
) -> Field:
    return Field(
        name=name, zh=zh, kind=kind, into=into or name, use=use, required=required, known=False, section="§1.5"
    )


def _carried(names: str) -> list[Field]:
    """Return fields that we keep and nobody judges; each is a name and its Chinese, joined by a colon."""
    pairs = [pair.split(":") for pair in names.split()]
    return [_field(name, zh, kinds.anything, use="carried") for name, zh in pairs]


ENVELOPE = Table(
    _field("code", "交易号", kinds.transaction_code, required=True),
    _field("institution", "机构编号", kinds.code, required=True),
    _field("operator", "操作员", kinds.operator, "operator_id", use="transport"),
    _field("cycle", "业务周期号", kinds.number, "sign_no", use="transport"),
    _field("serial", "机构交易流水号", kinds.serial, "message_id", required=True),
    _field("centre", "中心编码", kinds.anything, use="carried"),
    _field("online", "联机标志", kinds.anything, required=True, use="checked"),
)
INPUT = "input"
"""入参: where the rows stand in the envelope."""
ENVELOPE_ORDER = ("code", "institution", "operator", "cycle", "serial", "centre", INPUT, "online")

_VISIT = _field("visit_no", "就诊流水号", kinds.number, required=True)
_WORKER = _field("worker_id", "人员编号", kinds.number, required=True)
_WORKER_IF_KNOWN = _field("worker_id", "人员编号", kinds.number)
_CLERK = _carried("clerk:经办人")
_OPERATOR = _field("operator", "操作员", kinds.operator, "operator_id")
_QUALIFICATION = _field("qualification_id", "工伤医疗费资格审核信息ID", kinds.number)
_VISIT_TERMS = (
    _field("ward", "病区名称", kinds.text),
    _field("department_code", "科室编码", kinds.code),
    _field("bed", "床位号", kinds.text),
    _field("doctor_code", "医生编码", kinds.code),
    _field("phone", "联系电话", kinds.text),
    _field("inpatient_no", "住院号", kinds.number),
    *(_field(name, f"第{number}诊断编码", kinds.diagnosis) for number, name in enumerate(MORE_DIAGNOSES, start=2)),
    _field("stabilised_at", "病情稳定时间", kinds.instant),
    _field("third_party_yuan", "第三方已付金额", kinds.fen, "third_party_paid_fen"),
    *_CLERK,
    *_carried("diagnosis_name:诊断名称 department_name:科室名称 doctor_name:医生姓名 memo:备注"),
)
SIGN_IN = Table(_OPERATOR, _field("terminal", "终端", kinds.text))
SIGN_OUT = Table(_field("cycle", "业务周期号", kinds.number, "sign_no"), _OPERATOR)
VERIFY_PERSON = Table(
    _field("certno", "证件号码", kinds.certno),
    _WORKER_IF_KNOWN,
    _field("name", "姓名", kinds.text),
    *_carried("card_no:社会保障卡号 clerk:经办人"),
)
REGISTER_VISIT = Table(
    _VISIT,
    _field("med_type", "医疗类别", kinds.code, "visit_kind", required=True),
    _field("admitted_at", "入院（挂号）时间", kinds.instant, required=True),
    _field("diagnosis_code", "疾病编码", kinds.diagnosis, required=True),
    _WORKER,
    _QUALIFICATION,
    *_VISIT_TERMS,
)
AMEND_VISIT = Table(
    _VISIT,
    _field("med_type", "医疗类别", kinds.code, "visit_kind"),
    _field("admitted_at", "入院（挂号）时间", kinds.instant),
    _field("diagnosis_code", "疾病编码", kinds.diagnosis),
    _WORKER_IF_KNOWN,
    _QUALIFICATION,
    *_VISIT_TERMS,
)
CANCEL_VISIT = Table(_VISIT, _WORKER_IF_KNOWN, *_CLERK)
ITEM = Table(
    _VISIT,
    _field("item_no", "处方流水号", kinds.number, required=True),
    _field("prescription_no", "处方号", kinds.number),
    _field("batch_no", "收费批次号", kinds.number),
    _field("occurred_at", "开方时间", kinds.instant, required=True),
    _field("catalog_code", "中心收费项目编码", kinds.code),
    _field("local_code", "机构收费项目编码", kinds.local_code),
    _field("name", "收费项目名称", kinds.item_name),
    _field("unit_price_yuan", "单价", kinds.price, required=True),
    _field("quantity", "数量", kinds.quantity, required=True),
    _field("amount_yuan", "金额", kinds.line_fen, "amount_fen", required=True),
    _field("doses", "处方贴数", kinds.one_of(_1="1"), use="checked"),
    _field("doctor_code", "医生编码", kinds.code),
    _field("department_code", "科室编码", kinds.code),
    _field("refunds_item_no", "原处方流水号", kinds.number),
    _field("self_paid", "自费标志", kinds.yes_no),
    _field("unrelated", "非工伤费用标志", kinds.no_yes, "injury_related"),
    _QUALIFICATION,
    _WORKER_IF_KNOWN,
    *_CLERK,
    *_carried("item_sort:项目种类 unit:计价单位 disease_code:疾病编码 spec:规格 dosage:用法用量 memo:备注"),
)
"""A row of 2310. doses: the quantity is the whole prescription's, so that it times the price is the amount."""
WITHDRAW_ITEMS = Table(
    _VISIT,
    _field("prescription_no", "处方号", kinds.number, "batch_nos"),
    _field("item_no", "处方流水号", kinds.number, "item_nos"),
    _WORKER_IF_KNOWN,
    *_CLERK,
)
_BILL = (
    _VISIT,
    _field("bill_no", "单据号", kinds.number, required=True),
    _field("med_type", "医疗类别", kinds.code, "visit_kind"),
    _field("discharged_at", "出院时间", kinds.instant),
    _field("discharge_outcome", "出院原因", kinds.code),
    _field("diagnosis_code", "出院诊断编码", kinds.diagnosis),
    *(_field(name, f"第{number}诊断编码", kinds.diagnosis) for number, name in enumerate(MORE_DIAGNOSES, start=2)),
    _field("interim", "中途结算标志", kinds.yes_no),
    _WORKER_IF_KNOWN,
    _field("charged_yuan", "医疗费总额", kinds.fen, "charged_fen"),
    _field("invoice_no", "发票号", kinds.number),
    _QUALIFICATION,
    *_CLERK,
    *_carried("settled_at:结算时间 account_kind:月结算类别 department_code:科室编码 doctor_code:医生编码 memo:备注"),
)
PRESETTLE = Table(*_BILL)
SETTLE = Table(*_BILL, _field("previewed_fund_yuan", "预结算基金支付", kinds.fen, "previewed_fund_fen"))
CANCEL_SETTLEMENT = Table(
    _field("visit_no", "就诊流水号", kinds.number),
    _field("bill_no", "单据号", kinds.number),
    _field("settlement_id", "结算编号", kinds.number),
    _field("keep_items", "保留处方标志", kinds.one_of(_1="1"), use="checked"),
    _WORKER_IF_KNOWN,
    *_CLERK,
    *_carried("cancelled_at:撤销时间 memo:备注"),
)
"""keep_items: the lines of a cancelled bill are there to be settled anew; 2320 withdraws them."""
REVERSE = Table(
    _field("original_code", "原交易号", kinds.transaction_code, use="checked"),
    _field("original_serial", "原机构交易流水号", kinds.serial, "original_message_id", required=True),
)
FILE_REFERRAL = Table(
    _field("approval_kind", "审批类别", kinds.code, required=True, use="checked"),
    _field("qualification_id", "工伤医疗费资格审核信息ID", kinds.number, required=True),
    _field("starts_on", "开始日期", kinds.day, required=True),
    _field("ends_on", "终止日期", kinds.day, required=True),
    _field("to_area", "转往地区划", kinds.area, required=True),
    _field("to_provider_name", "转往医院名称", kinds.text, required=True),
    _field("reason", "申请原因", kinds.long_text, required=True),
    _field("transportation", "交通工具", kinds.text),
    _field("applied_on", "申请日期", kinds.day_of_instant),
    _WORKER_IF_KNOWN,
    *_CLERK,
)
DOWNLOAD_CATALOG = Table(
    _field("catalog_kind", "目录类别", kinds.one_of(_00="00"), use="checked"),
    _field("since_version", "本地目录版本", kinds.counted(0, 2**53 - 1)),
    _field("version", "所下载的目录版本", kinds.counted(1, 2**53 - 1)),
    _field("page", "页码", kinds.page),
)
"""catalog_kind: 00, all kinds; a row tells its own."""


class Code(Struct, frozen=True, kw_only=True):
    """One transaction code: its Chinese name, its fields, and the order they stand in.

    seen: the first so many of the order stand so in hospitals' code; rows: several may be joined by `$`; sign_in:
    needs a business cycle.
    """

    zh: str
    fields: Table
    order: tuple[str, ...]
    seen: int = 0
    rows: bool = False
    sign_in: bool = True


def _in_order(names: str) -> tuple[str, ...]:
    return tuple(names.split())


_REGISTERED = _in_order(
    "visit_no med_type admitted_at diagnosis_code ward department_code bed doctor_code clerk phone worker_id"
    " inpatient_no qualification_id"
)
_BILLED = _in_order(
    "visit_no bill_no med_type settled_at discharged_at discharge_outcome diagnosis_code account_kind interim clerk"
    " worker_id department_code doctor_code charged_yuan invoice_no qualification_id"
)
CODES = {
    "9100": Code(zh="签到", fields=SIGN_IN, order=("operator", "terminal"), sign_in=False),
    "9110": Code(zh="签退", fields=SIGN_OUT, order=("cycle",)),
    "2100": Code(zh="读卡", fields=VERIFY_PERSON, order=("certno", "worker_id", "name", "card_no")),
    "2210": Code(zh="登记", fields=REGISTER_VISIT, order=_REGISTERED, seen=12),
    "2230": Code(zh="登记信息修改", fields=AMEND_VISIT, order=_REGISTERED, seen=10),
    "2240": Code(zh="登记撤销", fields=CANCEL_VISIT, order=("visit_no", "clerk"), seen=2),
    "2310": Code(
        zh="明细上报",
        fields=ITEM,
        order=_in_order(
            "visit_no item_sort prescription_no item_no occurred_at catalog_code unit_price_yuan quantity amount_yuan"
            " doses doctor_code department_code clerk unit disease_code local_code name refunds_item_no self_paid"
            " unrelated qualification_id"
        ),
        seen=15,
        rows=True,
    ),
    "2320": Code(
        zh="明细撤销",
        fields=WITHDRAW_ITEMS,
        order=("visit_no", "prescription_no", "item_no", "clerk"),
        seen=4,
        rows=True,
    ),
    "2420": Code(zh="预结算", fields=PRESETTLE, order=_BILLED, seen=10),
    "2410": Code(zh="结算", fields=SETTLE, order=_BILLED, seen=10),
    "2430": Code(
        zh="结算撤销",
        fields=CANCEL_SETTLEMENT,
        order=("visit_no", "bill_no", "cancelled_at", "clerk", "keep_items"),
        seen=5,
    ),
    "2421": Code(zh="冲正", fields=REVERSE, order=("original_code", "original_serial"), seen=2, sign_in=False),
    "3100": Code(
        zh="审批上报（转诊转院）",
        fields=FILE_REFERRAL,
        order=_in_order(
            "approval_kind qualification_id starts_on ends_on to_area to_provider_name reason transportation"
            " applied_on worker_id clerk"
        ),
    ),
    "1300": Code(
        zh="批量下载",
        fields=DOWNLOAD_CATALOG,
        order=("catalog_kind", "since_version", "version", "page"),
        seen=1,
    ),
}
"""What this dialect offers, and the order of each where the profile has no `order.CODE`."""

LATER = {
    "3451": (
        "目录对照",
        "未找到其字段定义，不作猜测；请由原生接口POST /v1/matches提交，或把对照表报送经办机构",
        "its fields were not found, and nothing is guessed: file by POST /v1/matches, or send your list to the agency",
    ),
    "1110": ("对账", "请以 POST /v1/outcomes 逐笔核对", "compare by POST /v1/outcomes, message by message"),
    "1120": ("明细对账", "请以 POST /v1/outcomes 逐笔核对", "compare by POST /v1/outcomes, message by message"),
}
"""What the interface has and we do not offer: its name, and what to do instead."""

MED_TYPES = {
    "11": "outpatient",
    "13": "outpatient",
    "14": "outpatient",
    "21": "inpatient",
    "22": "inpatient",
    "23": "inpatient",
    "28": "inpatient",
    "41": "outpatient",
    "42": "inpatient",
    "45": "device",
    "420": "inpatient",
    "421": "rehabilitation",
    "422": "rehabilitation",
    "424": "device",
}
"""med_type → visit kind, those of the work-injury interfaces (domain §2.5); a profile's `med_type.41` overrides."""
