"""Writes answers: the sheet that came, with columns saying what became of each row; or JSON."""

from msgspec import structs

from adapters.kinds import SHANGHAI
from adapters.native import write as write_json
from adapters.sheet.books import csv_bytes, xlsx_bytes
from adapters.sheet.columns import BY_FIELD, TOLD
from adapters.sheet.reading import Layout, cell_of
from adapters.sheet.settings import Settings, settings_of
from adapters.sheet.tables import CSV, XLSX, Table, table_of
from adapters.spelling import yuan
from schemas.answers import AnyAnswer, Settled
from schemas.decisions import Finding
from schemas.dialect import Inbound, Outbound, Profile
from schemas.problems import Fault, GatewayError, Problem
from schemas.sheets.cells import Cell

JSON = "application/json"
OF_THE_CONTENT = (400, 404, 409, 422)
"""Statuses whose refusal is a sheet to mend; the others are of the carriage, and come as JSON (RFC 9457)."""
Told = dict[int, dict[str, list[str]]]
"""What is said in each row, by the English name of its column."""


def write(answer: AnyAnswer | Problem, to: Inbound, profile: Profile) -> Outbound:
    """Return the sheet with its outcome, in the form that Accept, the profile or the request itself asks for.

    Where no table could be read of the message, or JSON is asked for: JSON, with the cell as each fault's pointer.
    """
    try:
        ways = settings_of(profile)
        table = table_of(to, ways)
    except GatewayError:
        return write_json(answer, to, profile)
    layout = Layout(table)
    if isinstance(answer, Problem):
        faults = tuple(structs.replace(one, pointer=cell_of(one.pointer, layout)) for one in answer.faults)
        answer = structs.replace(answer, faults=faults)
    form = _form(to, ways, table)
    if form == JSON or not _is_tellable(answer, layout):
        return write_json(answer, to, profile)
    status = answer.status if isinstance(answer, Problem) else 200
    told = _refusal(answer, layout) if isinstance(answer, Problem) else _decision(answer, layout)
    return _sheet(status, filled(table, layout, told), form, ways)


def _is_tellable(answer: AnyAnswer | Problem, layout: Layout) -> bool:
    """Return whether a sheet has a place for it: a refusal of the content, or a bill whose lines all stand there."""
    if isinstance(answer, Settled):
        return _rows_of(layout).keys() >= {line.item_no for line in answer.lines}
    return isinstance(answer, Problem) and answer.status in OF_THE_CONTENT


def _rows_of(layout: Layout) -> dict[Cell, int]:
    """Return the row of each item number."""
    place = layout.at[BY_FIELD["item", "item_no"].en]
    return {cells[place - 1]: row for row, cells in layout.lines if place <= len(cells)}


def _form(to: Inbound, ways: Settings, table: Table) -> str:
    """Return the content type to answer in: the first that Accept names and we write, else the profile's."""
    for part in to.headers.get("accept", "").split(","):
        kind = part.split(";")[0].strip().lower()
        if kind in (CSV, XLSX, JSON):
            return kind
        if kind == "application/problem+json":
            return JSON
    return {"csv": CSV, "xlsx": XLSX, "json": JSON}.get(ways.answer, table.form)


def _sheet(status: int, rows: list[list[Cell]], form: str, ways: Settings) -> Outbound:
    if form == XLSX:
        return Outbound(status=status, content_type=XLSX, body=xlsx_bytes(rows))
    return Outbound(status=status, content_type=f"{CSV}; charset={ways.charset}", body=csv_bytes(rows, ways.charset))


def filled(table: Table, layout: Layout, told: Told) -> list[list[Cell]]:
    """Return the sheet as it came, each row in its place, with what is told in place of any earlier answer."""
    header = [*layout.header]
    place_of: dict[str, int] = {}
    for column in TOLD:
        known = layout.at.get(column.en)
        place_of[column.en] = known if known is not None else len(header) + 1
        if known is None:
            header.append(column.title)
    given = dict(table.rows)
    last = max([*given, *told])
    sheet: list[list[Cell]] = []
    for number in range(1, last + 1):
        row = [*(header if number == layout.header_row else given.get(number, []))]
        row += [""] * (len(header) - len(row))
        if number != layout.header_row:
            for column in TOLD:
                row[place_of[column.en] - 1] = "\n".join(told.get(number, {}).get(column.en, []))
        sheet.append(row)
    return sheet


def _refusal(problem: Problem, layout: Layout) -> Told:
    first = layout.lines[0][0] if layout.lines else layout.header_row + 1
    told: Told = {row: {"result": ["未受理 refused"]} for row, _ in layout.lines} or {
        first: {"result": ["未受理 refused"]}
    }
    for one in problem.faults:
        row = _row_of(one.pointer)
        at = row if row in told else first
        zh, en = _said(one)
        told[at].setdefault("problem_zh", []).append(zh)
        told[at].setdefault("problem_en", []).append(en)
    if "settlement_id" in problem.facts:
        told[first]["settlement_id"] = [problem.facts["settlement_id"]]
    return told


def _row_of(pointer: str) -> int:
    digits = pointer.rpartition(":")[2].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return int(digits) if digits.isascii() and digits.isdecimal() else 0


def _said(one: Fault) -> tuple[str, str]:
    """Return a fault's two texts, its cell in front: an answer is opened in a spreadsheet, so none begins a formula."""
    at = f"{one.pointer}: " if one.pointer else ""
    return f"{at}{one.zh}（{one.cure_zh}）", f"{at}{one.en} ({one.cure_en})"


def _decision(answer: AnyAnswer, layout: Layout) -> Told:
    assert isinstance(answer, Settled)
    row_of = _rows_of(layout)
    told: Told = {}
    for line in answer.lines:
        told[row_of[line.item_no]] = {
            "result": ["已结算 settled"],
            "fund_yuan": [yuan(line.fund_fen)],
            "worker_yuan": [yuan(line.worker_fen)],
            "employer_yuan": [yuan(line.employer_fen)],
            "provider_yuan": [yuan(line.provider_fen)],
        }
    first = told.setdefault(layout.lines[0][0], {})
    for finding in answer.findings:
        at = told.get(row_of.get(finding.item_no or "", 0), first)
        at.setdefault("problem_zh", []).append(_found(finding, finding.title_zh, finding.cure_zh))
        at.setdefault("problem_en", []).append(_found(finding, finding.title_en, finding.cure_en))
    for benefit in answer.benefits:
        first.setdefault("problem_zh", []).append(f"单据外待遇 {benefit.kind} {yuan(benefit.fen)}")
        first.setdefault("problem_en", []).append(f"benefit outside the bill {benefit.kind} {yuan(benefit.fen)}")
    sums = answer.sums
    first |= {
        "settlement_id": [answer.settlement_id],
        "settled_message_id": [answer.message_id],
        "settled_at": [answer.settled_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")],
        "bill_charged_yuan": [yuan(sums.charged_fen)],
        "bill_fund_yuan": [yuan(sums.fund_fen)],
        "bill_worker_yuan": [yuan(sums.worker_fen)],
        "bill_employer_yuan": [yuan(sums.employer_fen)],
        "bill_provider_yuan": [yuan(sums.provider_fen)],
        "decision_sha256": [answer.decision_sha256],
    }
    return told


def _found(finding: Finding, title: str, cure: str) -> str:
    bearer = f" {finding.bearer}" if finding.bearer else ""
    return f"{finding.rule}: {title} {yuan(finding.fen)}{bearer} ({cure})"
