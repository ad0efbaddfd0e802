"""Adjudication (审核): a bill and all that is known in, who bears each fen and why out. Pure and total."""

from datetime import datetime
from itertools import starmap
from typing import assert_never

from gateway.core.about import DAY, FUTURE, LOCAL_CODE, NO_ENTRY, REPEATED, SET_APART
from gateway.core.allowances import authorization_allowance
from gateway.core.case import Case, Line
from gateway.core.context import Bill, Catalog, Context, PolicyBook, SettledLine
from gateway.core.money import plain, yuan
from gateway.core.rules.catalogue import GIVING, REFUNDING, RULE_BY_CODE, asked
from gateway.core.rules.rule import Cut, Rule
from schemas.decisions import Benefit, Decision, Finding, LineDecision
from schemas.requests import Item, Sums


def adjudicate(bill: Bill, context: Context, catalog: Catalog, policies: PolicyBook) -> Decision:
    """Decide who bears each line, in fen; charged = fund + worker + employer + provider for each and for all.

    Lines that charge are decided in the order in which they arose, refunds after them; the decision lists both as the
    bill does. A bad bill never raises: what is wrong with it is a finding.
    """
    case = Case(bill, context, catalog, policies)
    items = bill.items
    by_place: dict[int, tuple[LineDecision, list[Finding]]] = {}
    for place in sorted(range(len(items)), key=lambda place: _turn(items[place])):
        by_place[place] = _decide(items[place], case)
    in_bill = [by_place[place] for place in range(len(items))]
    decided = tuple(line for line, _ in in_bill)
    given = _given(decided, case)
    return Decision(
        lines=decided,
        findings=(*(finding for _, findings in in_bill for finding in findings), *starmap(_notice, given)),
        sums=_sums(decided),
        benefits=tuple(benefit for _, benefit in given),
        uses=case.tally.uses(),
        versions=dict(context.versions),
    )


def blocking(decision: Decision) -> tuple[Finding, ...]:
    """Return the findings for which Settle refuses the whole bill."""
    return tuple(finding for finding in decision.findings if _blocks(finding))


def _given(decided: tuple[LineDecision, ...], case: Case) -> list[tuple[Rule, Benefit]]:
    return [(rule, benefit) for rule in GIVING if rule.give for benefit in rule.give(decided, case)]


def _turn(item: Item) -> tuple[bool, datetime]:
    return item.refunds_item_no is not None, item.occurred_at


def _decide(item: Item, case: Case) -> tuple[LineDecision, list[Finding]]:
    line = case.line(item)
    if item.refunds_item_no is None:
        findings = _charge(line, case) if line.payable_fen else []
        _take(line, case)
    else:
        line.take_back(_original(item.refunds_item_no, case))
        findings = _judge(REFUNDING, line, case)
    decided = _decision(line, findings)
    if case.refunded_nos:
        _remember(line, decided, case, stands=not any(map(_blocks, findings)))
    case.item_nos.add(item.item_no)
    return decided, findings


def _charge(line: Line, case: Case) -> list[Finding]:
    """Ask the rules of a line that charges, but none that already let the like of it pass."""
    item, shared, listed = line.item, line.shared, line.listed
    about = shared.about | (NO_ENTRY if listed is None else listed.about)
    if not shared.passed:
        about |= DAY
    if item.item_no in case.item_nos or item.item_no in case.settled:
        about |= REPEATED
    if item.occurred_at > case.context.as_of:
        about |= FUTURE
    if item.self_paid or not item.injury_related:
        about |= SET_APART
    if item.local_code is not None:
        about |= LOCAL_CODE
    findings = _judge(asked(about), line, case)
    if line.payable_fen and not (findings and any(map(_rests_on_day, findings))):
        shared.passed = True
    return findings


def _rests_on_day(finding: Finding) -> bool:
    return RULE_BY_CODE[finding.rule].rests_on == "day"


def _judge(rules: tuple[Rule, ...], line: Line, case: Case) -> list[Finding]:
    """Let rules speak in order until nothing is left payable."""
    findings: list[Finding] = []
    for rule in rules:
        cuts = rule.judge(line, case)
        if not cuts:
            continue
        for cut in cuts:
            line.payable_fen -= cut.fen
            findings.append(_finding(rule, cut, line))
        if line.payable_fen == 0:
            break
    return findings


def _finding(rule: Rule, cut: Cut, line: Line) -> Finding:
    bearer = cut.bearer or (rule.bearer and line.policy.bearers.get(rule.code, rule.bearer))
    cure_zh, cure_en = (cut.cure.zh, cut.cure.en) if cut.cure else (rule.cure_zh, rule.cure_en)
    return Finding(
        rule=rule.code,
        item_no=line.item.item_no,
        fen=cut.fen,
        bearer=bearer,
        title_zh=rule.title_zh,
        title_en=rule.title_en,
        cure_zh=cure_zh.format_map(cut.evidence),
        cure_en=cure_en.format_map(cut.evidence),
        source=rule.source,
        evidence=cut.evidence,
    )


