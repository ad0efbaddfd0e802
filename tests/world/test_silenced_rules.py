"""No rule of the catalogue may fall silent, or speak otherwise, unnoticed: the world has a case for each."""

import pytest

from gateway.core.rules.catalogue import RULES
from gateway.core.rules.rule import Rule
from tests.world.by_hand import ROWS
from tests.world.deciding import WORLD
from tests.world.silenced import changed, failing, silent


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_that_falls_silent_is_noticed_by_a_case(rule: Rule) -> None:
    """With the rule switched off, a case fails that the table names it for."""
    named = {case for (case, _), row in ROWS.items() if rule.code in row.cut | row.noticed | {row.refused}}
    named |= {case.story.name for case in WORLD.cases for bill in case.bills if bill.expected.blocked_by == rule.code}

    with silent(rule):
        noticed = failing()

    assert named & set(noticed), f"no case fails while {rule.code} is silent: write one in gateway/reference/world"


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.bearer], ids=lambda rule: rule.code)
def test_a_rule_that_names_another_bearer_is_noticed_by_a_case(rule: Rule) -> None:
    """A cut that falls on another than the rule says makes a case fail, or its bill is refused whole anyway."""
    with changed(rule, bearer="employer" if rule.bearer == "worker" else "worker"):
        noticed = failing()

    assert noticed or (rule.blocks and rule.blocks_when is None)


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.blocks], ids=lambda rule: rule.code)
def test_a_rule_that_no_longer_refuses_the_bill_is_noticed_by_a_case(rule: Rule) -> None:
    """A bill that should have been refused whole is named."""
    with changed(rule, blocks=False):
        assert failing()


def test_a_rule_speaks_again_after_it_was_silent() -> None:
    """Switching off is undone, so that no other test decides by fewer rules."""
    judges = {rule.code: rule.judge for rule in RULES}

    for rule in RULES:
        with silent(rule):
            assert rule.judge is not judges[rule.code]

    assert {rule.code: rule.judge for rule in RULES} == judges
    assert failing() == []
