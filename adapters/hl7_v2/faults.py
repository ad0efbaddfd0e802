"""What this dialect refuses: each code with its words, its cure and its place in HL7's own table of errors (0357)."""

from typing import NamedTuple

from adapters.kinds import Says
from schemas.problems import Fault


class Reason(NamedTuple):
    """Words of a refusal; {names} are filled in where it is raised."""

    zh: str
    en: str
    cure_zh: str
    cure_en: str


REASONS: dict[str, Reason] = {
    "hl7.no_message": Reason(
        "不是HL7报文：应以MSH段开头", "not an HL7 message: it should begin with MSH", "请以MSH段开头", "begin with MSH"
    ),
    "hl7.separators": Reason(
        "MSH-1或MSH-2的分隔符不能用",
        "the separators of MSH-1 and MSH-2 cannot split a message",
        "请用MSH|^~\\&，或其他互不相同的标点",
        "give MSH|^~\\&, or other punctuation, all different",
    ),
    "hl7.segment": Reason(
        "第{line}行不是HL7段",
        "line {line} is no segment",
        "每段以三个字符的段名开头，后接字段分隔符",
        "begin each with a name of three characters and the field separator",
    ),
    "hl7.framing": Reason(
        "报文中有MLLP帧字符（0x0B或0x1C）",
        "the message holds a framing character of MLLP (0x0B or 0x1C)",
        "HTTP请求体中不要加MLLP帧；报文内不要含这些字符",
        "send no frame in an HTTP body, and keep these characters out of messages",
    ),
    "hl7.batch": Reason(
        "不接受批量文件（FHS/BHS）",
        "files and batches (FHS, BHS) are not taken",
        "请逐条发送报文",
        "send each message by itself",
    ),
    "hl7.several": Reason(
        "一次请求含{count}条报文",
        "one request holds {count} messages",
        "每次请求只发一条报文；多条请用MLLP",
        "send one message a request; several may share an MLLP frame",
    ),
    "hl7.content_type": Reason(
        "Content-Type不是HL7报文",
        "the Content-Type is none of an HL7 message",
        "请用application/hl7-v2、x-application/hl7-v2+er7或text/plain",
        "give application/hl7-v2, x-application/hl7-v2+er7 or text/plain",
    ),
    "hl7.charset": Reason(
        "字节不是约定的字符集{charset}（第{byte}字节）",
        "the bytes are not {charset}, which this provider has agreed (byte {byte})",
        "请按约定的字符集发送",
        "send the charset that was agreed",
    ),
    "hl7.charset_stated": Reason(
        "声明的字符集与约定的{charset}不一致",
        "the charset that is stated differs from {charset}, which this provider has agreed",
        "请在MSH-18填写{expected}",
        "state {expected} in MSH-18",
    ),
    "hl7.type": Reason(
        "不是收费报文：本接口只受理DFT^P03和DFT^P11",
        "no charge message: only DFT^P03 and DFT^P11 are taken here",
        "请以DFT^P03或DFT^P11发送费用",
        "send charges as DFT^P03 or DFT^P11",
    ),
    "hl7.version": Reason(
        "HL7版本不支持", "this version of HL7 is not taken", "可用版本：{versions}", "give one of {versions}"
    ),
    "hl7.processing_id": Reason(
        "处理标识（MSH-11）应为{processing_id}",
        "the processing id (MSH-11) should be {processing_id}",
        "测试报文请发往测试环境",
        "send tests to a test environment",
    ),
    "hl7.continued": Reason(
        "不接受分段续传的报文（MSH-14）",
        "continued messages (MSH-14) are not taken",
        "请一次发送整条报文",
        "send the whole message at once",
    ),
    "profile.wrong": Reason(
        "本机构的接口设置有误：{key}",
        "this provider's settings are wrong: {key}",
        "请联系经办机构更正机构表profile列",
        "ask the agency to correct the column profile of the providers' sheet",
    ),
    "provider.differs": Reason(
        "发送机构（MSH-4）不是本接入地址的机构",
        "the sending facility (MSH-4) is not the provider that this address belongs to",
        "请在MSH-4填写{facility}",
        "give {facility} in MSH-4",
    ),
    "segment.unknown": Reason(
        "没有约定这个段",
        "this segment is not agreed",
        "请删除该段，或请经办机构列入设置",
        "leave it out, or have it listed as carried",
    ),
    "segment.missing": Reason("缺少必需的段", "a required segment is missing", "请填写", "give it"),
    "segment.repeated": Reason(
        "该段只能有一个", "this segment may stand once", "每条报文只报一次就诊", "send one visit a message"
    ),
    "field.unknown": Reason(
        "没有约定这个字段", "this field is not agreed", "请删除该字段的内容", "leave the field empty"
    ),
    "field.missing": Reason("缺少必填字段", "a required field is missing", "请填写", "give it"),
    "field.repeated": Reason("该字段不能重复", "this field may not repeat", "只填写一个值", "give one value"),
    "field.parts": Reason(
        "该字段不能分组成", "this value may not have parts", "分隔符请用转义", "escape the separators in it"
    ),
    "field.escape": Reason(
        "转义序列有误或不支持",
        "an escape sequence is broken or not carried",
        "可用\\F\\ \\S\\ \\T\\ \\R\\ \\E\\ \\Xdd\\ \\.br\\",
        "use \\F\\ \\S\\ \\T\\ \\R\\ \\E\\ \\Xdd\\ \\.br\\",
    ),
    "field.differs": Reason("与另一处不一致", "differs from what stands elsewhere", "请保持一致", "make both the same"),
    "person.not_named": Reason(
        "没有职工编号：PID-3中没有类型为{types}的标识",
        "no worker is named: no identifier in PID-3 has the type {types}",
        "请在PID-3填写个人编号，类型（PID-3.5）为{types}",
        "give the worker's number in PID-3 with the type {types} in PID-3.5",
    ),
    "visit.class": Reason(
        "没有约定这个就诊类别", "this patient class is not agreed", "可用：{classes}", "give one of {classes}"
    ),
    "coding.unknown": Reason(
        "没有约定这个编码体系", "this coding system is not agreed", "可用：{systems}", "give one of {systems}"
    ),
    "diagnosis.deleted": Reason(
        "不接受删除或更改诊断的指令（DG1-21）",
        "an order to delete or update a diagnosis (DG1-21) is not taken",
        "请只报有效的诊断",
        "send the diagnoses that stand",
    ),
    "charge.type": Reason(
        "交易类型不是收费或退费",
        "this transaction type is neither a charge nor a credit",
        "收费用CG，退费用CD或CR；收款（PY）、调整（AJ）、自付（CO）不由本接口受理，请删除这些行",
        "use CG for charges, CD or CR for credits; leave out payments (PY), adjustments (AJ) and co-payments (CO)",
    ),
    "charge.sign": Reason(
        "数量或金额的正负号与交易类型不符",
        "the sign of quantity or amount does not fit the transaction type",
        "收费填正数；退费填{credit}",
        "charges are positive; credits are {credit_en} here",
    ),
    "charge.original_missing": Reason(
        "退费未指明原费用",
        "a credit does not name its original",
        "请在{place}填写原费用的FT1-2",
        "give the original's FT1-2 in {place}",
    ),
    "charge.original_of_charge": Reason(
        "收费行不应指明原费用", "a charge names an original", "退费请用CD或CR", "use CD or CR for a credit"
    ),
    "charge.amount_missing": Reason(
        "没有金额",
        "there is no amount",
        "请填写FT1-11；按单价计价须由经办机构在设置中约定",
        "give FT1-11; to have it priced needs an agreement in the provider's settings",
    ),
    "charge.amount_large": Reason(
        "数量与单价之积过大", "quantity times unit price is too large", "请核对数量和单价", "correct quantity and price"
    ),
    "charge.price_missing": Reason(
        "没有单价",
        "there is no unit price",
        "请填写FT1-12；由金额推算须由经办机构在设置中约定",
        "give FT1-12; to have it worked out needs an agreement in the provider's settings",
    ),
    "charge.price_uneven": Reason(
        "由金额和数量不能算出至多六位小数的单价",
        "amount and quantity give no unit price of at most six decimals",
        "请填写FT1-12",
        "give FT1-12",
    ),
    "charge.currency": Reason(
        "币种不是{currency}", "the currency is not {currency}", "请以{currency}计价", "give {currency}"
    ),
    "charge.price_type": Reason(
        "价格类型不符",
        "the price type does not fit",
        "FT1-11为TP，FT1-12为UP，或不填",
        "TP in FT1-11, UP in FT1-12, or none",
    ),
    "charge.special": Reason(
        "特殊处理标志不在约定之内",
        "this special processing code is not agreed",
        "NI（与工伤无关）、SP（自费），可用重复分隔符并列",
        "NI (not injury-related), SP (self-paid), repeated where both hold",
    ),
    "items.too_many": Reason(
        "共{given}条费用，超过{limit}条", "{given} charges, more than {limit}", "请分多次中途结算", "send interim bills"
    ),
}


def refused(pointer: str, code: str, **names: object) -> Fault:
    """Return a fault at a place in HL7's form: segment^sequence^field^repetition^component."""
    reason = REASONS[code]
    zh, en, cure_zh, cure_en = (said.format(**names) if names else said for said in reason)
    return Fault(pointer=pointer, code=code, zh=zh, en=en, cure_zh=cure_zh, cure_en=cure_en)


def unfit(pointer: str, says: Says) -> Fault:
    """Return the fault of a text that does not fit its kind."""
    return Fault(pointer=pointer, code=says.code, zh=says.zh, en=says.en, cure_zh=says.cure_zh, cure_en=says.cure_en)
