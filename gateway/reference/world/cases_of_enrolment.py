"""The cases of 先工伤后参保 and of article 17: what arises before and after, and which kinds of cost are then paid."""

from datetime import date

from gateway.reference.world.cases_of_persons import FROM_JUNE, IN_MAY
from gateway.reference.world.lines import (
    DEVICE,
    DEVICE_RIGHT,
    INPATIENT,
    REHAB,
    REHAB_RIGHT,
    WRIST,
    care,
    exam,
    exercise,
    nursing,
    setting,
    until,
)
from gateway.reference.world.providers import REHABILITATION, SUPPLIER, TERTIARY
from gateway.reference.world.stories import Expected, Line, Next, Says, Story

ENROLMENTS = (
    Story(
        name="enrolled-then-treated",
        says=Says(
            "先工伤后参保,参保后新发生的医疗费由基金支付", "injured before enrolled: treatment after it is the fund's"
        ),
        provider=TERTIARY,
        insured=FROM_JUNE,
        injury=IN_MAY,
        lines=(setting("2026-06-10"),),
        expected=Expected(charged_fen=26_000, fund_fen=26_000),
    ),
    Story(
        name="enrolled-then-rehabilitated",
        says=Says("先工伤后参保,参保后新发生的康复费由基金支付", "injured before enrolled: rehabilitation after it"),
        provider=REHABILITATION,
        visit=REHAB,
        insured=FROM_JUNE,
        injury=IN_MAY,
        entitled=REHAB_RIGHT,
        lines=(exercise("2026-08-03"), exercise("2026-08-04")),
        expected=Expected(charged_fen=16_000, fund_fen=16_000),
    ),
    Story(
        name="enrolled-then-fitted",
        says=Says("先工伤后参保,参保后配置的辅助器具由基金支付", "injured before enrolled: a device after it"),
        provider=SUPPLIER,
        visit=DEVICE,
        insured=FROM_JUNE,
        injury=IN_MAY,
        entitled=DEVICE_RIGHT,
        lines=(Line(WRIST, "2026-08-03", "1", "7500.00", 750_000),),
        expected=Expected(charged_fen=750_000, fund_fen=750_000),
    ),
    Story(
        name="insurance-left-after-injury",
        says=Says("受伤时在保,停保后的费用仍由基金支付", "insured when injured, no longer when treated: the fund pays"),
        provider=TERTIARY,
        insured={"valid_to": date(2026, 7, 31)},
        lines=(exam("2026-09-01"),),
        expected=Expected(charged_fen=2_000, fund_fen=2_000),
    ),
    Story(
        name="insured-in-june-and-july-only",
        says=Says(
            "先工伤后参保,停保后的费用由单位负担",
            "injured in May, insured in June and July: the last day and the day after",
        ),
        provider=TERTIARY,
        bill=until("2026-08-01"),
        insured={**FROM_JUNE, "valid_to": date(2026, 7, 31)},
        injury=IN_MAY,
        lines=(exam("2026-07-31"), exam("2026-08-01")),
        expected=Expected(charged_fen=4_000, fund_fen=2_000, employer_fen=2_000, rules=("enrolment.cut_off",)),
    ),
    Story(
        name="arrears-paid-during-stay",
        says=Says("住院期间补缴欠费,补缴之日起由基金支付", "arrears paid on the third day of a stay of four"),
        provider=TERTIARY,
        visit=INPATIENT,
        bill=until("2026-08-16"),
        insured={"arrears": True, "arrears_paid_on": date(2026, 8, 15)},
        lines=care("2026-08-13", "2026-08-14", "2026-08-15", "2026-08-16"),
        expected=Expected(charged_fen=32_000, fund_fen=16_000, employer_fen=16_000, rules=("enrolment.cut_off",)),
    ),
    Story(
        name="stay-settled-before-and-after",
        says=Says("住院跨参保生效日,中途结算一次", "a stay over the enrolment, settled once on the way"),
        provider=TERTIARY,
        visit=INPATIENT,
        bill={"interim": True},
        insured=FROM_JUNE,
        injury=IN_MAY,
        lines=(nursing("2026-05-30"), nursing("2026-05-31"), nursing("2026-06-01")),
        expected=Expected(charged_fen=9_000, employer_fen=9_000, rules=("enrolment.cut_off",)),
        then=(
            Next(
                bill=until("2026-06-03"),
                lines=(nursing("2026-06-02"), nursing("2026-06-03")),
                expected=Expected(charged_fen=6_000, fund_fen=6_000),
            ),
        ),
    ),
)

