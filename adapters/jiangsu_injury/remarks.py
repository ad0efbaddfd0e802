"""The Chinese texts that a clerk reads: findings, shares, entitlement, and refusals."""

from functools import partial

from adapters.jiangsu_injury.places import place_zh
from adapters.spelling import yuan
from adapters.wording import faults_told, finding_told
from schemas.answers import Presettled, Settled
from schemas.decisions import Benefit
from schemas.problems import Problem
from schemas.requests import Sums

FINDINGS_MAX = 5


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


def shares(sums: Sums, benefits: tuple[Benefit, ...]) -> str:
    """Return 备注: how psn_cash_pay splits, and what is paid outside the bill."""
    parts = [f"其中职工负担{yuan(sums.worker_fen)}元", f"用人单位负担{yuan(sums.employer_fen)}元"]
    parts += [f"另发{_BENEFITS.get(benefit.kind, benefit.kind)}{yuan(benefit.fen)}元" for benefit in benefits]
    return "，".join(parts)


_BENEFITS = {"hospital_food": "住院伙食补助费", "food_subsidy": "住院伙食补助费"}


def refusal(problem: Problem, infno: str) -> str:
    """Return err_msg: every fault with row, field and cure, within a bound and a count of the rest."""
    return faults_told(problem, partial(place_zh, infno))


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
