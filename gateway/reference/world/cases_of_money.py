"""The cases of rounding, of several cuts on one line, of third parties' money, and of devices bought again."""

from datetime import date

from gateway.reference.world.lines import (
    DEVICE,
    DEVICE_RIGHT,
    FINGER,
    HAND,
    MONITORING,
    SETTING,
    refund,
    setting,
)
from gateway.reference.world.providers import SUPPLIER, TERTIARY
from gateway.reference.world.stories import Expected, Line, Next, Says, Story

_DEAR = Line(SETTING, "2026-09-01", "1", "300.00", 30_000)
_FINGER = Line(FINGER, "2026-09-01", "1", "800.00", 80_000)

ROUNDING = (
    Story(
        name="half-a-fen-rounds-up",
        says=Says("四舍五入到分", "1.5 hours at 3.33 are 4.995, so 5.00"),
        provider=TERTIARY,
        lines=(Line(MONITORING, "2026-09-01", "1.5", "3.33", 500),),
        expected=Expected(charged_fen=500, fund_fen=500),
    ),
    Story(
        name="a-fen-too-little",
        says=Says("少报一分,按申报金额支付", "3 × 3.335 is 10.005, so 10.01; billed as 10.00, which is paid"),
        provider=TERTIARY,
        lines=(Line(MONITORING, "2026-09-01", "3", "3.335", 1_000),),
        expected=Expected(charged_fen=1_000, fund_fen=1_000),
    ),
    Story(
        name="two-fen-too-much",
        says=Says("多报两分,超出容差", "3 × 3.333 billed as 10.02, two fen too much"),
        provider=TERTIARY,
        lines=(Line(MONITORING, "2026-09-01", "3", "3.333", 1_002),),
        expected=Expected(charged_fen=1_002, provider_fen=1_002, rules=("arithmetic.amount",)),
    ),
    Story(
        name="two-and-a-half-hours-over-ceiling",
        says=Says("小数数量超限价", "2.5 hours at 6.333333 where 6 is the most"),
        provider=TERTIARY,
        lines=(Line(MONITORING, "2026-09-01", "2.5", "6.333333", 1_583),),
        expected=Expected(charged_fen=1_583, fund_fen=1_500, worker_fen=83, rules=("price.ceiling",)),
    ),
)

TOGETHER = (
    Story(
        name="over-ceiling-and-amount",
        says=Says("超限价,余额又不足", "300 yuan where 260 is the most and 100 are left"),
        provider=TERTIARY,
        entitled={"kind": "relapse", "amount_fen": 10_000},
        lines=(_DEAR,),
        expected=Expected(
            charged_fen=30_000, fund_fen=10_000, worker_fen=20_000, rules=("price.ceiling", "authorization.amount")
        ),
    ),
    Story(
        name="over-ceiling-and-third-party",
        says=Says("超限价,第三人又已支付", "300 yuan where 260 is the most, and a third party has paid 100"),
        provider=TERTIARY,
        visit={"third_party_paid_fen": 10_000},
        lines=(_DEAR,),
        expected=Expected(
            charged_fen=30_000, fund_fen=16_000, worker_fen=14_000, rules=("price.ceiling", "third_party.paid")
        ),
    ),
)

