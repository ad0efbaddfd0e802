"""The cases of limits and pairs of items, of beds and nursing, of death, and of the food subsidy of a stay.

Sums by hand from catalog.py's prices at a tertiary provider, bounds.py's limits and pairs, and home's policy.
"""

from datetime import date

from gateway.reference.world.catalog import HIP
from gateway.reference.world.lines import (
    BED,
    EXERCISE,
    INPATIENT,
    REHAB,
    REHAB_RIGHT,
    care,
    exam,
    hba1c,
    nursing,
    refund,
    until,
)
from gateway.reference.world.providers import REHABILITATION, SUSPENDED_DEPARTMENT, TERTIARY
from gateway.reference.world.stories import Expected, Line, Next, Says, Story

VENTILATOR = "003106030010000"  # 呼吸机: at most 12 yuan an hour, 24 hours a day
PRESSURE = "003401000240100"  # 气压治疗: at most 20 yuan, 2 parts an act
SPEECH = "003402000080100"  # 言语能力评定: at most 40 yuan, 2 days
LOW_PULSE, MIDDLE_PULSE = "003401000090000", "003401000100000"  # 低频, 中频脉冲: at most 15 yuan; one or the other
VACCINE = "XJ07BGR030B014010101119"  # 狂犬疫苗: at most 68 yuan, 5 a visit
OZAGREL = "XB01AXA223B004010180963"  # 奥扎格雷: at most 18.60 yuan, 14 days
WATCH = "001103000010000"  # 急诊监护费: at most 40 yuan; contains 急诊诊查 and the bed
FUSION, WIDENING = "003315010520000", "003315010360000"  # 椎间融合: at most 3,000 yuan, contains 椎管扩大, 2,600
DRESSING, SMALL_DRESSING = "001206000010000", "001206000030000"  # 特大, 中换药: at most 45 and 18 yuan
ANKLE = "003315050230000"  # 三踝骨折内固定: at most 2,000 yuan; without S82.8 as 内外踝, 1,500
REPLACEMENT = "003315070050000"  # 人工全髋关节置换术: at most 4,200 yuan
WARD = "001109000030000"  # 监护病房床位: at most 120 yuan; a day in bed is paid with up to 60
NURSING_II = "001201000040000"  # Ⅱ级护理: at most 20 yuan
LEG = {"diagnosis_codes": ("S82",), "body_parts": ("小腿",)}
EVENING = {"occurred_at": "2026-09-01T20:00:00+08:00"}

