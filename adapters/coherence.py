"""What a canonical request must hold across its fields; pointers are those of the canonical request."""

from collections.abc import Iterator
from datetime import date

from msgspec import UNSET
from msgspec.structs import asdict

from schemas.problems import Fault
from schemas.requests import (
    AmendVisit,
    AnyRequest,
    BillDocument,
    BillTerms,
    CancelSettlement,
    DischargeVisit,
    DownloadCatalog,
    FileMatches,
    FileReferral,
    Item,
    MatchNamed,
    MatchTerms,
    QueryItems,
    QueryMatches,
    QueryReferral,
    QueryVisits,
    RegisterVisit,
    UploadItems,
    VerifyPerson,
    VisitTerms,
    WithdrawItems,
    WithdrawMatches,
)

YEAR_MIN = 1990
YEAR_MAX = 2100


def incoherences(request: AnyRequest) -> Iterator[Fault]:  # noqa: PLR0912 one case a verb
    """Yield every fault that no single field shows."""
    if isinstance(request, UploadItems | BillDocument):
        yield from _of_items(request.items)
    if isinstance(request, BillDocument):
        yield from _of_visit(request.visit, "/visit")
        yield from _of_bill(request.bill, "/bill")
        yield from _of_document(request)
    elif isinstance(request, RegisterVisit):
        yield from _of_visit(request, "")
    elif isinstance(request, BillTerms):
        yield from _of_bill(request, "")
    elif isinstance(request, VerifyPerson):
        yield from _of_person(request)
    elif isinstance(request, WithdrawItems):
        yield from _of_withdrawal(request)
    elif isinstance(request, CancelSettlement):
        yield from _of_cancellation(request)
    elif isinstance(request, QueryItems | QueryVisits | QueryMatches | DownloadCatalog):
        yield from _of_page(request)
    elif isinstance(request, AmendVisit):
        yield from _of_amendment(request)
    elif isinstance(request, DischargeVisit):
        yield from unlikely_year(request.discharged_at, "/discharged_at")
    elif isinstance(request, FileReferral):
        yield from _of_referral(request)
    elif isinstance(request, FileMatches):
        yield from _of_matches(request.matches)
    elif isinstance(request, WithdrawMatches):
        yield from _of_withdrawn_matches(request.matches)
    elif isinstance(request, QueryReferral) and request.referral_no is None and request.qualification_id is None:
        yield _referral_not_named()


def unlikely_year(instant: date | None, pointer: str) -> Iterator[Fault]:
    """Yield a fault where an instant or day lies outside the years that a bill can come from."""
    if instant is not None and not YEAR_MIN <= instant.year <= YEAR_MAX:
        yield Fault(
            pointer=pointer,
            code="instant.year",
            zh=f"时间的年份{instant.year}不在{YEAR_MIN}至{YEAR_MAX}之间",
            en=f"the year {instant.year} is not between {YEAR_MIN} and {YEAR_MAX}",
            cure_zh="请核对并更正时间",
            cure_en="correct the time",
        )


def too_many_items(given: int, limit: int, pointer: str) -> Fault:
    """Return the fault of a message with more lines than its limit."""
    return _too_many(given, limit, pointer, "items", "明细")


def too_many_matches(given: int, limit: int, pointer: str) -> Fault:
    """Return the fault of a message with more matches than its limit."""
    return _too_many(given, limit, pointer, "matches", "对照")


def _too_many(given: int, limit: int, pointer: str, rows: str, rows_zh: str) -> Fault:
    return Fault(
        pointer=pointer,
        code=f"{rows}.too_many",
        zh=f"共{given}条{rows_zh}，超过每次{limit}条的上限",
        en=f"{given} {rows}, more than the {limit} that one message may carry",
        cure_zh=f"请分多次上传，每次不超过{limit}条",
        cure_en=f"send them in several messages of at most {limit} {rows}",
    )


def _of_page(request: QueryItems | QueryVisits | QueryMatches | DownloadCatalog) -> Iterator[Fault]:
    """Yield a fault for each term that a cursor carries already: the next page is of the same question."""
    carried = ("page", *_CARRIED.get(type(request), ()))
    for name in carried if request.cursor is not None else ():
        if getattr(request, name) is not None:
            yield Fault(
                pointer=f"/{name}",
                code="cursor.carries",
                zh="游标已包含该参数",
                en="the cursor carries this already",
                cure_zh=f"翻页时请只填cursor，不填{name}",
                cure_en=f"to go on, give cursor without {name}",
            )


