"""Enrolment: who was injured before being insured is paid only for cost that arises after (domain: 先工伤后参保)."""

from datetime import date, timedelta

from gateway.core.case import Case, Line
from gateway.core.rules.rule import PASS, Cure, Cut, Rule, whole
from schemas.facts import Enrolment

_CURES = {
    "never": Cure(
        zh="用人单位须为职工参加工伤保险；参保并补缴后新发生的费用可以支付",
        en="the employer must insure the worker; cost that arises after enrolment takes effect passes",
    ),
    "arrears": Cure(
        zh="用人单位须缴清欠费和滞纳金；缴清之日起新发生的费用可以支付",
        en="the employer must pay arrears and late fee; cost that arises from the day they are paid passes",
    ),
    "later": Cure(
        zh="参保自{in_force_from}起生效，该日（含）以后新发生的费用可以支付",
        en="insurance takes effect on {in_force_from}; cost that arises on or after that day passes",
    ),
    "ended": Cure(
        zh="受伤日和费用发生日均不在参保期内；参保期有误的，请用人单位更正",
        en="neither injury nor cost lies in a spell of insurance; the employer may have a wrong spell corrected",
    ),
}

_NOT_ACCEPTED = Cure(
    zh="申请日{applied_on}晚于期限{deadline}，且尚未受理；受理日（含）以前的费用由用人单位负担，其后发生的费用可以支付",
    en="applied on {applied_on}, after {deadline}, and not accepted yet; cost that arises after the acceptance passes",
)


def in_force_from(spell: Enrolment) -> date | None:
    """Return the day from which a spell insures; None while arrears are owing."""
    if not spell.arrears:
        return spell.effective_from
    return spell.arrears_paid_on and max(spell.effective_from, spell.arrears_paid_on)


def _cut_off(line: Line, case: Case) -> tuple[Cut, ...]:
    recognition = line.recognition
    spells = [spell for spell in case.context.enrolments if spell.scheme == recognition.scheme]
    for spell in spells:
        if _insures(spell, recognition.injured_on) or _insures(spell, line.day):
            return PASS
    failure = _case_of(spells, line.day)
    starts = [start for spell in spells if (start := in_force_from(spell)) and start > line.day]
    return whole(
        line,
        _CURES[failure],
        case=failure,
        day=line.day.isoformat(),
        injured_on=recognition.injured_on.isoformat(),
        in_force_from=min(starts).isoformat() if starts else "-",
    )


def _insures(spell: Enrolment, day: date) -> bool:
    start = in_force_from(spell)
    return start is not None and start <= day and (spell.valid_to is None or day <= spell.valid_to)


def _case_of(spells: list[Enrolment], day: date) -> str:
    if not spells:
        return "never"
    if any((start := in_force_from(spell)) and start > day for spell in spells):
        return "later"
    if any(in_force_from(spell) is None for spell in spells):
        return "arrears"
    return "ended"


def _article17(line: Line, _case: Case) -> tuple[Cut, ...]:
    recognition = line.recognition
    accepted_on = recognition.accepted_on
    if accepted_on is not None and line.day > accepted_on:
        return PASS
    if recognition.extended_to is not None:
        late = recognition.applied_on > recognition.extended_to
        deadline = recognition.extended_to.isoformat()
    else:
        late = (recognition.applied_on - recognition.injured_on).days > line.policy.article17_days
        deadline = (recognition.injured_on + timedelta(days=line.policy.article17_days)).isoformat()
    if not late or line.day < recognition.injured_on:
        return PASS
    return whole(
        line,
        None if accepted_on else _NOT_ACCEPTED,
        day=line.day.isoformat(),
        applied_on=recognition.applied_on.isoformat(),
        deadline=deadline,
        accepted_on=accepted_on.isoformat() if accepted_on else "-",
    )


ENROLMENT_CUT_OFF = Rule(
    code="enrolment.cut_off",
    title_zh="费用发生时未参保或未缴清",
    title_en="Not insured when the cost arose",
    source="工伤保险条例第六十二条；人社部发〔2016〕29号第三条",
    bearer="employer",
    cure_zh="费用须发生在工伤保险参保生效之后",
    cure_en="the cost must arise while the worker is insured",
    cures=tuple(_CURES.values()),
    rests_on="day",
    judge=_cut_off,
)
ARTICLE17_GAP = Rule(
    code="article17.gap",
    title_zh="用人单位逾期申请工伤认定，受理日及以前的费用",
    title_en="Recognition was applied for late: cost up to its acceptance",
    source="工伤保险条例第十七条第四款",
    bearer="employer",
    cure_zh="申请日{applied_on}晚于期限{deadline}，受理日{accepted_on}（含）以前的费用由用人单位负担，其后发生的费用可以支付",
    cure_en="applied on {applied_on}, after {deadline}; cost that arises after the acceptance ({accepted_on}) passes",
    cures=(_NOT_ACCEPTED,),
    rests_on="day",
    judge=_article17,
)
