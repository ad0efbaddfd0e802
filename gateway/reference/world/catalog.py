"""The world's catalog: the codes and limits that the published lists name, and invented items beside them."""

from datetime import date
from typing import Any

from gateway.reference.world.draw import Draw
from schemas.facts import CatalogItem
from schemas.scalars import WORK_INJURY, CatalogSort

HOME = "321100"
ELSEWHERE = "320100"
FROM = date(2025, 1, 1)
COUNTS: dict[CatalogSort, int] = {
    "drug": 900,
    "service": 500,
    "inpatient_standard": 40,
    "rehabilitation": 120,
    "device": 140,
    "consumable": 300,
}
ITEMS_ELSEWHERE = 300

# Code, name, unit; ceilings in yuan for tertiary, secondary, primary, ungraded. The prices are invented.
SERVICES: tuple[tuple[str, str, str, str], ...] = (
    ("001102000030000", "急诊诊查费", "次", "20 16 12 8"),
    ("001102000050000", "住院诊查费", "日", "25 20 15 10"),
    ("001103000010000", "急诊监护费", "日", "40 35 30 25"),
    ("001201000030000", "Ⅰ级护理", "日", "30 26 22 18"),
    ("001201000040000", "Ⅱ级护理", "日", "20 18 15 12"),
    ("001201000050000", "Ⅲ级护理", "日", "12 10 8 6"),
    ("003106030010000", "呼吸机辅助呼吸", "小时", "12 10 8 6"),
    ("003107010220000", "心电监测", "小时", "6 5 4 3"),
    ("002503020030000", "糖化血红蛋白测定", "次", "60 50 45 40"),
    ("004200000010000", "骨折手法整复术", "次", "260 240 220 200"),
    ("004200000070000", "骨折夹板外固定术", "次", "180 160 140 120"),
    ("003315010320000", "胸腰椎骨折切开复位内固定术", "次", "2400 2200 2000 1600"),
    ("003315010360000", "椎管扩大减压术", "次", "2600 2400 2200 1800"),
    ("003315010520000", "椎间融合器植入植骨融合术", "次", "3000 2700 2400 2000"),
    ("003315050220000", "内外踝骨折切开复位内固定术", "次", "1500 1350 1200 900"),
    ("003315050230000", "三踝骨折切开复位内固定术", "次", "2000 1800 1600 1200"),
    ("001205000010000", "大清创缝合", "次", "160 140 120 100"),
    ("001205000030000", "小清创缝合", "次", "70 60 50 40"),
    ("001206000010000", "特大换药", "次", "45 40 35 30"),
    ("001206000030000", "中换药", "次", "18 16 14 12"),
    ("003315070050000", "人工全髋关节置换术", "次", "4200 3800 3400 2800"),
)
STANDARDS: tuple[tuple[str, str, str, str], ...] = (
    ("001109000010000", "普通病房床位费", "日", "50 40 30 20"),
    ("001109000030000", "监护病房床位费", "日", "120 100 80 60"),
)
REHABILITATION: tuple[tuple[str, str, str, str], ...] = (
    ("003402000030000", "日常生活能力评定", "次", "40 36 32 28"),
    ("003402000050000", "手功能评定", "次", "40 36 32 28"),
    ("003402000080100", "言语能力评定", "次", "40 36 32 28"),
    ("003402000140000", "失认失用评定", "次", "40 36 32 28"),
    ("003402000200000", "运动疗法", "次", "40 36 32 28"),
    ("003402000210000", "减重支持系统训练", "次", "50 45 40 35"),
    ("003402000220000", "轮椅功能训练", "次", "30 27 24 21"),
    ("003402000230000", "电动起立床训练", "次", "30 27 24 21"),
    ("003402000240000", "平衡功能训练", "次", "30 27 24 21"),
    ("003402000250000", "手功能训练", "次", "35 31 28 24"),
    ("003402000260200", "关节松动训练(大关节)", "次", "45 40 36 31"),
    ("003402000270000", "有氧训练", "次", "25 22 20 17"),
    ("003402000310000", "作业疗法", "次", "35 31 28 24"),
    ("003402000320000", "职业功能训练", "次", "40 36 32 28"),
    ("003402000390000", "康复评定", "次", "60 54 48 42"),
    ("003402000400000", "偏瘫肢体综合训练", "次", "60 54 48 42"),
    ("003402000420000", "截瘫肢体综合训练", "次", "60 54 48 42"),
    ("003401000040100", "紫外线治疗", "次", "15 13 12 10"),
    ("003401000090000", "低频脉冲电治疗", "次", "15 13 12 10"),
    ("003401000100000", "中频脉冲电治疗", "次", "15 13 12 10"),
    ("003401000230000", "牵引", "次", "20 18 16 14"),
    ("003401000240100", "气压治疗(肢体)", "次", "20 18 16 14"),
)
DRUGS: tuple[tuple[str, str, str, str], ...] = (
    ("ZH01AAB0066010100716", "疤痕止痒软化膏", "支", "36.80"),
    ("XJ07BGR030B014010101119", "冻干人用狂犬病疫苗(Vero细胞)", "支", "68.00"),
    ("XD11AXQ064F002010100319", "氢醌乳膏", "支", "29.50"),
    ("XJ06AAA006B001010178976", "A型肉毒毒素", "支", "480.00"),
    ("XL03AXX234B001010100568", "胸腺法新", "支", "118.00"),
    ("ZA05CAC0029010102312", "参附注射液", "支", "42.00"),
    ("XB01AXA223B004010180963", "奥扎格雷", "支", "18.60"),
    ("XB05BAU012B002010102180", "脂肪乳氨基酸", "袋", "158.00"),
)
RESTRICTIONS: dict[str, dict[str, Any]] = {
    "ZH01AAB0066010100716": {"schemes": (WORK_INJURY,)},
    "XJ07BGR030B014010101119": {"schemes": (WORK_INJURY,)},
    "XD11AXQ064F002010100319": {"schemes": (WORK_INJURY,)},
    "XJ06AAA006B001010178976": {"schemes": (WORK_INJURY,)},
    "XL03AXX234B001010100568": {"schemes": (WORK_INJURY,)},
    "ZA05CAC0029010102312": {"level_min": "secondary"},
    "XB05BAU012B002010102180": {"visit_kinds": ("inpatient",)},
    "002101030280000": {"sex": "male"},
    "002101030300000": {"sex": "female"},
    "003402000320000": {"age_min_years": 16, "age_max_years": 60},
    "001109000010000": {"visit_kinds": ("inpatient",)},
    "001109000030000": {"visit_kinds": ("inpatient",)},
    "XZ99BRAIN0000000000001": {"diagnosis_prefixes": ("S06",)},
    "XZ99MEDICAL00000000001": {"schemes": ("310",)},
    "009979900000001": {"provider_kinds": ("rehabilitation_centre",)},
}
SEXED: tuple[tuple[str, str, str, str], ...] = (
    ("002101030280000", "X线检查(限男性项目)", "次", "180 160 140 120"),
    ("002101030300000", "X线检查(限女性项目)", "次", "180 160 140 120"),
)

