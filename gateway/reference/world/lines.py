"""Lines that the cases are made of: catalog codes and the prices that catalog.py gives them."""

from gateway.reference.world.stories import Line

EXAM = "001102000030000"  # 急诊诊查费: at most 20, 16, 12, 8 yuan
SETTING = "004200000010000"  # 骨折手法整复术: at most 260, 240, 220, 200 yuan
NURSING = "001201000030000"  # Ⅰ级护理: at most 30, 26, 22, 18 yuan
BED = "001109000010000"  # 普通病房床位费: at most 50 yuan at a tertiary hospital
FIXATION = "003315050220000"  # 内外踝骨折切开复位内固定术: at most 1,500 yuan there
HBA1C = "002503020030000"  # 糖化血红蛋白测定: at most 60 yuan there
EXERCISE = "003402000200000"  # 运动疗法: at most 40 yuan at a tertiary centre
VOCATIONAL = "003402000320000"  # 职业功能训练: from 16 to 60 years
FINGER, HAND, WRIST = "10001", "10002", "10003"  # at most 900 yuan in 1 year, 4,500 in 1, 7,500 in 3
SALVE = "ZH01AAB0066010100716"  # 疤痕止痒软化膏: work injury only, at most 36.80 yuan
EMULSION = "XB05BAU012B002010102180"  # 脂肪乳氨基酸: inpatients only
SHENFU = "ZA05CAC0029010102312"  # 参附注射液: secondary hospitals and better
WOMENS = "002101030300000"  # a service for women only
MONITORING = "003107010220000"  # 心电监测: at most 6 yuan an hour at a tertiary hospital


def exam(day: str, **more: object) -> Line:
    """Return a line of 20 yuan."""
    return Line(EXAM, day, "1", "20.00", 2_000, dict(more))


def setting(day: str, **more: object) -> Line:
    """Return a line of 260 yuan."""
    return Line(SETTING, day, "1", "260.00", 26_000, dict(more))


def nursing(day: str, days: str = "1", fen: int = 3_000) -> Line:
    """Return a line of 30 yuan a day."""
    return Line(NURSING, day, days, "30.00", fen)


def hba1c(day: str, **more: object) -> Line:
    """Return a line of 60 yuan."""
    return Line(HBA1C, day, "1", "60.00", 6_000, dict(more))


def care(*days: str) -> tuple[Line, ...]:
    """Return bed and nursing of each day, 50 and 30 yuan: 80 a day at a tertiary hospital."""
    return tuple(line for day in days for line in (Line(BED, day, "1", "50.00", 5_000), nursing(day)))


def refund(item_no: str, line: Line, day: str) -> Line:
    """Return what takes a line back whole."""
    return Line(line.code, day, f"-{line.quantity}", line.price, -line.fen, {"refunds_item_no": item_no})


def exercise(day: str) -> Line:
    """Return a line of two units, 80 yuan."""
    return Line(EXERCISE, day, "2", "40.00", 8_000)


INPATIENT = {"visit_kind": "inpatient"}
REHAB = {"visit_kind": "rehabilitation"}
DEVICE = {"visit_kind": "device"}
REHAB_RIGHT = {"kind": "rehabilitation", "provider_kind": "rehabilitation_centre"}
DEVICE_RIGHT = {"kind": "device", "provider_kind": "device_supplier"}


def until(day: str) -> dict[str, str]:
    """Return the terms of a bill whose stay ends on a day."""
    return {"discharged_at": f"{day}T12:00:00+08:00"}