THIRD_PARTIES = (
    Story(
        name="third-party-paid-more",
        says=Says("第三人支付多于单据", "a third party has paid 1,000 yuan, and the bill is 260"),
        provider=TERTIARY,
        visit={"third_party_paid_fen": 100_000},
        lines=(setting("2026-09-01"),),
        expected=Expected(charged_fen=26_000, worker_fen=26_000, rules=("third_party.paid",)),
    ),
    Story(
        name="third-party-paid-twice",
        says=Says("就诊和认定均载明第三人支付", "100 yuan of the visit and 50 of the injury: both are set off"),
        provider=TERTIARY,
        visit={"third_party_paid_fen": 10_000},
        injury={"third_party": True, "third_party_paid_fen": 5_000},
        lines=(setting("2026-09-01"),),
        expected=Expected(charged_fen=26_000, fund_fen=11_000, worker_fen=15_000, rules=("third_party.paid",)),
    ),
    Story(
        name="third-party-money-used-up",
        says=Says(
            "第三人支付三百元,两次就诊抵扣完", "300 yuan of the injury: 260 set off at one visit, 40 at the next"
        ),
        provider=TERTIARY,
        injury={"third_party": True, "third_party_paid_fen": 30_000},
        lines=(setting("2026-09-01"),),
        expected=Expected(charged_fen=26_000, worker_fen=26_000, rules=("third_party.paid",)),
        then=(
            Next(
                visit={},
                lines=(setting("2026-09-10"),),
                expected=Expected(charged_fen=26_000, fund_fen=22_000, worker_fen=4_000, rules=("third_party.paid",)),
            ),
        ),
    ),
)

DEVICES = (
    Story(
        name="two-devices-over-ceiling",
        says=Says("两件均超限额,逐件计算", "two devices of 1,000 yuan where 900 apiece is the most"),
        provider=SUPPLIER,
        visit=DEVICE,
        entitled=DEVICE_RIGHT,
        lines=(Line(FINGER, "2026-09-01", "2", "1000.00", 200_000),),
        expected=Expected(charged_fen=200_000, fund_fen=180_000, worker_fen=20_000, rules=("device.ceiling",)),
    ),
    Story(
        name="device-a-day-too-early",
        says=Says("满年限前一天不付,满年限当天可付", "a device for a year: again a day too early, then on the day"),
        provider=SUPPLIER,
        visit=DEVICE,
        injury={
            "injured_on": date(2025, 3, 1),
            "applied_on": date(2025, 3, 10),
            "accepted_on": date(2025, 3, 12),
            "decided_on": date(2025, 4, 1),
        },
        entitled={**DEVICE_RIGHT, "valid_from": date(2025, 4, 1)},
        lines=(Line(FINGER, "2025-10-01", "1", "800.00", 80_000),),
        expected=Expected(charged_fen=80_000, fund_fen=80_000),
        then=(
            Next(
                visit={},
                lines=(Line(FINGER, "2026-09-30", "1", "800.00", 80_000),),
                expected=Expected(charged_fen=80_000, worker_fen=80_000, rules=("device.service_life",)),
            ),
            Next(
                visit={},
                lines=(Line(FINGER, "2026-10-01", "1", "800.00", 80_000),),
                expected=Expected(charged_fen=80_000, fund_fen=80_000),
            ),
        ),
    ),
    Story(
        name="device-authorized-once",
        says=Says("确认一件,再次就诊配置第二件", "one device authorized; a second one at another visit"),
        provider=SUPPLIER,
        visit=DEVICE,
        entitled={**DEVICE_RIGHT, "quantity": "1"},
        lines=(Line(HAND, "2026-09-01", "1", "4500.00", 450_000),),
        expected=Expected(charged_fen=450_000, fund_fen=450_000),
        then=(
            Next(
                visit={},
                lines=(Line(FINGER, "2026-09-10", "1", "900.00", 90_000),),
                expected=Expected(charged_fen=90_000, worker_fen=90_000, rules=("authorization.quantity",)),
            ),
        ),
    ),
    Story(
        name="device-taken-back",
        says=Says("退货后重新配置,不受年限限制", "a device taken back whole has no life, so another one passes"),
        provider=SUPPLIER,
        visit=DEVICE,
        entitled=DEVICE_RIGHT,
        bill={"interim": True},
        lines=(_FINGER,),
        expected=Expected(charged_fen=80_000, fund_fen=80_000),
        then=(
            Next(
                bill={"interim": True},
                lines=(refund("1", _FINGER, "2026-09-08"),),
                expected=Expected(charged_fen=-80_000, fund_fen=-80_000),
            ),
            Next(
                lines=(Line(FINGER, "2026-09-15", "1", "800.00", 80_000),),
                expected=Expected(charged_fen=80_000, fund_fen=80_000),
            ),
        ),
    ),
)
