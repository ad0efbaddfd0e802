"""Limits of an authorization: calendar days, quantity, amount; what is past them is cut, the rest stands (G4)."""

from gateway.core.allowances import authorization_allowance
from gateway.core.case import Case, Line
from gateway.core.money import plain, sum_e4_of, yuan
from gateway.core.rules.rule import PASS, Cut, Rule, beyond, whole

_SOURCE = "工伤保险条例第三十条、第三十二条、第三十八条；待遇资格确认限额"


def _days(line: Line, case: Case) -> tuple[Cut, ...]:
    authorization = line.authorization
    if authorization is None or authorization.days is None:
        return PASS
    taken = case.tally.days(authorization_allowance(authorization.authorization_no))
    if line.day in taken or len(taken) < authorization.days:
        return PASS
    return whole(
        line,
        authorization_no=authorization.authorization_no,
        days=str(authorization.days),
        taken=str(len(taken)),
        day=line.day.isoformat(),
    )


def _quantity(line: Line, case: Case) -> tuple[Cut, ...]:
    authorization = line.authorization
    if authorization is None or authorization.quantity is None:
        return PASS
    taken_e4 = case.tally.quantity_e4(authorization_allowance(authorization.authorization_no))
    limit_e4 = sum_e4_of(authorization.quantity)
    left_e4 = max(0, limit_e4 - taken_e4)
    return beyond(line, left_e4, authorization_no=authorization.authorization_no, limit=plain(limit_e4))


def _amount(line: Line, case: Case) -> tuple[Cut, ...]:
    authorization = line.authorization
    if authorization is None or authorization.amount_fen is None:
        return PASS
    taken = case.tally.fund_fen(authorization_allowance(authorization.authorization_no))
    left = max(0, authorization.amount_fen - taken)
    if line.payable_fen <= left:
        return PASS
    evidence = {
        "authorization_no": authorization.authorization_no,
        "limit_yuan": yuan(authorization.amount_fen),
        "left_yuan": yuan(left),
        "payable_yuan": yuan(line.payable_fen),
    }
    return (Cut(fen=line.payable_fen - left, evidence=evidence),)


AUTHORIZATION_DAYS = Rule(
    code="authorization.days",
    title_zh="超过确认天数",
    title_en="Past the authorized days",
    source=_SOURCE,
    bearer="worker",
    cure_zh="{authorization_no}限{days}天，已用{taken}天，{day}为超出的一天；请申请延长天数",
    cure_en="days covered by {authorization_no}: {days}, taken: {taken}; {day} is past them: have the days extended",
    rests_on="authorization",
    judge=_days,
)
AUTHORIZATION_QUANTITY = Rule(
    code="authorization.quantity",
    title_zh="超过确认数量",
    title_en="Past the authorized quantity",
    source=_SOURCE,
    bearer="worker",
    cure_zh="{authorization_no}限数量{limit}，剩余{left}，本明细{quantity}；超出部分须申请追加数量",
    cure_en="quantity covered by {authorization_no}: {limit}, left: {left}, billed here: {quantity}; have it raised",
    rests_on="authorization",
    judge=_quantity,
)
AUTHORIZATION_AMOUNT = Rule(
    code="authorization.amount",
    title_zh="超过确认金额",
    title_en="Past the authorized amount",
    source=_SOURCE,
    bearer="worker",
    cure_zh="{authorization_no}限额{limit_yuan}元，剩余{left_yuan}元，应付{payable_yuan}元；超出部分须申请追加限额",
    cure_en=(
        "yuan covered by {authorization_no}: {limit_yuan}, left: {left_yuan}, payable here:"
        " {payable_yuan}; have it raised"
    ),
    rests_on="authorization",
    judge=_amount,
)
