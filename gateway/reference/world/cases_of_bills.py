"""The cases of several bills of one visit, refunds of settled lines and duplicates; and of bills refused whole."""

from datetime import date

from gateway.reference.world.lines import EXAM, HBA1C, SETTING, exam, refund, setting
from gateway.reference.world.providers import TERTIARY
from gateway.reference.world.stories import Expected, Line, Next, Says, Story

_DEAR = Line(SETTING, "2026-09-01", "1", "300.00", 30_000)
_THREE = Line(HBA1C, "2026-09-01", "3", "60.00", 18_000)
_INTERIM = {"interim": True}


def _one_back(day: str) -> Line:
    """Return a refund of one of the three."""
    return Line(HBA1C, day, "-1", "60.00", -6_000, {"refunds_item_no": "1"})


SETTLED_REFUNDS = (
    Story(
        name="refund-of-a-settled-line",
        says=Says("已结算明细在下一单退费", "a settled line over its ceiling, taken back in the next bill"),
        provider=TERTIARY,
        bill=_INTERIM,
        lines=(_DEAR,),
        expected=Expected(charged_fen=30_000, fund_fen=26_000, worker_fen=4_000, rules=("price.ceiling",)),
        then=(
            Next(
                lines=(refund("1", _DEAR, "2026-09-02"), exam("2026-09-02")),
                expected=Expected(charged_fen=-28_000, fund_fen=-24_000, worker_fen=-4_000, rules=("refund.share",)),
            ),
        ),
    ),
    Story(
        name="refund-step-by-step-to-zero",
        says=Says(
            "分三次退费,合计恰好归零", "three of 60 yuan with 100 left of the authorization, taken back one by one"
        ),
        provider=TERTIARY,
        bill=_INTERIM,
        entitled={"kind": "relapse", "amount_fen": 10_000},
        lines=(_THREE,),
        expected=Expected(charged_fen=18_000, fund_fen=10_000, worker_fen=8_000, rules=("authorization.amount",)),
        then=tuple(
            Next(
                bill=_INTERIM,
                lines=(_one_back(day),),
                expected=Expected(charged_fen=-6_000, fund_fen=fund, worker_fen=worker, rules=("refund.share",)),
            )
            for day, fund, worker in (
                ("2026-09-02", -3_333, -2_667),
                ("2026-09-03", -3_334, -2_666),
                ("2026-09-04", -3_333, -2_667),
            )
        ),
    ),
    Story(
        name="refund-frees-the-authorization",
        says=Says("退费后额度恢复", "300 yuan authorized: 260 used, given back, and used again"),
        provider=TERTIARY,
        bill=_INTERIM,
        entitled={"kind": "relapse", "amount_fen": 30_000},
        lines=(setting("2026-09-01"),),
        expected=Expected(charged_fen=26_000, fund_fen=26_000),
        then=(
            Next(
                bill=_INTERIM,
                lines=(refund("1", setting("2026-09-01"), "2026-09-02"),),
                expected=Expected(charged_fen=-26_000, fund_fen=-26_000),
            ),
            Next(lines=(setting("2026-09-03"),), expected=Expected(charged_fen=26_000, fund_fen=26_000)),
        ),
    ),
    Story(
        name="refund-twice",
        says=Says("同一明细重复退费", "a line taken back whole, and once more"),
        provider=TERTIARY,
        bill=_INTERIM,
        lines=(exam("2026-09-01"),),
        expected=Expected(charged_fen=2_000, fund_fen=2_000),
        then=(
            Next(
                bill=_INTERIM,
                lines=(refund("1", exam("2026-09-01"), "2026-09-02"),),
                expected=Expected(charged_fen=-2_000, fund_fen=-2_000),
            ),
            Next(
                lines=(refund("1", exam("2026-09-01"), "2026-09-03"),),
                expected=Expected(refused="refund.invalid"),
            ),
        ),
    ),
    Story(
        name="refund-at-another-price",
        says=Says("退费单价与原明细不一致", "260 yuan charged, 250 taken back for the same service"),
        provider=TERTIARY,
        lines=(
            setting("2026-09-01"),
            Line(SETTING, "2026-09-01", "-1", "250.00", -25_000, {"refunds_item_no": "1"}),
        ),
        expected=Expected(refused="refund.invalid"),
    ),
    Story(
        name="refund-of-more-than-charged",
        says=Says("退费数量超过原明细", "one charged, two taken back"),
        provider=TERTIARY,
        lines=(exam("2026-09-01"), Line(EXAM, "2026-09-01", "-2", "20.00", -4_000, {"refunds_item_no": "1"})),
        expected=Expected(refused="refund.invalid"),
    ),
)

