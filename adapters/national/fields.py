"""The fields of each code in one table, with the lengths of domain §2; what work-injury adds is marked as assumed.

A code's input has nodes: `data`, or named ones (`mdtrtinfo` with `diseinfo` rows, `feedetail` rows).
"""

from collections.abc import Iterable
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from adapters import kinds
from adapters.kinds import Kind, within
from adapters.tables import Field, Table, Use

INJURY = "410"
"""insutype 工伤."""
EVERYTHING = "0000"
"""chrg_bchno or feedetl_sn that withdraws all."""
EMERGENCY = "13"
"""med_type 急诊: the visit is an emergency (条例 art. 30)."""
MED_TYPES = {
    "11": "outpatient",
    "13": "outpatient",
    "14": "outpatient",
    "16": "outpatient",
    "21": "inpatient",
    "22": "inpatient",
    "23": "inpatient",
    "28": "inpatient",
    "2101": "inpatient",
    "42": "inpatient",
    "45": "device",
    "421": "rehabilitation",
    "422": "rehabilitation",
    "424": "device",
}
"""med_type → visit kind (domain §2.5). 41 is 药店购药 nationally and 工伤门诊 elsewhere:
only a profile's `med_type.41` says which."""


SORTS = {
    "101": ("drug",),
    "102": ("drug",),
    "103": ("drug",),
    "104": ("drug",),
    "201": ("service", "inpatient_standard", "rehabilitation"),
    "202": ("inpatient_standard",),
    "203": ("rehabilitation",),
    "301": ("consumable", "device"),
    "302": ("device",),
}
"""list_type → the sorts that a catalog code may then be of: the national words know no sort of work-injury alone."""


def _field(
    name: str,
    zh: str,
    kind: Kind,
    into: str | None = None,
    *,
    use: Use = "content",
    required: bool = False,
    known: bool = True,
    section: str = "§2.3",
) -> Field:
    return Field(
        name=name, zh=zh, kind=kind, into=into or name, use=use, required=required, known=known, section=section
    )


def _carried(names: str, length_max: int = 200, section: str = "§2.3") -> Iterable[Field]:
    """Yield fields that are kept and judged by nobody; each is a name and its Chinese, joined by a colon."""
    for pair in names.split():
        name, zh = pair.split(":")
        yield _field(name, zh, within(kinds.anything, length_max), use="carried", section=section)


def _assumed(names: str, length_max: int) -> Iterable[Field]:
    """Yield the same of a code whose fields no source gives."""
    return (replace(field, known=False) for field in _carried(names, length_max))


_NUMBER_30 = within(kinds.number, 30)
_MONEY = kinds.fen

_transport = partial(_field, use="transport", section="§2.1")

ENVELOPE = Table(
    _field("infno", "交易编号", kinds.transaction_code, required=True, section="§2.1"),
    _field("msgid", "发送方报文ID", within(kinds.message_id, 30), "message_id", required=True, section="§2.1"),
    _field("fixmedins_code", "定点医药机构编号", within(kinds.code, 12), required=True, section="§2.1"),
    _transport("mdtrtarea_admvs", "就医地医保区划", kinds.area, required=True),
    _transport("insuplc_admdvs", "参保地医保区划", kinds.area),
    _transport("recer_sys_code", "接收方系统代码", within(kinds.anything, 10), required=True),
    _transport("infver", "接口版本号", within(kinds.anything, 6), required=True),
    _transport("opter_type", "经办人类别", kinds.one_of(_1="1", _2="2", _3="3"), required=True),
    _transport("opter", "经办人", within(kinds.operator, 30), "operator_id", required=True),
    _transport("opter_name", "经办人姓名", within(kinds.anything, 50), required=True),
    _transport("inf_time", "交易时间", kinds.instant, "sent_at", required=True),
    _transport("sign_no", "交易签到流水号", _NUMBER_30),
    _field("enc_type", "加密方式", kinds.plain_text_only, section="§2.1"),
    *_carried("fixmedins_name:定点医药机构名称", 20, "§2.1"),
    *_carried("dev_no:设备编号", 100, "§2.1"),
    *_carried("dev_safe_info:设备安全信息", 2_000, "§2.1"),
    *_carried("cainfo:数字签名信息", 1_024, "§2.1"),
    *_carried("signtype:签名类型", 10, "§2.1"),
    *_carried("fixmedins_soft_fcty:软件厂商 exp_content:扩展内容", 4_000, "§2.1"),
)
"""Round every message; beside it stands `input`. It may also hold `message`, `method` … of no listed field: refused."""

