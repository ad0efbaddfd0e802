"""The world's limits and pairs: those that the published lists name, by their codes; what is invented is said so."""

from typing import Any, Literal

from gateway.reference.world.catalog import FROM, HOME
from schemas.facts import CatalogItem, Limit, Pair
from schemas.scalars import WORK_INJURY

# A code, or the beginning of several, its title, and what it is limited to. 90 days and 14 apart are those of the
# national rule tables; a place's own list may say otherwise.
_LIMITS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("001102000050000", "住院诊查费每日一次", {"per_day": "1"}),
    ("001103000010000", "急诊监护费每日一次", {"per_day": "1"}),
    ("001109", "各类床位", {"stay": "bed"}),
    ("001109000010000", "普通病房床位每日一次", {"per_day": "1", "stay": "bed"}),
    ("001201000030000", "Ⅰ级护理每日一次", {"per_day": "1", "stay": "nursing"}),
    ("001201000040000", "Ⅱ级护理每日一次", {"per_day": "1", "stay": "nursing"}),
    ("001201000050000", "Ⅲ级护理每日一次", {"per_day": "1", "stay": "nursing"}),
    ("003106030010000", "呼吸机每日不超过24小时", {"per_day": "24"}),
    ("003107010220000", "心电监测每日不超过24小时", {"per_day": "24"}),
    ("002503020030000", "糖化血红蛋白15天一次", {"days_apart": 15}),
    ("003402000050000", "手功能评定90天,每14天一次", {"course_days": 90, "days_apart": 14}),
    ("003402000080100", "言语能力评定2天", {"course_days": 2}),
    ("003402000140000", "失认失用评定3天", {"course_days": 3}),
    ("003402000200000", "运动疗法每日2次", {"per_day": "2"}),
    ("003402000210000", "减重支持系统训练30天", {"course_days": 30}),
    ("003402000220000", "轮椅功能训练30天", {"course_days": 30}),
    ("003402000230000", "电动起立床训练30天", {"course_days": 30}),
    ("003402000240000", "平衡功能训练90天", {"course_days": 90}),
    ("003402000250000", "手功能训练90天", {"course_days": 90}),
    ("003402000260200", "关节松动训练90天", {"course_days": 90}),
    ("003402000270000", "有氧训练90天", {"course_days": 90}),
    ("003402000320000", "职业功能训练90天", {"course_days": 90}),
    ("003402000390000", "康复评定14天一次", {"days_apart": 14}),
    ("003402000400000", "偏瘫肢体综合训练90天", {"course_days": 90}),
    ("003402000420000", "截瘫肢体综合训练60天", {"course_days": 60}),
    ("003401000040100", "紫外线治疗20天,每次2野", {"course_days": 20, "per_act": "2"}),
    ("003401000090000", "低频脉冲每日一次20天", {"course_days": 20, "per_day": "1"}),
    ("003401000100000", "中频脉冲每日一次20天", {"course_days": 20, "per_day": "1"}),
    ("003401000230000", "牵引每日一次20天", {"course_days": 20, "per_day": "1"}),
    ("003401000240100", "气压治疗20天,每次2个部位", {"course_days": 20, "per_act": "2"}),
    ("XB01AXA223B004010180963", "奥扎格雷14天", {"course_days": 14}),
    ("XJ07BGR030B014010101119", "狂犬疫苗全程5针", {"per_visit": "5"}),
)
# Sort, frequency, main code, sub code, why; of a swap, the diagnoses that call for the main item. The published lists
# have the contained items, the swaps of 清创, 换药 and 踝 and the partner of the hip; the exclusion is invented, and so
# is that a fracture of both ankles and the hind edge of the tibia, S82.8, calls for the dearest fixation.
_PAIRS: tuple[
    tuple[Literal["contains", "excludes", "partner", "swap"], Literal["day", "visit"], str, str, str, tuple[str, ...]],
    ...,
] = (
    ("contains", "day", "001103000010000", "001102000030000", "急诊监护费含诊查", ()),
    ("contains", "day", "001103000010000", "001109000010000", "急诊监护费含床位", ()),
    ("contains", "day", "004200000070000", "004200000010000", "骨折夹板外固定含手法整复", ()),
    ("contains", "visit", "003315010520000", "003315010320000", "椎间融合含骨折内固定", ()),
    ("contains", "visit", "003315010520000", "003315010360000", "椎间融合含椎管扩大减压", ()),
    ("swap", "day", "001205000010000", "001205000030000", "小清创按大清创收费", ()),
    ("swap", "day", "001206000010000", "001206000030000", "中换药按特大换药收费", ()),
    ("swap", "visit", "003315050230000", "003315050220000", "内外踝骨折按三踝骨折收费", ("S82.8",)),
    ("partner", "visit", "C034510107", "003315070050000", "人工全髋关节须有髋关节置换术", ()),
    ("excludes", "day", "003401000090000", "003401000100000", "低频与中频脉冲同日只计一种", ()),
)


def limits() -> list[Limit]:
    """Return the limits of the home area."""
    return [
        Limit(area=HOME, scheme=WORK_INJURY, code=code, title=title, valid_from=FROM, **said)
        for code, title, said in _LIMITS
    ]


def pairs() -> list[Pair]:
    """Return the pairs of the home area."""
    return [
        Pair(
            area=HOME,
            scheme=WORK_INJURY,
            sort=sort,
            frequency=frequency,
            main_code=main_code,
            sub_code=sub_code,
            valid_from=FROM,
            diagnosis_prefixes=diagnoses,
            why=why,
        )
        for sort, frequency, main_code, sub_code, why, diagnoses in _PAIRS
    ]


def bounded(item: CatalogItem) -> bool:
    """Return whether some limit or pair speaks of an item: then not every bill of it is paid whole."""
    return item.code.startswith(_BEGINNINGS)


_BEGINNINGS = tuple({*(row[0] for row in _LIMITS), *(code for row in _PAIRS for code in row[2:4])})
