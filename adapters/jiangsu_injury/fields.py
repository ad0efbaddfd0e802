"""The fields of each code in one table: name, meaning, use, and whether the interface's text is known or assumed."""

from collections.abc import Iterable

from msgspec import Struct

from adapters import kinds
from adapters.kinds import Kind
from adapters.tables import Field, Table


def _content(name: str, zh: str, kind: Kind, into: str | None = None, *, required: bool = False) -> Field:
    return Field(
        name=name, zh=zh, kind=kind, into=into or name, use="content", required=required, known=True, section="§1.3"
    )


def _transport(name: str, zh: str, kind: Kind, into: str | None = None) -> Field:
    return Field(
        name=name, zh=zh, kind=kind, into=into or name, use="transport", required=False, known=True, section="§1.3"
    )


def _checked(name: str, zh: str, kind: Kind) -> Field:
    return Field(name=name, zh=zh, kind=kind, into=name, use="checked", required=False, known=True, section="§1.3")


def _carried(names: str, section: str = "§1.3", *, known: bool = True) -> Iterable[Field]:
    """Yield fields that we keep and nobody judges; each is a name and its Chinese, joined by a colon."""
    for pair in names.split():
        name, zh = pair.split(":")
        yield Field(
            name=name,
            zh=zh,
            kind=kinds.anything,
            into=name,
            use="carried",
            required=False,
            known=known,
            section=section,
        )


def _assumed(*fields: Field, section: str = "§2.3") -> Iterable[Field]:
    """Yield fields under their national names: Jiangsu's own are not known (domain §7, 14)."""
    for field in fields:
        yield Field(
            name=field.name,
            zh=field.zh,
            kind=field.kind,
            into=field.into,
            use=field.use,
            required=field.required,
            known=False,
            section=section,
        )


ENVELOPE = Table(
    _content("infno", "交易编号", kinds.transaction_code, required=True),
    _content("msgid", "报文ID", kinds.message_id, "message_id", required=True),
    _content("fixmedins_code", "协议机构编号", kinds.code, required=True),
    _transport("inf_time", "交易时间", kinds.instant, "sent_at"),
    _transport("opter", "经办人", kinds.operator, "operator_id"),
    _transport("sign_no", "签到编号", kinds.number),
    _transport("opter_name", "经办人姓名", kinds.anything),
    _transport("opter_type", "经办人类别", kinds.anything),
    _transport("recer_sys_code", "接收方系统代码", kinds.anything),
    _transport("infver", "接口版本", kinds.anything),
    _transport("idfi_mode", "身份识别方式", kinds.anything),
    *_carried(
        "mdtrtarea_admvs:就医地区划 insuplc_admdvs:参保地区划 dev_no:设备编号 dev_safe_info:设备安全信息"
        " cainfo:数字签名 signtype:签名类型 fixmedins_name:协议机构名称"
        " fixmedins_soft_fcty:软件厂商 exp_content:扩展内容",
        "§2.1",
        known=False,
    ),
    *_assumed(_content("enc_type", "加密方式", kinds.plain_text_only), section="§2.1"),
)
"""Round every message; beside it stands `input`, or `feedetail` for 2204."""

_VISIT_NO = _content("ipt_otp_no", "就诊号", kinds.number, "visit_no", required=True)
_PERSON = _content("psn_no", "人员编号", kinds.number, "worker_id", required=True)
_PERSON_IF_KNOWN = _content("psn_no", "人员编号", kinds.number, "worker_id")
_MED_TYPE = _content("med_type", "医疗类别", kinds.code, "visit_kind", required=True)

