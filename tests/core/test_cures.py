"""What would make a line pass: `gateway rules CODE` knows every cure that a finding may carry, and none has a hole."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from msgspec.structs import force_setattr
from msgspec.structs import replace as turned

from gateway.core.case import Case, Line
from gateway.core.rules.catalogue import RULES
from gateway.core.rules.rule import Cure, Cut, Rule
from schemas.decisions import Finding
from tests.core.table import STAYING, TABLE, recognised, row, visit
from tests.core.table_of_limits import TABLE_OF_LIMITS
from tests.core.test_refunds import refund
from tests.core.world import ITEM, at, day, decide, settled_line
from tests.world.deciding import WORLD, decided

HOLE = re.compile(r"[{}]|(?<![\w.])-(?![\w.])|None")
"""A brace that nothing filled, or the mark of what is not known."""

MORE = (
    row(age_min_years=50),
    row(age_max_years=20),
    recognised(applied_on=day("2024-04-02"), accepted_on=None),
    {"visit": turned(STAYING, admitted_at=at("2024-05-02T08:00"))},
    visit(emergency=True, stabilised_at=None),
)
"""Lines that fail as no row of the table does."""
REFUNDS = (
    (refund(), ()),
    (refund(quantity="2", fen=100_00), (settled_line(),)),
    (refund(catalog_code="Z9"), (settled_line(),)),
    (refund("1"), (settled_line(),)),
    (refund(), (settled_line(refunds_item_no="0", charged_fen=-100_00),)),
)


@contextmanager
def overheard(rule: Rule, cures: set[tuple[str, Cure]]) -> Iterator[None]:
    """Keep the cures that a rule's cuts name, with its code."""
    judge = rule.judge

    def listening(line: Line, case: Case) -> tuple[Cut, ...]:
        cuts = judge(line, case)
        cures.update((rule.code, cut.cure) for cut in cuts if cut.cure is not None)
        return cuts

    force_setattr(rule, "judge", listening)
    try:
        yield
    finally:
        force_setattr(rule, "judge", judge)


def every_finding() -> Iterator[Finding]:
    """Decide the rule table, further lines, refunds that fail, and all bills of the world."""
    for turns in (*(turns for _, turns, _ in (*TABLE, *TABLE_OF_LIMITS)), *MORE):
        fields = dict(turns)
        yield from decide(fields.pop("item", ITEM), **fields).findings
    for item, settled in REFUNDS:
        yield from decide(item, settled=settled).findings
    for case in WORLD.cases:
        for result in decided(case):
            yield from result.decision.findings


def test_a_rule_lists_every_cure_that_it_may_name() -> None:
    """Cures that a cut names stand in the rule's list, and all of the list is named by some line."""
    named: set[tuple[str, Cure]] = set()
    with ExitStack() as listening:
        for rule in RULES:
            listening.enter_context(overheard(rule, named))
        findings = list(every_finding())

    listed = {(rule.code, cure) for rule in RULES for cure in rule.cures}
    assert len(findings) > len(TABLE)
    assert named == listed


def test_no_cure_has_a_hole() -> None:
    """Everything that a cure speaks of is known where it is said: no brace, no dash for what is not there."""
    holes = {(one.rule, text) for one in every_finding() for text in (one.cure_zh, one.cure_en) if HOLE.search(text)}

    assert holes == set()


def test_titles_and_cures_are_told_in_both_languages() -> None:
    """The zh text has Chinese in it, the en text has none."""
    for rule in RULES:
        for cure in (Cure(zh=rule.title_zh, en=rule.title_en), Cure(zh=rule.cure_zh, en=rule.cure_en), *rule.cures):
            assert re.search("[\u4e00-\u9fff]", cure.zh), rule.code
            assert cure.en, rule.code
            assert cure.en.isascii() or not re.search("[\u3000-\u9fff\uff00-\uffef]", cure.en), rule.code
