"""Rules switched off one by one, and the cases that are then decided otherwise: `python -m tests.world.silenced`."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from msgspec import structs

from gateway.core.rules.catalogue import RULES
from gateway.core.rules.rule import PASS, Rule
from gateway.reference.world.stories import Case
from tests.world.deciding import WORLD, decided, differs


@contextmanager
def changed(rule: Rule, **fields: Any) -> Iterator[None]:
    """Change a rule wherever it is asked, for a while."""
    before = {name: getattr(rule, name) for name in fields}
    try:
        for name, value in fields.items():
            structs.force_setattr(rule, name, value)
        yield
    finally:
        for name, value in before.items():
            structs.force_setattr(rule, name, value)


def silent(rule: Rule) -> AbstractContextManager[None]:
    """Switch a rule off: whatever it judges by finds nothing to say."""
    judges = {name: _nothing for name, value in structs.asdict(rule).items() if callable(value)}
    assert judges, rule.code
    return changed(rule, **judges)


def _nothing(*_: Any) -> tuple[Any, ...]:
    return PASS


def failing() -> list[str]:
    """Return the names of the cases that fail by the rules as they are now."""
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
        with silent(each):
            print(f"{each.code:28} {', '.join(failing())}")  # noqa: T201 this is what the command is for