_CARRIED: dict[type[AnyRequest], tuple[str, ...]] = {
    QueryVisits: ("from_day", "to_day"),
    DownloadCatalog: ("version", "since_version", "format"),
}


def _of_items(items: tuple[Item, ...]) -> Iterator[Fault]:
    seen: dict[str, int] = {}
    for position, item in enumerate(items):
        if seen.setdefault(item.item_no, position) != position:
            yield _repeated(item.item_no, position, seen[item.item_no])
        if item.catalog_code is None and item.local_code is None:
            yield _uncoded(position)
        if not YEAR_MIN <= item.occurred_at.year <= YEAR_MAX:
            yield from unlikely_year(item.occurred_at, f"/items/{position}/occurred_at")


def _repeated(item_no: str, position: int, first: int) -> Fault:
    return Fault(
        pointer=f"/items/{position}/item_no",
        code="item_no.repeated",
        zh=f"明细号{item_no}与第{first + 1}行重复",
        en=f"item number {item_no} already stands in row {first + 1}",
        cure_zh="同一报文内每条明细须有唯一的明细号",
        cure_en="give each item of a message its own number",
    )


def _uncoded(position: int) -> Fault:
    return Fault(
        pointer=f"/items/{position}/catalog_code",
        code="item.code_missing",
        zh="目录编码和机构编码均未填写",
        en="neither a catalog code nor a local code stands",
        cure_zh="请至少填写医疗目录编码或机构目录编码之一",
        cure_en="give the catalog code, the local code, or both",
    )


def _of_visit(visit: VisitTerms, at: str) -> Iterator[Fault]:
    yield from unlikely_year(visit.admitted_at, f"{at}/admitted_at")
    yield from unlikely_year(visit.stabilised_at, f"{at}/stabilised_at")


def _of_bill(bill: BillTerms, at: str) -> Iterator[Fault]:
    yield from unlikely_year(bill.discharged_at, f"{at}/discharged_at")


def _of_document(request: BillDocument) -> Iterator[Fault]:
    """Yield a fault where a document bills other lines than it brings: nothing named is dropped in silence."""
    for name, named, brought in (
        ("item_nos", set(request.bill.item_nos), {item.item_no for item in request.items}),
        ("batch_nos", set(request.bill.batch_nos), {item.batch_no for item in request.items}),
    ):
        if not named or named == brought:
            continue
        yield Fault(
            pointer=f"/bill/{name}",
            code="bill.items_differ",
            zh="单据列出的明细或批次与报文所带的明细不一致",
            en="the bill names other items or batches than the document brings",
            cure_zh=f"整单结算的就是所带的全部明细：请删除{name}，或使其与明细一致",
            cure_en=f"a document bills exactly the items it brings: leave {name} out, or make both the same",
        )


def _of_person(request: VerifyPerson) -> Iterator[Fault]:
    if request.certno is None and request.worker_id is None:
        yield Fault(
            pointer="",
            code="person.not_named",
            zh="未提供证件号码或人员编号",
            en="neither an identity number nor a worker id stands",
            cure_zh="请提供证件号码（certno）或人员编号",
            cure_en="give certno or worker_id",
        )


def _of_withdrawal(request: WithdrawItems) -> Iterator[Fault]:
    named = bool(request.item_nos or request.batch_nos)
    if named == request.everything:
        yield Fault(
            pointer="",
            code="withdrawal.ambiguous" if named else "withdrawal.nothing_named",
            zh="既要求全部撤销，又指定了明细或批次" if named else "未指定要撤销的明细",
            en="asks for everything and names some" if named else "names nothing to withdraw",
            cure_zh="请指定明细号或收费批次号，或声明全部撤销，二者择一",
            cure_en="name items or batches, or ask for everything, not both",
        )


def _of_cancellation(request: CancelSettlement) -> Iterator[Fault]:
    if request.settlement_id is None and (request.visit_no is None or request.bill_no is None):
        yield Fault(
            pointer="",
            code="settlement.not_named",
            zh="未指明要撤销的结算",
            en="does not name the settlement",
            cure_zh="请提供结算编号，或同时提供就诊号和单据号",
            cure_en="give the settlement id, or both visit and bill number",
        )


