"""Words of an explanation, zh and en: evidence by its names, why a fen was refused, what is signed, what is gone."""

from collections.abc import Mapping

from gateway.core.money import yuan
from gateway.core.words import BEARER_ZH
from gateway.signing.receipts import Receipt
from schemas.decisions import Finding
from schemas.explanations import Gap, Words

BEARERS: Mapping[str, Words] = {name: Words(zh=zh, en=f"the {name}") for name, zh in BEARER_ZH.items()}
"""Who bears a refused fen."""

EVIDENCE: Mapping[str, tuple[str, str]] = {
    "accepted_on": ("受理日", "accepted on"),
    "admitted_on": ("入院日", "admitted on"),
    "age_max_years": ("年龄上限（岁）", "oldest age"),
    "age_min_years": ("年龄下限（岁）", "youngest age"),
    "age_years": ("年龄（岁）", "age"),
    "agreement_no": ("服务协议", "agreement"),
    "allowed": ("死亡当日可付项目", "codes that pass that day"),
    "amount_yuan": ("申报金额", "billed amount"),
    "applied_on": ("申请日", "applied on"),
    "area": ("机构所在统筹区", "provider's area"),
    "as_of": ("结算时刻", "settled at"),
    "authorization_no": ("待遇资格", "authorization"),
    "benefit_days": ("待遇天数", "days of it"),
    "benefit_yuan": ("单据外待遇", "outside the bill"),
    "bound_to": ("限定机构", "bound to"),
    "case": ("情形", "case"),
    "catalog_code": ("目录编码", "catalog code"),
    "ceiling_yuan": ("最高支付限价", "ceiling"),
    "charged_yuan": ("原金额", "charged"),
    "code": ("限制项目编码", "limited code"),
    "course_days": ("疗程天数", "days of a course"),
    "day": ("费用发生日", "day of the cost"),
    "days": ("限定天数", "days covered"),
    "days_apart": ("间隔天数", "days apart"),
    "deadline": ("申请期限", "deadline"),
    "department": ("科室", "department"),
    "diagnoses": ("本次诊断", "diagnoses billed"),
    "died_on": ("死亡日", "died on"),
    "discharged_on": ("出院日", "discharged on"),
    "excess_yuan": ("超出", "excess"),
    "fault": ("问题", "fault"),
    "first_day": ("首日", "first day"),
    "future_minutes": ("允许的时钟偏差（分钟）", "tolerated minutes ahead"),
    "in_force": ("目录有效期", "in force"),
    "in_force_from": ("参保生效日", "insured from"),
    "injured_on": ("受伤日", "injured on"),
    "insured_area": ("参保地", "place of insurance"),
    "issued_on": ("上次配置日", "last issued on"),
    "item_no": ("明细号", "item"),
    "items": ("限定项目", "items covered"),
    "kind": ("资格类别", "kind of authorization"),
    "known": ("目录情况", "catalog"),
    "left": ("剩余数量", "quantity left"),
    "left_quantity": ("可退数量", "quantity left to refund"),
    "left_yuan": ("剩余", "left"),
    "level": ("机构等级", "level"),
    "level_min": ("最低等级", "least level"),
    "limit": ("限定数量", "quantity covered"),
    "limit_yuan": ("限额", "amount covered"),
    "local_code": ("院内码", "local code"),
    "main_code": ("主项编码", "main item"),
    "matched_code": ("已对照编码", "matched code"),
    "needed": ("所需资格", "kinds needed"),
    "occurred_at": ("费用发生时刻", "cost arose at"),
    "offset_yuan": ("抵扣", "offset"),
    "only": ("限于", "only for"),
    "original_no": ("原明细", "original line"),
    "other_code": ("对应项目", "the other item"),
    "other_day": ("另一次发生日", "day of the other"),
    "other_no": ("对应明细", "line of the other"),
    "paid_yuan": ("第三方已付", "paid by a third party"),
    "partners": ("须一并申报的手术", "operations, one of which is needed"),
    "payable_yuan": ("应付", "payable"),
    "product_yuan": ("数量×单价", "quantity × price"),
    "provider_code": ("本机构", "this provider"),
    "provider_kind": ("本机构类别", "kind of this provider"),
    "qualification_id": ("资格审核编号", "qualification"),
    "quantity": ("数量", "quantity"),
    "recognised": ("认定诊断", "recognised diagnoses"),
    "recognition_no": ("工伤认定", "recognition"),
    "refunded_yuan": ("累计退费", "refunded"),
    "revoked_on": ("撤销日", "revoked on"),
    "scheme": ("险种", "scheme"),
    "scope": ("范围", "in the same"),
    "service_life_years": ("最低使用年限（年）", "service life in years"),
    "settlement_id": ("原结算", "settlement"),
    "sex": ("性别", "sex"),
    "stabilised_on": ("病情稳定日", "stabilised on"),
    "state": ("状态", "state"),
    "stay": ("类别", "of the day's"),
    "sub_code": ("从项编码", "sub item"),
    "sub_paid_yuan": ("从项已付", "paid of the sub item"),
    "taken": ("已用天数", "days taken"),
    "taken_quantity": ("已付数量", "quantity paid"),
    "tolerance_fen": ("允许误差（分）", "tolerance in fen"),
    "unit_price_yuan": ("申报单价", "unit price billed"),
    "valid_from": ("有效期自", "valid from"),
    "valid_to": ("有效期至", "valid to"),
    "visit_kind": ("就诊类别", "kind of visit"),
    "waived": ("免予审核", "waived"),
    "why": ("依据", "why"),
}
"""Names of evidence in words; an amount in yuan says so after it. What nobody has worded is told by its own name."""

