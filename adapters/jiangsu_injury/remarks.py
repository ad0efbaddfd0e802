"""The Chinese texts that a clerk reads: findings, shares, entitlement, and refusals."""

from adapters.jiangsu_injury.money import yuan
from adapters.jiangsu_injury.places import place_zh
from schemas.answers import PersonVerified, Presettled, Settled
from schemas.decisions import Benefit, Finding
from schemas.problems import Fault, Problem
from schemas.requests import Sums

FINDINGS_MAX = 5
REFUSAL_CHARACTERS_MAX = 1_000
_BEARERS = {"worker": "职工", "employer": "用人单位", "provider": "协议机构"}


def explanation(answer: Presettled | Settled) -> str:
    """Return 说明信息: why a settlement would be refused, and the first findings."""
    parts = []
    if isinstance(answer, Presettled) and answer.would_refuse:
        parts.append(f"按现状正式结算将被拒绝（{'、'.join(answer.would_refuse)}）")
    findings = answer.findings
    if findings:
        parts.append(f"审核意见共{len(findings)}条")
    parts += [_finding(finding) for finding in findings[:FINDINGS_MAX]]
    if len(findings) > FINDINGS_MAX:
        parts.append(f"另有{len(findings) - FINDINGS_MAX}条未列出")
    return "；".join(parts) or "审核通过"


def _finding(finding: Finding) -> str:
    place = f"明细{finding.item_no}" if finding.item_no else "整单"
    borne = f"{yuan(finding.fen)}元由{_BEARERS[finding.bearer]}负担" if finding.bearer and finding.fen else "提示"
    return f"{place}：{finding.title_zh}，{borne}" + (f"（{finding.cure_zh}）" if finding.cure_zh else "")


def shares(sums: Sums, benefits: tuple[Benefit, ...]) -> str:
    """Return 备注: how psn_cash_pay splits, and what is paid outside the bill."""
    parts = [f"其中职工负担{yuan(sums.worker_fen)}元", f"用人单位负担{yuan(sums.employer_fen)}元"]
    parts += [f"另发{_BENEFITS.get(benefit.kind, benefit.kind)}{yuan(benefit.fen)}元" for benefit in benefits]
    return "，".join(parts)


OUTCOMES = {"settled": "已生效", "refused": "已拒绝", "reversed": "已冲正", "not_seen": "未收到"}
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


def refusal(problem: Problem, infno: str) -> str:
    """Return err_msg: every fault with row, field and cure, within REFUSAL_CHARACTERS_MAX and a count of the rest."""
    texts = [_fault(fault, infno) for fault in problem.faults]
    said = ""
    for position, text in enumerate(texts):
        longer = f"{said}；{text}" if said else text
        if len(longer) > REFUSAL_CHARACTERS_MAX:
            return f"{said or text[:REFUSAL_CHARACTERS_MAX]}；另有{len(texts) - position}处错误未列出"
        said = longer
    return said


def _fault(fault: Fault, infno: str) -> str:
    place = place_zh(infno, fault.pointer)
    cure = f"（{fault.cure_zh}）" if fault.cure_zh else ""
    return f"{place}：{fault.zh}{cure}" if place else f"{fault.zh}{cure}"


def unwordable(answer: Presettled) -> str:
    """Return err_msg of a preview in which the provider bears a share: this dialect has no sum for it."""
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
