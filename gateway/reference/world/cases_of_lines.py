"""The cases that turn on a line's place, catalog and match, and on lines that take others back."""

from datetime import date

from gateway.reference.world.catalog import BRAIN, CENTRE_ONLY, ENDED, MEDICAL_ONLY, UNKNOWN
from gateway.reference.world.lines import (
    BED,
    EMULSION,
    EXAM,
    HBA1C,
    INPATIENT,
    REHAB,
    REHAB_RIGHT,
    SETTING,
    SHENFU,
    VOCATIONAL,
    WOMENS,
    exam,
    nursing,
    setting,
    until,
)
from gateway.reference.world.providers import PRIMARY, REHABILITATION, SUSPENDED, TERTIARY
from gateway.reference.world.stories import Expected, Line, Says, Story

LINES = (
    Story(
        name="out-of-catalog",
        says=Says("目录外项目", "a code that no catalog has"),
        provider=TERTIARY,
        lines=(Line(UNKNOWN, "2026-09-01", "1", "88.00", 8_800), exam("2026-09-01")),
        expected=Expected(charged_fen=10_800, fund_fen=2_000, worker_fen=8_800, rules=("catalog.unknown",)),
    ),
    Story(
        name="catalog-row-ended",
        says=Says("项目六月三十日后不在目录", "an item on its last day in the catalog and the day after"),
        provider=TERTIARY,
        bill=until("2026-07-01"),
        lines=(Line(ENDED, "2026-06-30", "1", "15.00", 1_500), Line(ENDED, "2026-07-01", "1", "15.00", 1_500)),
        expected=Expected(charged_fen=3_000, fund_fen=1_500, worker_fen=1_500, rules=("catalog.unknown",)),
    ),
    Story(
        name="not-matched",
        says=Says("院内编码未对照", "one local code that is matched, one that is not, one still pending"),
        provider=TERTIARY,
        lines=(
            Line("", "2026-09-01", "1", "20.00", 2_000, {"local_code": "L-0001"}),
            Line("", "2026-09-01", "1", "45.00", 4_500, {"local_code": "L-9999"}),
            Line("", "2026-09-01", "1", "20.00", 2_000, {"local_code": "L-9001"}),
        ),
        expected=Expected(charged_fen=8_500, fund_fen=2_000, provider_fen=6_500, rules=("match.missing",)),
    ),
    Story(
        name="restricted-sex",
        says=Says("限女性项目用于男性", "a women's service for a man"),
        provider=TERTIARY,
        lines=(Line(WOMENS, "2026-09-01", "1", "180.00", 18_000),),
        expected=Expected(charged_fen=18_000, provider_fen=18_000, rules=("restriction.sex",)),
    ),
    Story(
        name="restricted-age",
        says=Says("职业功能训练用于六十六岁职工", "vocational training at 66 years"),
        provider=REHABILITATION,
        born=date(1960, 2, 2),
        visit=REHAB,
        entitled=REHAB_RIGHT,
        lines=(Line(VOCATIONAL, "2026-09-01", "1", "40.00", 4_000),),
        expected=Expected(charged_fen=4_000, provider_fen=4_000, rules=("restriction.age",)),
    ),
    Story(
        name="restricted-visit-kind",
        says=Says("限住院药品用于门诊", "an inpatients' drug at an attendance"),
        provider=TERTIARY,
        lines=(Line(EMULSION, "2026-09-01", "1", "158.00", 15_800),),
        expected=Expected(charged_fen=15_800, provider_fen=15_800, rules=("restriction.visit_kind",)),
    ),
    Story(
        name="restricted-level",
        says=Says("限二级及以上药品用于一级医院", "a drug for secondary hospitals and better, at a primary one"),
        provider=PRIMARY,
        lines=(Line(SHENFU, "2026-09-01", "1", "42.00", 4_200),),
        expected=Expected(charged_fen=4_200, provider_fen=4_200, rules=("restriction.level",)),
    ),
    Story(
        name="restricted-visit-kind-bed",
        says=Says("门诊申报床位费", "a bed's day at an attendance"),
        provider=TERTIARY,
        lines=(Line(BED, "2026-09-01", "1", "50.00", 5_000), exam("2026-09-01")),
        expected=Expected(charged_fen=7_000, fund_fen=2_000, provider_fen=5_000, rules=("restriction.visit_kind",)),
    ),
    Story(
        name="restricted-provider-kind",
        says=Says("限康复机构项目用于医院", "a service of rehabilitation centres, at a hospital"),
        provider=TERTIARY,
        lines=(Line(CENTRE_ONLY, "2026-09-01", "1", "45.00", 4_500),),
        expected=Expected(charged_fen=4_500, provider_fen=4_500, rules=("restriction.provider_kind",)),
    ),
    Story(
        name="restricted-diagnosis",
        says=Says("限颅脑外伤药品用于前臂骨折", "a drug for injuries of the head, with a broken forearm"),
        provider=TERTIARY,
        lines=(Line(BRAIN, "2026-09-01", "2", "12.50", 2_500),),
        expected=Expected(charged_fen=2_500, worker_fen=2_500, rules=("restriction.diagnosis",)),
    ),
    Story(
        name="restricted-diagnosis-met",
        says=Says("限颅脑外伤药品,诊断相符", "the same drug, with the head injured too"),
        provider=TERTIARY,
        visit={"diagnosis_codes": ["S52.5", "S06.0"]},
        injury={"diagnosis_codes": ("S52", "S06"), "body_parts": ("前臂", "头部")},
        lines=(Line(BRAIN, "2026-09-01", "2", "12.50", 2_500),),
        expected=Expected(charged_fen=2_500, fund_fen=2_500),
    ),
    Story(
        name="restricted-scheme",
        says=Says("仅限职工医保支付的药品", "a drug that only medical insurance pays"),
        provider=TERTIARY,
        lines=(Line(MEDICAL_ONLY, "2026-09-01", "1", "30.00", 3_000),),
        expected=Expected(charged_fen=3_000, worker_fen=3_000, rules=("restriction.scheme",)),
    ),
    Story(
        name="matched-to-another-code",
        says=Says("申报编码与对照不符", "a local code that is matched to a cheaper service than the one billed"),
        provider=TERTIARY,
        lines=(
            exam("2026-09-01"),
            Line(HBA1C, "2026-09-01", "1", "60.00", 6_000, {"local_code": "L-0001"}),
        ),
        expected=Expected(charged_fen=8_000, fund_fen=2_000, provider_fen=6_000, rules=("match.missing",)),
    ),
    Story(
        name="self-paid-out-of-catalog",
        says=Says("目录外项目,医院已标自费", "out of the catalog, and marked as self-paid: the mark speaks first"),
        provider=TERTIARY,
        lines=(Line(UNKNOWN, "2026-09-01", "1", "88.00", 8_800, {"self_paid": True}),),
        expected=Expected(charged_fen=8_800, worker_fen=8_800, rules=("line.self_paid",)),
    ),
    Story(
        name="agreement-suspended",
        says=Says("协议已中止", "the agreement is suspended since June"),
        provider=SUSPENDED,
        lines=(exam("2026-09-01"),),
        expected=Expected(charged_fen=2_000, provider_fen=2_000, rules=("agreement.in_force",)),
    ),
    Story(
        name="outside-stay",
        says=Says("费用晚于出院日", "a day's nursing two days after the discharge"),
        provider=TERTIARY,
        visit=INPATIENT,
        bill=until("2026-09-05"),
        lines=(nursing("2026-09-01"), nursing("2026-09-07")),
        expected=Expected(charged_fen=6_000, fund_fen=3_000, provider_fen=3_000, rules=("dates.outside_stay",)),
    ),
)

