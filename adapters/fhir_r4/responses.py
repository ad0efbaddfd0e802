"""ClaimResponse: a decision line by line, with the shares of each and the findings in words."""

import re
from functools import cache
from typing import Any

from msgspec import Raw, Struct

from adapters.fhir_r4 import words
from adapters.fhir_r4.amounts import yuan
from adapters.fhir_r4.documents import Format
from adapters.fhir_r4.instants import written
from adapters.fhir_r4.markup import HOLE, Fragment, Template, Tree, fragment
from adapters.fhir_r4.questions import Question, tree_of
from adapters.fhir_r4.settings import Settings
from schemas.answers import Presettled, Settled, SettlementCancelled
from schemas.decisions import Finding, LineDecision
from schemas.requests import Sums

_SEQUENCES = re.compile(r"[1-9][0-9]{0,8}(\.[1-9][0-9]{0,8}){0,2}")
_LEVELS = (("itemSequence", "detail"), ("detailSequence", "subDetail"), ("subDetailSequence", ""))


class Wording(Struct, frozen=True):
    """How an answer is worded: in which form, for whom, and what it repeats."""

    form: Format
    settings: Settings
    question: Question


def claim_response(answer: Settled | Presettled | SettlementCancelled, status: str, wording: Wording) -> Tree:
    """Return the ClaimResponse of a decision or of its cancellation. status: FHIR's."""
    notes = Notes(wording.settings.currency)
    lines = () if isinstance(answer, SettlementCancelled) else answer.lines
    findings = () if isinstance(answer, SettlementCancelled) else answer.findings
    of_lines: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.item_no is not None:
            of_lines.setdefault(finding.item_no, []).append(finding)
    items = _items(lines, of_lines, notes, wording)
    whole = [notes.adjudication(finding) for finding in findings if finding.item_no is None]
    tree = _head(answer, status, wording)
    if items:
        tree["item"] = items
    if whole:
        tree["adjudication"] = whole
    tree["total"] = _totals(answer, wording)
    if notes.said:
        tree["processNote"] = notes.said
    return tree


def _head(answer: Settled | Presettled | SettlementCancelled, status: str, wording: Wording) -> Tree:
    settings = wording.settings
    identifiers = _identifiers(answer, settings)
    tree: Tree = {
        "resourceType": "ClaimResponse",
        **({"extension": extensions} if (extensions := _extensions(answer)) else {}),
        **({"identifier": identifiers} if identifiers else {}),
        "status": status,
        "type": _claim_type(wording.question),
        "use": "predetermination" if isinstance(answer, Presettled) else "claim",
        "patient": {"identifier": _numbered(settings.system("worker"), answer.worker_id)},
    }
    match answer:
        case Settled():
            tree["created"] = written(answer.settled_at)
        case SettlementCancelled():
            tree["created"] = written(answer.cancelled_at)
        case _:
            tree["_created"] = absent()
    return tree | {
        "insurer": words.INSURER,
        "requestor": {"identifier": _numbered(settings.system("provider"), settings.provider_code)},
        "request": {"identifier": _numbered(settings.system("bill"), answer.bill_no)},
        "outcome": "complete",
        "disposition": _disposition(answer),
    }


def _claim_type(question: Question) -> Any:
    """Return the type of the Claim that is answered; an inquiry has none to repeat."""
    if question.resource_type == "Claim" and question.type:
        return tree_of(question.type)
    return {"text": "工伤保险结算单 work-injury bill"}


def _identifiers(answer: Settled | Presettled | SettlementCancelled, settings: Settings) -> list[Tree]:
    if isinstance(answer, Presettled):
        return []
    return [_numbered(settings.system("settlement"), answer.settlement_id)]


def _extensions(answer: Settled | Presettled | SettlementCancelled) -> list[Tree]:
    if isinstance(answer, Presettled):
        return []
    extensions: list[Tree] = [{"url": words.SETTLEMENT_DAY, "valueDate": answer.settlement_day.isoformat()}]
    if isinstance(answer, SettlementCancelled):
        return [*extensions, {"url": words.ORIGINAL, "valueString": answer.original_settlement_id}]
    if answer.interim_no is not None:
        extensions.append({"url": words.INTERIM, "valuePositiveInt": answer.interim_no})
    return [*extensions, {"url": words.DECISION, "valueString": answer.decision_sha256}]


