"""Rules switched off one by one, and the cases that are then decided otherwise: `python -m tests.world.silenced`."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from msgspec import structs

from gateway.core.rules.catalogue import RULES
from gateway.core.rules.rule import PASS, Rule
from gateway.reference.world.stories import Case
from tests.world.deciding import WORLD, decided, differs


@contextmanager
def silent(rule: Rule) -> Iterator[None]:
    """Switch a rule off wherever it is asked: whatever it judges by finds nothing to say."""
    judges = {name: value for name, value in structs.asdict(rule).items() if callable(value)}
    assert judges, rule.code
    try:
        for name in judges:
            structs.force_setattr(rule, name, _nothing)
        yield
    finally:
        for name, judge in judges.items():
            structs.force_setattr(rule, name, judge)


def _nothing(*_: Any) -> tuple[Any, ...]:
    return PASS


def noticing(rule: Rule) -> list[str]:
    """Return the names of the cases that fail while the rule is silent."""
    with silent(rule):
        return [case.story.name for case in WORLD.cases if fails(case)]


def fails(case: Case) -> bool:
    """Return whether a case is decided otherwise than expected; rules that rest on a silent one may trip over it."""
    try:
        results = decided(case)
    except AssertionError:
        return True
    return any(differs(bill.expected, result) is not None for bill, result in zip(case.bills, results, strict=True))


if __name__ == "__main__":
    for each in RULES:
        print(f"{each.code:28} {', '.join(noticing(each))}")  # noqa: T201 this is what the command is for