SIGN_IN = Table(
    *_assumed(_content("opter_no", "操作员编号", kinds.operator, "operator_id")),
    *_assumed(_content("mac", "网卡地址", kinds.text), _content("ip", "终端地址", kinds.text)),
)
SIGN_OUT = Table(
    *_assumed(
        _content("sign_no", "签到编号", kinds.number),
        _content("opter_no", "操作员编号", kinds.operator, "operator_id"),
    )
)
VERIFY_PERSON = Table(
    *_assumed(
        _content("certno", "证件号码", kinds.certno),
        _content("psn_no", "人员编号", kinds.number, "worker_id"),
        _content("psn_name", "姓名", kinds.text, "name"),
        _content("mdtrt_cert_type", "就诊凭证类型", kinds.one_of(_01="01", _02="02", _03="03")),
        _content("mdtrt_cert_no", "就诊凭证编号", kinds.text),
    ),
    *_carried("card_sn:卡识别码 begntime:开始时间 psn_cert_type:证件类型", "§2.3", known=False),
)
REGISTER_VISIT = Table(
    _VISIT_NO,
    _MED_TYPE,
    _PERSON,
    _content("ipt_no", "住院号", kinds.number, "inpatient_no"),
    _content("adm_time", "入院时间", kinds.instant, "admitted_at", required=True),
    _content("adm_diag_dscr", "入院诊断编码", kinds.diagnosis, "diagnosis_codes", required=True),
    _content("wardarea_name", "病区名称", kinds.text, "ward"),
    _content("adm_dept_codg", "入院科室编码", kinds.code, "department_code"),
    _content("adm_bed", "床位号", kinds.text, "bed"),
    _content("atddr_no", "主治医生编号", kinds.code, "doctor_code"),
    _content("tel", "联系电话", kinds.text, "phone"),
    _content("qualification_id", "工伤医疗费资格审核信息ID", kinds.number, "qualification_ids"),
)
AMEND_VISIT = Table(
    *_assumed(
        _VISIT_NO,
        _PERSON_IF_KNOWN,
        _content("med_type", "医疗类别", kinds.code, "visit_kind"),
        _content("ipt_no", "住院号", kinds.number, "inpatient_no"),
        _content("adm_time", "入院时间", kinds.instant, "admitted_at"),
        _content("adm_diag_dscr", "入院诊断编码", kinds.diagnosis, "diagnosis_codes"),
        _content("wardarea_name", "病区名称", kinds.text, "ward"),
        _content("adm_dept_codg", "入院科室编码", kinds.code, "department_code"),
        _content("adm_bed", "床位号", kinds.text, "bed"),
        _content("atddr_no", "主治医生编号", kinds.code, "doctor_code"),
        _content("tel", "联系电话", kinds.text, "phone"),
        _content("qualification_id", "工伤医疗费资格审核信息ID", kinds.number),
        section="§1.3",
    ),
    *_carried("mdtrt_id:就诊ID", "§2.3", known=False),
)
"""2203: those of 2201, none but the visit's number required; an empty one changes nothing."""
CANCEL_VISIT = Table(
    *_assumed(_VISIT_NO, _PERSON_IF_KNOWN),
    *_carried("mdtrt_id:就诊ID", "§2.3", known=False),
)
ITEM = Table(
    *_assumed(
        _content("feedetl_sn", "费用明细流水号", kinds.number, "item_no", required=True),
        _content("ipt_otp_no", "就诊号", kinds.number, "visit_no"),
        _content("mdtrt_id", "就诊ID", kinds.number),
        _content("psn_no", "人员编号", kinds.number, "worker_id"),
        _content("med_list_codg", "医疗目录编码", kinds.code, "catalog_code"),
        _content("medins_list_codg", "机构目录编码", kinds.local_code, "local_code"),
        _content("medins_list_name", "机构目录名称", kinds.item_name, "name"),
        _content("cnt", "数量", kinds.quantity, "quantity", required=True),
        _content("pric", "单价", kinds.price, "unit_price_yuan", required=True),
        _content("det_item_fee_sumamt", "明细总额", kinds.line_fen, "amount_fen", required=True),
        _content("fee_ocur_time", "费用发生时间", kinds.instant, "occurred_at", required=True),
        _content("chrg_bchno", "收费批次号", kinds.number, "batch_no"),
        _content("rxno", "处方号", kinds.number, "prescription_no"),
        _content("bilg_dept_codg", "开单科室编码", kinds.code, "department_code"),
        _content("bilg_dr_codg", "开单医生编码", kinds.code, "doctor_code"),
        _content("hosp_appr_flag", "医院审批标志", kinds.self_paid, "self_paid"),
        _content("init_feedetl_sn", "原费用流水号", kinds.number, "refunds_item_no"),
    ),
    *_assumed(_content("make_flag", "非工伤费用标志", kinds.no_yes, "injury_related"), section="§4.5"),
    *_assumed(_content("qualification_id", "工伤医疗费资格审核信息ID", kinds.number), section="§1.3"),
    *_carried(
        "med_list_name:医疗目录名称 dise_codg:病种编码 rx_circ_flag:外购处方标志 sin_dos_dscr:单次剂量"
        " used_frqu_dscr:使用频次 prd_days:周期天数 medc_way_dscr:用药途径 bilg_dept_name:开单科室名称"
        " bilg_dr_name:开单医生姓名"
        " acord_dept_codg:受单科室编码 acord_dept_name:受单科室名称 orders_dr_code:受单医生编码"
        " orders_dr_name:受单医生姓名"
        " tcmdrug_used_way:中药使用方式 etip_flag:外检标志 etip_hosp_code:外检机构编码 dscg_tkdrug_flag:出院带药标志"
        " matn_fee_flag:生育费用标志 drord_no:医嘱号 med_type:医疗类别 memo:备注",
        "§2.3",
        known=False,
    ),
)
"""A row of 2204. No row field of Jiangsu's is known: all are the national ones."""
WITHDRAW_ITEMS = Table(
    *_assumed(
        _content("ipt_otp_no", "就诊号", kinds.number, "visit_no"),
        _content("mdtrt_id", "就诊ID", kinds.number),
        _PERSON_IF_KNOWN,
        _content("chrg_bchno", "收费批次号", kinds.number, "batch_nos"),
        _content("feedetl_sn", "费用明细流水号", kinds.number, "item_nos"),
    )
)
_BILL = (
    _VISIT_NO,
    _content("mdtrt_id", "单据号", kinds.number, "bill_no", required=True),
    _MED_TYPE,
    _PERSON,
    _content("dscg_time", "出院时间", kinds.instant, "discharged_at"),
    _content("dscg_trt_rslt", "出院治疗结果", kinds.code, "discharge_outcome"),
    _content("diag_code", "出院诊断编码", kinds.diagnosis, "diagnosis_codes"),
    *_carried("setl_time:结算时间 adm_dept_codg:科室编码 atddr_no:主治医生编号 diag_dscr:诊断名称"),
    *_assumed(
        _content("medfee_sumamt", "医疗费总额", kinds.fen, "charged_fen"),
        _content("invono", "发票号", kinds.number, "invoice_no"),
        _content("mid_setl_flag", "中途结算标志", kinds.yes_no, "interim"),
    ),
    *_assumed(
        _content("qualification_id", "工伤医疗费资格审核信息ID", kinds.number, "qualification_ids"), section="§1.3"
    ),
)
PRESETTLE = Table(*_BILL)
SETTLE = Table(*_BILL)
CANCEL_SETTLEMENT = Table(
    *_assumed(
        _content("ipt_otp_no", "就诊号", kinds.number, "visit_no"),
        _content("mdtrt_id", "单据号", kinds.number, "bill_no"),
        _content("setl_id", "结算编号", kinds.number, "settlement_id"),
        _PERSON_IF_KNOWN,
    )
)
FILE_REFERRAL = Table(
    _content("actualStartTime", "转诊开始日期", kinds.day, "starts_on", required=True),
    _content("actualEndTime", "转诊结束日期", kinds.day, "ends_on", required=True),
    _content("outArea", "转往地区划", kinds.area, "to_area", required=True),
    _content("outHospitalName", "转往医院名称", kinds.text, "to_provider_name", required=True),
    _content("applyReason", "申请原因", kinds.long_text, "reason", required=True),
    _content("transportation", "交通工具", kinds.text),
    _content("applyTime", "申请日期", kinds.day_of_instant, "applied_on"),
    _content("qualification_id", "工伤医疗费资格审核信息ID", kinds.number, required=True),
    *_assumed(_checked("stateCode", "申请状态", kinds.one_of(_1="1")), section="§1.3"),
    *_assumed(_PERSON_IF_KNOWN, section="§2.3"),
)
"""stateCode's meaning was not found: the one value that was seen is taken, any other refused."""
_REFERRAL_NO = _content("trt_dcla_detl_sn", "转诊申请编号", kinds.number, "referral_no")
QUERY_REFERRAL = Table(
    *_assumed(_REFERRAL_NO, _PERSON_IF_KNOWN),
    *_assumed(_content("qualification_id", "工伤医疗费资格审核信息ID", kinds.number), section="§1.3"),
)
CANCEL_REFERRAL = Table(
    *_assumed(_content("trt_dcla_detl_sn", "转诊申请编号", kinds.number, "referral_no", required=True)),
    *_assumed(_content("qualification_id", "工伤医疗费资格审核信息ID", kinds.number), section="§1.3"),
    *_carried("psn_no:人员编号 memo:备注", "§2.3", known=False),
)
REVERSE = Table(
    *_assumed(_content("omsgid", "原报文ID", kinds.message_id, "original_message_id", required=True)),
    *_assumed(_checked("oinfno", "原交易编号", kinds.transaction_code)),
    *_carried("psn_no:人员编号", "§2.3", known=False),
)


