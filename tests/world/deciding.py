"""The world's cases decided in memory: bill after bill, each seeing what those before it left, as the books would."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from gateway.core.adjudication import adjudicate, blocking
from gateway.core.context import Bill, Catalog, Context, PolicyBook, SettledLine, Visit
from gateway.core.days import day_of
from gateway.core.rules.catalogue import RULE_BY_CODE
from gateway.reference.world.build import build
from gateway.reference.world.stories import Case, Expected
from schemas.decisions import Decision, LineDecision
from schemas.facts import DeviceIssue, Used
from schemas.requests import Item, SubmitBill
from tests.core.world import bounds_of

WORLD = build(7)
NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)


class Result(Struct, frozen=True, kw_only=True):
    """What became of one bill: its decision, or the codes that refuse it whole."""

    decision: Decision
    blocked_by: frozenset[str]


def grouped(rows: Iterable[Any], key: Callable[[Any], Any]) -> dict[Any, Any]:
    found: dict[Any, Any] = defaultdict(tuple)
    for row in rows:
        found[key(row)] += (row,)
    return found


CATALOG = Catalog(
    items=grouped(WORLD.items, lambda item: (item.area, item.scheme, item.code)),
    matches=grouped(WORLD.matches, lambda match: (match.provider_code, match.local_code)),
    bounds=bounds_of(WORLD.limits, WORLD.pairs),
)
POLICIES = PolicyBook(rows=grouped(WORLD.policies, lambda policy: (policy.area, policy.scheme)))
PROVIDERS = {provider.code: provider for provider in WORLD.providers}


def decided(case: Case) -> list[Result]:
    """Decide a case's bills in order; a bill that is refused leaves nothing behind."""
    results: list[Result] = []
    visits: dict[str, tuple[SettledLine, ...]] = defaultdict(tuple)
    context = _context(case)
    for number, billed in enumerate(case.bills, 1):
        asked = msgspec.convert(billed.request, SubmitBill)
        visit_no = asked.visit.visit_no
        before = {line.item_no: line for line in reversed(visits[visit_no])}
        decision = adjudicate(
            Bill(visit=_visit(asked, case), terms=asked.bill, items=asked.items),
            replace(context, settled=tuple(before.values())),
            CATALOG,
            POLICIES,
        )
        blocked = frozenset(finding.rule for finding in blocking(decision))
        results.append(Result(decision=decision, blocked_by=blocked))
        if billed.expected.refused is None and not blocked:
            visits[visit_no] += tuple(map(_settled, decision.lines, asked.items, [str(number)] * len(asked.items)))
            uses = tuple(Used(**msgspec.structs.asdict(use)) for use in decision.uses)
            context = replace(context, used=(*context.used, *uses), devices=_devices(visits.values()))
    return results


def differs(expected: Expected, result: Result) -> object:
    """Return what of a decision differs from the expectation, or None.

    What the door refuses for another reason than a rule is not for the adjudicator to find.
    """
    findings, sums = result.decision.findings, msgspec.structs.asdict(result.decision.sums)
    if expected.refused is not None:
        rule = expected.blocked_by or expected.refused
        return None if rule in result.blocked_by or rule not in RULE_BY_CODE else sums
    cut = {finding.rule for finding in findings if finding.fen}
    noticed = {finding.rule for finding in findings} - cut
    sums["benefits_fen"] = sum(benefit.fen for benefit in result.decision.benefits)
    wanted = ({name: getattr(expected, name) for name in sums}, set(expected.rules), set(expected.notices), frozenset())
    found = (sums, cut, noticed, result.blocked_by)
    return None if wanted == found else found


def _context(case: Case) -> Context:
    return Context(
        provider=PROVIDERS[case.story.provider],
        worker=case.worker,
        enrolments=(case.enrolment,),
        recognitions=case.recognitions,
        authorizations=case.authorizations,
        as_of=NOW,
        day=NOW.date(),
        versions={},
    )


def _visit(asked: SubmitBill, case: Case) -> Visit:
    provider = PROVIDERS[case.story.provider]
    terms = msgspec.structs.asdict(asked.visit)
    fields = {name: terms[name] for name in Visit.__struct_fields__ if name in terms}
    return Visit(
        **fields,
        visit_id=asked.visit.visit_no,
        provider_code=provider.code,
        area=provider.area,
        scheme=provider.scheme,
    )


def _settled(line: LineDecision, item: Item, settlement_id: str) -> SettledLine:
    shared = set(SettledLine.__struct_fields__) & set(LineDecision.__struct_fields__)
    return SettledLine(
        **{name: getattr(line, name) for name in shared},
        settlement_id=settlement_id,
        refunds_item_no=item.refunds_item_no,
        occurred_on=day_of(item.occurred_at),
        quantity=item.quantity,
    )


def _devices(visits: Iterable[tuple[SettledLine, ...]]) -> tuple[DeviceIssue, ...]:
    """Return the devices that the fund helped to pay and that no refund has taken back."""
    return tuple(
        DeviceIssue(
            catalog_code=line.catalog_code or "",
            issued_on=line.occurred_on,
            settlement_id=line.settlement_id,
            item_no=line.item_no,
        )
        for lines in visits
        for line in lines
        if line.sort == "device" and line.fund_fen > 0
        if line.item_no not in {other.refunds_item_no for other in lines}
    )
