"""What is said of each verb, field and place, in both languages; a route without its words cannot be published."""

from msgspec import Struct

from gateway.core.rules.catalogue import RULES
from schemas import answers, requests
from schemas.answers import Answer
from schemas.requests import Request


class Words(Struct, frozen=True, kw_only=True):
    """A verb: what it does, what it answers, and for which codes it may be refused."""

    zh: str
    en: str
    """The first sentence of each is the operation's summary."""
    answer: type[Answer]
    refusals: tuple[str, ...] = ()
    """Codes of the house's reasons and rules, beside those that every verb of its kind shares."""
    faults: tuple[str, ...] = ()
    """Codes of what no single field shows, beside those of form."""
    has_receipt: bool = False
    files: tuple[str, ...] = ()
    """Content types in which it may be answered instead: as a part of a file, or as a page."""


_VISIT = ("visit.unknown", "worker.differs", "visit.settled", "visit.self_paid")
_BILL = (
    "visit.kind_differs",
    "visit.discharge_before_admission",
    "qualification.unknown",
    "qualification.none",
    "bill.total_differs",
)
_BLOCKING = tuple(rule.code for rule in RULES if rule.blocks)
_SETTLING = (
    "bill.already_settled",
    "invoice.already_used",
    "preview.differs",
    "preview.fund_differs",
    "provider_share.refused",
    *_BLOCKING,
)
_DOCUMENT = (
    "worker.unknown",
    "visit.of_another",
    "visit.terms_differ",
    "visit.self_paid",
    "visit.admission_in_future",
    "visit.too_many_items",
    "item.content_differs",
    "bill.all_settled",
    *_BILL,
)
_ITEMS = ("item_no.repeated", "item.code_missing")