# Code, name, unit, greatest amount payable in yuan, least years of use. The first three are Jiangsu's own codes; the
# published Shandong list has no codes, so SD… is invented. Amounts and years are those of the lists.
DEVICES: tuple[tuple[str, str, str, str, int], ...] = (
    ("10001", "假手指", "只", "900", 1),
    ("10002", "部分手假肢", "只", "4500", 1),
    ("10003", "装饰性腕离断假肢", "具", "7500", 3),
    ("SD0101", "肩离断假肢", "具", "15000", 4),
    ("SD0102", "上臂假肢", "具", "12000", 4),
    ("SD0103", "肘离断假肢", "具", "10000", 4),
    ("SD0104", "前臂假肢", "具", "8000", 4),
    ("SD0105", "腕离断假肢", "具", "6000", 4),
    ("SD0106", "掌部假肢", "具", "1500", 4),
    ("SD0107", "髋离断假肢", "具", "15000", 4),
    ("SD0108", "大腿假肢", "具", "11000", 4),
    ("SD0109", "膝离断假肢", "具", "11000", 4),
    ("SD0110", "小腿假肢", "具", "7000", 4),
    ("SD0111", "踝部假肢", "具", "6000", 4),
    ("SD0112", "足部假肢", "具", "2000", 3),
    ("SD0201", "腰胸矫形器", "具", "800", 5),
    ("SD0202", "颈托", "具", "200", 5),
    ("SD0203", "颈胸矫形器", "具", "800", 5),
    ("SD0204", "足矫形器", "具", "400", 2),
    ("SD0205", "矫形鞋", "双", "400", 2),
    ("SD0301", "假眼", "只", "800", 5),
    ("SD0302", "眼镜", "副", "300", 5),
    ("SD0303", "假牙", "颗", "300", 5),
    ("SD0304", "助听器", "只", "2000", 5),
    ("SD0401", "拐杖", "副", "100", 10),
    ("SD0402", "轮椅", "辆", "600", 10),
)
ENDED = "XZ99ENDED0000000000001"
"""An item that the catalog had only until the middle of 2026."""
UNKNOWN = "XZ99NEVER0000000000001"
"""A code that no catalog has."""