WINDOWS = (
    Story(
        name="article-17-thirtieth-day",
        says=Says("第三十日申请,未逾期", "applied on the thirtieth day: in time"),
        provider=TERTIARY,
        injury={"applied_on": date(2026, 3, 31), "accepted_on": date(2026, 4, 3), "decided_on": date(2026, 4, 20)},
        lines=(exam("2026-03-20"),),
        expected=Expected(charged_fen=2_000, fund_fen=2_000),
    ),
    Story(
        name="article-17-thirty-first-day",
        says=Says("第三十一日申请,受理日及以前由单位负担", "applied on the thirty-first day, accepted on 3 April"),
        provider=TERTIARY,
        bill=until("2026-04-04"),
        injury={"applied_on": date(2026, 4, 1), "accepted_on": date(2026, 4, 3), "decided_on": date(2026, 4, 20)},
        lines=(exam("2026-03-20"), exam("2026-04-03"), exam("2026-04-04")),
        expected=Expected(charged_fen=6_000, fund_fen=2_000, employer_fen=4_000, rules=("article17.gap",)),
    ),
    Story(
        name="article-17-past-the-extension",
        says=Says("超过批准的延长期限申请", "applied five days after the extension had ended"),
        provider=TERTIARY,
        bill=until("2026-05-21"),
        injury={
            "applied_on": date(2026, 5, 15),
            "accepted_on": date(2026, 5, 20),
            "decided_on": date(2026, 6, 1),
            "extended_to": date(2026, 5, 10),
        },
        lines=(exam("2026-05-20"), exam("2026-05-21")),
        expected=Expected(charged_fen=4_000, fund_fen=2_000, employer_fen=2_000, rules=("article17.gap",)),
    ),
    Story(
        name="article-17-applied-by-the-worker",
        says=Says("单位未申请,职工本人申请", "the employer never applied; the worker did, and was accepted on 18 June"),
        provider=TERTIARY,
        bill=until("2026-06-19"),
        injury={
            "applicant": "worker",
            "applied_on": date(2026, 6, 15),
            "accepted_on": date(2026, 6, 18),
            "decided_on": date(2026, 7, 10),
        },
        lines=(exam("2026-06-17"), exam("2026-06-19")),
        expected=Expected(charged_fen=4_000, fund_fen=2_000, employer_fen=2_000, rules=("article17.gap",)),
    ),
    Story(
        name="enrolled-late-and-applied-late",
        says=Says(
            "先工伤后参保且逾期申请", "not insured on the first day, applied too late for the second, paid on the third"
        ),
        provider=TERTIARY,
        bill=until("2026-06-29"),
        insured=FROM_JUNE,
        injury={
            **IN_MAY,
            "applied_on": date(2026, 6, 25),
            "accepted_on": date(2026, 6, 28),
            "decided_on": date(2026, 7, 20),
        },
        lines=(exam("2026-06-01"), exam("2026-06-10"), exam("2026-06-29")),
        expected=Expected(
            charged_fen=6_000, fund_fen=2_000, employer_fen=4_000, rules=("enrolment.cut_off", "article17.gap")
        ),
    ),
    Story(
        name="occupational-disease-diagnosed",
        says=Says("职业病诊断日前后", "an occupational disease: the day before its diagnosis and the day of it"),
        provider=TERTIARY,
        bill=until("2026-06-15"),
        injury={
            "kind": "occupational_disease",
            "injured_on": date(2026, 6, 15),
            "applied_on": date(2026, 6, 20),
            "accepted_on": date(2026, 6, 22),
            "decided_on": date(2026, 7, 15),
        },
        lines=(exam("2026-06-14"), exam("2026-06-15")),
        expected=Expected(charged_fen=4_000, fund_fen=2_000, worker_fen=2_000, rules=("dates.before_injury",)),
    ),
)
