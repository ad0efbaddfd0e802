"""Limits of an item (诊疗限制): quantity of an act, a day and a visit, days of a course, days apart; beds and nursing.

What counts is what the fund pays something of, refunds taken off; what is past a limit is cut, the rest stands. Lines
take from a limit in the order in which they arose.
"""

from bisect import bisect_left
from datetime import date

from gateway.core.case import Case, Line
from gateway.core.money import QUANTITY_ONE_E4, plain, sum_e4_of
from gateway.core.rules.rule import PASS, Cut, Rule, beyond, whole

_STAY_ZH = {"bed": "床位费", "nursing": "护理费"}
_STAY_EN = {"bed": "beds", "nursing": "nursing"}


def _once_a_day(line: Line, case: Case) -> tuple[Cut, ...]:
    stay = None if line.limit is None else line.limit.stay
    if stay is None:
        return PASS
    left_e4 = max(0, QUANTITY_ONE_E4 - case.billed.stay_e4(stay, line.day))
    return beyond(line, left_e4, stay=stay, stay_zh=_STAY_ZH[stay], stay_en=_STAY_EN[stay], day=line.day.isoformat())


def _per_act(line: Line, _case: Case) -> tuple[Cut, ...]:
    limit = line.limit
    if limit is None or limit.per_act is None:
        return PASS
    return beyond(line, sum_e4_of(limit.per_act), code=limit.code, limit=limit.per_act)


def _per_day(line: Line, case: Case) -> tuple[Cut, ...]:
    limit = line.limit
    if limit is None or limit.per_day is None:
        return PASS
    left_e4 = max(0, sum_e4_of(limit.per_day) - case.billed.quantity_e4(limit.code, line.day))
    return beyond(line, left_e4, code=limit.code, limit=limit.per_day, day=line.day.isoformat())


def _per_visit(line: Line, case: Case) -> tuple[Cut, ...]:
    limit = line.limit
    if limit is None or limit.per_visit is None:
        return PASS
    taken_e4 = case.billed.quantity_e4(limit.code, None)
    left_e4 = max(0, sum_e4_of(limit.per_visit) - taken_e4)
    return beyond(line, left_e4, code=limit.code, limit=limit.per_visit, taken_quantity=plain(taken_e4))


def _course(line: Line, case: Case) -> tuple[Cut, ...]:
    return PASS if line.sort == "drug" else _past_course(line, case)


def _drug_course(line: Line, case: Case) -> tuple[Cut, ...]:
    return _past_course(line, case) if line.sort == "drug" else PASS


def _past_course(line: Line, case: Case) -> tuple[Cut, ...]:
    limit = line.limit
    if limit is None or limit.course_days is None:
        return PASS
    days = case.billed.days(limit.code)
    if len(days) < limit.course_days or _has(days, line.day):
        return PASS
    return whole(
        line,
        code=limit.code,
        course_days=str(limit.course_days),
        taken=str(len(days)),
        first_day=days[0].isoformat(),
        day=line.day.isoformat(),
    )


def _days_apart(line: Line, case: Case) -> tuple[Cut, ...]:
    limit = line.limit
    if limit is None or limit.days_apart is None:
        return PASS
    days = case.billed.days(limit.code)
    place = bisect_left(days, line.day)
    near = [day for day in days[max(0, place - 1) : place + 1] if abs((line.day - day).days) < limit.days_apart]
    if not near:
        return PASS
    return whole(
        line,
        code=limit.code,
        days_apart=str(limit.days_apart),
        other_day=near[0].isoformat(),
        day=line.day.isoformat(),
    )


def _has(days: list[date], day: date) -> bool:
    place = bisect_left(days, day)
    return place < len(days) and days[place] == day


STAY_ONCE_A_DAY = Rule(
    code="stay.once_a_day",
    title_zh="床位、护理一日只付一次",
    title_en="One bed and one grade of nursing a day",
    source="医疗服务价格项目规范：床位费、分级护理按日计价；诊疗限制表",
    bearer="provider",
    cure_zh="{day}各类{stay_zh}合计限1日，剩余{left}日，本明细{quantity}日；同日多个等级的，只报实际提供的一种",
    cure_en="{stay_en} of {day} count together and once: {left} is left, not {quantity}; bill only the one given",
    rests_on="bounded",
    judge=_once_a_day,
)
LIMIT_PER_ACT = Rule(
    code="limit.per_act",
    title_zh="超过单次限定用量",
    title_en="More than one act may have",
    source="诊疗限制表：单次用量",
    bearer="provider",
    cure_zh="{code}每次限{limit}，本明细{quantity}；确为多次的，请分次申报",
    cure_en="{code} is limited to {limit} an act, not {quantity}: bill several acts as several lines",
    rests_on="bounded",
    judge=_per_act,
)
LIMIT_PER_DAY = Rule(
    code="limit.per_day",
    title_zh="超过每日限定频次",
    title_en="More than a day may have",
    source="诊疗限制表：限定频次",
    bearer="provider",
    cure_zh="{code}每日限{limit}，{day}剩余{left}，本明细{quantity}；请按费用实际发生日逐日申报",
    cure_en="{code} is limited to {limit} a day, of which {left} is left on {day}, not {quantity}: bill each day apart",
    rests_on="bounded",
    judge=_per_day,
)
LIMIT_PER_VISIT = Rule(
    code="limit.per_visit",
    title_zh="超过本次就诊限定总量",
    title_en="More than one visit may have",
    source="诊疗限制表：限定总量",
    bearer="provider",
    cure_zh="{code}每次就诊限{limit}，已付{taken_quantity}，剩余{left}，本明细{quantity}；超出部分不予支付",
    cure_en="{code} is limited to {limit} a visit and {taken_quantity} are paid: {left} is left, not {quantity}",
    rests_on="bounded",
    judge=_per_visit,
)
LIMIT_COURSE = Rule(
    code="limit.course",
    title_zh="超过限定疗程",
    title_en="Past the course's days",
    source="诊疗限制表：限定疗程",
    bearer="provider",
    cure_zh="{code}限{course_days}天，自{first_day}起已付{taken}天，{day}为超出的一天；疗程内的费用可以支付",
    cure_en="{code} is limited to {course_days} days; {taken} from {first_day} on are paid and {day} is past them",
    rests_on="bounded",
    judge=_course,
)
LIMIT_DAYS_APART = Rule(
    code="limit.days_apart",
    title_zh="两次间隔不足限定天数",
    title_en="Too soon after, or before, the last time",
    source="诊疗限制表：限定周期",
    bearer="provider",
    cure_zh="{code}每{days_apart}天限1次，{other_day}已付一次，距{day}不足{days_apart}天",
    cure_en="{code} is paid once in {days_apart} days: {day} is too near to {other_day}",
    rests_on="bounded",
    judge=_days_apart,
)
DRUG_COURSE = Rule(
    code="limit.drug_course",
    title_zh="药品超过限定支付疗程",
    title_en="A drug past its course",
    source="药品目录限定支付范围：疗程；诊疗限制表",
    bearer="provider",
    cure_zh="药品{code}限支付{course_days}天，自{first_day}起已付{taken}天，{day}为超出的一天",
    cure_en="drug {code} is paid for {course_days} days; {taken} from {first_day} on are paid and {day} is past them",
    rests_on="bounded",
    judge=_drug_course,
)