VERBS: dict[type[Request], Words] = {
    requests.SignIn: Words(
        zh="签到。打开一个操作员周期，返回签到编号；本接口各业务不要求签到。",
        en="Sign in. Opens an operator's cycle and gives its number; no verb of this door needs one.",
        answer=answers.SignedIn,
    ),
    requests.SignOut: Words(
        zh="签退。关闭操作员周期；重复签退视为一次。",
        en="Sign out. Closes an operator's cycle; to close it twice is to close it once.",
        answer=answers.SignedOut,
        refusals=("sign_in.unknown",),
    ),
    requests.VerifyPerson: Words(
        zh="读卡。按证件号码或人员编号查询工伤职工及其待遇资格；登记就诊时须回传其中的qualification_id。",
        en="Verify a person. By identity number or worker number: who it is, and the qualifications of which a visit "
        "must echo the qualification_id.",
        answer=answers.PersonVerified,
        refusals=("worker.unknown",),
        faults=("person.not_named",),
    ),
    requests.RegisterVisit: Words(
        zh="登记就诊。工伤认定尚未作出时可先不带资格登记，结算前须补上。",
        en="Register a visit. While the recognition is still pending it may stand without a qualification; to settle "
        "it needs one.",
        answer=answers.VisitRegistered,
        refusals=("worker.unknown", "visit.exists", "visit.admission_in_future", "qualification.unknown"),
    ),
    requests.AmendVisit: Words(
        zh="修改登记。只写要修改的项：不写为不变，null为去掉；有效结算所依据的项不能修改。",
        en="Amend a visit. Name what changes: what is left out stays, null takes away. What a settlement in force "
        "rests on cannot be changed.",
        answer=answers.VisitAmended,
        refusals=(
            *_VISIT,
            "visit.settled_on",
            "visit.admission_in_future",
            "qualification.unknown",
            "qualification.named_by_item",
        ),
        faults=("amendment.nothing_named", "amendment.ambiguous"),
    ),
    requests.DischargeVisit: Words(
        zh="自费出院。工伤认定尚未作出或不予认定的就诊，由职工承担全部费用出院；此后不再上传、结算，冲正后恢复。",
        en="Discharge as self-paid. A visit whose recognition is pending or refused ends with all of it borne by the "
        "worker; it then takes no items and no bill until the discharge is reversed.",
        answer=answers.VisitDischarged,
        refusals=(
            *_VISIT,
            "visit.part_settled",
            "visit.entitled",
            "visit.discharge_before_admission",
            "bill.total_differs",
        ),
    ),
    requests.FileReferral: Words(
        zh="申请转诊转院。这是申请；经办机构的待遇资格确认才是核准，查询时可见。",
        en="File a referral. It is an application: what grants it is an authorization of the agency, which a query "
        "shows.",
        answer=answers.ReferralFiled,
        refusals=(
            "qualification.unknown",
            "qualification.ambiguous",
            "referral.not_entitled",
            "referral.applied_in_future",
        ),
        faults=("referral.ends_before_start",),
    ),
    requests.QueryReferral: Words(
        zh="查询转诊转院。按申请编号，或某一资格下本机构的全部申请；状态随经办机构的确认而定。",
        en="Query referrals. By number, or all of the caller's own under a qualification; the state follows from what "
        "the agency has authorized.",
        answer=answers.ReferralsFound,
        refusals=("referral.unknown",),
    ),
    requests.CancelReferral: Words(
        zh="撤销转诊转院申请。已核准的不能自行撤销。",
        en="Cancel a referral. One that the agency has granted cannot be cancelled.",
        answer=answers.ReferralCancelled,
        refusals=("referral.unknown", "referral.differs", "referral.cancelled", "referral.approved"),
    ),
    requests.FileMatches: Words(
        zh="上传目录对照。这是申请，不影响任何结算；经办机构审核通过后，自其生效时刻起按对照审核。",
        en="File matches of the provider's own codes. They are filings and change no decision: what puts one into "
        "force is the agency's approval, from the instant that it states.",
        answer=answers.MatchesFiled,
        refusals=(
            "match.no_agreement",
            "match.catalog_unknown",
            "match.sort_differs",
            "match.pending_differs",
            "match.overlaps",
            "match.too_many_pending",
        ),
        faults=("match.ends_before_start", "match.rows_overlap", "matches.too_many"),
    ),
    requests.WithdrawMatches: Words(
        zh="撤销目录对照。待审核的申请即行撤回；已生效的对照不变，而是提交终止申请，待经办机构审核。",
        en="Withdraw matches. What is pending is taken back; a match in force stays, and its end is filed for the "
        "agency to approve.",
        answer=answers.MatchesWithdrawn,
        refusals=(
            "match.unknown",
            "match.ambiguous",
            "match.filing_unknown",
            "match.filing_differs",
            "match.filing_closed",
            "match.repeated",
            "match.not_in_force",
            "match.ends_already",
            "match.pending_differs",
        ),
        faults=("match.not_named", "matches.too_many"),
    ),
    requests.QueryMatches: Words(
        zh="查询目录对照申请。本机构的全部申请及其审核结果，按提交先后倒序分页。",
        en="Query filings of matches. The caller's own, the newest first, with what became of each, in pages.",
        answer=answers.MatchesFound,
        refusals=("cursor.unknown",),
        faults=("cursor.carries",),
    ),
    requests.CancelVisit: Words(
        zh="撤销登记。未结算的明细一并撤销，就诊号可再次使用；请求体可省略。",
        en="Cancel a visit. Its unsettled items are withdrawn and its number is free again; the body may be left out.",
        answer=answers.VisitCancelled,
        refusals=(*_VISIT, "visit.has_settlements"),
    ),
    requests.UploadItems: Words(
        zh="上传明细。每次至多300条；相同明细号、相同内容重复上传不产生新明细，内容不同则拒绝。",
        en="Upload items. At most 300 a message; the same number with the same content is nothing new, with other "
        "content it is refused.",
        answer=answers.ItemsUploaded,
        refusals=(*_VISIT, "item.content_differs", "qualification.not_of_visit", "visit.too_many_items"),
        faults=_ITEMS,
    ),
    requests.WithdrawItems: Words(
        zh="撤销明细。撤销指定的明细和收费批次（可同时指定），或全部未结算明细。",
        en="Withdraw items. Those named, those of named charging batches, or everything that is not settled.",
        answer=answers.ItemsWithdrawn,
        refusals=(*_VISIT, "item.unknown", "item.settled", "batch.unknown"),
        faults=("withdrawal.ambiguous", "withdrawal.nothing_named"),
    ),
    requests.Presettle: Words(
        zh="预结算。与结算同样计算，不占用额度；would_refuse列出将使结算被拒绝的代码。",
        en="Preview a settlement. The same computation as to settle, and nothing is held; would_refuse lists the "
        "codes for which the bill would be refused.",
        answer=answers.Presettled,
        refusals=(*_VISIT, *_BILL, "item.unknown", "batch.unknown", "bill.empty"),
    ),
    requests.Settle: Words(
        zh="结算。按提交时的目录、政策和资格重新计算；与最近一次预结算不一致时拒绝。答复附结算回执。",
        en="Settle. Always computed anew; a difference from the last preview of the same items is refused. The answer "
        "carries a receipt.",
        answer=answers.Settled,
        refusals=(*_VISIT, *_BILL, "item.unknown", "batch.unknown", "bill.empty", *_SETTLING),
        has_receipt=True,
    ),
    requests.PresettleBill: Words(
        zh="整单预结算。与整单结算同样计算，不登记就诊、不接收明细、不占用额度；would_refuse列出将使结算被拒绝的代码。",
        en="Preview a whole bill. The same computation as to submit it: no visit is registered, no item taken, nothing "
        "held; would_refuse lists the codes for which the bill would be refused.",
        answer=answers.Presettled,
        refusals=_DOCUMENT,
        faults=(*_ITEMS, "bill.items_differ"),
    ),
    requests.SubmitBill: Words(
        zh="整单结算。一份报文包含就诊、明细和结算，至多3000条明细；全部生效或全部不生效。答复附结算回执。",
        en="Submit a whole bill. Visit, items and settlement in one document of up to 3,000 items: all of it takes "
        "effect or nothing does. The answer carries a receipt.",
        answer=answers.Settled,
        refusals=(*_DOCUMENT, *_SETTLING),
        faults=(*_ITEMS, "bill.items_differ"),
        has_receipt=True,
    ),
    requests.CancelSettlement: Words(
        zh="撤销结算。以红字分录撤销一笔已知的结算；有后续中途结算的须先撤销后一笔。请求体可省略。",
        en="Cancel a settlement. Undoes a known settlement by new entries; a later interim bill is cancelled first. "
        "The body may be left out.",
        answer=answers.SettlementCancelled,
        refusals=(
            "settlement.unknown",
            "settlement.not_in_force",
            "settlement.differs",
            "settlement.later_first",
            "worker.differs",
        ),
        has_receipt=True,
    ),
    requests.Reverse: Words(
        zh="冲正。不知原报文是否生效时使用：已生效的予以撤销，未到达的此后也不再生效。撤销了结算的，答复附回执。",
        en="Reverse a message. For when you do not know whether it went through: it is undone if it did, and never "
        "takes effect if it has not arrived. Where it undid a settlement the answer carries a receipt.",
        answer=answers.Reversed,
        refusals=(
            "reversal.of_itself",
            "reversal.not_offered",
            "reversal.overtaken",
            "settlement.later_first",
            "settlement.not_in_force",
        ),
        has_receipt=True,
    ),
    requests.QueryOutcome: Words(
        zh="查询交易结果。我的报文怎样了：settled、refused、reversed或not_seen；结算繁忙时本查询仍可用。",
        en="Ask for a message's outcome. settled, refused, reversed or not_seen; it answers also while settling is "
        "degraded.",
        answer=answers.OutcomeFound,
    ),
    requests.QueryOutcomes: Words(
        zh="批量查询交易结果。至多1000个报文编号，逐个返回结果及下一步该发什么；结算繁忙时本查询仍可用。",
        en="Ask for many messages' outcomes. Up to 1,000 ids, for each what became of it and the one message to send "
        "next; it answers also while settling is degraded.",
        answer=answers.OutcomesFound,
    ),
    requests.QuerySettlement: Words(
        zh="查询结算。返回本机构一笔结算的内容及其现状。",
        en="Query a settlement. Its content, and how it stands now.",
        answer=answers.SettlementFound,
        refusals=("settlement.unknown",),
    ),
    requests.QueryStatement: Words(
        zh="查询结算单。打印结算单所需的全部内容；姓名和证件号码默认部分隐去，masked=false显示全部。"
        "Accept为text/html时返回可打印的A4页面。",
        en="Query a statement. All that a printed statement shows; name and identity number are shown in part only, "
        "in full with masked=false. Asked for as text/html it is a page to print (A4).",
        answer=answers.StatementFound,
        refusals=("settlement.unknown",),
        files=("text/html",),
    ),
    requests.QueryVisits: Words(
        zh="查询就诊。本机构的就诊，按登记日期倒序分页；默认为最近30天。",
        en="Query visits. The provider's own, by the day of their registration, the newest first and in pages; of the "
        "last 30 days where no day is given.",
        answer=answers.VisitsFound,
        refusals=("period.backwards", "period.too_long", "cursor.unknown"),
        faults=("cursor.carries",),
    ),
    requests.QueryItems: Words(
        zh="查询明细。一次就诊的全部明细及其现状，按上传先后分页。",
        en="Query items. A visit's items in the order of their coming, with what became of each, in pages.",
        answer=answers.ItemsFound,
        refusals=("visit.unknown", "settlement.unknown", "cursor.unknown"),
    ),
    requests.DownloadCatalog: Words(
        zh="下载目录。本统筹区的目录，全部内容或自某版本以来的变更，分页返回；format=csv或jsonl时逐段返回文件，各段相接即为全文。",
        en="Download the catalog. That of the provider's area, whole or what changed since a version, in pages; with "
        "format=csv or jsonl as parts of a file, which one after another are the whole of it.",
        answer=answers.CatalogFound,
        refusals=(
            "catalog.none",
            "catalog.version_unknown",
            "catalog.since_later",
            "page.too_large",
            "cursor.unknown",
        ),
        faults=("cursor.carries",),
        files=("text/csv", "application/jsonl"),
    ),
    requests.ExplainSettlement: Words(
        zh="结算说明。一笔结算何以如此：报文、版本、逐条规则及其依据、证据、承担方、更正办法、分录和回执。",
        en="Explain a settlement. Why it came out as it did: message, versions, each rule that spoke with its source, "
        "its evidence, who bears what, what would make it pass, postings and receipt.",
        answer=answers.SettlementExplained,
        refusals=("settlement.unknown",),
    ),
}
TAGS: dict[str, tuple[str, str]] = {
    "bills": ("整单结算", "bills in one document"),
    "visits": ("就诊、明细、结算", "visits, their items and their settlement"),
    "settlements": ("结算查询与撤销", "settlements: query and cancel"),
    "referrals": ("转诊转院", "referrals"),
    "qualifications": ("待遇资格下的转诊转院", "referrals under a qualification"),
    "matches": ("目录对照", "matches of a provider's own codes"),
    "reversals": ("冲正", "reversals"),
    "outcomes": ("交易结果", "outcomes of messages"),
    "catalog": ("目录", "the catalog"),
    "persons": ("人员与待遇资格", "persons and what they are entitled to"),
    "sign-ins": ("签到", "operators' cycles"),
    "gateway": ("网关本身", "the gateway itself"),
}
"""By the path's first word after /v1, in the order in which they are shown."""
FIELDS: dict[str, tuple[str, str]] = {
    "visit_no": ("就诊号", "The provider's number of the visit."),
    "settlement_id": ("结算编号", "The settlement's id, as its answer gave it."),
    "message_id": ("原报文编号（Idempotency-Key）", "The message's id: the Idempotency-Key it was sent with."),
    "sign_no": ("签到编号", "The number that signing in gave."),
    "referral_no": ("转诊申请编号", "The referral's number, as its filing gave it."),
    "qualification_id": ("资格审核编号", "The qualification, as the verified person's answer gave it."),
    "masked": ("姓名和证件号码是否部分隐去", "Whether name and identity number are shown in part only."),
    "from_day": ("起始日期；不填为截止日期前30天", "The first day; 30 days before the last where it is left out."),
    "to_day": ("截止日期（含）；不填为今天", "The last day, inclusive; today where it is left out."),
    "worker_id": ("人员编号", "Only this worker's."),
    "state": ("现状", "Only those that stand so."),
    "bill_no": ("单据号", "Only the items of this bill's settlement in force."),
    "version": ("目录版本；不填为当前生效版本", "The catalog's version; the newest in force where it is left out."),
    "since_version": ("只要该版本以来的变更", "Only rows that are new, changed or ended since this version."),
    "format": ("以文件返回", "A part of a file instead of a page."),
    "local_code": ("院内码", "Only this local code's."),
    "cursor": ("上一页应答中的next_cursor", "Where the page begins: next_cursor of the page before, as it is."),
    "limit": ("每页条数", "Rows a page, at most."),
}
"""Fields that stand in a path or a query."""
HEADERS: dict[str, tuple[str, str]] = {
    "message_id": (
        "报文编号：每笔业务一个，重发沿用原编号。相同编号和内容只生效一次并返回原答复；相同编号、不同内容为冲突。",
        (
            "The message's own id: one for each act, the same again when it is repeated. The same id and content take "
            "effect once and get the stored answer again; other content under the same id is a conflict."
        ),
    ),
    "sent_at": ("发送时间，重发时可更新。", "When it was sent; a repeat may refresh it."),
    "operator_id": ("操作员编号。", "Who sends it."),
    "sign_no": ("签到编号。", "The operator's cycle."),
}
"""Fields of the envelope, which headers carry."""
