"""Agreement and duplicates: may this provider bill the day at all, and is the line new."""

from gateway.core.case import Case, Line
from gateway.core.rules.rule import PASS, Cure, Cut, Rule, whole

_SUSPENDED = Cure(
    zh="科室{department}被暂停服务协议，暂停期间的费用不予支付；恢复后发生的费用可以申报",
    en="department {department} is suspended under the agreement; cost that arises once that is lifted passes",
)


def _in_force(line: Line, case: Case) -> tuple[Cut, ...]:
    if line.agreement is None:
        return whole(line, day=line.day.isoformat(), provider_code=case.context.provider.code)
    department = line.item.department_code or case.visit.department_code
    if department is not None and department in line.agreement.suspended_departments:
        return whole(
            line,
            _SUSPENDED,
            day=line.day.isoformat(),
            department=department,
            agreement_no=line.agreement.agreement_no,
        )
    return PASS


def _duplicate(line: Line, case: Case) -> tuple[Cut, ...]:
    number = line.item.item_no
    settled = case.settled.get(number)
    if settled is not None:
        return whole(line, item_no=number, settlement_id=settled.settlement_id)
    if number in case.item_nos:
        return whole(line, item_no=number, settlement_id="-")
    return PASS


AGREEMENT_IN_FORCE = Rule(
    code="agreement.in_force",
    title_zh="费用发生日无有效服务协议",
    title_en="No service agreement in force on the day",
    source="工伤保险条例第四十七条；社会保险经办条例第四十三条",
    bearer="provider",
    cure_zh="费用须发生在服务协议有效期内；{day}无有效协议，请与经办机构核对协议起止日期和状态",
    cure_en="the cost must arise while an agreement is in force; none was on {day}: check its dates with the agency",
    cures=(_SUSPENDED,),
    judge=_in_force,
)
DUPLICATE_SETTLED = Rule(
    code="duplicate.settled",
    title_zh="明细重复：已经结算，或在本单中重复",
    title_en="The line is settled already, or stands twice in the bill",
    source="联网结算规程：同一就诊内费用明细号唯一",
    bearer="provider",
    cure_zh="明细号{item_no}已结算或在本单中重复，请删去；确为另一笔费用的，请使用新的明细号",
    cure_en="line {item_no} is settled or stands twice in this bill: leave it out, or give another cost its own number",
    rests_on="repeated",
    judge=_duplicate,
)
