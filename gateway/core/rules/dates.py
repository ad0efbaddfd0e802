"""Dates: cost arises after the injury, within the stay, and not in the future."""

from datetime import timedelta

from gateway.core.case import Case, Line
from gateway.core.days import SHANGHAI
from gateway.core.rules.rule import PASS, Cure, Cut, Rule, whole

_ONE_MINUTE = timedelta(minutes=1)
_NOT_BEFORE = Cure(
    zh="费用发生日{day}不得早于就诊开始（入院）日{admitted_on}，请更正费用时间或就诊时间",
    en="the cost of {day} must not arise before the visit begins on {admitted_on}: correct the one or the other",
)


def _before_injury(line: Line, _case: Case) -> tuple[Cut, ...]:
    injured_on = line.recognition.injured_on
    if line.day >= injured_on:
        return PASS
    return whole(line, day=line.day.isoformat(), injured_on=injured_on.isoformat())


def _outside_stay(line: Line, case: Case) -> tuple[Cut, ...]:
    discharged_on = case.discharged_on
    if case.admitted_on <= line.day and (discharged_on is None or line.day <= discharged_on):
        return PASS
    return whole(
        line,
        None if discharged_on else _NOT_BEFORE,
        day=line.day.isoformat(),
        admitted_on=case.admitted_on.isoformat(),
        discharged_on=discharged_on.isoformat() if discharged_on else "-",
    )


def _future(line: Line, case: Case) -> tuple[Cut, ...]:
    ahead = line.item.occurred_at - case.context.as_of
    minutes_up = -(-ahead // _ONE_MINUTE)
    if minutes_up <= line.policy.future_minutes:
        return PASS
    return whole(
        line,
        occurred_at=line.item.occurred_at.astimezone(SHANGHAI).isoformat(timespec="seconds"),
        as_of=case.context.as_of.astimezone(SHANGHAI).isoformat(timespec="seconds"),
        future_minutes=str(line.policy.future_minutes),
    )


DATES_BEFORE_INJURY = Rule(
    code="dates.before_injury",
    title_zh="费用发生在受伤之前",
    title_en="The cost arose before the injury",
    source="工伤保险条例第三十条",
    bearer="worker",
    cure_zh="费用发生日{day}不得早于受伤（或职业病诊断）日{injured_on}；属其他工伤的，请改填其资格号",
    cure_en="the cost of {day} arose before the injury or diagnosis of {injured_on}: name the injury it belongs to",
    rests_on="day",
    judge=_before_injury,
)
DATES_OUTSIDE_STAY = Rule(
    code="dates.outside_stay",
    title_zh="费用发生在就诊（住院）期间之外",
    title_en="The cost arose outside the visit or stay",
    source="联网结算规程：费用须发生在就诊起止日期内",
    bearer="provider",
    cure_zh="费用发生日{day}须在就诊（住院）期间{admitted_on}至{discharged_on}之内（含首尾两日），请更正费用时间或就诊时间",
    cure_en="the cost of {day} must arise between {admitted_on} and {discharged_on}, both included: correct the time",
    cures=(_NOT_BEFORE,),
    rests_on="day",
    judge=_outside_stay,
)
DATES_FUTURE = Rule(
    code="dates.future",
    title_zh="费用发生时间晚于当前时间",
    title_en="The cost lies in the future",
    source="联网结算规程：不得预先申报未发生的费用",
    bearer="provider",
    cure_zh="费用时间{occurred_at}不得晚于中心时间{as_of}超过{future_minutes}分钟，请校准时钟或待费用发生后申报",
    cure_en="{occurred_at} must be at most {future_minutes} minutes after {as_of}: set the clock, or bill it later",
    rests_on="future",
    judge=_future,
)