_PAGE = _content("pageNumber", "页码", kinds.page, "page")
DOWNLOAD_CATALOG = Table(
    *_assumed(
        _content("ver", "本地目录版本", kinds.counted(0, 2**53 - 1), "since_version"),
        _PAGE,
    ),
    *_assumed(_content("curr_ver", "所下载的目录版本", kinds.counted(1, 2**53 - 1), "version"), section="§1.2"),
)
"""ver is what the caller has; "0" or nothing is all there is."""
FEE_DETAIL = Table(
    _VISIT_NO,
    _content("mdtrt_idc", "单据号", kinds.number, "bill_no"),
    _PAGE,
    *_assumed(_PERSON_IF_KNOWN),
)
"""9103 and 9104."""
RECENT_VISITS = Table(
    _content("begindate", "开始日期", kinds.day_of_instant, "from_day"),
    _content("enddate", "结束日期", kinds.day_of_instant, "to_day"),
    _PAGE,
    *_assumed(_PERSON_IF_KNOWN),
)


class Code(Struct, frozen=True, kw_only=True):
    """One transaction code: its Chinese name, its fields, and nodes that may wrap them."""

    zh: str
    fields: Table
    wraps: tuple[str, ...] = ("data",)
    sign_in: bool = True


CODES = {
    "9001": Code(zh="签到", fields=SIGN_IN, wraps=("signIn", "data"), sign_in=False),
    "9002": Code(zh="签退", fields=SIGN_OUT, wraps=("signOut", "data")),
    "1101": Code(zh="读卡", fields=VERIFY_PERSON),
    "2201": Code(zh="门诊/住院登记", fields=REGISTER_VISIT),
    "2202": Code(zh="登记撤销", fields=CANCEL_VISIT),
    "2203": Code(zh="登记信息修改", fields=AMEND_VISIT),
    "2204": Code(zh="处方明细上报", fields=ITEM),
    "2205": Code(zh="处方明细撤销", fields=WITHDRAW_ITEMS),
    "2206": Code(zh="费用预结算", fields=PRESETTLE),
    "2207": Code(zh="费用结算", fields=SETTLE),
    "2208": Code(zh="费用结算撤销", fields=CANCEL_SETTLEMENT),
    "2209": Code(zh="冲正", fields=REVERSE, sign_in=False),
    "1301": Code(zh="批量数据下载", fields=DOWNLOAD_CATALOG),
    "9103": Code(zh="费用明细下载", fields=FEE_DETAIL),
    "9104": Code(zh="处方明细下载", fields=FEE_DETAIL),
    "9105": Code(zh="近期就诊查询", fields=RECENT_VISITS),
    "2301": Code(zh="转诊转院申请上传", fields=FILE_REFERRAL),
    "2302": Code(zh="转诊转院申请查询", fields=QUERY_REFERRAL),
    "2303": Code(zh="转诊转院申请撤销", fields=CANCEL_REFERRAL),
}
"""What this dialect offers (domain §1.2)."""

LATER = {
    "1320": "总额对账",
    "1321": "明细对账",
}
"""What the interface has and we do not offer yet."""
LATER_CLASSES = {"81": "劳鉴体检机构类"}

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
"""med_type → visit kind: national and work-injury ones (domain §2.5); a profile's `med_type.41` overrides."""
OWN_MED_TYPES = {"outpatient": "11", "inpatient": "21", "rehabilitation": "421", "device": "424"}
"""visit kind → the med_type that tells it."""
EMERGENCY = "13"
"""急诊: the visit is an emergency (条例 art. 30)."""
EVERYTHING = "0000"
"""chrg_bchno or feedetl_sn that withdraws all."""
