"""Third party: what a liable third party has paid is not paid again."""

from gateway.core.allowances import recognition_allowance, visit_allowance
from gateway.core.case import Case, Line
from gateway.core.money import yuan
from gateway.core.rules.rule import PASS, Cut, Rule


def _paid(line: Line, case: Case) -> tuple[Cut, ...]:
    recognition = line.recognition
    sources = (
        (visit_allowance(case.visit.visit_id), case.visit.third_party_paid_fen),
        (recognition_allowance(recognition.recognition_no), recognition.third_party_paid_fen),
    )
    offset = 0
    for allowance_id, paid_fen in sources:
        left = paid_fen - case.tally.fund_fen(allowance_id)
        take = min(left, line.payable_fen - offset)
        if take > 0:
            case.tally.take(allowance_id, take)
            offset += take
    if offset == 0:
        return PASS
    line.third_party_fen = offset
    return (
        Cut(fen=offset, evidence={"paid_yuan": yuan(sum(paid for _, paid in sources)), "offset_yuan": yuan(offset)}),
    )


def give_back(case: Case, recognition_no: str | None, fen: int) -> None:
    """Free what a refunded line had been offset with: the injury's part first, then the visit's."""
    allowances = [visit_allowance(case.visit.visit_id)]
    if recognition_no is not None:
        allowances.insert(0, recognition_allowance(recognition_no))
    for allowance_id in allowances:
        back = min(fen, max(0, case.tally.fund_fen(allowance_id)))
        if back > 0:
            case.tally.take(allowance_id, -back)
            fen -= back


THIRD_PARTY_PAID = Rule(
    code="third_party.paid",
    title_zh="责任第三人已支付的部分",
    title_en="What a liable third party has paid already",
    source="社会保险法第四十二条",
    bearer="worker",
    cure_zh="第三人已支付{paid_yuan}元，其中{offset_yuan}元抵扣本明细；金额有误的，请更正就诊或认定信息",
    cure_en=(
        "a third party paid {paid_yuan} yuan; {offset_yuan} of it is set off here: correct visit"
        " or recognition if not so"
    ),
    rests_on="third_party",
    judge=_paid,
)