_PSN = _field("psn_no", "人员编号", _NUMBER_30, "worker_id", required=True)
_PSN_IF_KNOWN = _field("psn_no", "人员编号", _NUMBER_30, "worker_id")
_VISIT = _field("mdtrt_id", "就诊ID", _NUMBER_30, "visit_no", required=True)
_INSUTYPE = _field("insutype", "险种类型", kinds.one_of(_410="410"), use="checked")
_QUALIFICATION = _field("qualification_id", "工伤医疗费资格审核信息ID", kinds.number, known=False, section="§0.2")
_CARD = (
    _field("mdtrt_cert_type", "就诊凭证类型", kinds.one_of(_01="01", _02="02", _03="03"), use="checked"),
    *_carried("mdtrt_cert_no:就诊凭证编号 card_sn:卡识别码", 50),
)
_SETTLEMENT = _field("setl_id", "结算ID", kinds.number, "settlement_id", required=True)

SIGN_IN = Table(
    _field("opter_no", "操作员编号", within(kinds.operator, 30), "operator_id", required=True),
    _field("mac", "签到MAC地址", kinds.text),
    _field("ip", "签到IP地址", kinds.text),
)
SIGN_OUT = Table(
    _field("sign_no", "签到编号", _NUMBER_30, required=True),
    _field("opter_no", "操作员编号", within(kinds.operator, 30), "operator_id"),
)
VERIFY_PERSON = Table(
    _field("mdtrt_cert_type", "就诊凭证类型", kinds.one_of(_01="01", _02="02", _03="03"), required=True),
    _field("mdtrt_cert_no", "就诊凭证编号", within(kinds.certno, 50), required=True),
    _field("certno", "证件号码", within(kinds.certno, 50)),
    _field("psn_name", "人员姓名", within(kinds.text, 50), "name"),
    *_carried("card_sn:卡识别码", 32),
    *_carried("begntime:开始时间 psn_cert_type:人员证件类型"),
)
CHECK_BENEFIT = Table(
    _PSN,
    _INSUTYPE,
    *_carried(
        "fixmedins_code:定点医药机构编号 med_type:医疗类别 begntime:开始时间 endtime:结束时间 dise_codg:病种编码"
        " dise_name:病种名称 oprn_oprt_code:手术操作代码 oprn_oprt_name:手术操作名称 matn_type:生育类别"
        " birctrl_type:计划生育手术类别"
    ),
)
OPEN_OUTPATIENT = Table(
    _PSN,
    _INSUTYPE,
    *_CARD,
    _field("ipt_otp_no", "住院/门诊号", _NUMBER_30, required=True),
    *_carried("begntime:开始时间 atddr_no:医师编码 dr_name:医师姓名 dept_code:科室编码 dept_name:科室名称 caty:科别"),
)
"""2201: the person is looked up and a number given; the visit begins with 2203, which tells its kind and diagnoses."""
CANCEL_VISIT = Table(_PSN, _VISIT, *_carried("ipt_otp_no:住院/门诊号"))
VISIT_INFO = Table(
    _VISIT,
    _PSN,
    _field("med_type", "医疗类别", within(kinds.code, 6), "visit_kind", required=True),
    _field("begntime", "开始时间", kinds.instant, "admitted_at", required=True),
    _QUALIFICATION,
    *_carried(
        "main_cond_dscr:主要病情描述 dise_codg:病种编码 dise_name:病种名称 birctrl_type:计划生育手术类别"
        " birctrl_matn_date:计划生育手术或生育日期 matn_type:生育类别 geso_val:孕周数"
    ),
)
ADMISSION = Table(
    _PSN,
    _INSUTYPE,
    *_CARD,
    _field("ipt_no", "住院号", _NUMBER_30, "visit_no", required=True),
    _field("med_type", "医疗类别", within(kinds.code, 6), "visit_kind", required=True),
    _field("begntime", "开始时间", kinds.instant, "admitted_at", required=True),
    _field("tel", "联系电话", within(kinds.text, 50), "phone"),
    _field("atddr_no", "主治医生编码", within(kinds.code, 30), "doctor_code"),
    _field("adm_dept_codg", "入院科室编码", within(kinds.code, 30), "department_code"),
    _field("adm_bed", "入院床位", within(kinds.text, 30), "bed"),
    _field("wardarea_name", "病区名称", within(kinds.text, 50), "ward", known=False),
    _QUALIFICATION,
    *_carried(
        "coner_name:联系人姓名 medrcdno:病历号 chfpdr_name:主诊医师姓名 adm_diag_dscr:入院诊断描述"
        " adm_dept_name:入院科室名称 dscg_maindiag_code:住院主诊断代码 dscg_maindiag_name:住院主诊断名称"
        " main_cond_dscr:主要病情描述 dise_codg:病种编码 dise_name:病种名称 oprn_oprt_code:手术操作代码"
        " oprn_oprt_name:手术操作名称 matn_type:生育类别 trt_dcla_detl_sn:待遇申报明细流水号"
    ),
)
ADMISSION_CHANGE = Table(
    _VISIT,
    _PSN_IF_KNOWN,
    *(
        _field(field.name, field.zh, field.kind, field.into)
        for field in ADMISSION.values()
        if field.use == "content" and field.name not in ("psn_no", "ipt_no", "qualification_id")
    ),
    _QUALIFICATION,
    *(field for field in ADMISSION.values() if field.use != "content"),
    *_carried("ipt_no:住院号"),
)
DIAGNOSIS = Table(
    _field("diag_code", "诊断代码", kinds.diagnosis, "diagnosis_codes", required=True),
    _field("diag_srt_no", "诊断排序号", kinds.counted(0, 999)),
    _field("maindiag_flag", "主诊断标志", kinds.yes_no),
    _field("vali_flag", "有效标志", kinds.yes_no),
    _field("psn_no", "人员编号", _NUMBER_30, "worker_id"),
    _field("mdtrt_id", "就诊ID", _NUMBER_30, "visit_no"),
    *_carried(
        "diag_type:诊断类别 diag_name:诊断名称 diag_dept:诊断科室 dise_dor_no:诊断医生编码"
        " dise_dor_name:诊断医生姓名 diag_time:诊断时间 adm_cond:入院病情"
    ),
)
_ITEM = (
    _field("feedetl_sn", "费用明细流水号", _NUMBER_30, "item_no", required=True),
    _VISIT,
    _PSN,
    _field("rxno", "处方号", _NUMBER_30, "prescription_no"),
    _field("fee_ocur_time", "费用发生时间", kinds.instant, "occurred_at", required=True),
    _field("med_list_codg", "医疗目录编码", kinds.code, "catalog_code", required=True),
    _field("medins_list_codg", "医药机构目录编码", kinds.local_code, "local_code", required=True),
    _field("medins_list_name", "医药机构目录名称", kinds.item_name, "name", known=False),
    _field("det_item_fee_sumamt", "明细项目费用总额", kinds.line_fen, "amount_fen", required=True),
    _field("cnt", "数量", kinds.quantity, "quantity", required=True),
    _field("pric", "单价", kinds.price, "unit_price_yuan", required=True),
    _field("bilg_dept_codg", "开单科室编码", within(kinds.code, 30), "department_code", required=True),
    _field("bilg_dr_codg", "开单医生编码", within(kinds.code, 30), "doctor_code", required=True),
    _field("hosp_appr_flag", "医院审批标志", kinds.self_paid, "self_paid"),
    _field("make_flag", "非工伤费用标志", kinds.no_yes, "injury_related", known=False, section="§4.5"),
    _QUALIFICATION,
    *_carried(
        "bilg_dept_name:开单科室名称 bilg_dr_name:开单医师姓名 dise_codg:病种编码 rx_circ_flag:外购处方标志"
        " sin_dos_dscr:单次剂量描述 used_frqu_dscr:使用频次描述 prd_days:周期天数 medc_way_dscr:用药途径描述"
        " acord_dept_codg:受单科室编码 acord_dept_name:受单科室名称 orders_dr_code:受单医生编码"
        " orders_dr_name:受单医生姓名 tcmdrug_used_way:中药使用方式 etip_flag:外检标志 etip_hosp_code:外检医院编码"
        " dscg_tkdrug_flag:出院带药标志 matn_fee_flag:生育费用标志"
    ),
)
OUTPATIENT_ITEM = Table(
    *_ITEM,
    _field("chrg_bchno", "收费批次号", _NUMBER_30, "batch_no", required=True),
    _field("init_feedetl_sn", "原费用流水号", _NUMBER_30, "refunds_item_no", known=False),
)
"""A row of 2204. A refund that names its original is 2301's; here it is taken too."""
INPATIENT_ITEM = Table(
    *_ITEM,
    _field("chrg_bchno", "收费批次号", _NUMBER_30, "batch_no", known=False),
    _field("init_feedetl_sn", "原费用流水号", _NUMBER_30, "refunds_item_no"),
    *_carried("drord_no:医嘱号 med_type:医疗类别"),
    *_carried("memo:备注", 500),
)
WITHDRAW_BATCH = Table(_VISIT, _PSN, _field("chrg_bchno", "收费批次号", _NUMBER_30, required=True))
WITHDRAW_ITEM = Table(_VISIT, _PSN, _field("feedetl_sn", "费用明细流水号", _NUMBER_30, required=True))
_BILL = (
    _PSN,
    _VISIT,
    _INSUTYPE,
    *_CARD,
    _field("med_type", "医疗类别", within(kinds.code, 6), "visit_kind", required=True),
    _field("medfee_sumamt", "医疗费总额", _MONEY, "charged_fen", required=True),
    _field("psn_setlway", "个人结算方式", kinds.one_of(_01="01"), use="checked"),
    _field("invono", "发票号", within(kinds.number, 20), "invoice_no"),
    _QUALIFICATION,
    *_carried("acct_used_flag:个人账户使用标志 order_no:医疗机构订单号"),
)
_ECHOED = (
    _field("fulamt_ownpay_amt", "全自费金额", _MONEY),
    _field("overlmt_selfpay", "超限价金额", _MONEY),
    _field("preselfpay_amt", "先行自付金额", _MONEY),
    _field("inscp_scp_amt", "符合政策范围金额", _MONEY),
)
_BATCH = _field("chrg_bchno", "收费批次号", _NUMBER_30, "bill_no", required=True)
_STAY = (
    _field("mid_setl_flag", "中途结算标志", kinds.yes_no, "interim"),
    _field("dscgTime", "出院时间", kinds.instant, "discharged_at"),
    _field("dscg_trt_rslt", "出院治疗结果", within(kinds.code, 6), "discharge_outcome", known=False),
    _field("diag_code", "出院诊断编码", kinds.diagnosis, "diagnosis_codes", known=False),
)
OUTPATIENT_PREVIEW = Table(*_BILL, _BATCH)
OUTPATIENT_BILL = Table(*_BILL, _BATCH, *_ECHOED)
INPATIENT_PREVIEW = Table(*_BILL, *_STAY)
INPATIENT_BILL = Table(*_BILL, *_STAY, *_ECHOED)
CANCEL_SETTLEMENT = Table(_SETTLEMENT, _VISIT, _PSN)
REVERSE = Table(
    _field("omsgid", "原发送方报文ID", within(kinds.message_id, 30), "original_message_id", required=True),
    _field("oinfno", "原交易编号", kinds.transaction_code, required=True),
    *_carried("psn_no:人员编号", 30),
)
FILE_REFERRAL = Table(
    _PSN,
    _INSUTYPE,
    _QUALIFICATION,
    _field("begndate", "开始日期", kinds.day, "starts_on", required=True),
    _field("enddate", "结束日期", kinds.day, "ends_on", required=True),
    _field("mdtrtarea_admdvs", "就医地行政区划", kinds.area, "to_area", required=True),
    _field("reflin_medins_name", "转往医院名称", kinds.text, "to_provider_name", required=True),
    _field("refl_rea", "转院原因", kinds.long_text, "reason", required=True),
    _field("refl_date", "转院日期", kinds.day_of_instant, "applied_on"),
    *_carried(
        "tel:联系电话 addr:联系地址 insu_optins:参保机构医保区划 diag_code:诊断代码 diag_name:诊断名称"
        " dise_cond_dscr:疾病病情描述 reflin_medins_no:转往定点医药机构编号 hosp_agre_refl_flag:医院同意转院标志"
        " refl_type:转院类型 refl_opnn:转院意见 refl_used_flag:转院使用标志",
        1_000,
    ),
)
_REFERRAL_NO = _field("trt_dcla_detl_sn", "待遇申报明细流水号", kinds.number, "referral_no")
CANCEL_REFERRAL = Table(
    _field("trt_dcla_detl_sn", "待遇申报明细流水号", kinds.number, "referral_no", required=True),
    *_carried("psn_no:人员编号 memo:备注", 500),
)
QUERY_REFERRAL = Table(
    _PSN_IF_KNOWN,
    _REFERRAL_NO,
    _QUALIFICATION,
    *_carried("begntime:开始时间 endtime:结束时间"),
)
_LOCAL_CODE = _field("fixmedins_hilist_id", "定点医药机构目录编号", kinds.local_code, "local_code", known=False)
_LIST_TYPE = _field(
    "list_type", "目录类别", kinds.one_of(**{f"_{word}": sorts for word, sorts in SORTS.items()}), "sorts", known=False
)
FILE_MATCH = Table(
    replace(_LOCAL_CODE, required=True),
    _field("fixmedins_hilist_name", "定点医药机构目录名称", kinds.item_name, "local_name", known=False),
    replace(_LIST_TYPE, required=True),
    _field("med_list_codg", "医疗目录编码", kinds.code, "catalog_code", required=True, known=False),
    _field("begndate", "开始日期", kinds.day, "valid_from", required=True, known=False),
    _field("enddate", "结束日期", kinds.day, "valid_to", known=False),
    *_assumed(
        "fixmedins_code:定点医药机构编号 aprvno:批准文号 dosform:剂型 exct_cont:除外内容 item_cont:项目内涵"
        " prcunt:计价单位 spec:规格 pacspec:包装规格 memo:备注",
        1_000,
    ),
)
WITHDRAW_MATCH = Table(
    replace(_LOCAL_CODE, required=True),
    replace(_LIST_TYPE, use="checked"),
    _field("med_list_codg", "医疗目录编码", kinds.code, "catalog_code", required=True, known=False),
    _field("begndate", "开始日期", kinds.day, "valid_from", known=False),
    _field("enddate", "结束日期", kinds.day, "ends_on", known=False),
    *_assumed("fixmedins_code:定点医药机构编号 memo:备注", 500),
)
_PAGE = _field("page_num", "当前页", kinds.page, "page", known=False, section="§2.2")
QUERY_VISITS = Table(
    _PSN,
    _field("mdtrt_id", "就诊ID", _NUMBER_30, use="checked"),
    _field("begntime", "开始时间", kinds.day_of_instant, "from_day"),
    _field("endtime", "结束时间", kinds.day_of_instant, "to_day"),
    _PAGE,
    *_carried("med_type:医疗类别"),
)
QUERY_SETTLEMENT = Table(_SETTLEMENT, *_carried("psn_no:人员编号 mdtrt_id:就诊ID", 30))
QUERY_ITEMS = Table(
    _PSN,
    _VISIT,
    _field("setl_id", "结算ID", kinds.number, use="checked"),
    _PAGE,
)
PRINT = Table(_SETTLEMENT, *_carried("psn_no:人员编号 mdtrt_id:就诊ID", 30))


