"""A provider's own ways of writing the string, as its profile states them."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final, get_args

from msgspec import Struct

from adapters import kinds
from adapters.legacy_caret.fields import CODES, ENVELOPE, ENVELOPE_ORDER, FIELDS_MAX, FILLER, INPUT, MED_TYPES, Code
from adapters.legacy_caret.replies import BILL_CODES, HEADS, NEEDED, SHARED
from adapters.tables import Field, Table
from schemas.dialect import Profile
from schemas.problems import Fault, Unsupported
from schemas.scalars import VisitKind

DEFAULTS: Final = {
    "charset": "utf-8",
    "sign_in": "required",
    "institution": "",
    "centre": "",
    "online": "1",
    "refused": "-1",
    "referral_kind": "121",
    "unclosed": "2421",
    "envelope": ",".join(ENVELOPE_ORDER),
}
"""Every setting with a name of its own, and what holds where a profile does not say."""
OF_CODES = ("order.", "reply.", "code.", "med_type.")
"""Beginnings of settings that are about one code."""
CHARSETS = {"utf-8": "utf-8", "gb18030": "gb18030", "gbk": "gb18030"}
_REFUSED = re.compile(r"-[1-9][0-9]{0,3}")
_CODE = re.compile(r"[0-9]{4}")


class Layout(Struct, frozen=True, kw_only=True):
    """Where the fields of one code stand. names: by place, a filler with a name of its own."""

    code: str
    of: Code
    names: tuple[str, ...]
    table: Table
    closed: bool
    """Whether a pipe stands behind the last field too."""


class Habits(Struct, frozen=True, kw_only=True):
    """What a profile says, checked."""

    institution: str
    charset: str
    sign_in: bool
    centre: str
    """What 中心编码 must be; "" leaves it to the sender."""
    online: frozenset[str]
    refused: str
    referral_kind: str
    envelope: tuple[str, ...]
    """Names by place."""
    envelope_table: Table
    layouts: dict[str, Layout]
    """By the sender's own transaction code."""
    replies: dict[str, tuple[str, ...]]
    """The order of an answer's first row, by our code."""
    med_types: dict[str, str]

    def shows_provider_share(self, code: str) -> bool:
        """Return whether the answer to a bill has a place for what the provider bears."""
        return "provider_yuan" in self.replies[code]


def habits(profile: Profile) -> Habits:
    """Return a provider's habits; raises Unsupported where its settings are wrong, naming the first that is."""
    return _habits(profile.provider_code, tuple(sorted(profile.settings.items())))


def standing(profile: Profile) -> Habits:
    """Return the habits to answer by: the defaults where a profile is wrong, so that even that can be said."""
    try:
        return habits(profile)
    except Unsupported:
        return habits(Profile(provider_code=profile.provider_code))


@lru_cache(maxsize=4_096)
def _habits(code: str, settings: tuple[tuple[str, str], ...]) -> Habits:
    given = dict(settings)
    for key in given:
        if key not in DEFAULTS and not key.startswith(OF_CODES):
            raise _wrong(key)
        if key.startswith(("order.", "reply.")) and key.partition(".")[2] not in CODES:
            raise _wrong(key)
    said = DEFAULTS | given
    envelope, envelope_table = _envelope(said["envelope"])
    return Habits(
        institution=said["institution"] or code,
        charset=_charset(said["charset"]),
        sign_in=_sign_in(said["sign_in"]),
        centre=said["centre"],
        online=frozenset(_listed(said["online"], "online")),
        refused=_refused(said["refused"]),
        referral_kind=said["referral_kind"],
        envelope=envelope,
        envelope_table=envelope_table,
        layouts=_layouts(given, frozenset(part for part in said["unclosed"].split(",") if part)),
        replies={name: _reply(name, given.get(f"reply.{name}")) for name in CODES},
        med_types=MED_TYPES | _med_types(given),
    )


