"""The Chinese texts that a clerk reads in more than one dialect: findings, entitlement, outcomes, refusals."""

from collections.abc import Callable

from adapters.spelling import yuan
from schemas.answers import PersonVerified
from schemas.decisions import Finding
from schemas.problems import Fault, Problem

REFUSAL_CHARACTERS_MAX = 1_000
BEARERS = {"worker": "职工", "employer": "用人单位", "provider": "协议机构"}
OUTCOMES = {"settled": "已生效", "refused": "已拒绝", "reversed": "已冲正", "not_seen": "未收到"}


def finding_told(finding: Finding) -> str:
    """Return what a finding says: its line, its title, who bears how much, and what would make it pass."""
    place = f"明细{finding.item_no}" if finding.item_no else "整单"
    borne = f"{yuan(finding.fen)}元由{BEARERS[finding.bearer]}负担" if finding.bearer and finding.fen else "提示"
    return f"{place}：{finding.title_zh}，{borne}" + (f"（{finding.cure_zh}）" if finding.cure_zh else "")


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


def faults_told(problem: Problem, place_of: Callable[[str], str]) -> str:
    """Return every fault of a refusal with its place and cure, within REFUSAL_CHARACTERS_MAX and a count of the rest.

    place_of: what a pointer is called in the sender's dialect, "" for the whole message.
    """
    texts = [_fault(fault, place_of) for fault in problem.faults]
    said = ""
    for position, text in enumerate(texts):
        longer = f"{said}；{text}" if said else text
        if len(longer) > REFUSAL_CHARACTERS_MAX:
            return f"{said or text[:REFUSAL_CHARACTERS_MAX]}；另有{len(texts) - position}处错误未列出"
        said = longer
    return said


def _fault(fault: Fault, place_of: Callable[[str], str]) -> str:
    place = place_of(fault.pointer)
    cure = f"（{fault.cure_zh}）" if fault.cure_zh else ""
    return f"{place}：{fault.zh}{cure}" if place else f"{fault.zh}{cure}"