class Code(Struct, frozen=True, kw_only=True):
    """One transaction code: its Chinese name, the node that its fields stand in, and the rows beside it."""

    zh: str
    fields: Table
    node: str = "data"
    rows: Table | None = None
    rows_node: str = ""
    sign_in: bool = True


CODES = {
    "9001": Code(zh="签到", fields=SIGN_IN, node="signIn", sign_in=False),
    "9002": Code(zh="签退", fields=SIGN_OUT, node="signOut"),
    "1101": Code(zh="人员信息获取", fields=VERIFY_PERSON),
    "2001": Code(zh="人员待遇享受检查", fields=CHECK_BENEFIT),
    "2201": Code(zh="门诊挂号", fields=OPEN_OUTPATIENT),
    "2202": Code(zh="门诊挂号撤销", fields=CANCEL_VISIT),
    "2203": Code(zh="门诊就诊信息上传", fields=VISIT_INFO, node="mdtrtinfo", rows=DIAGNOSIS, rows_node="diseinfo"),
    "2204": Code(zh="门诊费用明细上传", fields=Table(), rows=OUTPATIENT_ITEM, rows_node="feedetail"),
    "2205": Code(zh="门诊费用明细撤销", fields=WITHDRAW_BATCH),
    "2206": Code(zh="门诊预结算", fields=OUTPATIENT_PREVIEW),
    "2207": Code(zh="门诊结算", fields=OUTPATIENT_BILL),
    "2208": Code(zh="门诊结算撤销", fields=CANCEL_SETTLEMENT),
    "2301": Code(zh="住院费用明细上传", fields=Table(), rows=INPATIENT_ITEM, rows_node="feedetail"),
    "2302": Code(zh="住院费用明细撤销", fields=WITHDRAW_ITEM),
    "2303": Code(zh="住院预结算", fields=INPATIENT_PREVIEW),
    "2304": Code(zh="住院结算", fields=INPATIENT_BILL),
    "2305": Code(zh="住院结算撤销", fields=CANCEL_SETTLEMENT),
    "2401": Code(zh="入院办理", fields=ADMISSION, node="mdtrtinfo", rows=DIAGNOSIS, rows_node="diseinfo"),
    "2403": Code(zh="住院信息变更", fields=ADMISSION_CHANGE, node="adminfo", rows=DIAGNOSIS, rows_node="diseinfo"),
    "2404": Code(zh="入院撤销", fields=CANCEL_VISIT),
    "2501": Code(zh="转院备案", fields=FILE_REFERRAL, node="refmedin"),
    "2502": Code(zh="转院备案撤销", fields=CANCEL_REFERRAL),
    "2601": Code(zh="冲正交易", fields=REVERSE, sign_in=False),
    "3301": Code(zh="目录对照上传", fields=Table(), rows=FILE_MATCH, rows_node="data"),
    "3302": Code(zh="目录对照撤销", fields=Table(), rows=WITHDRAW_MATCH, rows_node="data"),
    "5201": Code(zh="就诊信息查询", fields=QUERY_VISITS),
    "5202": Code(zh="诊断信息查询", fields=QUERY_VISITS),
    "5203": Code(zh="结算信息查询", fields=QUERY_SETTLEMENT),
    "5204": Code(zh="费用明细查询", fields=QUERY_ITEMS),
    "5261": Code(zh="门诊结算单打印查询", fields=PRINT),
    "5262": Code(zh="住院结算单打印查询", fields=PRINT),
    "5304": Code(zh="转院信息查询", fields=QUERY_REFERRAL),
}
"""What this dialect offers (domain §2.2)."""