def _wrong(key: str) -> Unsupported:
    shown = "".join(char for char in key[:40] if char.isascii() and char.isprintable())
    return Unsupported(
        Fault(
            pointer="",
            code="profile.wrong",
            zh=f"本机构的接口设置有误：{shown}",
            en=f"this provider's settings are wrong: {shown}",
            cure_zh="请联系经办机构更正机构表profile列",
            cure_en="ask the agency to correct the column profile of the providers' sheet",
        )
    )


def _charset(given: str) -> str:
    if given not in CHARSETS:
        raise _wrong("charset")
    return CHARSETS[given]


def _sign_in(given: str) -> bool:
    if given not in ("required", "off"):
        raise _wrong("sign_in")
    return given == "required"


def _refused(given: str) -> str:
    if not _REFUSED.fullmatch(given):
        raise _wrong("refused")
    return given


def _listed(given: str, key: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in given.split(","))
    if not all(names) or len(names) > FIELDS_MAX:
        raise _wrong(key)
    return names


def _placed(order: str, table: Mapping[str, Field], key: str, extra: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the names of an order by place; each but the filler stands once, and is known."""
    names = _listed(order, key)
    real = [name for name in names if name != FILLER]
    if len(set(real)) != len(real) or not set(real) <= table.keys() | set(extra):
        raise _wrong(key)
    return tuple(f"{FILLER}{place}" if name == FILLER else name for place, name in enumerate(names, start=1))


def _table(names: Iterable[str], fields: Mapping[str, Field]) -> Table:
    return Table(*(fields[name] if name in fields else _filler(name) for name in names))


def _filler(name: str) -> Field:
    return Field(
        name=name, zh="未用", kind=kinds.anything, into=name, use="carried", required=False, known=False, section="§1.5"
    )


def _envelope(order: str) -> tuple[tuple[str, ...], Table]:
    names = _placed(order, ENVELOPE, "envelope", (INPUT,))
    if not {"code", "institution", "operator", "cycle", "serial", INPUT} <= set(names):
        raise _wrong("envelope")
    return names, _table((name for name in names if name != INPUT), ENVELOPE)


def _layouts(given: dict[str, str], unclosed: frozenset[str]) -> dict[str, Layout]:
    """Return layouts by the sender's codes: ours, and those that a profile's `code.THEIRS` maps to ours."""
    if not unclosed <= CODES.keys():
        raise _wrong("unclosed")
    own = {name: _layout(name, given.get(f"order.{name}"), name not in unclosed) for name in CODES}
    return own | {theirs: own[ours] for theirs, ours in _aliases(given).items()}


def _aliases(given: dict[str, str]) -> dict[str, str]:
    aliases = {key.removeprefix("code."): ours for key, ours in given.items() if key.startswith("code.")}
    for theirs, ours in aliases.items():
        if not _CODE.fullmatch(theirs) or ours not in CODES:
            raise _wrong(f"code.{theirs}")
    return aliases


def _layout(name: str, order: str | None, closed: bool) -> Layout:
    code = CODES[name]
    names = code.order if order is None else _placed(order, code.fields, f"order.{name}")
    table = _table(names, code.fields)
    if not {field.name for field in code.fields.values() if field.required} <= set(names):
        raise _wrong(f"order.{name}")
    return Layout(code=name, of=code, names=names, table=table, closed=closed)


def _reply(name: str, order: str | None) -> tuple[str, ...]:
    """Return the order of an answer's first row; a bill's shows every share, if only two in one."""
    if order is None:
        return HEADS[name]
    names = _listed(order, f"reply.{name}")
    real = [part for part in names if part != FILLER]
    known = set(HEADS[name]) | SHARED.get(name, frozenset())
    if len(set(real)) != len(real) or not set(real) <= known:
        raise _wrong(f"reply.{name}")
    if name in BILL_CODES and not any(needed <= set(real) for needed in NEEDED):
        raise _wrong(f"reply.{name}")
    return names


def _med_types(given: dict[str, str]) -> dict[str, str]:
    own = {key.removeprefix("med_type."): kind for key, kind in given.items() if key.startswith("med_type.")}
    for name, kind in own.items():
        if kind not in get_args(VisitKind):
            raise _wrong(f"med_type.{name}")
    return own