VALUES_ZH: Mapping[str, str] = {
    "never": "从未",
    "not_on_day": "当日无效",
    "arrears": "欠费",
    "later": "当时尚未参保",
    "ended": "不在参保期内",
    "pending": "认定中",
    "refused": "不予认定",
    "revoked": "已撤销",
    "unknown": "原明细不存在",
    "repeated": "重复",
    "refund": "对退费再退",
    "code": "编码不一致",
    "sign": "正负号有误",
    "remaining": "超过余额",
    "price": "单价不一致",
}
"""Closed values of `case`, `fault`, `known` and `state` in Chinese."""

_CLOSED = ("case", "fault", "known", "state")

_GAPS: Mapping[str, tuple[str, str]] = {
    "decision.gone": (
        "审核结果已不在库中，只能列出各明细分担，不能逐条说明理由",
        "the decision is not kept any more: shares are told, their reasons cannot be",
    ),
    "decision.sealed": (
        "审核结果无法解封（{why}），只能列出各明细分担，不能逐条说明理由；请使用当时的密钥文件",
        "the decision cannot be unsealed ({why}): shares are told, their reasons cannot; use the secrets of its time",
    ),
    "decision.differs": (
        "审核结果与结算时留下的摘要不符：库中数据已被改动，请核查",
        "the decision does not fit the digest it left when it settled: the stored rows were changed; investigate",
    ),
    "findings.differ": (
        "明细{item_no}：申报额减各审核结果不等于基金支付额，请核查",
        "item {item_no}: the charge less its findings is not what the fund pays; investigate",
    ),
    "items.gone": (
        "{count}条明细的原始内容已不在库中（名称、单价无法列出）",
        "the contents of {count} items are not kept any more (name and unit price cannot be told)",
    ),
    "items.unreadable": ("明细原始内容无法读取：{why}", "the items cannot be read: {why}"),
    "refusal.sealed": (
        "当时的拒绝原因无法解封（{why}），只能按代码说明；请使用当时的密钥文件",
        "what was told cannot be unsealed ({why}): only its codes are explained; use the secrets of its time",
    ),
    "lines.differ": (
        "各明细合计与结算总额不一致，请核查",
        "the lines do not sum to the settlement's sums; investigate",
    ),
    "postings.differ": (
        "分录与结算总额不一致，请核查",
        "the postings do not come to the settlement's sums; investigate",
    ),
    "message.gone": ("原报文记录已不在库中", "the message's row is not kept any more"),
    "receipt.broken": (
        "回执不成立：{why_zh}",
        "the receipt does not hold: {why}",
    ),
    "receipt.differs": (
        "回执签名有效，但所签内容与库中结算不一致，请核查",
        "the receipt's signature holds, but it says otherwise than the settlement's row; investigate",
    ),
}


