"""What the rows of a file refer to: what stands in the tables and in the files that go in with it."""

from collections.abc import Container, Iterable, Iterator
from typing import Any

from msgspec import Struct, field

from gateway.reference.checks import OWN_TOKEN
from gateway.reference.faults import Fault, Said, fault, shown
from gateway.reference.files import Entry, Sheet

WORKER = Said("职工", "worker")
EMPLOYER = Said("用人单位", "employer")
PROVIDER = Said("协议机构", "provider")
RECOGNITION = Said("该职工的工伤认定", "recognition of this worker")
CATALOG_CODE = Said("目录编码", "catalog code")
CODE_OF_AREA = Said("该统筹区的目录编码", "catalog code of this area")


class Known(Struct, kw_only=True):
    """Keys that may be referred to. Filled from the tables, then from the files, then asked."""

    employers: set[str] = field(default_factory=set)
    workers: set[str] = field(default_factory=set)
    certnos: dict[str, str] = field(default_factory=dict)
    """Identity number → worker_id that holds it in the tables."""
    recognitions: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    """Worker and recognition number → area and scheme."""
    qualifications: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    """Worker and qualification → kind of file and number of what it belongs to."""
    providers: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Code → area and scheme."""
    tokens: dict[str, str] = field(default_factory=dict)
    """token_sha256 → code."""
    codes: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    """Catalog code → areas and schemes whose catalog has it."""


def extend(known: Known, sheets: Iterable[Sheet]) -> None:
    """Add what the files themselves bring; a faulty row still brings its keys, so that one fault is told once."""
    for sheet in sheets:
        if sheet.kind.whole:
            _replace(known, sheet)
        for entry in sheet.entries:
            _bring(known, sheet.kind.name, entry.values)


def _replace(known: Known, sheet: Sheet) -> None:
    """Forget what a whole file takes the place of."""
    parts = {(entry.values.get("area"), entry.values.get("scheme")) for entry in sheet.entries}
    if sheet.kind.name == "catalog":
        known.codes = {code: there - parts for code, there in known.codes.items()}
    if sheet.kind.name == "providers":
        known.providers = {code: part for code, part in known.providers.items() if part not in parts}
        known.tokens = {token: code for token, code in known.tokens.items() if code in known.providers}


def _bring(known: Known, kind: str, values: dict[str, Any]) -> None:
    match kind:
        case "employers" if "employer_id" in values:
            known.employers.add(values["employer_id"])
        case "workers" if "worker_id" in values:
            known.workers.add(values["worker_id"])
        case "catalog" if {"area", "scheme", "code"} <= values.keys():
            known.codes.setdefault(values["code"], set()).add((values["area"], values["scheme"]))
        case "providers" if {"area", "scheme", "code"} <= values.keys():
            known.providers.setdefault(values["code"], (values["area"], values["scheme"]))
        case "recognitions" if {"worker_id", "recognition_no", "area", "scheme"} <= values.keys():
            key = (values["worker_id"], values["recognition_no"])
            known.recognitions[key] = (values["area"], values["scheme"])
            _bring_qualification(known, kind, values, "recognition_no")
        case "authorizations" if {"worker_id", "authorization_no"} <= values.keys():
            _bring_qualification(known, kind, values, "authorization_no")
        case _:
            pass


def _bring_qualification(known: Known, kind: str, values: dict[str, Any], number: str) -> None:
    if "qualification_id" in values:
        key = (values["worker_id"], values["qualification_id"])
        known.qualifications.setdefault(key, (kind, values[number]))


def check(known: Known, sheet: Sheet) -> Iterator[Fault]:
    """Yield a fault for each reference to what there is not, and for what is already another's."""
    for entry in sheet.entries:
        match sheet.kind.name:
            case "providers":
                yield from _provider(known, sheet, entry)
            case "workers":
                yield from _worker(known, sheet, entry)
            case "enrolments":
                yield from _named(sheet, entry, "worker_id", known.workers, WORKER)
                yield from _named(sheet, entry, "employer_id", known.employers, EMPLOYER)
            case "recognitions":
                yield from _named(sheet, entry, "worker_id", known.workers, WORKER)
                yield from _named(sheet, entry, "employer_id", known.employers, EMPLOYER)
                yield from _qualification(known, sheet, entry, "recognition_no")
            case "authorizations":
                yield from _authorization(known, sheet, entry)
            case "matches":
                yield from _match(known, sheet, entry)
            case "pairs":
                yield from _pair(known, sheet, entry)
            case _:
                pass


