"""What the rows of one file say of each other, and the cells of one row: keys, spells, orders of days."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, TypeAlias

from gateway.reference.faults import Fault, Said, fault, shown
from gateway.reference.files import Entry, Sheet
from gateway.reference.kinds import PROVIDER_COLUMNS, Kind

Values: TypeAlias = dict[str, Any]
Rule: TypeAlias = tuple[str, Callable[[Values], bool], Said, Said]
"""Column, whether the row is sound, reason, cure."""


OWN_TOKEN = Said("为每个机构发放自己的令牌", "give each provider a token of its own")


def check(sheet: Sheet) -> list[Fault]:
    """Return all faults that the file shows by itself beyond those of its cells."""
    faults = [fault for columns in sheet.kind.unique for fault in _duplicates(sheet, columns)]
    faults += _row_rules(sheet)
    if sheet.kind.validity:
        faults += _overlaps(sheet)
    if sheet.kind.name == "providers":
        faults += _differing_providers(sheet)
        faults += _shared_tokens(sheet)
    return faults


def _keyed(sheet: Sheet, columns: tuple[str, ...]) -> dict[tuple[Any, ...], list[Entry]]:
    groups: dict[tuple[Any, ...], list[Entry]] = defaultdict(list)
    for entry in sheet.entries:
        if all(column in entry.values for column in columns):
            groups[tuple(entry.values[column] for column in columns)].append(entry)
    return groups


def _duplicates(sheet: Sheet, columns: tuple[str, ...]) -> Iterator[Fault]:
    for key, entries in _keyed(sheet, columns).items():
        for entry in entries[1:]:
            first, spelled = entries[0].row, _spelled(columns, key)
            reason = Said(f"与第 {first} 行重复: {spelled}", f"stands in row {first} already: {spelled}")
            yield fault(sheet.kind.name, entry.row, columns[-1], reason, Said("每个键只写一行", "write each key once"))


def _spelled(columns: tuple[str, ...], key: tuple[Any, ...]) -> str:
    if "certno" in columns:
        return "certno"
    return ", ".join(f"{column}={shown(str(value))}" for column, value in zip(columns, key, strict=True))


def _ordered(first: str, second: str) -> Callable[[Values], bool]:
    def sound(values: Values) -> bool:
        earlier, later = values.get(first), values.get(second)
        return earlier is None or later is None or earlier <= later

    return sound


def _days(first: str, second: str) -> Rule:
    return (
        second,
        _ordered(first, second),
        Said(f"早于 {first}", f"earlier than {first}"),
        Said(f"{second} 不早于 {first}", f"give a day not before {first}"),
    )


_LIMITING = ("per_act", "per_day", "per_visit", "course_days", "days_apart", "stay")


def _apart(main_code: str | None, sub_code: str | None) -> bool:
    if main_code is None or sub_code is None:
        return True
    return not main_code.startswith(sub_code) and not sub_code.startswith(main_code)


_RULES: dict[str, tuple[Rule, ...]] = {
    "providers": (_days("valid_from", "valid_to"),),
    "workers": (_days("birthday", "died_on"),),
    "enrolments": (
        _days("valid_from", "valid_to"),
        (
            "arrears_paid_on",
            lambda values: values.get("arrears", True) or values.get("arrears_paid_on") is None,
            Said("未欠费却有补缴日期", "a day of payment without arrears"),
            Said("arrears 填 true,或此列留空", "set arrears to true, or leave this empty"),
        ),
    ),
    "recognitions": (
        _days("injured_on", "applied_on"),
        _days("applied_on", "accepted_on"),
        _days("accepted_on", "decided_on"),
        _days("injured_on", "revoked_on"),
        (
            "revoked_on",
            lambda values: "state" not in values or (values["state"] == "revoked") == bool(values.get("revoked_on")),
            Said("撤销状态与撤销日期不符", "state and day of revocation do not agree"),
            Said("state 为 revoked 时且仅此时填写", "give it when, and only when, state is revoked"),
        ),
        (
            "third_party_paid_fen",
            lambda values: values.get("third_party", True) or not values.get("third_party_paid_fen"),
            Said("无第三人却有第三人支付", "paid by a third party that there is not"),
            Said("third_party 填 true,或此列留空", "set third_party to true, or leave this empty"),
        ),
    ),
    "authorizations": (_days("valid_from", "valid_to"),),
    "catalog": (
        _days("valid_from", "valid_to"),
        (
            "age_max_years",
            _ordered("age_min_years", "age_max_years"),
            Said("小于 age_min_years", "less than age_min_years"),
            Said("不小于 age_min_years", "give at least age_min_years"),
        ),
        (
            "service_life_years",
            lambda values: values.get("sort", "device") == "device" or values.get("service_life_years") is None,
            Said("只有辅助器具有使用年限", "only devices have a service life"),
            Said("留空,或 sort 填 device", "leave it empty, or set sort to device"),
        ),
    ),
    "matches": (_days("valid_from", "valid_to"),),
    "limits": (
        _days("valid_from", "valid_to"),
        (
            "code",
            lambda values: any(values.get(column, True) is not None for column in _LIMITING),
            Said("未限制任何内容", "limits nothing"),
            Said(f"至少填写其中一列: {', '.join(_LIMITING)}", f"fill in at least one of {', '.join(_LIMITING)}"),
        ),
    ),
    "pairs": (
        _days("valid_from", "valid_to"),
        (
            "sub_code",
            lambda values: _apart(values.get("main_code"), values.get("sub_code")),
            Said(
                "主项与从项互为前缀,同一编码会与自己成对",
                "main and sub begin with each other: a code would pair with itself",
            ),
            Said("主项、从项编码互不为前缀", "give two codes of which neither begins with the other"),
        ),
        (
            "diagnosis_prefixes",
            lambda values: values.get("sort", "swap") == "swap" or not values.get("diagnosis_prefixes"),
            Said("只有串换项目按诊断判断", "only a swap is judged by diagnoses"),
            Said("留空,或 sort 填 swap", "leave it empty, or set sort to swap"),
        ),
    ),
    "policy": (_days("valid_from", "valid_to"),),
}


def _row_rules(sheet: Sheet) -> Iterator[Fault]:
    for entry in sheet.entries:
        for column, sound, reason, cure in _RULES.get(sheet.kind.name, ()):
            if not sound(entry.values):
                yield fault(sheet.kind.name, entry.row, column, reason, cure)


def _overlaps(sheet: Sheet) -> Iterator[Fault]:
    for spells in _spells(sheet).values():
        reach, reaching = date.min, spells[0]
        for entry in spells:
            starts, ends = entry.values["valid_from"], entry.values.get("valid_to") or date.max
            if entry is not reaching and starts <= reach:
                yield _overlap(sheet.kind, entry, reaching)
            if ends >= reach:
                reach, reaching = ends, entry


def _spells(sheet: Sheet) -> dict[tuple[Any, ...], list[Entry]]:
    spells = _keyed(sheet, (*sheet.kind.validity, "valid_from", "valid_to"))
    groups: dict[tuple[Any, ...], list[Entry]] = defaultdict(list)
    for (*key, _, _), entries in spells.items():
        groups[tuple(key)] += entries
    return {key: sorted(entries, key=lambda entry: entry.values["valid_from"]) for key, entries in groups.items()}


def _overlap(kind: Kind, entry: Entry, other: Entry) -> Fault:
    reason = Said(f"与第 {other.row} 行的有效期重叠", f"overlaps the days of row {other.row}")
    cure = Said(
        "同一键的有效期首尾相接,不重叠(止日含当日)",
        "let the spells of one key follow one another; to-dates are inclusive",
    )
    return fault(kind.name, entry.row, "valid_from", reason, cure)


def _differing_providers(sheet: Sheet) -> Iterator[Fault]:
    """A provider has a row for each agreement spell; what is the provider's own stands on each alike."""
    for entries in _keyed(sheet, ("code",)).values():
        first = entries[0]
        for entry in entries[1:]:
            for column in PROVIDER_COLUMNS:
                both = column in entry.values and column in first.values
                if both and entry.values[column] != first.values[column]:
                    reason = Said(
                        f"与第 {first.row} 行同一机构的值不同", f"differs from row {first.row} of the same provider"
                    )
                    cure = Said("同一机构各行的机构信息须一致", "say the same of a provider on each of its rows")
                    yield fault(sheet.kind.name, entry.row, column, reason, cure)


def _shared_tokens(sheet: Sheet) -> Iterator[Fault]:
    for entries in _keyed(sheet, ("token_sha256",)).values():
        for entry in entries[1:]:
            if entry.values.get("code") != entries[0].values.get("code"):
                row = entries[0].row
                reason = Said(f"与第 {row} 行另一机构的令牌相同", f"the token of another provider, in row {row}")
                yield fault(sheet.kind.name, entry.row, "token_sha256", reason, OWN_TOKEN)
