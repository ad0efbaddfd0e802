"""Agreement and duplicates: may this provider bill the day at all, and is the line new."""

from gateway.core.case import Case, Line
from gateway.core.rules.rule import PASS, Cure, Cut, Rule, whole


def _in_force(line: Line, case: Case) -> tuple[Cut, ...]:
    if line.agreement is None:
        return whole(line, day=line.day.isoformat(), provider_code=case.context.provider.code)
    department = line.item.department_code or case.visit.department_code
    if department is not None and department in line.agreement.suspended_departments:
        return whole(
            line,
            Cure(
                zh="科室{department}暂停服务协议期间的费用不予支付；恢复协议后发生的费用可以申报",
                en="department {department} is suspended under the agreement; cost passes once that is lifted",
            ),
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
    cure_en="the cost must arise while an agreement is in force; none is on {day}: check its dates and state",
    judge=_in_force,
)
DUPLICATE_SETTLED = Rule(
    code="duplicate.settled",
    title_zh="该明细已经结算",
    title_en="The line is settled already",
    source="联网结算规程：同一就诊内费用明细号唯一",
    bearer="provider",
    cure_zh="明细号{item_no}已结算，请勿重复申报；确为另一笔费用的，请使用新的明细号",
    cure_en="line {item_no} stands in a settlement or twice in this bill: leave it out, or number a new cost anew",
    rests_on="repeated",
    judge=_duplicate,
)