REFUNDS = (
    Story(
        name="refund-in-same-bill",
        says=Says("同单据全额退费,各方分摊恰好归零", "a line over its ceiling, taken back whole"),
        provider=TERTIARY,
        lines=(
            Line(SETTING, "2026-09-01", "1", "300.00", 30_000),
            Line(SETTING, "2026-09-01", "-1", "300.00", -30_000, {"refunds_item_no": "1"}),
            exam("2026-09-01"),
        ),
        expected=Expected(charged_fen=2_000, fund_fen=2_000, rules=("price.ceiling", "refund.share")),
    ),
    Story(
        name="refund-in-part",
        says=Says("同单据部分退费", "one of two taken back"),
        provider=TERTIARY,
        lines=(
            Line(SETTING, "2026-09-01", "2", "300.00", 60_000),
            Line(SETTING, "2026-09-01", "-1", "300.00", -30_000, {"refunds_item_no": "1"}),
        ),
        expected=Expected(
            charged_fen=30_000, fund_fen=26_000, worker_fen=4_000, rules=("price.ceiling", "refund.share")
        ),
    ),
    Story(
        name="refund-of-nothing",
        says=Says("退费所指的行不存在", "a refund of a line that there is not"),
        provider=TERTIARY,
        lines=(
            setting("2026-09-01"),
            Line(EXAM, "2026-09-01", "-1", "20.00", -2_000, {"refunds_item_no": "77"}),
        ),
        expected=Expected(refused="refund.invalid"),
    ),
)