def _named(sheet: Sheet, entry: Entry, column: str, there: Container[str], noun: Said) -> Iterator[Fault]:
    value = entry.values.get(column)
    if value is not None and value not in there:
        yield _unknown(sheet, entry, column, value, noun)


def _provider(known: Known, sheet: Sheet, entry: Entry) -> Iterator[Fault]:
    code, token = entry.values.get("code"), entry.values.get("token_sha256")
    part = (entry.values.get("area"), entry.values.get("scheme"))
    if code in known.providers and None not in part and known.providers[code] != part:
        yield fault(
            sheet.kind.name,
            entry.row,
            "code",
            Said("此机构属于另一统筹区或险种", "the provider belongs to another area or scheme"),
            Said("一个机构编号只属于一个统筹区和险种", "keep a code in one area and scheme"),
        )
    if token in known.tokens and known.tokens[token] != code:
        yield fault(
            sheet.kind.name,
            entry.row,
            "token_sha256",
            Said("另一机构的令牌", "the token of another provider"),
            OWN_TOKEN,
        )


def _worker(known: Known, sheet: Sheet, entry: Entry) -> Iterator[Fault]:
    yield from _named(sheet, entry, "employer_id", known.employers, EMPLOYER)
    holder = known.certnos.get(entry.values.get("certno", ""))
    if holder is not None and holder != entry.values.get("worker_id"):
        yield fault(
            sheet.kind.name,
            entry.row,
            "certno",
            Said(f"证件号码已属于职工 {holder}", f"the identity number is worker {holder}'s already"),
            Said("核对证件号码或 worker_id", "check the identity number or the worker_id"),
        )


def _authorization(known: Known, sheet: Sheet, entry: Entry) -> Iterator[Fault]:
    yield from _named(sheet, entry, "worker_id", known.workers, WORKER)
    yield from _named(sheet, entry, "provider_code", known.providers, PROVIDER)
    yield from _qualification(known, sheet, entry, "authorization_no")
    values = entry.values
    if {"worker_id", "recognition_no"} <= values.keys():
        key = (values["worker_id"], values["recognition_no"])
        if key not in known.recognitions:
            yield _unknown(sheet, entry, "recognition_no", key[1], RECOGNITION)
    for code in values.get("items") or ():
        if not known.codes.get(code):
            yield _unknown(sheet, entry, "items", code, CATALOG_CODE)


def _qualification(known: Known, sheet: Sheet, entry: Entry, number: str) -> Iterator[Fault]:
    values = entry.values
    if not {"worker_id", "qualification_id", number} <= values.keys():
        return
    kind, owner = known.qualifications.get((values["worker_id"], values["qualification_id"]), (None, None))
    if kind is not None and (kind, owner) != (sheet.kind.name, values[number]):
        yield fault(
            sheet.kind.name,
            entry.row,
            "qualification_id",
            Said(f"已属于 {kind} 的 {owner}", f"belongs to {owner} of {kind} already"),
            Said("每项认定或资格用自己的 qualification_id", "give each recognition and authorization its own"),
        )


def _match(known: Known, sheet: Sheet, entry: Entry) -> Iterator[Fault]:
    yield from _named(sheet, entry, "provider_code", known.providers, PROVIDER)
    yield from _code_of_area(known, sheet, entry, "catalog_code")


def _pair(known: Known, sheet: Sheet, entry: Entry) -> Iterator[Fault]:
    """A swap is paid at its sub item's ceiling, so that must be an item; other codes may be beginnings."""
    if entry.values.get("sort") == "swap":
        yield from _code_of_area(known, sheet, entry, "sub_code")


def _code_of_area(known: Known, sheet: Sheet, entry: Entry, column: str) -> Iterator[Fault]:
    values = entry.values
    if {"area", "scheme", column} <= values.keys():
        code = values[column]
        if (values["area"], values["scheme"]) not in known.codes.get(code, ()):
            yield _unknown(sheet, entry, column, code, CODE_OF_AREA)


def _unknown(sheet: Sheet, entry: Entry, column: str, value: str, noun: Said) -> Fault:
    reason = Said(f"没有此{noun.zh}: {shown(value)}", f"no such {noun.en}: {shown(value)}")
    cure = Said(f"先导入此{noun.zh},或更正", f"import the {noun.en} first, or correct it")
    return fault(sheet.kind.name, entry.row, column, reason, cure)