def _disposition(answer: Settled | Presettled | SettlementCancelled) -> str:
    match answer:
        case Settled():
            return f"已结算，审核意见{len(answer.findings)}条 / settled with {len(answer.findings)} findings"
        case SettlementCancelled():
            return (
                f"已撤销结算{answer.original_settlement_id} / settlement {answer.original_settlement_id} is cancelled"
            )
        case _:
            codes = ", ".join(answer.would_refuse)
            refused = f"；按现状正式结算将被拒绝 / as it stands, settling would be refused: {codes}" if codes else ""
            return f"预结算，未生效 / a preview without effect{refused}"


def _numbered(system: str, value: str) -> Tree:
    return {"system": system, "value": value} if system else {"value": value}


def absent() -> Tree:
    """Return what stands for a required time that nobody told."""
    return {"extension": [{"url": words.DATA_ABSENT, "valueCode": "unknown"}]}


class Notes:
    """The notes of a ClaimResponse: each text once, in zh and in en."""

    def __init__(self, currency: str) -> None:
        """Take the currency of amounts."""
        self.said: list[Tree] = []
        self._currency = currency
        self._numbers: dict[tuple[str, str], list[int]] = {}

    def numbers(self, finding: Finding) -> list[int]:
        """Return the numbers of the notes that say a finding."""
        bearer = f"，由{words.BEARERS[finding.bearer]}负担" if finding.bearer and finding.fen else ""
        zh = f"{finding.title_zh}{bearer}。{finding.cure_zh}" if finding.cure_zh else f"{finding.title_zh}{bearer}"
        borne = f", borne by the {finding.bearer}" if finding.bearer and finding.fen else ""
        en = f"{finding.title_en}{borne}: {finding.cure_en}" if finding.cure_en else f"{finding.title_en}{borne}"
        known = self._numbers.get((zh, en))
        if known is None:
            first = len(self.said) + 1
            known = self._numbers[zh, en] = [first, first + 1]
            self.said += [_note(first, zh, "zh-CN"), _note(first + 1, en, "en")]
        return known

    def adjudication(self, finding: Finding) -> Tree:
        """Return the adjudication of a finding of the bill as a whole; its notes are said too."""
        self.numbers(finding)
        return _finding(finding, self._currency)


def _note(number: int, text: str, language: str) -> Tree:
    coding = {"system": words.LANGUAGES, "code": language}
    return {"number": number, "type": "display", "text": text, "language": {"coding": [coding]}}


def _finding(finding: Finding, currency: str) -> Tree:
    return {
        "category": _category(words.FINDING),
        "reason": {
            "coding": [{"system": words.REASON, "code": finding.rule, "display": finding.title_en}],
            "text": finding.title_zh,
        },
        "amount": money(finding.fen, currency),
    }


def _category(code: str) -> Tree:
    return {"coding": [{"system": words.ADJUDICATION, "code": code}]}


def money(fen: int, currency: str) -> Tree:
    """Return an amount with its two decimals, exactly."""
    return {"value": Raw(yuan(fen).encode()), "currency": currency}


Shares = tuple[int, int, int, int, int]
"""charged, fund, worker, employer, provider, in fen."""


def _items(
    lines: tuple[LineDecision, ...], findings: dict[str, list[Finding]], notes: Notes, wording: Wording
) -> list[Any]:
    """Return the items as they stood in the Claim; lines that no Claim can have brought are counted through."""
    numbers = [line.item_no for line in lines]
    if not _nests(numbers):
        return [
            _item(line, findings, notes, wording, {"itemSequence": place}, line.item_no)
            for place, line in enumerate(lines, 1)
        ]
    items: list[Any] = []
    flat = _plain_item(wording.form, wording.settings.currency)
    groups: dict[str, list[LineDecision]] = {}
    for line in lines:
        groups.setdefault(line.item_no.partition(".")[0], []).append(line)
    for first, members in groups.items():
        line = members[0]
        if line.item_no == first and first not in findings and not line.third_party_fen:
            shares = _shares(line)
            items.append(Fragment(flat.filled(first, *map(yuan, shares))))
        else:
            items.append(_nested(first, members, 0, findings, notes, wording))
    return items


def _nests(numbers: list[str]) -> bool:
    """Return whether numbers are the sequences of items, details and subDetails, a group never a line itself."""
    known = set(numbers)
    if "." not in "".join(numbers):
        return all(number.isdecimal() and number[0] != "0" for number in known)
    outer = {number[:place] for number in known for place, letter in enumerate(number) if letter == "."}
    return all(_SEQUENCES.fullmatch(number) for number in known) and not known & outer