def _notice(rule: Rule, benefit: Benefit) -> Finding:
    """Tell of a benefit, on the bill: it takes nothing from a line."""
    evidence = {"benefit_days": str(len(benefit.days)), "benefit_yuan": yuan(benefit.fen)}
    return Finding(
        rule=rule.code,
        item_no=None,
        fen=0,
        bearer=None,
        title_zh=rule.title_zh,
        title_en=rule.title_en,
        cure_zh=rule.cure_zh.format_map(evidence),
        cure_en=rule.cure_en.format_map(evidence),
        source=rule.source,
        evidence=evidence,
    )


def _take(line: Line, case: Case) -> None:
    """Count what the fund bears against the authorization, limits and pairs, and start a device's life."""
    if line.payable_fen <= 0:
        line.funded_e4 = 0
        return
    if line.authorization is not None:
        allowance_id = authorization_allowance(line.authorization.authorization_no)
        case.tally.take(allowance_id, line.payable_fen, line.funded_e4, (line.day,))
    if line.bounds is not None:
        number, code, of_e4 = line.item.item_no, line.row.code, line.quantity_e4
        case.billed.count(number, code, line.day, line.funded_e4, line.payable_fen, of_e4)
    if line.row.sort == "device":
        case.issued.setdefault(line.row.code, []).append(line.day)


def _decision(line: Line, findings: list[Finding]) -> LineDecision:
    """Return who bears the line: what is left payable is the fund's."""
    worker_fen = employer_fen = provider_fen = 0
    for finding in findings:
        match finding.bearer:
            case "worker":
                worker_fen += finding.fen
            case "employer":
                employer_fen += finding.fen
            case "provider":
                provider_fen += finding.fen
            case None:
                pass
            case _:
                assert_never(finding.bearer)
    return LineDecision(
        item_no=line.item.item_no,
        catalog_code=line.catalog_code,
        sort=line.sort,
        recognition_no=line.recognition_no,
        authorization_no=line.authorization_no,
        charged_fen=line.item.amount_fen,
        fund_fen=line.payable_fen,
        worker_fen=worker_fen,
        employer_fen=employer_fen,
        provider_fen=provider_fen,
        funded_quantity=plain(line.funded_e4),
        third_party_fen=line.third_party_fen,
    )


def _original(item_no: str, case: Case) -> SettledLine | None:
    """Return the line that a refund names: settled before, or in this bill."""
    here = case.originals.get(item_no)
    return case.settled.get(item_no) or (here and here[1])


def _remember(line: Line, decided: LineDecision, case: Case, *, stands: bool) -> None:
    """Keep what later lines of the bill ask for: originals, refunds that stand."""
    item = line.item
    if item.item_no in case.refunded_nos and item.item_no not in case.item_nos:
        case.originals[item.item_no] = (item, _settled(line, decided))
    if stands and item.refunds_item_no is not None:
        case.refunds.setdefault(item.refunds_item_no, []).append(_settled(line, decided))


def _settled(line: Line, decided: LineDecision) -> SettledLine:
    return SettledLine(
        settlement_id="-",
        item_no=decided.item_no,
        refunds_item_no=line.item.refunds_item_no,
        catalog_code=decided.catalog_code,
        sort=decided.sort,
        occurred_on=line.day,
        quantity=plain(line.quantity_e4),
        charged_fen=decided.charged_fen,
        fund_fen=decided.fund_fen,
        worker_fen=decided.worker_fen,
        employer_fen=decided.employer_fen,
        provider_fen=decided.provider_fen,
        recognition_no=decided.recognition_no,
        authorization_no=decided.authorization_no,
        funded_quantity=decided.funded_quantity,
        third_party_fen=decided.third_party_fen,
    )


def _sums(lines: tuple[LineDecision, ...]) -> Sums:
    charged_fen = fund_fen = worker_fen = employer_fen = provider_fen = 0
    for line in lines:
        charged_fen += line.charged_fen
        fund_fen += line.fund_fen
        worker_fen += line.worker_fen
        employer_fen += line.employer_fen
        provider_fen += line.provider_fen
    return Sums(
        charged_fen=charged_fen,
        fund_fen=fund_fen,
        worker_fen=worker_fen,
        employer_fen=employer_fen,
        provider_fen=provider_fen,
    )


def _blocks(finding: Finding) -> bool:
    rule = RULE_BY_CODE[finding.rule]
    if rule.blocks_when is None:
        return rule.blocks
    key, value = rule.blocks_when
    return rule.blocks and finding.evidence[key] == value