LIMITS = (
    Story(
        name="more-than-an-act",
        says=Says("气压治疗三个部位,每次限两个", "three parts where an act may have two"),
        provider=REHABILITATION,
        visit=REHAB,
        entitled=REHAB_RIGHT,
        lines=(Line(PRESSURE, "2026-09-01", "3", "20.00", 6_000),),
        expected=Expected(charged_fen=6_000, fund_fen=4_000, provider_fen=2_000, rules=("limit.per_act",)),
    ),
    Story(
        name="25-hours-of-a-day",
        says=Says("呼吸机一日二十五小时", "25 hours of a ventilator in one day"),
        provider=TERTIARY,
        visit=INPATIENT,
        bill=until("2026-09-02"),
        lines=(
            Line(VENTILATOR, "2026-09-01", "25", "12.00", 30_000),
            Line(VENTILATOR, "2026-09-02", "24", "12.00", 28_800),
        ),
        expected=Expected(charged_fen=58_800, fund_fen=57_600, provider_fen=1_200, rules=("limit.per_day",)),
    ),
    Story(
        name="day-shared-by-two-bills",
        says=Says("同一日的呼吸机分两张单据", "the hours of one day in two bills: 14, and 12 where 10 are left"),
        provider=TERTIARY,
        visit=INPATIENT,
        bill={"interim": True},
        lines=(Line(VENTILATOR, "2026-09-01", "14", "12.00", 16_800),),
        expected=Expected(charged_fen=16_800, fund_fen=16_800),
        then=(
            Next(
                bill=until("2026-09-02"),
                lines=(Line(VENTILATOR, "2026-09-01", "12", "12.00", 14_400),),
                expected=Expected(charged_fen=14_400, fund_fen=12_000, provider_fen=2_400, rules=("limit.per_day",)),
            ),
        ),
    ),
    Story(
        name="more-than-a-visit",
        says=Says("狂犬疫苗六针,全程五针", "six doses where a visit may have five"),
        provider=TERTIARY,
        lines=(Line(VACCINE, "2026-09-01", "6", "68.00", 40_800),),
        expected=Expected(charged_fen=40_800, fund_fen=34_000, provider_fen=6_800, rules=("limit.per_visit",)),
    ),
    Story(
        name="past-the-course",
        says=Says("言语能力评定三天,限两天", "three days where the course has two"),
        provider=REHABILITATION,
        visit=REHAB,
        entitled=REHAB_RIGHT,
        lines=tuple(Line(SPEECH, f"2026-09-0{day}", "1", "40.00", 4_000) for day in (1, 2, 3)),
        expected=Expected(charged_fen=12_000, fund_fen=8_000, provider_fen=4_000, rules=("limit.course",)),
    ),
    Story(
        name="too-soon-again",
        says=Says("糖化血红蛋白九天后复查,限十五天一次", "the test again after nine days, and after fifteen"),
        provider=TERTIARY,
        lines=(hba1c("2026-09-01"), hba1c("2026-09-10"), hba1c("2026-09-16")),
        expected=Expected(charged_fen=18_000, fund_fen=12_000, provider_fen=6_000, rules=("limit.days_apart",)),
    ),
    Story(
        name="too-soon-but-refunded",
        says=Says("退费后的项目不再计入间隔", "a test that is refunded no longer stands in the way of the next"),
        provider=TERTIARY,
        bill={"interim": True},
        lines=(hba1c("2026-09-01"), exam("2026-09-01")),
        expected=Expected(charged_fen=8_000, fund_fen=8_000),
        then=(
            Next(
                lines=(refund("1", hba1c("2026-09-01"), "2026-09-05"), hba1c("2026-09-05"), exam("2026-09-05")),
                expected=Expected(charged_fen=2_000, fund_fen=2_000),
            ),
        ),
    ),
    Story(
        name="drug-past-its-course",
        says=Says("奥扎格雷十五天,限十四天", "fifteen days of a drug that is paid for fourteen"),
        provider=TERTIARY,
        visit=INPATIENT,
        bill=until("2026-08-15"),
        lines=tuple(Line(OZAGREL, f"2026-08-{day:02d}", "1", "18.60", 1_860) for day in range(1, 16)),
        expected=Expected(charged_fen=27_900, fund_fen=26_040, provider_fen=1_860, rules=("limit.drug_course",)),
    ),
)