DUPLICATES = (
    Story(
        name="line-settled-before",
        says=Says("已结算的明细再次申报", "a settled line again, beside a new one"),
        provider=TERTIARY,
        bill=_INTERIM,
        lines=(exam("2026-09-01"),),
        expected=Expected(charged_fen=2_000, fund_fen=2_000),
        then=(
            Next(
                lines=(exam("2026-09-01", item_no="1"), exam("2026-09-02")),
                expected=Expected(charged_fen=4_000, fund_fen=2_000, provider_fen=2_000, rules=("duplicate.settled",)),
            ),
        ),
    ),
    Story(
        name="all-lines-settled-before",
        says=Says("全部明细均已结算", "nothing but a line that is settled already"),
        provider=TERTIARY,
        bill=_INTERIM,
        lines=(exam("2026-09-01"),),
        expected=Expected(charged_fen=2_000, fund_fen=2_000),
        then=(Next(lines=(exam("2026-09-01", item_no="1"),), expected=Expected(refused="bill.all_settled")),),
    ),
    Story(
        name="bill-number-again",
        says=Says("单据号重复", "another bill under a number that is settled"),
        provider=TERTIARY,
        lines=(exam("2026-09-01"),),
        expected=Expected(charged_fen=2_000, fund_fen=2_000),
        then=(
            Next(
                bill={"bill_no": "B-bill-number-again"},
                lines=(exam("2026-09-02"),),
                expected=Expected(refused="bill.already_settled"),
            ),
        ),
    ),
    Story(
        name="invoice-number-again",
        says=Says("电子票据号重复", "one invoice for two visits"),
        provider=TERTIARY,
        bill={"invoice_no": "INV-invoice-number-again"},
        lines=(exam("2026-09-01"),),
        expected=Expected(charged_fen=2_000, fund_fen=2_000),
        then=(
            Next(
                visit={},
                bill={"invoice_no": "INV-invoice-number-again"},
                lines=(exam("2026-09-02"),),
                expected=Expected(refused="invoice.already_used"),
            ),
        ),
    ),
)

REFUSALS = (
    Story(
        name="second-injury-refused",
        says=Says("第二次伤害未认定", "two injuries, the second of which was not recognised"),
        provider=TERTIARY,
        visit={"diagnosis_codes": ["S52.5", "S82.6"]},
        second_injury={"injured_on": date(2026, 3, 5), "diagnosis_codes": ("S82",), "state": "refused"},
        lines=(exam("2026-09-01", qualification="Q1"), exam("2026-09-01", qualification="Q2")),
        expected=Expected(charged_fen=4_000, fund_fen=2_000, worker_fen=2_000, rules=("recognition.state",)),
    ),
    Story(
        name="qualification-not-of-the-visit",
        says=Says("明细所填资格不属于本次就诊", "a line that names a qualification which the visit has not"),
        provider=TERTIARY,
        lines=(exam("2026-09-01"), exam("2026-09-01", qualification="Q9")),
        expected=Expected(refused="recognition.unknown"),
    ),
    Story(
        name="total-differs",
        says=Says("总额与明细合计差一分", "a total that is a fen off"),
        provider=TERTIARY,
        bill={"charged_fen": 2_001},
        lines=(exam("2026-09-01"),),
        expected=Expected(refused="bill.total_differs"),
    ),
    Story(
        name="discharged-before-admitted",
        says=Says("出院早于入院", "discharged the day before the admission"),
        provider=TERTIARY,
        visit={"visit_kind": "inpatient"},
        bill={"discharged_at": "2026-08-31T12:00:00+08:00"},
        lines=(exam("2026-09-01"),),
        expected=Expected(refused="visit.discharge_before_admission"),
    ),
    Story(
        name="preview-differs",
        says=Says("与预结算金额不一致", "the hospital expects the fund to pay 300 yuan; it pays 260"),
        provider=TERTIARY,
        bill={
            "previewed": {
                "charged_fen": 30_000,
                "fund_fen": 30_000,
                "worker_fen": 0,
                "employer_fen": 0,
                "provider_fen": 0,
            }
        },
        lines=(_DEAR,),
        expected=Expected(refused="preview.differs"),
    ),
    Story(
        name="provider-share-not-carried",
        says=Says(
            "接口不能表达机构负担部分,整单退回", "a share of the provider's, in a dialect that has no word for it"
        ),
        provider=TERTIARY,
        bill={"provider_share": "refuse"},
        lines=(Line(EXAM, "2026-09-01", "2", "20.00", 5_000), exam("2026-09-01")),
        expected=Expected(refused="provider_share.refused"),
    ),
)
