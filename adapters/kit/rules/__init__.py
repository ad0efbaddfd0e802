"""The contract's rules by tier: each yields what is wrong and what would make it pass; silence is well done."""

from collections.abc import Callable, Iterator
from typing import Literal

from msgspec import Struct

from adapters.kit.bench import Bench
from adapters.kit.rules import charset, decimals, golden, lines, page, renders, repeats, silence, speed

Tier = Literal["none", "bronze", "silver", "gold"]
TIERS: tuple[Tier, ...] = ("none", "bronze", "silver", "gold")


class Rule(Struct, frozen=True, kw_only=True):
    """One rule."""

    name: str
    tier: Tier
    zh: str
    en: str
    look: Callable[[Bench], Iterator[str]]


RULES = (
    Rule(name="golden", tier="bronze", zh="每个交易都有范例且相符", en="golden pairs for each verb", look=golden.pairs),
    Rule(name="noise", tier="bronze", zh="受损报文得体拒收", en="noise is refused politely", look=golden.noise),
    Rule(
        name="truncation",
        tier="bronze",
        zh="截断报文得体拒收",
        en="a message that was cut off is refused",
        look=golden.truncation,
    ),
    Rule(
        name="lines",
        tier="silver",
        zh="合计、行数与退费关联保持",
        en="totals, line counts and refund links kept",
        look=lines.kept,
    ),
    Rule(name="decimals", tier="silver", zh="金额精确到分", en="exact decimals", look=decimals.exact),
    Rule(name="silence", tier="silver", zh="不静默丢弃任何字段", en="nothing dropped in silence", look=silence.kept),
    Rule(name="charset", tier="silver", zh="字符集严格", en="charset strict", look=charset.strict),
    Rule(
        name="renders",
        tier="silver",
        zh="所有应答与拒绝均可表达",
        en="every answer and refusal renderable",
        look=renders.everything,
    ),
    Rule(
        name="repeats",
        tier="gold",
        zh="传输字段刷新后仍识别为重发",
        en="repeats with fresh transport fields are recognised",
        look=repeats.recognised,
    ),
    Rule(name="speed", tier="gold", zh="二十行单据的读写在时限内", en="the speed budget holds", look=speed.kept),
    Rule(name="page", tier="gold", zh="说明页完整", en="its page is complete", look=page.complete),
    Rule(
        name="one_bill",
        tier="gold",
        zh="同一单据经各方言一致",
        en="among the dialects of one bill",
        look=page.among_all,
    ),
)
NAMES = tuple(rule.name for rule in RULES)