PAIRS = (
    Story(
        name="part-of-another-item",
        says=Says("急诊监护费已含诊查费", "the emergency watch has the examination in it, that day and not the next"),
        provider=TERTIARY,
        lines=(Line(WATCH, "2026-09-01", "1", "40.00", 4_000), exam("2026-09-01"), exam("2026-09-02")),
        expected=Expected(charged_fen=8_000, fund_fen=6_000, provider_fen=2_000, rules=("pair.contains",)),
    ),
    Story(
        name="part-billed-before-the-whole",
        says=Says(
            "先结从项,主项在后一单据", "the part in one bill, the whole in the next: what the part was paid is set off"
        ),
        provider=TERTIARY,
        bill={"interim": True},
        lines=(exam("2026-09-01"),),
        expected=Expected(charged_fen=2_000, fund_fen=2_000),
        then=(
            Next(
                lines=(Line(WATCH, "2026-09-01", "1", "40.00", 4_000),),
                expected=Expected(charged_fen=4_000, fund_fen=2_000, provider_fen=2_000, rules=("pair.contains",)),
            ),
        ),
    ),
    Story(
        name="part-of-an-operation-of-the-visit",
        says=Says("椎间融合含椎管扩大,不同日", "a part of an operation, billed the day before it"),
        provider=TERTIARY,
        visit=INPATIENT,
        bill=until("2026-09-03"),
        lines=(
            Line(WIDENING, "2026-09-02", "1", "2600.00", 260_000),
            Line(FUSION, "2026-09-03", "1", "3000.00", 300_000),
        ),
        expected=Expected(charged_fen=560_000, fund_fen=300_000, provider_fen=260_000, rules=("pair.contains",)),
    ),
    Story(
        name="one-or-the-other",
        says=Says("低频与中频脉冲同日", "two treatments that exclude each other on a day"),
        provider=REHABILITATION,
        visit=REHAB,
        entitled=REHAB_RIGHT,
        lines=(
            Line(LOW_PULSE, "2026-09-01", "1", "15.00", 1_500),
            Line(MIDDLE_PULSE, "2026-09-01", "1", "15.00", 1_500, EVENING),
            Line(MIDDLE_PULSE, "2026-09-02", "1", "15.00", 1_500),
        ),
        expected=Expected(charged_fen=4_500, fund_fen=3_000, provider_fen=1_500, rules=("pair.excludes",)),
    ),
    Story(
        name="hip-without-operation",
        says=Says("人工髋关节无置换手术", "an artificial hip without its operation"),
        provider=TERTIARY,
        visit=INPATIENT,
        bill=until("2026-09-03"),
        lines=(Line(HIP, "2026-09-02", "1", "18000.00", 1_800_000), nursing("2026-09-02")),
        expected=Expected(charged_fen=1_803_000, fund_fen=3_000, provider_fen=1_800_000, rules=("pair.partner",)),
    ),
    Story(
        name="hip-with-operation",
        says=Says("人工髋关节与置换手术同单,手术在后", "an artificial hip, and its operation later in the bill"),
        provider=TERTIARY,
        visit=INPATIENT,
        bill=until("2026-09-03"),
        lines=(
            Line(HIP, "2026-09-01", "1", "18000.00", 1_800_000),
            Line(REPLACEMENT, "2026-09-02", "1", "4200.00", 420_000),
        ),
        expected=Expected(charged_fen=2_220_000, fund_fen=2_220_000),
    ),
    Story(
        name="dearer-dressing",
        says=Says("中换药之外又收特大换药", "the greatest dressing beside a middle one: paid as a middle one"),
        provider=TERTIARY,
        lines=(
            Line(SMALL_DRESSING, "2026-09-01", "1", "18.00", 1_800),
            Line(DRESSING, "2026-09-01", "1", "45.00", 4_500, EVENING),
        ),
        expected=Expected(charged_fen=6_300, fund_fen=3_600, provider_fen=2_700, rules=("pair.swap",)),
    ),
    Story(
        name="dearer-operation",
        says=Says("内外踝骨折按三踝骨折收费", "two ankles billed as three: no diagnosis calls for it"),
        provider=TERTIARY,
        visit={**INPATIENT, "diagnosis_codes": ["S82.6"]},
        injury=LEG,
        bill=until("2026-09-03"),
        lines=(Line(ANKLE, "2026-09-02", "1", "2000.00", 200_000),),
        expected=Expected(charged_fen=200_000, fund_fen=150_000, provider_fen=50_000, rules=("pair.swap",)),
    ),
    Story(
        name="dearer-operation-called-for",
        says=Says("三踝骨折,有诊断", "three ankles, as the diagnosis says"),
        provider=TERTIARY,
        visit={**INPATIENT, "diagnosis_codes": ["S82.8"]},
        injury=LEG,
        bill=until("2026-09-03"),
        lines=(Line(ANKLE, "2026-09-02", "1", "2000.00", 200_000),),
        expected=Expected(charged_fen=200_000, fund_fen=200_000),
    ),
)

BEDS = (
    Story(
        name="bed-over-its-ceiling",
        says=Says("床位费超过最高支付标准", "a bed of 120 yuan where a day is paid with 60"),
        provider=TERTIARY,
        visit=INPATIENT,
        bill=until("2026-09-02"),
        lines=(Line(WARD, "2026-09-01", "1", "120.00", 12_000), nursing("2026-09-01")),
        expected=Expected(charged_fen=15_000, fund_fen=9_000, worker_fen=6_000, rules=("price.bed_ceiling",)),
    ),
    Story(
        name="two-beds-of-a-day",
        says=Says("同日两种床位", "two kinds of bed on one day: the second is over its ceiling, and not paid at all"),
        provider=TERTIARY,
        visit=INPATIENT,
        bill=until("2026-09-02"),
        lines=(
            Line(BED, "2026-09-01", "1", "50.00", 5_000),
            Line(WARD, "2026-09-01", "1", "120.00", 12_000, EVENING),
        ),
        expected=Expected(
            charged_fen=17_000,
            fund_fen=5_000,
            worker_fen=6_000,
            provider_fen=6_000,
            rules=("price.bed_ceiling", "stay.once_a_day"),
        ),
    ),
    Story(
        name="two-grades-of-nursing",
        says=Says("同日两个护理等级", "two grades of nursing on one day"),
        provider=TERTIARY,
        visit=INPATIENT,
        bill=until("2026-09-02"),
        lines=(
            nursing("2026-09-01"),
            Line(NURSING_II, "2026-09-01", "1", "20.00", 2_000, EVENING),
            Line(NURSING_II, "2026-09-02", "1", "20.00", 2_000),
        ),
        expected=Expected(charged_fen=7_000, fund_fen=5_000, provider_fen=2_000, rules=("stay.once_a_day",)),
    ),
    Story(
        name="billed-after-death",
        says=Says(
            "死亡当日的康复项目及次日的护理",
            "died on the second day of three: that day's nursing passes, its exercise and the next day do not",
        ),
        provider=TERTIARY,
        visit=INPATIENT,
        bill=until("2026-09-05"),
        died_on=date(2026, 9, 3),
        lines=(
            nursing("2026-09-02"),
            nursing("2026-09-03"),
            Line(EXERCISE, "2026-09-03", "1", "40.00", 4_000),
            nursing("2026-09-04"),
        ),
        expected=Expected(charged_fen=13_000, fund_fen=6_000, provider_fen=7_000, rules=("person.died",)),
    ),
    Story(
        name="suspended-department",
        says=Says("科室暂停服务协议", "one line of a department that may not bill, one of another"),
        provider=TERTIARY,
        lines=(exam("2026-09-01", department_code=SUSPENDED_DEPARTMENT), exam("2026-09-02", department_code="ORTH-1")),
        expected=Expected(charged_fen=4_000, fund_fen=2_000, provider_fen=2_000, rules=("agreement.in_force",)),
    ),
)

