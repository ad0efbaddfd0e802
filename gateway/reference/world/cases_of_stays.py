"""The cases of stays that straddle a day, of limits shared by several bills, and of treatment in another place."""

from datetime import date

from gateway.reference.world.catalog import REPRICED
from gateway.reference.world.lines import (
    INPATIENT,
    NURSING,
    REHAB,
    REHAB_RIGHT,
    care,
    exam,
    exercise,
    nursing,
    setting,
    until,
)
from gateway.reference.world.providers import ELSEWHERE_TERTIARY, REHABILITATION, SECONDARY, SUSPENDED, TERTIARY
from gateway.reference.world.stories import Expected, Line, Next, Says, Story

STAYS = (
    Story(
        name="stay-across-new-year",
        says=Says("住院跨年度,十二月三十一日中途结算", "a stay over New Year, settled on 31 December and at its end"),
        provider=TERTIARY,
        visit=INPATIENT,
        bill={"interim": True},
        injury={
            "injured_on": date(2025, 12, 28),
            "applied_on": date(2026, 1, 5),
            "accepted_on": date(2026, 1, 7),
            "decided_on": date(2026, 2, 1),
        },
        lines=care("2025-12-30", "2025-12-31"),
        expected=Expected(charged_fen=16_000, fund_fen=16_000),
        then=(
            Next(
                bill=until("2026-01-02"),
                lines=care("2026-01-01", "2026-01-02"),
                expected=Expected(charged_fen=16_000, fund_fen=16_000),
            ),
        ),
    ),
    Story(
        name="stay-across-suspension",
        says=Says("住院期间协议中止", "the agreement is suspended on the third day of a stay of three"),
        provider=SUSPENDED,
        visit=INPATIENT,
        bill=until("2026-06-01"),
        lines=tuple(Line(NURSING, day, "1", "26.00", 2_600) for day in ("2026-05-30", "2026-05-31", "2026-06-01")),
        expected=Expected(charged_fen=7_800, fund_fen=5_200, provider_fen=2_600, rules=("agreement.in_force",)),
    ),
    Story(
        name="stay-across-relapse-end",
        says=Says("住院期间旧伤复发确认到期", "the relapse's authorization ends on the second day of a stay of four"),
        provider=TERTIARY,
        visit=INPATIENT,
        bill=until("2026-09-05"),
        entitled={"kind": "relapse", "valid_to": date(2026, 9, 3)},
        lines=tuple(nursing(f"2026-09-0{day}") for day in (2, 3, 4, 5)),
        expected=Expected(charged_fen=12_000, fund_fen=6_000, worker_fen=6_000, rules=("authorization.dates",)),
    ),
    Story(
        name="ceiling-lowered-during-stay",
        says=Says("住院期间目录限价下调", "a ceiling falls from 40 to 32 yuan on the second day of a stay"),
        provider=TERTIARY,
        visit=INPATIENT,
        bill=until("2026-07-01"),
        lines=(
            Line(REPRICED, "2026-06-30", "1", "40.00", 4_000),
            Line(REPRICED, "2026-07-01", "1", "40.00", 4_000),
        ),
        expected=Expected(charged_fen=8_000, fund_fen=7_200, worker_fen=800, rules=("price.ceiling",)),
    ),
    Story(
        name="discharged-with-another-diagnosis",
        says=Says("出院诊断不在认定范围", "admitted for the forearm, discharged with appendicitis alone"),
        provider=TERTIARY,
        visit=INPATIENT,
        bill={**until("2026-09-02"), "diagnosis_codes": ["K35.8"]},
        lines=(nursing("2026-09-01"), nursing("2026-09-02")),
        expected=Expected(charged_fen=6_000, worker_fen=6_000, rules=("diagnosis.scope",)),
    ),
    Story(
        name="cost-in-the-future",
        says=Says("费用时间在将来", "a line of the last day of 2027, billed long before"),
        provider=TERTIARY,
        lines=(exam("2026-09-01"), exam("2027-12-31")),
        expected=Expected(charged_fen=4_000, fund_fen=2_000, provider_fen=2_000, rules=("dates.future",)),
    ),
)