def gap(code: str, **facts: object) -> Gap:
    """Return what could not be told, in words."""
    zh, en = _GAPS[code]
    return Gap(code=code, says=Words(zh=zh.format(**facts), en=en.format(**facts)))


def evidence_told(evidence: Mapping[str, str]) -> Words:
    """Return a finding's evidence as a list of names and values; `-` is nothing; `x_zh` and `x_en` are x in words."""
    zh, en = [], []
    for name, value in evidence.items():
        if value == "-" or (name.endswith(("_zh", "_en")) and name[:-3] in evidence):
            continue
        name_zh, name_en = EVIDENCE.get(name, (name, name.replace("_", " ")))
        unit_zh, unit_en = ("元", " yuan") if name.endswith("_yuan") else ("", "")
        zh.append(f"{name_zh} {evidence.get(f'{name}_zh') or _value_zh(name, value)}{unit_zh}")
        en.append(f"{name_en} {evidence.get(f'{name}_en') or _value_en(name, value)}{unit_en}")
    return Words(zh="，".join(zh), en=", ".join(en))


def why(finding: Finding, evidence: Words, charged_fen: int, name: str) -> Words:
    """Return one sentence a finding: how much of what, who bears it, and for which reason."""
    because_zh = f"{finding.title_zh}（{evidence.zh}）" if evidence.zh else finding.title_zh
    title_en = f"{finding.title_en[:1].lower()}{finding.title_en[1:]}"
    because_en = f"{title_en} ({evidence.en})" if evidence.en else title_en
    bearer = BEARERS.get(finding.bearer or "", Words(zh="—", en="nobody"))
    about = Words(
        zh=f"明细{finding.item_no}{f'（{name}）' if name else ''}" if finding.item_no else "本单据",
        en=f"item {finding.item_no}{f' ({name})' if name else ''}" if finding.item_no else "the bill",
    )
    charged, fen = yuan(abs(charged_fen)), yuan(abs(finding.fen))
    if finding.fen == 0:
        return Words(zh=f"{about.zh}提示：{because_zh}。", en=f"{about.en}, a notice: {because_en}.")
    if finding.fen < 0:
        return Words(
            zh=f"{about.zh}退费{charged}元，其中{fen}元冲回{bearer.zh}：{because_zh}。",
            en=f"{about.en} refunds {charged} yuan, {fen} of them to {bearer.en}: {because_en}.",
        )
    if finding.fen == charged_fen:
        return Words(
            zh=f"{about.zh}申报{charged}元，基金全部不支付，由{bearer.zh}负担：{because_zh}。",
            en=f"{about.en}, {charged} yuan: the fund pays nothing, {bearer.en} bears it all: {because_en}.",
        )
    return Words(
        zh=f"{about.zh}申报{charged}元，其中{fen}元基金不支付，由{bearer.zh}负担：{because_zh}。",
        en=f"{about.en}, {charged} yuan: the fund does not pay {fen} of them, {bearer.en} does: {because_en}.",
    )


def signs_of(receipt: Receipt) -> Words:
    """Return what a receipt proves, in one sentence."""
    sums = (receipt.charged_fen, receipt.fund_fen, receipt.worker_fen, receipt.employer_fen, receipt.provider_fen)
    charged, fund, worker, employer, provider = map(yuan, sums)
    kind_zh, kind_en = _KINDS[receipt.kind]
    return Words(
        zh=f"{receipt.provider_code}的报文{receipt.message_id}于{receipt.settled_at}{kind_zh}：总额{charged}元，"
        f"基金{fund}、职工{worker}、单位{employer}、机构{provider}元；请求摘要、应答摘要与所用版本一并签名",
        en=f"that message {receipt.message_id} of {receipt.provider_code} {kind_en} at {receipt.settled_at}: charged "
        f"{charged} yuan, fund {fund}, worker {worker}, employer {employer}, provider {provider}; with the digests of "
        "request and answer, and the versions",
    )


_KINDS = {
    "settlement": ("结算", "settled"),
    "cancellation": ("撤销结算", "cancelled a settlement"),
    "reversal": ("冲正", "reversed a message"),
}


def _value_en(name: str, value: str) -> str:
    return value.replace("_", " ") if name in _CLOSED else value


def _value_zh(name: str, value: str) -> str:
    return VALUES_ZH.get(value, value) if name in _CLOSED else value
