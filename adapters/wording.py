"""The Chinese texts that a clerk reads in more than one dialect: findings, entitlement, outcomes, refusals."""

from collections.abc import Callable

from adapters.spelling import yuan
from schemas.answers import (
    MatchesFiled,
    MatchesFound,
    MatchesWithdrawn,
    OutcomeFound,
    OutcomeListed,
    PersonVerified,
    Presettled,
    Settled,
)
from schemas.decisions import Benefit, Finding
from schemas.problems import Fault, Problem
from schemas.requests import Sums

REFUSAL_CHARACTERS_MAX = 1_000
FINDINGS_MAX = 5
BEARERS = {"worker": "职工", "employer": "用人单位", "provider": "协议机构"}
OUTCOMES = {"settled": "已生效", "refused": "已拒绝", "reversed": "已冲正", "not_seen": "未收到"}
CANCELLED = "曾生效，其后结算已被撤销"
REFERRALS = {
    "filed": "已申请，待经办机构核准",
    "approved": "经办机构已核准，请按核准的资格审核信息ID就医",
    "part_approved": "经办机构核准了部分日期",
    "revoked": "经办机构的核准已撤销",
    "cancelled": "申请已撤销",
}
REVERSALS = {
    "settled": "原交易已生效，现已冲正",
    "not_seen": "原交易未收到，今后到达也不再受理",
    "refused": "原交易已被拒绝，今后到达也不再受理",
    "reversed": "原交易此前已冲正",
}
VISIT_STATES = {
    "open": "未结算",
    "part_settled": "已中途结算",
    "settled": "已结算",
    "self_paid": "已自费出院",
    "cancelled": "已撤销",
}
ITEM_STATES = {"live": "未结算", "settled": "已结算", "withdrawn": "已撤销"}
FILINGS = {
    "pending": "待经办机构审核",
    "approved": "经办机构已审核通过",
    "refused": "经办机构审核未通过",
    "withdrawn": "已撤回",
}
MATCHES = {
    "filed": "已提交，待经办机构审核，审核通过前不影响结算",
    "pending_already": "相同内容已在待审核，未重复提交",
    "in_force_already": "相同内容已生效或已审核通过，未重复提交",
    "withdrawn": "待审核的申请已撤回",
    "end_filed": "对照已生效，终止申请已提交，待经办机构审核",
    "end_pending_already": "相同的终止申请已在待审核，未重复提交",
}
LIST_TYPES = {
    "drug": "101",
    "service": "201",
    "inpatient_standard": "202",
    "rehabilitation": "203",
    "consumable": "301",
    "device": "302",
}
"""list_type of each sort of the catalog; 202, 203 and 302 are ours."""


def outcome_told(answer: OutcomeFound | OutcomeListed) -> str:
    """Return what became of a message; what it settled may have been cancelled since."""
    return CANCELLED if answer.outcome == "settled" and answer.cancelled_by else OUTCOMES[answer.outcome]


def finding_told(finding: Finding) -> str:
    """Return what a finding says: its line, its title, who bears how much, and what would make it pass."""
    place = f"明细{finding.item_no}" if finding.item_no else "整单"
    borne = f"{yuan(finding.fen)}元由{BEARERS[finding.bearer]}负担" if finding.bearer and finding.fen else "提示"
    return f"{place}：{finding.title_zh}，{borne}" + (f"（{finding.cure_zh}）" if finding.cure_zh else "")


def matches_told(answer: MatchesFiled | MatchesWithdrawn | MatchesFound) -> str:
    """Return what became of matches, one after another."""
    if isinstance(answer, MatchesFound):
        return "；".join(f"{one.local_code}对照{one.catalog_code}：{FILINGS[one.state]}" for one in answer.filings)
    return "；".join(f"{one.local_code}对照{one.catalog_code}：{MATCHES[one.became]}" for one in answer.matches)


def explanation(answer: Presettled | Settled) -> str:
    """Return 说明信息: why a settlement would be refused, and the first findings."""
    parts = []
    if isinstance(answer, Presettled) and answer.would_refuse:
        parts.append(f"按现状正式结算将被拒绝（{'、'.join(answer.would_refuse)}）")
    findings = answer.findings
    if findings:
        parts.append(f"审核意见共{len(findings)}条")
    parts += [finding_told(finding) for finding in findings[:FINDINGS_MAX]]
    if len(findings) > FINDINGS_MAX:
        parts.append(f"另有{len(findings) - FINDINGS_MAX}条未列出")
    return "；".join(parts) or "审核通过"


def unwordable(answer: Presettled) -> str:
    """Return the refusal of a preview in which the provider bears a share, of a dialect that has no sum for it."""
    cuts: dict[str, int] = {}
    for line in answer.lines:
        if line.provider_fen:
            cuts[line.item_no] = line.provider_fen
    named = "、".join(f"{number}（{yuan(fen)}元）" for number, fen in list(cuts.items())[:20])
    more = f"等共{len(cuts)}条" if len(cuts) > 20 else ""  # noqa: PLR2004 the same twenty as above
    total = yuan(answer.sums.provider_fen)
    return (
        f"有{total}元应由协议机构负担，本接口无法结算；请撤销以下明细后重新预结算：{named}{more}。{explanation(answer)}"
    )


def shares(sums: Sums, benefits: tuple[Benefit, ...]) -> str:
    """Return 备注: how psn_cash_pay splits, and what is paid outside the bill."""
    parts = [f"其中职工负担{yuan(sums.worker_fen)}元", f"用人单位负担{yuan(sums.employer_fen)}元"]
    parts += [f"另发{_BENEFITS.get(benefit.kind, benefit.kind)}{yuan(benefit.fen)}元" for benefit in benefits]
    return "，".join(parts)


_BENEFITS = {"hospital_food": "住院伙食补助费", "food_subsidy": "住院伙食补助费"}


def entitlement(person: PersonVerified) -> str:
    """Return 待遇不享受原因: "" where some qualification is usable here."""
    if any(qualification.usable_here for qualification in person.qualifications):
        return ""
    if not person.qualifications:
        return "未查到工伤认定信息，暂不能享受工伤保险待遇"
    states = {qualification.recognition_state for qualification in person.qualifications}
    if states == {"pending"}:
        return "工伤认定尚未作出，可先登记，待认定后结算"
    if states <= {"refused", "revoked"}:
        return "工伤认定结论为不予认定或已撤销，不享受工伤保险待遇"
    return "现有待遇资格在本机构今日均不可用，请核对确认、备案的机构和起止日期"


def faults_told(problem: Problem, place_of: Callable[[str], str], characters_max: int = REFUSAL_CHARACTERS_MAX) -> str:
    """Return every fault of a refusal with its place and cure, within a bound and a count of the rest.

    place_of: what a pointer is called in the sender's dialect, "" for the whole message.
    """
    texts = [_fault(fault, place_of) for fault in problem.faults]
    said = ""
    for position, text in enumerate(texts):
        longer = f"{said}；{text}" if said else text
        if len(longer) > characters_max:
            return f"{said or text[:characters_max]}；另有{len(texts) - position}处错误未列出"
        said = longer
    return said


def _fault(fault: Fault, place_of: Callable[[str], str]) -> str:
    place = place_of(fault.pointer)
    cure = f"（{fault.cure_zh}）" if fault.cure_zh else ""
    return f"{place}：{fault.zh}{cure}" if place else f"{fault.zh}{cure}"
