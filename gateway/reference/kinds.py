"""The eleven kinds of reference data: their columns, their keys, and the order in which they rest on one another."""

from collections.abc import Callable
from typing import Any, get_type_hints

import msgspec
from msgspec import NODEFAULT, Struct

from gateway.reference.columns import (
    above_nothing,
    dialect_name,
    natures,
    not_negative,
    positive,
    reader,
    sha256_digest,
)
from gateway.reference.forms import Nature
from schemas.facts import (
    Agreement,
    Authorization,
    CatalogItem,
    Enrolment,
    Fact,
    Limit,
    Match,
    Pair,
    Policy,
    Provider,
    Recognition,
    Worker,
)
from schemas.scalars import Area, Number, Scheme, Text


class Employer(Fact, frozen=True, kw_only=True):
    """用人单位."""

    employer_id: Number
    area: Area
    scheme: Scheme
    name: Text


class Column(Struct, frozen=True, kw_only=True):
    """A column of a file. An empty cell takes the default, where there is one."""

    name: str
    read: Callable[[str], Any]
    required: bool
    default: Any = None
    natures: frozenset[Nature] = frozenset()
    """What a workbook's cell may be in it, beside text."""


class Kind(Struct, frozen=True, kw_only=True):
    """One kind of file."""

    name: str
    title_zh: str
    fact: type[Struct]
    columns: tuple[Column, ...]
    unique: tuple[tuple[str, ...], ...]
    """Columns whose values together stand once in a file."""
    validity: tuple[str, ...] = ()
    """Columns of the key whose rows' valid_from..valid_to must not overlap."""
    whole: bool
    """True where a file is all there is of an area and scheme; False where it adds to what stands."""
    needed: bool = True
    """False where an area may do without: `gateway import all` takes the file where it stands."""


_READERS: dict[str, Callable[[str], Any]] = {
    "token_sha256": sha256_digest,
    "dialect": dialect_name,
    "dialect_version": positive,
    "tolerance_fen": not_negative,
    "article17_days": not_negative,
    "sign_in_grace_minutes": not_negative,
    "future_minutes": not_negative,
    "age_min_years": not_negative,
    "age_max_years": not_negative,
    "service_life_years": positive,
    "days": positive,
    "per_act": above_nothing,
    "per_day": above_nothing,
    "per_visit": above_nothing,
    "course_days": positive,
    "days_apart": positive,
}
_LEFT_OUT = {"agreements", "employer_name"}


def _columns(*structs: type[Struct]) -> tuple[Column, ...]:
    return tuple(
        _column(field, hints[field.name])
        for struct in structs
        for hints in [get_type_hints(struct, include_extras=True)]
        for field in msgspec.structs.fields(struct)
        if field.name not in _LEFT_OUT
    )


def _column(field: msgspec.structs.FieldInfo, hint: Any) -> Column:
    read = _READERS.get(field.name) or reader(hint)
    taken = natures(hint)
    if field.default is not NODEFAULT:
        return Column(name=field.name, read=read, required=False, default=field.default, natures=taken)
    if field.default_factory is not NODEFAULT:
        return Column(name=field.name, read=read, required=False, default=field.default_factory(), natures=taken)
    return Column(name=field.name, read=read, required=not _optional(hint), natures=taken)


def _optional(hint: Any) -> bool:
    return type(None) in getattr(hint, "__args__", ())


_WORKER_ID = Column(name="worker_id", read=reader(Number), required=True)

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            name="providers",
            title_zh="协议机构",
            fact=Provider,
            columns=_columns(Provider, Agreement),
            unique=(("code", "valid_from"), ("code", "agreement_no")),
            validity=("code",),
            whole=True,
        ),
        Kind(
            name="employers",
            title_zh="用人单位",
            fact=Employer,
            columns=_columns(Employer),
            unique=(("employer_id",),),
            whole=False,
        ),
        Kind(
            name="workers",
            title_zh="工伤职工",
            fact=Worker,
            columns=_columns(Worker),
            unique=(("worker_id",), ("certno",)),
            whole=False,
        ),
        Kind(
            name="enrolments",
            title_zh="参保",
            fact=Enrolment,
            columns=(_WORKER_ID, *_columns(Enrolment)),
            unique=(("worker_id", "enrolment_no"),),
            validity=("worker_id", "scheme", "employer_id"),
            whole=False,
        ),
        Kind(
            name="recognitions",
            title_zh="工伤认定",
            fact=Recognition,
            columns=(_WORKER_ID, *_columns(Recognition)),
            unique=(("worker_id", "recognition_no"), ("qualification_id",)),
            whole=False,
        ),
        Kind(
            name="authorizations",
            title_zh="待遇资格",
            fact=Authorization,
            columns=(_WORKER_ID, *_columns(Authorization)),
            unique=(("worker_id", "authorization_no"), ("qualification_id",)),
            whole=False,
        ),
        Kind(
            name="catalog",
            title_zh="目录",
            fact=CatalogItem,
            columns=_columns(CatalogItem),
            unique=(("area", "scheme", "code", "valid_from"),),
            validity=("area", "scheme", "code"),
            whole=True,
        ),
        Kind(
            name="matches",
            title_zh="目录对照",
            fact=Match,
            columns=_columns(Match),
            unique=(("provider_code", "local_code", "valid_from"),),
            validity=("provider_code", "local_code"),
            whole=True,
        ),
        Kind(
            name="limits",
            title_zh="诊疗限制",
            fact=Limit,
            columns=_columns(Limit),
            unique=(("area", "scheme", "code", "valid_from"),),
            validity=("area", "scheme", "code"),
            whole=True,
            needed=False,
        ),
        Kind(
            name="pairs",
            title_zh="项目关系",
            fact=Pair,
            columns=_columns(Pair),
            unique=(("area", "scheme", "sort", "main_code", "sub_code", "valid_from"),),
            validity=("area", "scheme", "sort", "main_code", "sub_code"),
            whole=True,
            needed=False,
        ),
        Kind(
            name="policy",
            title_zh="政策参数",
            fact=Policy,
            columns=_columns(Policy),
            unique=(("area", "scheme", "valid_from"),),
            validity=("area", "scheme"),
            whole=True,
        ),
    )
}
"""In the order in which `gateway import all` takes them."""

PROVIDER_COLUMNS = tuple(column.name for column in _columns(Provider))
AGREEMENT_COLUMNS = tuple(column.name for column in _columns(Agreement))