SHARED_LIMITS = (
    Story(
        name="authorized-amount-over-two-bills",
        says=Says("确认金额一千元,两次中途结算共用", "1,000 yuan authorized: five days of care, then eight more"),
        provider=TERTIARY,
        visit=INPATIENT,
        bill={"interim": True},
        entitled={"kind": "relapse", "amount_fen": 100_000},
        lines=care(*(f"2026-09-0{day}" for day in range(1, 6))),
        expected=Expected(charged_fen=40_000, fund_fen=40_000),
        then=(
            Next(
                bill=until("2026-09-13"),
                lines=care(*(f"2026-09-{day:02d}" for day in range(6, 14))),
                expected=Expected(
                    charged_fen=64_000, fund_fen=60_000, worker_fen=4_000, rules=("authorization.amount",)
                ),
            ),
        ),
    ),
    Story(
        name="authorized-days-over-two-bills",
        says=Says("确认四天,第一次结算用去三天", "four days authorized: three in the first bill, two in the second"),
        provider=REHABILITATION,
        visit=REHAB,
        bill={"interim": True},
        entitled={**REHAB_RIGHT, "days": 4},
        lines=(exercise("2026-09-01"), exercise("2026-09-02"), exercise("2026-09-03")),
        expected=Expected(charged_fen=24_000, fund_fen=24_000),
        then=(
            Next(
                bill=until("2026-09-05"),
                lines=(exercise("2026-09-04"), exercise("2026-09-05")),
                expected=Expected(charged_fen=16_000, fund_fen=8_000, worker_fen=8_000, rules=("authorization.days",)),
            ),
        ),
    ),
    Story(
        name="authorized-quantity-over-two-bills",
        says=Says(
            "确认数量五次,第一次结算用去四次", "five units authorized: four in the first bill, two in the second"
        ),
        provider=REHABILITATION,
        visit=REHAB,
        bill={"interim": True},
        entitled={**REHAB_RIGHT, "quantity": "5"},
        lines=(exercise("2026-09-01"), exercise("2026-09-02")),
        expected=Expected(charged_fen=16_000, fund_fen=16_000),
        then=(
            Next(
                bill=until("2026-09-03"),
                lines=(exercise("2026-09-03"),),
                expected=Expected(
                    charged_fen=8_000, fund_fen=4_000, worker_fen=4_000, rules=("authorization.quantity",)
                ),
            ),
        ),
    ),
)

PLACES = (
    Story(
        name="referred-elsewhere",
        says=Says("转诊至异地,已备案", "referred to a hospital elsewhere"),
        provider=ELSEWHERE_TERTIARY,
        entitled={"kind": "referral", "provider_code": ELSEWHERE_TERTIARY},
        lines=(exam("2026-09-01"),),
        expected=Expected(charged_fen=2_000, fund_fen=2_000),
    ),
    Story(
        name="emergency-at-another-hospital",
        says=Says("急诊,免于资格的机构限定", "an emergency at a hospital that the referral does not name"),
        provider=TERTIARY,
        visit={"emergency": True},
        entitled={"kind": "referral", "provider_code": SECONDARY},
        lines=(setting("2026-09-01"),),
        expected=Expected(charged_fen=26_000, fund_fen=26_000, notices=("emergency.waiver",)),
    ),
    Story(
        name="emergency-not-yet-stabilised",
        says=Says("异地急诊,伤情尚未稳定", "an emergency elsewhere, not stabilised yet on the fifth day"),
        provider=ELSEWHERE_TERTIARY,
        visit={"emergency": True},
        lines=(exam("2026-09-01"), exam("2026-09-05")),
        expected=Expected(charged_fen=4_000, fund_fen=4_000, notices=("emergency.waiver",)),
    ),
    Story(
        name="not-in-the-catalog-elsewhere",
        says=Says("参保地目录内,就医地目录外", "an item of the home catalog that the place of treatment's has not"),
        provider=ELSEWHERE_TERTIARY,
        entitled={"kind": "out_of_area"},
        lines=(Line("009990000000001", "2026-09-01", "1", "30.00", 3_000), exam("2026-09-01")),
        expected=Expected(charged_fen=5_000, fund_fen=2_000, worker_fen=3_000, rules=("catalog.unknown",)),
    ),
)
