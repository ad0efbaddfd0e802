"""The world's 68 providers, their agreements, and what their local codes stand for."""

from datetime import date

from msgspec.structs import replace

from gateway.reference.world.catalog import ELSEWHERE, HOME, restricted
from gateway.reference.world.draw import Draw, token, token_digest
from schemas.facts import Agreement, CatalogItem, Match, Provider
from schemas.scalars import WORK_INJURY, Level, ProviderKind

FROM, TO = date(2025, 1, 1), date(2027, 12, 31)
LEVELS: tuple[Level, ...] = ("tertiary", "secondary", "primary", "ungraded")
MATCHES_PER_HOSPITAL = 30
NUMERALS = "零一二三四五六七八九"

# The providers that the cases name.
TERTIARY = "H32110000001"
SECONDARY = "H32110000002"
RISING = "H32110000003"
"""Primary until the middle of 2026, secondary from then on."""
PRIMARY = "H32110000004"
SUSPENDED = "H32110000005"
SUSPENDED_DEPARTMENT = "ORTH-9"
"""A department of TERTIARY's that may not bill."""
REHABILITATION = "K32110000001"
SUPPLIER = "Q32110000001"
ELSEWHERE_TERTIARY = "H32010000001"

_GROUPS: tuple[tuple[str, ProviderKind, str, int], ...] = (
    (HOME, "hospital", "H", 48),
    (HOME, "rehabilitation_centre", "K", 8),
    (HOME, "device_supplier", "Q", 7),
    (ELSEWHERE, "hospital", "H", 3),
    (ELSEWHERE, "rehabilitation_centre", "K", 1),
    (ELSEWHERE, "device_supplier", "Q", 1),
)
_NAMES: dict[ProviderKind, str] = {
    "hospital": "示例{}医院",
    "rehabilitation_centre": "示例{}康复中心",
    "device_supplier": "示例{}辅助器具公司",
}
_LEVEL: dict[str, Level] = {
    TERTIARY: "tertiary",
    SECONDARY: "secondary",
    PRIMARY: "primary",
    SUSPENDED: "secondary",
    REHABILITATION: "tertiary",
    SUPPLIER: "ungraded",
    ELSEWHERE_TERTIARY: "tertiary",
}
_SPEAKS_JIANGSU_FROM = 21
"""Home hospitals from this number on speak Jiangsu's dialect."""
_SPEAKS = {15: "national", 16: "legacy_caret", 17: "fhir_r4", 18: "hl7_v2", 19: "soap", 20: "sheet"}
"""Which home hospitals speak yet another: one each, all of them tertiary, so that a bill comes out alike at each."""
_PROFILES = {"national": {"sign_in": "off"}, "legacy_caret": {"sign_in": "off"}}
"""So that a first message is no sign-in; 9001 is answered all the same."""
SPEAKERS = {dialect: f"H{HOME}{number:05d}" for number, dialect in _SPEAKS.items()}
"""The hospital by its dialect."""


def providers(seed: int) -> list[Provider]:
    """Return the providers, those that the cases name first of their kind."""
    return [
        _provider(seed, area, kind, f"{letter}{area}{number:05d}", number)
        for area, kind, letter, count in _GROUPS
        for number in range(1, count + 1)
    ]


def _provider(seed: int, area: str, kind: ProviderKind, code: str, number: int) -> Provider:
    dialect = _dialect(number) if (area, kind) == (HOME, "hospital") else "native"
    place = "外地" if area == ELSEWHERE else ""
    return Provider(
        code=code,
        name=place + _NAMES[kind].format(_numeral(number)),
        kind=kind,
        area=area,
        scheme=WORK_INJURY,
        dialect=dialect,
        profile=_PROFILES.get(dialect, {}),
        token_sha256=token_digest(token(seed, code)),
        agreements=_agreements(code, kind, number),
    )


def _dialect(number: int) -> str:
    """Return what a home hospital speaks."""
    return "jiangsu_injury" if number >= _SPEAKS_JIANGSU_FROM else _SPEAKS.get(number, "native")


def _numeral(number: int) -> str:
    tens, ones = divmod(number, 10)
    if tens == 0:
        return NUMERALS[ones]
    return ("" if tens == 1 else NUMERALS[tens]) + "十" + (NUMERALS[ones] if ones else "")


def _agreements(code: str, kind: ProviderKind, number: int) -> tuple[Agreement, ...]:
    if code == RISING:
        return (
            _agreement(code, 1, "primary", FROM, date(2026, 6, 30)),
            _agreement(code, 2, "secondary", date(2026, 7, 1), TO),
        )
    if code == SUSPENDED:
        suspended = Agreement(
            valid_from=date(2026, 6, 1), valid_to=TO, level="secondary", agreement_no=f"XY-{code}-2", state="suspended"
        )
        return (_agreement(code, 1, "secondary", FROM, date(2026, 5, 31)), suspended)
    if code == TERTIARY:
        agreed = _agreement(code, 1, "tertiary", FROM, TO)
        return (replace(agreed, suspended_departments=(SUSPENDED_DEPARTMENT,)),)
    level = "ungraded" if kind == "device_supplier" else LEVELS[number % len(LEVELS)]
    if code in SPEAKERS.values():
        level = "tertiary"
    return (_agreement(code, 1, _LEVEL.get(code, level), FROM, TO),)


def _agreement(code: str, number: int, level: Level, valid_from: date, valid_to: date) -> Agreement:
    return Agreement(
        valid_from=valid_from, valid_to=valid_to, level=level, agreement_no=f"XY-{code}-{number}", state="in_force"
    )


def matches(seed: int, everyone: list[Provider], items: list[CatalogItem]) -> list[Match]:
    """Return the hospitals' approved local codes L-0001 …, the same everywhere first, and L-9001 still pending."""
    draw = Draw(seed, "matches")
    found: list[Match] = []
    for provider in everyone:
        if provider.kind != "hospital":
            continue
        offered = [item for item in items if item.area == provider.area and not restricted(item)]
        chosen = [*offered[:10], *(draw.one_of(offered[10:]) for _ in range(MATCHES_PER_HOSPITAL - 10))]
        found += [_match(provider, f"L-{number:04d}", item.code) for number, item in enumerate(chosen, 1)]
        found.append(_match(provider, "L-9001", offered[0].code, pending=True))
    return found


def _match(provider: Provider, local_code: str, catalog_code: str, *, pending: bool = False) -> Match:
    return Match(
        area=provider.area,
        scheme=provider.scheme,
        provider_code=provider.code,
        local_code=local_code,
        catalog_code=catalog_code,
        state="pending" if pending else "approved",
        valid_from=FROM,
    )
