"""Checks an adapter against the contract and tells its tier."""

from collections.abc import Callable, Iterator
from itertools import islice

from msgspec import Struct

from adapters.kit.bench import Bench
from adapters.kit.rules import NAMES, RULES, TIERS, Rule, Tier

TOLD_MAX = 25
"""Faults told of one rule."""


class Verdict(Struct, frozen=True, kw_only=True):
    """What became of one rule. because: why it is exempt; wrong: what is wrong, and what would make it pass."""

    rule: str
    because: str | None = None
    wrong: tuple[str, ...] = ()

    @property
    def stands(self) -> bool:
        """Whether the rule is done or exempt."""
        return not self.wrong


class Report(Struct, frozen=True, kw_only=True):
    """An adapter's standing."""

    name: str
    version: int | None
    tier: Tier
    verdicts: tuple[Verdict, ...]


def checked(bench: Bench, guard: Callable[[Callable[[], list[str]]], list[str]]) -> Report:
    """Return an adapter's standing. guard runs a rule within its time and tells what it raised."""
    verdicts = tuple(_verdict(bench, rule, guard) for rule in RULES)
    unknown = sorted(set(bench.statement.EXEMPT) - set(NAMES))
    if unknown:
        told = f"EXEMPT names {unknown[0]}, which is no rule; the rules are {', '.join(NAMES)}"
        verdicts = (*verdicts[:-1], Verdict(rule=verdicts[-1].rule, wrong=(*verdicts[-1].wrong, told)))
    return Report(name=bench.adapter.NAME, version=bench.adapter.VERSION, tier=tier_of(verdicts), verdicts=verdicts)


def unfit(name: str, told: str) -> Report:
    """Return the standing of what cannot even be put on the bench."""
    wrong = (told,)
    return Report(
        name=name, version=None, tier="none", verdicts=tuple(Verdict(rule=rule, wrong=wrong) for rule in NAMES)
    )


def _verdict(bench: Bench, rule: Rule, guard: Callable[[Callable[[], list[str]]], list[str]]) -> Verdict:
    because = bench.statement.EXEMPT.get(rule.name)
    if because is not None:
        return Verdict(rule=rule.name, because=because)
    return Verdict(rule=rule.name, wrong=tuple(guard(lambda: list(_bounded(rule.look(bench))))))


def _bounded(told: Iterator[str]) -> Iterator[str]:
    return islice(told, TOLD_MAX)


def tier_of(verdicts: tuple[Verdict, ...]) -> Tier:
    """Return the highest tier all of whose rules stand, and those of the tiers below it."""
    stands = {verdict.rule: verdict.stands for verdict in verdicts}
    reached: Tier = "none"
    for tier in TIERS[1:]:
        if not all(stands[rule.name] for rule in RULES if rule.tier == tier):
            break
        reached = tier
    return reached
