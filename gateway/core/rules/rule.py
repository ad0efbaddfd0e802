"""What a rule is: a code, its words, a default bearer, and one small pure function."""

from collections.abc import Callable
from typing import Literal, TypeAlias

from msgspec import Struct

from gateway.core.case import Case, Line
from gateway.core.money import part_half_up, plain
from schemas.decisions import Benefit, LineDecision
from schemas.scalars import Bearer


class Cure(Struct, frozen=True, kw_only=True):
    """What would make a line pass, where it depends on how the line failed."""

    zh: str
    en: str


class Cut(Struct, frozen=True, kw_only=True):
    """What a rule takes from what is left payable; 0 fen is a notice. bearer stands only where the rule has none."""

    fen: int
    evidence: dict[str, str]
    bearer: Bearer | None = None
    cure: Cure | None = None


Judge: TypeAlias = Callable[[Line, Case], tuple[Cut, ...]]
Give: TypeAlias = Callable[[tuple[LineDecision, ...], Case], tuple[Benefit, ...]]
"""All lines as decided, in the bill's order, to what they bring outside the bill."""

PASS: tuple[Cut, ...] = ()


RestsOn: TypeAlias = Literal[
    "line",
    "day",
    "repeated",
    "future",
    "set_apart",
    "local_code",
    "no_entry",
    "restriction",
    "authorization",
    "device",
    "no_device",
    "third_party",
    "dead",
    "bounded",
]
"""What a rule speaks about, so that it need not be asked about the rest: `day` judges all lines of one qualification
and day alike, `repeated` a number that has stood before, `future` a cost later than now, `set_apart` a line that the
provider itself marks as self-paid or not of the injury, `local_code` a line that names one, `no_entry` a code that no
catalog has on the day, `restriction` a row that restricts something, `authorization` what is under more than a
recognition, `device` and `no_device` a row by its sort, `third_party` an injury or visit for which somebody else has
paid, `dead` a worker who has died, `bounded` a code that a limit or a pair speaks of."""


def _silent(_line: Line, _case: Case) -> tuple[Cut, ...]:
    return PASS


class Rule(Struct, frozen=True, kw_only=True):
    """One rule. Cures may name keys of the evidence in braces."""

    code: str
    title_zh: str
    title_en: str
    source: str
    bearer: Bearer | None
    """Who bears the cut unless policy says otherwise; None is a notice, or a rule whose cuts name their own bearer."""
    cure_zh: str
    cure_en: str
    cures: tuple[Cure, ...] = ()
    """All that its cuts may name in place of the rule's own cure."""
    blocks: bool = False
    """Whether Settle refuses the whole bill for it."""
    blocks_when: tuple[str, str] | None = None
    """Narrows `blocks` to findings with this key and value in their evidence."""
    rests_on: RestsOn = "line"
    """What makes it worth asking; `line` is always asked."""
    judge: Judge = _silent
    give: Give | None = None
    """Of a rule about the whole bill: what it brings outside the bill."""


def whole(line: Line, cure: Cure | None = None, **evidence: str) -> tuple[Cut, ...]:
    """Cut all that is left payable of a line."""
    return (Cut(fen=line.payable_fen, evidence=evidence, cure=cure),)


def beyond(line: Line, left_e4: int, **evidence: str) -> tuple[Cut, ...]:
    """Cut what is beyond the quantity that is left, in proportion; evidence gains the quantity and what is left."""
    quantity_e4 = line.funded_e4
    if quantity_e4 <= left_e4:
        return PASS
    line.funded_e4 = left_e4
    past = line.payable_fen - part_half_up(line.payable_fen, left_e4, quantity_e4)
    if past == 0:
        return PASS
    return (Cut(fen=past, evidence={"quantity": plain(quantity_e4), "left": plain(left_e4)} | evidence),)