_GIVEN = ("benefit.food_subsidy",)
BENEFITS = (
    Story(
        name="food-subsidy",
        says=Says("住院三天的伙食补助", "three days of a stay, 30 yuan of food each"),
        provider=TERTIARY,
        visit=INPATIENT,
        bill=until("2026-10-07"),
        lines=care("2026-10-05", "2026-10-06", "2026-10-07"),
        expected=Expected(charged_fen=24_000, fund_fen=24_000, benefits_fen=9_000, notices=_GIVEN),
    ),
    Story(
        name="food-subsidy-from-october",
        says=Says("补助自十月一日起", "four days, two of them before the subsidy began"),
        provider=TERTIARY,
        visit=INPATIENT,
        bill=until("2026-10-02"),
        lines=care("2026-09-29", "2026-09-30", "2026-10-01", "2026-10-02"),
        expected=Expected(charged_fen=32_000, fund_fen=32_000, benefits_fen=6_000, notices=_GIVEN),
    ),
    Story(
        name="food-subsidy-once-a-day",
        says=Says("同一日的费用分两张单据,补助只付一次", "a day in two bills is given for once"),
        provider=TERTIARY,
        visit=INPATIENT,
        bill={"interim": True},
        lines=care("2026-10-05", "2026-10-06"),
        expected=Expected(charged_fen=16_000, fund_fen=16_000, benefits_fen=6_000, notices=_GIVEN),
        then=(
            Next(
                bill=until("2026-10-07"),
                lines=(exam("2026-10-06"), *care("2026-10-07")),
                expected=Expected(charged_fen=10_000, fund_fen=10_000, benefits_fen=3_000, notices=_GIVEN),
            ),
        ),
    ),
    Story(
        name="food-subsidy-at-its-most",
        says=Says("六天,每次就诊最多一百五十元", "six days, 150 yuan a visit at most"),
        provider=TERTIARY,
        visit=INPATIENT,
        bill=until("2026-10-10"),
        lines=care(*(f"2026-10-{day:02d}" for day in range(5, 11))),
        expected=Expected(charged_fen=48_000, fund_fen=48_000, benefits_fen=15_000, notices=_GIVEN),
    ),
    Story(
        name="food-subsidy-given-back",
        says=Says("退掉一日的全部费用,补助随之收回", "all lines of a day refunded: its subsidy goes back"),
        provider=TERTIARY,
        visit=INPATIENT,
        bill={"interim": True},
        lines=care("2026-10-05", "2026-10-06"),
        expected=Expected(charged_fen=16_000, fund_fen=16_000, benefits_fen=6_000, notices=_GIVEN),
        then=(
            Next(
                bill=until("2026-10-07"),
                lines=tuple(
                    refund(item_no, line, "2026-10-07")
                    for item_no, line in zip(("3", "4"), care("2026-10-06"), strict=True)
                ),
                expected=Expected(charged_fen=-8_000, fund_fen=-8_000, benefits_fen=-3_000, notices=_GIVEN),
            ),
        ),
    ),
    Story(
        name="food-subsidy-not-for-the-workers-own",
        says=Says("全部自费的一日无补助", "a day that the worker pays whole is not given for"),
        provider=TERTIARY,
        visit=INPATIENT,
        bill=until("2026-10-06"),
        lines=(*care("2026-10-05"), exam("2026-10-06", self_paid=True)),
        expected=Expected(
            charged_fen=10_000,
            fund_fen=8_000,
            worker_fen=2_000,
            benefits_fen=3_000,
            rules=("line.self_paid",),
            notices=_GIVEN,
        ),
    ),
)