def _of_amendment(request: AmendVisit) -> Iterator[Fault]:
    for name, instant in (("admitted_at", request.admitted_at), ("stabilised_at", request.stabilised_at)):
        if instant is not UNSET:
            yield from unlikely_year(instant, f"/{name}")
    said = {name for name, value in asdict(request).items() if value is not UNSET} - {"visit_no", "worker_id"}
    if not said:
        yield Fault(
            pointer="",
            code="amendment.nothing_named",
            zh="未填写要修改的登记信息",
            en="names nothing to amend",
            cure_zh="请填写要修改的字段；未填写的字段保持不变",
            cure_en="give the terms to amend; those that are absent stay as they are",
        )
    if {"qualification_id", "qualification_ids"} <= said:
        yield Fault(
            pointer="/qualification_id",
            code="amendment.ambiguous",
            zh="同时填写了qualification_id和qualification_ids",
            en="both qualification_id and qualification_ids stand",
            cure_zh="请二者择一：全部资格审核编号，或仅一个",
            cure_en="give all of the visit's qualifications, or the one, not both",
        )


def _of_referral(request: FileReferral) -> Iterator[Fault]:
    for name, day in (
        ("starts_on", request.starts_on),
        ("ends_on", request.ends_on),
        ("applied_on", request.applied_on),
    ):
        yield from unlikely_year(day, f"/{name}")
    if request.ends_on < request.starts_on:
        yield Fault(
            pointer="/ends_on",
            code="referral.ends_before_start",
            zh="转诊结束日期早于开始日期",
            en="the referral ends before it starts",
            cure_zh="请更正转诊起止日期",
            cure_en="correct its first or last day",
        )


def _referral_not_named() -> Fault:
    return Fault(
        pointer="",
        code="referral.not_named",
        zh="未指明要查询的转诊申请",
        en="does not name a referral",
        cure_zh="请提供转诊申请编号，或资格审核编号",
        cure_en="give the referral's number, or a qualification",
    )


def _of_matches(rows: tuple[MatchTerms, ...]) -> Iterator[Fault]:
    earlier: dict[str, list[tuple[int, MatchTerms]]] = {}
    for place, row in enumerate(rows):
        yield from unlikely_year(row.valid_from, f"/matches/{place}/valid_from")
        yield from unlikely_year(row.valid_to, f"/matches/{place}/valid_to")
        last = row.valid_to or date.max
        if last < row.valid_from:
            yield _ends_before_start(f"/matches/{place}/valid_to")
        for first, other in earlier.setdefault(row.local_code, []):
            if max(other.valid_from, row.valid_from) <= min(other.valid_to or date.max, last):
                yield _rows_overlap(f"/matches/{place}/local_code", first)
                break
        earlier[row.local_code].append((place, row))


def _ends_before_start(pointer: str) -> Fault:
    return Fault(
        pointer=pointer,
        code="match.ends_before_start",
        zh="对照的结束日期早于开始日期",
        en="the match ends before it starts",
        cure_zh="请更正起止日期；长期有效的不填结束日期",
        cure_en="correct its first or last day; leave the last out where there is none",
    )


def _rows_overlap(pointer: str, first: int) -> Fault:
    return Fault(
        pointer=pointer,
        code="match.rows_overlap",
        zh=f"与第{first + 1}行同为一个院内码，日期重叠",
        en=f"row {first + 1} is about the same local code, on some of the same days",
        cure_zh="同一院内码在同一天只能有一条对照：请保留一行，或使日期首尾相接",
        cure_en="a local code has one match a day: keep one row, or let the days follow one another",
    )


def _of_withdrawn_matches(rows: tuple[MatchNamed, ...]) -> Iterator[Fault]:
    for place, row in enumerate(rows):
        yield from unlikely_year(row.valid_from, f"/matches/{place}/valid_from")
        yield from unlikely_year(row.ends_on, f"/matches/{place}/ends_on")
        if row.filing_no is None and row.local_code is None:
            yield Fault(
                pointer=f"/matches/{place}",
                code="match.not_named",
                zh="未指明要撤销的对照",
                en="names no match",
                cure_zh="请填写申请编号，或院内码",
                cure_en="give the filing's number, or the local code",
            )