REPRICED = "XZ99REPRICED0000000001"
"""An item whose ceiling falls with July 2026."""
BRAIN = "XZ99BRAIN0000000000001"
"""A drug for injuries of the head alone; that piracetam is so restricted is real, the code is not."""
MEDICAL_ONLY = "XZ99MEDICAL00000000001"
"""A drug that only medical insurance (310) pays."""
CENTRE_ONLY = "009979900000001"
"""A service of rehabilitation centres alone."""

HIP = "C0345101070000000000000001"
"""A whole artificial hip: the ten characters of its class are real, the rest is not."""

_INVENTED: dict[CatalogSort, tuple[str, str, str]] = {
    "drug": ("XZ99DEMO{:015d}", "示例药品", "盒"),
    "service": ("00999{:010d}", "示例诊疗项目", "次"),
    "inpatient_standard": ("00998{:010d}", "示例住院服务", "日"),
    "rehabilitation": ("00997{:010d}", "示例康复项目", "次"),
    "device": ("DEMO{:04d}", "示例辅助器具", "具"),
    "consumable": ("C99{:024d}", "示例医用耗材", "件"),
}


def home_items(draw: Draw) -> list[CatalogItem]:
    """Return 2,000 items of all six sorts."""
    items = [
        *(_item("service", *row) for row in (*SERVICES, *SEXED)),
        *(_item("inpatient_standard", *row) for row in STANDARDS),
        *(_item("rehabilitation", *row) for row in REHABILITATION),
        *(_item("drug", *row) for row in DRUGS),
        *(_item("device", *row, service_life_years=years) for *row, years in DEVICES),
        _item("consumable", HIP, "人工全髋关节(示例)", "套", "18000"),
        _item("drug", ENDED, "示例停用药品", "盒", "15", valid_to=date(2026, 6, 30)),
        _item("drug", REPRICED, "示例调价药品", "盒", "40", valid_to=date(2026, 6, 30)),
        _item("drug", REPRICED, "示例调价药品", "盒", "32", valid_from=date(2026, 7, 1)),
        _item("drug", BRAIN, "吡拉西坦(示例编码,限颅脑外伤)", "支", "12.50"),
        _item("drug", MEDICAL_ONLY, "示例药品(限职工医保)", "盒", "30"),
        _item("rehabilitation", CENTRE_ONLY, "社区适应训练(示例编码,限康复机构)", "次", "45 40 35 30"),
    ]
    for sort, count in COUNTS.items():
        there = sum(item.sort == sort for item in items)
        items += [_invented(draw, sort, number) for number in range(1, count - there + 1)]
    return items


def items_elsewhere(items: list[CatalogItem]) -> list[CatalogItem]:
    """Return the neighbouring area's catalog: the first items, those of the lists among them."""
    fields = ("area", "valid_from")
    kept = [item for item in items if item.valid_to is None][:ITEMS_ELSEWHERE]
    return [CatalogItem(**{**_fields(item), **dict(zip(fields, (ELSEWHERE, FROM), strict=True))}) for item in kept]


def unit_price(item: CatalogItem) -> str:
    """Return a price that every level may bill: the least ceiling."""
    assert item.ceiling_ungraded_yuan is not None
    return item.ceiling_ungraded_yuan


def restricted(item: CatalogItem) -> bool:
    """Return whether somebody, somewhere or some day may not be billed for the item."""
    return item.code in RESTRICTIONS or item.code in {ENDED, REPRICED}


def _fields(item: CatalogItem) -> dict[str, Any]:
    return {name: getattr(item, name) for name in item.__struct_fields__}


def _item(sort: CatalogSort, code: str, name: str, unit: str, ceilings: str, **more: Any) -> CatalogItem:
    by_level = ceilings.split()
    tertiary, secondary, primary, ungraded = by_level if len(by_level) > 1 else by_level * 4
    return CatalogItem(
        area=HOME,
        scheme=WORK_INJURY,
        code=code,
        name=name,
        sort=sort,
        unit=unit,
        ceiling_tertiary_yuan=tertiary,
        ceiling_secondary_yuan=secondary,
        ceiling_primary_yuan=primary,
        ceiling_ungraded_yuan=ungraded,
        **{"valid_from": FROM, **more, **RESTRICTIONS.get(code, {})},
    )


def _invented(draw: Draw, sort: CatalogSort, number: int) -> CatalogItem:
    code, name, unit = _INVENTED[sort]
    fen = draw.between(500, 40_000)
    if sort in {"drug", "consumable", "device"}:
        ceilings = _yuan(fen)
    else:
        ceilings = " ".join(_yuan(fen * percent // 100) for percent in (100, 90, 80, 70))
    years = {"service_life_years": draw.between(1, 5)} if sort == "device" else {}
    return _item(sort, code.format(number), f"{name}{number:04d}", unit, ceilings, **years)


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"