LATER = {
    "9101": ("文件上传", "目录请由原生接口GET /v1/catalog下载", "the catalog is at GET /v1/catalog"),
    "9102": ("文件下载", "目录请由原生接口GET /v1/catalog下载", "the catalog is at GET /v1/catalog"),
    "1201": ("医药机构信息获取", "请向经办机构查询", "ask the agency"),
    **{
        f"13{number:02}": ("目录下载", "请由原生接口GET /v1/catalog下载", "the catalog is at GET /v1/catalog")
        for number in range(1, 20)
    },
    "2402": ("出院办理", "请在2303、2304中填写dscgTime", "give dscgTime with 2303 and 2304"),
    "2405": ("出院撤销", "请撤销结算（2305）", "cancel the settlement by 2305"),
    "3101": (
        "明细审核事前分析",
        "请用预结算2206、2303，其应答含审核结果",
        "preview by 2206 or 2303: the verdicts stand in it",
    ),
    "3102": (
        "明细审核事中分析",
        "请用预结算2206、2303，其应答含审核结果",
        "preview by 2206 or 2303: the verdicts stand in it",
    ),
    "3201": ("医药机构费用结算对总账", "请向经办机构办理", "use the office's counter"),
    "3202": ("医药机构费用结算对明细账", "请向经办机构办理", "use the office's counter"),
    "3203": ("清算申请", "请向经办机构办理", "use the office's counter"),
    "3204": ("清算申请撤销", "请向经办机构办理", "use the office's counter"),
}
"""What the interface has and we do not offer: its name, and what to do instead, zh and en."""
