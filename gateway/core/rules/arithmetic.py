"""Arithmetic: quantity × unit price is the amount, within the tolerance of policy."""

from gateway.core.case import Case, Line
from gateway.core.money import product_half_up, yuan
from gateway.core.rules.rule import PASS, Cure, Cut, Rule, whole

_UNREADABLE = Cure(
    zh="数量须为最多12位整数、4位小数的数字，单价须为最多10位整数、6位小数的数字",
    en="the quantity must have at most 12 digits before the point and 4 after it, the unit price 10 and 6",
)
_NOT_POSITIVE = Cure(
    zh="非退费明细的数量和金额须为正；退费请填写被退明细号",
    en="quantity and amount of a line that refunds nothing must be positive; a refund must name the line it takes back",
)
_WITHIN = Cure(
    zh="按数量×单价{product_yuan}元支付；金额不超过该数时无差额",
    en="quantity × unit price, {product_yuan} yuan, is what is payable; an amount not above it has no difference",
)


def _amount(line: Line, _case: Case) -> tuple[Cut, ...]:
    item = line.item
    if not line.readable:
        return whole(line, _UNREADABLE, quantity=item.quantity, unit_price_yuan=item.unit_price_yuan)
    over = item.amount_fen - product_half_up(line.quantity_e4, line.price_e6)
    if over == 0 and line.quantity_e4 > 0:
        return PASS
    evidence = {
        "quantity": item.quantity,
        "unit_price_yuan": item.unit_price_yuan,
        "amount_yuan": yuan(item.amount_fen),
        "product_yuan": yuan(item.amount_fen - over),
        "tolerance_fen": str(line.policy.tolerance_fen),
    }
    if line.quantity_e4 <= 0 or item.amount_fen <= 0:
        return (Cut(fen=line.payable_fen, evidence=evidence, cure=_NOT_POSITIVE),)
    if abs(over) > line.policy.tolerance_fen:
        return (Cut(fen=line.payable_fen, evidence=evidence),)
    if over > 0:
        return (Cut(fen=min(over, line.payable_fen), evidence=evidence, cure=_WITHIN),)
    return PASS


ARITHMETIC_AMOUNT = Rule(
    code="arithmetic.amount",
    title_zh="数量×单价与金额不符",
    title_en="Quantity × unit price differs from the amount",
    source="联网结算规程：金额=数量×单价，四舍五入到分",
    bearer="provider",
    cure_zh="数量{quantity}×单价{unit_price_yuan}元={product_yuan}元，与金额{amount_yuan}元相差不得超过{tolerance_fen}分",
    cure_en="{quantity} × {unit_price_yuan} is {product_yuan}, not {amount_yuan} yuan; {tolerance_fen} fen off passes",
    cures=(_UNREADABLE, _NOT_POSITIVE, _WITHIN),
    judge=_amount,
)
