"""Price: ceilings by the provider's level on the day, and the service life of devices."""

from gateway.core.case import Case, Line
from gateway.core.days import completed_years
from gateway.core.listed import Listed
from gateway.core.money import plain_price, price_e6_of, product_half_up, yuan
from gateway.core.rules.rule import PASS, Cut, Rule, whole
from gateway.core.words import LEVEL_ZH
from schemas.scalars import Level

_BED_CEILINGS: dict[Level, str] = {
    "tertiary": "bed_ceiling_tertiary_yuan",
    "secondary": "bed_ceiling_secondary_yuan",
    "primary": "bed_ceiling_primary_yuan",
    "ungraded": "bed_ceiling_ungraded_yuan",
}


def ceiling_e6(line: Line, listed: Listed | None) -> int | None:
    """Return the highest payable unit price of a row for the line's provider, in millionths; None binds nothing."""
    assert line.agreement is not None
    return None if listed is None else listed.ceilings_e6[line.agreement.level]


def _service_life(line: Line, case: Case) -> tuple[Cut, ...]:
    years = line.row.service_life_years
    if years is None:
        return PASS
    since = [day for day in case.issued.get(line.row.code, ()) if day <= line.day]
    if not since or completed_years(max(since), line.day) >= years:
        return PASS
    return whole(
        line,
        catalog_code=line.row.code,
        issued_on=max(since).isoformat(),
        day=line.day.isoformat(),
        service_life_years=str(years),
    )


def _excess(line: Line, _case: Case) -> tuple[Cut, ...]:
    ceiling = ceiling_e6(line, line.listed)
    if ceiling is None:
        return PASS
    excess = line.payable_fen - product_half_up(line.quantity_e4, ceiling)
    if excess <= 0:
        return PASS
    assert line.agreement is not None
    evidence = {
        "catalog_code": line.row.code,
        "ceiling_yuan": plain_price(ceiling),
        "unit_price_yuan": line.item.unit_price_yuan,
        "quantity": line.item.quantity,
        "level": line.agreement.level,
        "level_zh": LEVEL_ZH[line.agreement.level],
        "excess_yuan": yuan(excess),
        "day": line.day.isoformat(),
    }
    return (Cut(fen=excess, evidence=evidence),)


def _bed(line: Line, case: Case) -> tuple[Cut, ...]:
    if line.limit is None or line.limit.stay != "bed":
        return PASS
    assert line.agreement is not None
    level = line.agreement.level
    text: str | None = getattr(case.policy_here(line.day), _BED_CEILINGS[level])
    if text is None:
        return PASS
    excess = line.payable_fen - product_half_up(line.quantity_e4, price_e6_of(text))
    if excess <= 0:
        return PASS
    evidence = {
        "ceiling_yuan": text,
        "unit_price_yuan": line.item.unit_price_yuan,
        "quantity": line.item.quantity,
        "level": level,
        "level_zh": LEVEL_ZH[level],
        "excess_yuan": yuan(excess),
        "day": line.day.isoformat(),
    }
    return (Cut(fen=excess, evidence=evidence),)


DEVICE_SERVICE_LIFE = Rule(
    code="device.service_life",
    title_zh="辅助器具未到最低使用年限",
    title_en="The former device has not served its least years of use",
    source="工伤保险条例第三十二条；工伤保险辅助器具配置管理办法（人社部令第27号）",
    bearer="worker",
    cure_zh="{catalog_code}于{issued_on}配置，最低使用年限{service_life_years}年，满年限后方可更换",
    cure_en=(
        "{catalog_code} was issued on {issued_on}; a new one passes when its least years of use"
        " ({service_life_years}) are over"
    ),
    rests_on="device",
    judge=_service_life,
)
PRICE_CEILING = Rule(
    code="price.ceiling",
    title_zh="单价超过最高支付限价",
    title_en="Above the price ceiling",
    source="工伤保险条例第三十条第三款；目录最高支付限价",
    bearer="worker",
    cure_zh="{level_zh}机构{day}的单价不超过{ceiling_yuan}元可全额支付；申报{unit_price_yuan}元，共超出{excess_yuan}元",
    cure_en="{level} on {day}: up to {ceiling_yuan} yuan apiece pass; {unit_price_yuan} is {excess_yuan} over in all",
    rests_on="no_device",
    judge=_excess,
)
DEVICE_CEILING = Rule(
    code="device.ceiling",
    title_zh="辅助器具超过最高支付限额",
    title_en="Above the device's ceiling",
    source="工伤保险条例第三十二条；工伤保险辅助器具配置管理办法（人社部令第27号）",
    bearer="worker",
    cure_zh="{catalog_code}每件最高支付{ceiling_yuan}元，超出{excess_yuan}元不予支付；选配限额内产品可全额支付",
    cure_en="{catalog_code} is paid up to {ceiling_yuan} yuan apiece, {excess_yuan} are over; one within it passes",
    rests_on="device",
    judge=_excess,
)
BED_CEILING = Rule(
    code="price.bed_ceiling",
    title_zh="床位费超过最高支付标准",
    title_en="Above what a day in bed is paid with",
    source="统筹地区工伤保险住院床位费最高支付标准",
    bearer="worker",
    cure_zh="{level_zh}机构{day}的床位费每日最高支付{ceiling_yuan}元，超出{excess_yuan}元由本人负担；标准以内的床位可全额支付",
    cure_en="a day in bed is paid with up to {ceiling_yuan} yuan ({level}, {day}); a bed within that passes whole",
    rests_on="bounded",
    judge=_bed,
)
