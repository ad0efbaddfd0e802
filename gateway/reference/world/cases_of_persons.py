"""The cases that turn on the person: enrolment, recognition, third parties, what the injury covers."""

from datetime import date

from gateway.reference.world.lines import INPATIENT, exam, hba1c, nursing, setting, until
from gateway.reference.world.providers import TERTIARY
from gateway.reference.world.stories import Expected, Says, Story

_LATE = {"applied_on": date(2026, 5, 15), "accepted_on": date(2026, 5, 20), "decided_on": date(2026, 6, 1)}
IN_MAY = {
    "injured_on": date(2026, 5, 20),
    "applied_on": date(2026, 5, 26),
    "accepted_on": date(2026, 5, 28),
    "decided_on": date(2026, 7, 1),
}
FROM_JUNE = {"valid_from": date(2026, 6, 1), "effective_from": date(2026, 6, 2)}

PERSONS = (
    Story(
        name="injured-before-enrolled",
        says=Says("先工伤后参保,费用均在参保生效前", "all costs arose before the enrolment took effect"),
        provider=TERTIARY,
        insured=FROM_JUNE,
        injury=IN_MAY,
        lines=(setting("2026-05-25"),),
        expected=Expected(charged_fen=26_000, employer_fen=26_000, rules=("enrolment.cut_off",)),
    ),
    Story(
        name="stay-straddling-enrolment",
        says=Says("住院跨参保生效日,逐行划分", "a stay of six days, enrolled on the fourth"),
        provider=TERTIARY,
        visit=INPATIENT,
        bill=until("2026-06-04"),
        insured=FROM_JUNE,
        injury=IN_MAY,
        lines=tuple(nursing(f"2026-{day}") for day in ("05-30", "05-31", "06-01", "06-02", "06-03", "06-04")),
        expected=Expected(charged_fen=18_000, fund_fen=9_000, employer_fen=9_000, rules=("enrolment.cut_off",)),
    ),
    Story(
        name="arrears-owing",
        says=Says("欠费未补缴", "arrears and late fee are owing"),
        provider=TERTIARY,
        insured={"arrears": True},
        lines=(setting("2026-09-01"),),
        expected=Expected(charged_fen=26_000, employer_fen=26_000, rules=("enrolment.cut_off",)),
    ),
    Story(
        name="arrears-paid-later",
        says=Says("补缴之日起新发生的费用由基金支付", "arrears paid on 15 August: before and after"),
        provider=TERTIARY,
        bill=until("2026-08-15"),
        insured={"arrears": True, "arrears_paid_on": date(2026, 8, 15)},
        lines=(exam("2026-08-14"), exam("2026-08-15")),
        expected=Expected(charged_fen=4_000, fund_fen=2_000, employer_fen=2_000, rules=("enrolment.cut_off",)),
    ),
    Story(
        name="article-17-gap",
        says=Says("单位逾期申请,受理日及以前由单位负担", "applied too late; accepted on 20 May, that day included"),
        provider=TERTIARY,
        bill=until("2026-05-21"),
        injury=_LATE,
        lines=(exam("2026-05-18"), exam("2026-05-20"), exam("2026-05-21")),
        expected=Expected(charged_fen=6_000, fund_fen=2_000, employer_fen=4_000, rules=("article17.gap",)),
    ),
    Story(
        name="recognition-revoked",
        says=Says("认定自八月一日撤销", "the recognition was revoked on 1 August: before and after"),
        provider=TERTIARY,
        bill=until("2026-08-01"),
        injury={"state": "revoked", "revoked_on": date(2026, 8, 1)},
        lines=(exam("2026-07-31"), exam("2026-08-01")),
        expected=Expected(charged_fen=4_000, fund_fen=2_000, worker_fen=2_000, rules=("recognition.state",)),
    ),
    Story(
        name="recognition-refused",
        says=Says("不予认定", "not a work injury"),
        provider=TERTIARY,
        injury={"state": "refused"},
        lines=(exam("2026-09-01"),),
        expected=Expected(charged_fen=2_000, worker_fen=2_000, rules=("recognition.state",)),
    ),
    Story(
        name="recognition-pending",
        says=Says("认定未作出,暂不能结算", "the recognition is still to come"),
        provider=TERTIARY,
        injury={"state": "pending", "accepted_on": None, "decided_on": None},
        lines=(exam("2026-09-01"),),
        expected=Expected(refused="recognition.state"),
    ),
    Story(
        name="no-qualification",
        says=Says("就诊未关联资格", "a visit without any qualification"),
        provider=TERTIARY,
        visit={"qualification_ids": []},
        lines=(exam("2026-09-01"),),
        expected=Expected(refused="qualification.none", blocked_by="recognition.unknown"),
    ),
    Story(
        name="before-injury",
        says=Says("费用早于受伤日", "the day before the injury and the day of it"),
        provider=TERTIARY,
        bill=until("2026-03-01"),
        lines=(exam("2026-02-28"), exam("2026-03-01")),
        expected=Expected(charged_fen=4_000, fund_fen=2_000, worker_fen=2_000, rules=("dates.before_injury",)),
    ),
    Story(
        name="diagnosis-out-of-scope",
        says=Says("诊断不在认定范围", "appendicitis with a recognised forearm"),
        provider=TERTIARY,
        visit={"diagnosis_codes": ["K35.8"]},
        lines=(exam("2026-09-01"),),
        expected=Expected(charged_fen=2_000, worker_fen=2_000, rules=("diagnosis.scope",)),
    ),
    Story(
        name="line-not-injury",
        says=Says("一行与工伤无关", "one line that the hospital marks as not of the injury"),
        provider=TERTIARY,
        lines=(exam("2026-09-01"), hba1c("2026-09-01", injury_related=False)),
        expected=Expected(charged_fen=8_000, fund_fen=2_000, worker_fen=6_000, rules=("diagnosis.not_injury",)),
    ),
    Story(
        name="line-self-paid",
        says=Says("一行自费", "one line that the hospital marks as self-paid"),
        provider=TERTIARY,
        lines=(exam("2026-09-01"), hba1c("2026-09-01", self_paid=True)),
        expected=Expected(charged_fen=8_000, fund_fen=2_000, worker_fen=6_000, rules=("line.self_paid",)),
    ),
    Story(
        name="third-party-paid",
        says=Says("第三人已支付一百元", "a third party has paid 100 yuan of this visit"),
        provider=TERTIARY,
        visit={"third_party_paid_fen": 10_000},
        lines=(setting("2026-09-01"),),
        expected=Expected(charged_fen=26_000, fund_fen=16_000, worker_fen=10_000, rules=("third_party.paid",)),
    ),
    Story(
        name="third-party-paid-recognition",
        says=Says("认定载明第三人已支付五十元", "a third party has paid 50 yuan of the injury"),
        provider=TERTIARY,
        injury={"third_party": True, "third_party_paid_fen": 5_000},
        lines=(setting("2026-09-01"),),
        expected=Expected(charged_fen=26_000, fund_fen=21_000, worker_fen=5_000, rules=("third_party.paid",)),
    ),
)