def _nested(
    number: str,
    members: list[LineDecision],
    level: int,
    findings: dict[str, list[Finding]],
    notes: Notes,
    wording: Wording,
) -> Tree:
    sequence, below = _LEVELS[level]
    head: Tree = {sequence: int(number.rpartition(".")[2])}
    if len(members) == 1 and members[0].item_no == number:
        return _item(members[0], findings, notes, wording, head, None)
    inner: dict[str, list[LineDecision]] = {}
    for line in members:
        inner.setdefault(".".join(line.item_no.split(".")[: level + 2]), []).append(line)
    shares = [sum(parts) for parts in zip(*map(_shares, members), strict=True)]
    charged, fund, worker, employer, provider = shares
    return head | {
        "adjudication": [_written_shares((charged, fund, worker, employer, provider), wording)],
        below: [_nested(name, lines, level + 1, findings, notes, wording) for name, lines in inner.items()],
    }


def _item(
    line: LineDecision,
    findings: dict[str, list[Finding]],
    notes: Notes,
    wording: Wording,
    head: Tree,
    item_no: str | None,
) -> Tree:
    own = findings.get(line.item_no, [])
    currency = wording.settings.currency
    tree: Tree = {"extension": [{"url": words.ITEM_NO, "valueString": item_no}]} if item_no else {}
    tree |= head
    if own:
        tree["noteNumber"] = list(dict.fromkeys(number for finding in own for number in notes.numbers(finding)))
    third = [{"category": _category(words.THIRD_PARTY), "amount": money(line.third_party_fen, currency)}]
    tree["adjudication"] = [
        _written_shares(_shares(line), wording),
        *(third if line.third_party_fen else ()),
        *(_finding(finding, currency) for finding in own),
    ]
    return tree


def _shares(line: LineDecision) -> Shares:
    return line.charged_fen, line.fund_fen, line.worker_fen, line.employer_fen, line.provider_fen


def _written_shares(shares: Shares, wording: Wording) -> Fragment:
    return Fragment(_template(wording.form, wording.settings.currency).filled(*map(yuan, shares)))


@cache
def _template(form: Format, currency: str) -> Template:
    """Return the five shares of a line with a hole for each amount: most of an answer is made of them."""
    hole = {"value": Raw(HOLE.encode()), "currency": currency}
    written_ = [fragment("adjudication", {"category": _category(code), "amount": hole}, form) for code in words.SHARES]
    return Template(("," if form == "json" else "").join(written_))


@cache
def _total_template(form: Format, currency: str) -> Template:
    """Return the five shares of a bill with a hole for each amount."""
    hole = {"value": Raw(HOLE.encode()), "currency": currency}
    categories = [
        {"coding": [{"system": words.ADJUDICATION, "code": code, "display": display}]}
        for code, display in words.SHARES.items()
    ]
    written_ = [fragment("total", {"category": category, "amount": hole}, form) for category in categories]
    return Template(("," if form == "json" else "").join(written_))


@cache
def _plain_item(form: Format, currency: str) -> Template:
    """Return an item without findings, with a hole for its sequence and each of its shares."""
    shares = Fragment(_template(form, currency).text)
    text = fragment("item", {"itemSequence": Raw(HOLE.encode()), "adjudication": [shares]}, form)
    return Template(text)


def _totals(answer: Settled | Presettled | SettlementCancelled, wording: Wording) -> list[Any]:
    """Return the bill's shares, its charge by sort of the catalog, and what is paid beside it."""
    currency = wording.settings.currency
    shares = _total_template(wording.form, currency).filled(*map(yuan, _of_sums(answer.sums)))
    totals: list[Any] = [Fragment(shares)]
    totals += [
        {
            "category": {"coding": [{"system": words.SORT, "code": part.sort or "unknown"}]},
            "amount": money(part.charged_fen, currency),
        }
        for part in answer.sorts
    ]
    benefits = () if isinstance(answer, SettlementCancelled) else answer.benefits
    return totals + [
        {
            "category": {"coding": [{"system": words.BENEFIT, "code": benefit.kind}]},
            "amount": money(benefit.fen, currency),
        }
        for benefit in benefits
    ]


def _of_sums(sums: Sums) -> Shares:
    return sums.charged_fen, sums.fund_fen, sums.worker_fen, sums.employer_fen, sums.provider_fen


def sums_money(sums: Sums, currency: str) -> dict[str, Tree]:
    """Return a bill's shares by their codes."""
    return {code: money(fen, currency) for code, fen in zip(words.SHARES, _of_sums(sums), strict=True)}
