"""Why a message is refused: each code with its words (zh, en) and what would make it pass."""

from collections.abc import Sequence
from typing import NamedTuple

from schemas.problems import Broken, Busy, Conflict, Fault, GatewayError, NotFound, Refused, Unsupported


class Reason(NamedTuple):
    """An error's kind and its words; {names} are filled in where it is raised."""

    error: type[GatewayError]
    zh: str
    en: str
    cure_zh: str
    cure_en: str


REASONS: dict[str, Reason] = {
    "message_id.missing": Reason(
        Refused,
        "缺少报文编号",
        "the message id is missing",
        "请填写唯一的报文编号（msgid / Idempotency-Key）后重发",
        "send a message id of your own (msgid / Idempotency-Key)",
    ),
    "message.content_differs": Reason(
        Conflict,
        "报文编号{message_id}已用于内容不同的报文",
        "message id {message_id} was already used with other content",
        "新业务请使用新的报文编号；重发请保持原内容",
        "use a new message id for new content, or repeat the original content",
    ),
    "message.reversed": Reason(
        Conflict,
        "报文{message_id}已被冲正（冲正报文{reversed_by}），不再生效",
        "message {message_id} was reversed by {reversed_by} and has no effect",
        "如仍需办理，请使用新的报文编号重新提交",
        "if the business is still wanted, submit it anew under a new message id",
    ),
    "sign_in.missing": Reason(
        Refused,
        "未签到：缺少签到编号",
        "not signed in: the sign-in number is missing",
        "请先签到，并在报文中填写返回的签到编号",
        "sign in first and send the sign-in number you were given",
    ),
    "sign_in.unknown": Reason(
        Refused,
        "签到编号{sign_no}无效",
        "sign-in number {sign_no} is not known here",
        "请重新签到",
        "sign in again",
    ),
    "sign_in.ended": Reason(
        Refused,
        "签到编号{sign_no}已签退或已过业务日",
        "the cycle of sign-in number {sign_no} has ended",
        "请重新签到",
        "sign in again",
    ),
    "worker.unknown": Reason(
        NotFound,
        "未找到该工伤职工",
        "no such worker",
        "请核对证件号码或个人编号",
        "check the identity number or the worker's number",
    ),
    "worker.differs": Reason(
        Refused,
        "个人编号{stated}与就诊{visit_no}登记的职工不一致",
        "worker {stated} is not the one whom visit {visit_no} was registered for",
        "请核对个人编号与就诊号",
        "check the worker's number and the visit number",
    ),
    "visit.unknown": Reason(
        NotFound,
        "未找到就诊{visit_no}",
        "no visit {visit_no}",
        "请先登记，或核对就诊号",
        "register the visit first, or check its number",
    ),
    "visit.exists": Reason(
        Conflict,
        "就诊号{visit_no}已登记",
        "visit number {visit_no} is taken",
        "请使用新的就诊号，或先撤销原登记",
        "use another visit number, or cancel the earlier registration",
    ),
    "visit.of_another": Reason(
        Conflict,
        "就诊号{visit_no}已登记给另一名职工",
        "visit number {visit_no} belongs to another worker's visit",
        "请核对个人编号与就诊号",
        "check the worker's number and the visit number",
    ),
    "visit.settled": Reason(
        Conflict,
        "就诊{visit_no}已结算",
        "visit {visit_no} is settled",
        "如需更改，请先撤销结算",
        "to change it, cancel its last settlement first",
    ),
    "visit.has_settlements": Reason(
        Conflict,
        "就诊{visit_no}已有结算，不能撤销登记",
        "visit {visit_no} has settlements in force",
        "请先撤销其全部结算",
        "cancel all its settlements first",
    ),
    "visit.part_settled": Reason(
        Conflict,
        "就诊{visit_no}已有结算，不能按自费出院",
        "visit {visit_no} has settlements in force and cannot be discharged as self-paid",
        "请结算其余明细；确需自费出院的，请先撤销其全部结算",
        "settle what is left of it, or cancel all its settlements first",
    ),
    "visit.self_paid": Reason(
        Conflict,
        "就诊{visit_no}已自费出院",
        "visit {visit_no} is discharged as self-paid",
        "办理有误的，请冲正自费出院报文；再次就诊请使用新的就诊号",
        "if that was a mistake, reverse the message that discharged it; register another stay under a new number",
    ),
    "visit.entitled": Reason(
        Conflict,
        "资格审核编号{qualification_id}的工伤认定{recognition_no}已认定，不能按自费出院",
        "recognition {recognition_no} of qualification {qualification_id} has been given: the fund is to be asked",
        "请结算本次就诊；与该工伤无关的，请先修改登记去掉该资格审核编号",
        "settle the visit; if it is not of this injury, amend it to take the qualification away",
    ),
    "visit.settled_on": Reason(
        Conflict,
        "有效结算（单据{bill_no}）以此为依据，不能修改",
        "the settlement in force of bill {bill_no} rests on it",
        "请先撤销本次就诊的全部结算，修改登记后重新结算",
        "cancel the visit's settlements, amend it, and settle anew",
    ),
    "visit.kind_differs": Reason(
        Refused,
        "医疗类别{stated}与登记的{registered}不一致",
        "visit kind {stated} differs from the registered {registered}",
        "请按登记的医疗类别结算",
        "settle under the registered kind",
    ),
    "visit.terms_differ": Reason(
        Refused,
        "就诊{visit_no}的{field}与已登记内容不一致",
        "{field} of visit {visit_no} differs from what was registered",
        "请按已登记内容提交",
        "send what was registered",
    ),
    "visit.too_many_items": Reason(
        Refused,
        "就诊明细将达{count}条，超过上限{limit}条",
        "the visit would hold {count} items, more than {limit}",
        "请先中途结算",
        "settle an interim bill first",
    ),
    "visit.discharge_before_admission": Reason(
        Refused,
        "出院时间早于入院时间",
        "the discharge lies before the admission",
        "请更正出院时间",
        "correct the discharge time",
    ),
    "visit.admission_in_future": Reason(
        Refused,
        "入院（就诊）时间在将来",
        "the admission lies in the future",
        "请更正入院时间或系统时钟",
        "correct the admission time or your clock",
    ),
    "qualification.unknown": Reason(
        Refused,
        "资格审核编号{qualification_id}不属于该职工",
        "qualification {qualification_id} is not this worker's",
        "请读卡取得有效的资格审核编号",
        "verify the person to get the qualifications in force",
    ),
    "qualification.none": Reason(
        Refused,
        "就诊{visit_no}尚无工伤资格审核编号，不能结算",
        "visit {visit_no} has no qualification yet and cannot settle",
        "认定下达后，请在结算报文中填写资格审核编号；否则按自费出院",
        "once the recognition is out, name the qualification in the settle message; otherwise discharge as self-paid",
    ),
    "qualification.not_of_visit": Reason(
        Refused,
        "明细{item_no}的资格审核编号{qualification_id}不在本次就诊登记之内",
        "item {item_no} names qualification {qualification_id}, which the visit does not have",
        "请填写就诊登记时的资格审核编号",
        "name one of the visit's qualifications",
    ),
    "qualification.named_by_item": Reason(
        Conflict,
        "明细{item_no}指明了资格审核编号{qualification_id}",
        "item {item_no} names qualification {qualification_id}",
        "请先撤销该明细，修改登记后重新上传",
        "withdraw the item, amend the visit, and upload the item anew",
    ),
    "qualification.ambiguous": Reason(
        Refused,
        "多名职工持有资格审核编号{qualification_id}",
        "several workers hold a qualification of the number {qualification_id}",
        "请同时填写人员编号（psn_no）",
        "give the worker's number with it",
    ),
    "referral.unknown": Reason(
        NotFound,
        "未找到转诊申请{referral_no}",
        "no referral {referral_no}",
        "请核对转诊申请编号，或按资格审核编号查询",
        "check the referral's number, or ask by qualification",
    ),
    "referral.differs": Reason(
        Refused,
        "所填编号{stated}与该转诊申请的{filed}不一致",
        "the referral is of {filed}, not of {stated}",
        "请核对转诊申请编号和资格审核编号",
        "give the numbers of one and the same referral",
    ),
    "referral.not_entitled": Reason(
        Conflict,
        "工伤认定{recognition_no}的结论为不予认定或已撤销，不能申请转诊",
        "recognition {recognition_no} was refused or revoked",
        "请读卡取得有效的资格审核编号",
        "verify the person to get the qualifications in force",
    ),
    "referral.applied_in_future": Reason(
        Refused,
        "申请日期{applied_on}在将来",
        "the application's day {applied_on} lies in the future",
        "请更正申请日期或系统时钟",
        "correct the day or your clock",
    ),
    "referral.cancelled": Reason(
        Conflict,
        "该转诊申请已由报文{message_id}撤销",
        "the referral was cancelled by message {message_id}",
        "无需再次撤销",
        "nothing is left to cancel",
    ),
    "referral.approved": Reason(
        Conflict,
        "该转诊申请已由经办机构核准（{authorization_no}），不能自行撤销",
        "the agency has granted the referral by {authorization_no}",
        "请联系经办机构撤销核准；申请有误的，请冲正原申请报文",
        "have the agency revoke it; if it was filed by mistake, reverse the message that filed it",
    ),
    "match.no_agreement": Reason(
        Refused,
        "{day}没有有效的服务协议，不能提交目录对照",
        "no service agreement is in force on {day}, so no match can be filed",
        "请与经办机构核对协议起止日期和状态",
        "check the agreement's days and state with the agency",
    ),
    "match.catalog_unknown": Reason(
        Refused,
        "目录编码{catalog_code}在{day}不在就医地工伤保险目录内",
        "{catalog_code} is not in the catalog of the place of treatment on {day}",
        "请下载目录核对编码及其有效期，或改为编码有效的开始日期",
        "compare with the catalog (GET /v1/catalog), or begin on a day on which the code is in force",
    ),
    "match.sort_differs": Reason(
        Refused,
        "目录编码{catalog_code}的类别是{sort}，与申报的{stated}不符",
        "{catalog_code} is of the sort {sort}, not of {stated}",
        "请核对目录类别和目录编码",
        "check the sort and the catalog code",
    ),
    "match.pending_differs": Reason(
        Conflict,
        "院内码{local_code}已有内容不同、日期重叠的待审核申请{filing_no}",
        "filing {filing_no} of local code {local_code} is pending, with other content for some of the same days",
        "请先撤销该申请再重新提交，或等待审核结果",
        "withdraw that filing first and file anew, or wait for what the agency decides",
    ),
    "match.overlaps": Reason(
        Conflict,
        "院内码{local_code}自{valid_from}起已对照{catalog_code}（止{valid_to}），日期重叠",
        "local code {local_code} stands for {catalog_code} from {valid_from} to {valid_to}, on some of the same days",
        "请先申请终止原对照（撤销，ends_on早于新对照的开始日期），或更正日期",
        "file its end first (withdraw it with ends_on before the new match begins), or correct the days",
    ),
    "match.too_many_pending": Reason(
        Conflict,
        "待审核的申请已有{pending}条，上限为{limit}条",
        "{pending} filings are pending, and no more than {limit} may be",
        "请等待经办机构审核，或撤销不再需要的申请",
        "wait until the agency has decided some, or withdraw what is no longer wanted",
    ),
    "match.unknown": Reason(
        NotFound,
        "院内码{local_code}没有这样的待审核申请或有效对照",
        "local code {local_code} has no such filing pending and no such match in force",
        "请核对院内码、目录编码和开始日期，或查询本机构的申请",
        "check local code, catalog code and first day, or ask for your filings",
    ),
    "match.ambiguous": Reason(
        Refused,
        "院内码{local_code}有{found}条待审核申请或有效对照，无法确定是哪一条",
        "local code {local_code} has {found} filings pending or matches in force: which is meant?",
        "请同时填写目录编码和开始日期，或填写申请编号",
        "give catalog code and first day with it, or the filing's number",
    ),
    "match.filing_unknown": Reason(
        NotFound,
        "未找到目录对照申请{filing_no}",
        "no filing {filing_no}",
        "请核对申请编号，或查询本机构的申请",
        "check the filing's number, or ask for your filings",
    ),
    "match.filing_differs": Reason(
        Refused,
        "所填的{stated}与申请{filing_no}的{filed}不一致",
        "filing {filing_no} is of {filed}, not of {stated}",
        "请只填写申请编号，或填写同一申请的内容",
        "give the filing's number alone, or what stands in it",
    ),
    "match.filing_closed": Reason(
        Conflict,
        "申请{filing_no}的状态为{state}，没有可撤销的内容",
        "filing {filing_no} is {state}: there is nothing to take back",
        "无需撤销；如需变更，请重新提交",
        "nothing is left to withdraw; file anew what is wanted",
    ),
    "match.repeated": Reason(
        Refused,
        "与同一报文的另一行是同一条对照",
        "another row of the message is about the same match",
        "每条对照在一个报文中只写一行",
        "give each match once in a message",
    ),
    "match.not_in_force": Reason(
        Refused,
        "申请{filing_no}尚未生效，没有终止日期可言",
        "filing {filing_no} is pending and not in force: it has no end yet",
        "撤销待审核的申请时请不填ends_on",
        "leave ends_on out to take a pending filing back",
    ),
    "match.ends_already": Reason(
        Refused,
        "院内码{local_code}的对照本来就在{valid_to}终止",
        "the match of local code {local_code} ends on {valid_to} as it is",
        "请填写早于{valid_to}的终止日期，或不必申请",
        "give a last day before {valid_to}, or leave it as it is",
    ),
    "item.content_differs": Reason(
        Conflict,
        "明细{item_no}已存在且内容不同",
        "item {item_no} stands already with other content",
        "请先撤销原明细再上传，或使用新的明细号",
        "withdraw the earlier item first, or use another item number",
    ),
    "item.unknown": Reason(
        Refused,
        "就诊{visit_no}没有未结算的明细{item_no}",
        "visit {visit_no} has no unsettled item {item_no}",
        "请核对明细号",
        "check the item number",
    ),
    "item.settled": Reason(
        Conflict,
        "明细{item_no}已结算",
        "item {item_no} is settled",
        "请先撤销该结算，或上传退费明细",
        "cancel that settlement first, or upload a refund line",
    ),
    "batch.unknown": Reason(
        Refused,
        "就诊{visit_no}没有收费批次{batch_no}的未结算明细",
        "visit {visit_no} has no unsettled item of batch {batch_no}",
        "请核对收费批次号",
        "check the batch number",
    ),
    "bill.empty": Reason(
        Refused,
        "没有可结算的明细",
        "there is nothing to settle",
        "请先上传明细",
        "upload items first",
    ),
    "bill.all_settled": Reason(
        Conflict,
        "就诊{visit_no}的这些明细均已结算",
        "every line of this bill is settled already in visit {visit_no}",
        "请查询原结算；不要重复结算",
        "query the earlier settlement; do not settle twice",
    ),
    "bill.total_differs": Reason(
        Refused,
        "总额{stated_fen}分与明细合计{sum_fen}分不一致",
        "the stated total of {stated_fen} fen differs from the items' sum of {sum_fen} fen",
        "请核对明细后重新提交",
        "compare the items and submit again",
    ),
    "bill.already_settled": Reason(
        Conflict,
        "单据{bill_no}已由报文{message_id}结算",
        "bill {bill_no} was settled by message {message_id}",
        "请查询该报文的交易结果；不要重复结算",
        "query the outcome of that message; do not settle twice",
    ),
    "invoice.already_used": Reason(
        Conflict,
        "票据号{invoice_no}已由报文{message_id}使用",
        "invoice {invoice_no} was used by message {message_id}",
        "请核对票据号",
        "check the invoice number",
    ),
    "provider_share.refused": Reason(
        Refused,
        "明细{item_no}有{fen}分应由机构承担（{title}），本接口无法表达",
        "{fen} fen of item {item_no} would be the provider's ({title}), which this dialect cannot carry",
        "请撤销明细{item_no}或更正后重新上传：{cure}",
        "withdraw item {item_no}, or mend it and upload again: {cure}",
    ),
    "preview.differs": Reason(
        Conflict,
        "结算结果与预结算不一致：预结算总额{previewed_charged}分、基金{previewed_fund}分、个人{previewed_worker}分、"
        "单位{previewed_employer}分、机构{previewed_provider}分；现总额{charged}分、基金{fund}分、个人{worker}分、"
        "单位{employer}分、机构{provider}分",
        "the sums differ from the preview: previewed charge {previewed_charged}, fund {previewed_fund}, "
        "worker {previewed_worker}, employer {previewed_employer}, provider {previewed_provider} fen; now {charged}, "
        "fund {fund}, worker {worker}, employer {employer}, provider {provider} fen",
        "请重新预结算，确认后再结算",
        "preview again and settle what you then agree to",
    ),
    "preview.fund_differs": Reason(
        Conflict,
        "基金支付与所回传的预结算结果不一致：回传{previewed_fund}分，现为{fund}分",
        "the fund's share differs from the preview that is echoed: {previewed_fund} fen, now {fund} fen",
        "请重新预结算，确认后再结算",
        "preview again and settle what you then agree to",
    ),
    "settlement.unknown": Reason(
        NotFound,
        "未找到该结算",
        "no such settlement",
        "请核对结算编号或单据号",
        "check the settlement id or bill number",
    ),
    "settlement.differs": Reason(
        Refused,
        "所填编号{stated}与该结算的{settled}不一致",
        "the settlement is of {settled}, not of {stated}",
        "请核对结算编号、就诊号和单据号，三者须属于同一笔结算",
        "give the settlement id, the visit and the bill number of one and the same settlement",
    ),
    "settlement.not_in_force": Reason(
        Conflict,
        "没有这笔有效的结算：已撤销或已冲正，或单据号有误",
        "no such settlement is in force: it was cancelled or reversed, or the number is wrong",
        "已撤销的无需再次撤销；否则请核对单据号",
        "if it was cancelled, nothing is left to cancel; otherwise check the bill number",
    ),
    "settlement.later_first": Reason(
        Conflict,
        "第{interim_no}次结算之后还有第{later_no}次结算（单据{later_bill_no}）",
        "bill {interim_no} is followed by bill {later_no} ({later_bill_no})",
        "请先撤销后一次结算",
        "cancel the later bill first",
    ),
    "reversal.of_itself": Reason(
        Refused,
        "冲正报文不能冲正自己",
        "a reversal cannot name itself",
        "请填写原报文编号",
        "name the original message",
    ),
    "reversal.not_offered": Reason(
        Refused,
        "{verb}报文不能冲正",
        "a {verb} message cannot be reversed",
        "{cure_zh}",
        "{cure_en}",
    ),
    "reversal.overtaken": Reason(
        Conflict,
        "原报文之后已有依赖它的业务：{what}",
        "later business rests on the original message: {what}",
        "请先撤销后发生的业务",
        "undo the later business first",
    ),
    "bill.breaks": Reason(
        Broken,
        "处理本报文时系统出错，未产生任何效果",
        "our own fault: the message had no effect",
        "请原样重发；若仍失败请联系经办机构",
        "repeat it unchanged; if it fails again call the agency",
    ),
    "cursor.unknown": Reason(
        Refused,
        "游标无效",
        "the cursor is none that this question's answer gave",
        "请原样使用上一页应答中的next_cursor，或不填从头查询",
        "use next_cursor of the page before as it is, or leave it out to begin anew",
    ),
    "period.backwards": Reason(
        Refused,
        "起始日期{from_day}晚于截止日期{to_day}",
        "from_day {from_day} lies after to_day {to_day}",
        "请更正起止日期",
        "correct the days",
    ),
    "period.too_long": Reason(
        Refused,
        "{from_day}至{to_day}超过每次{limit}天的上限",
        "{from_day} to {to_day} is more than the {limit} days that one question may be about",
        "请分段查询",
        "ask for shorter periods",
    ),
    "page.too_large": Reason(
        Refused,
        "每页{given}条，超过上限{limit}条",
        "{given} rows a page, more than {limit}",
        "请减小每页条数",
        "ask for fewer rows",
    ),
    "catalog.none": Reason(
        NotFound,
        "本统筹区尚无生效的目录",
        "no catalog is in force for your area",
        "请联系经办机构",
        "call the agency",
    ),
    "catalog.version_unknown": Reason(
        NotFound,
        "没有目录版本{version}",
        "no catalog version {version} is kept for your area",
        "请不填版本号，下载当前版本的全部内容",
        "leave the version out to download all of the newest",
    ),
    "catalog.since_later": Reason(
        Refused,
        "起始版本{since_version}晚于所要的版本{version}",
        "since_version {since_version} is later than version {version}",
        "请核对两个版本号",
        "correct the two versions",
    ),
    "house.full": Reason(
        Busy,
        "系统繁忙，报文未受理",
        "full: the message was not taken in",
        "请稍后原样重发",
        "repeat it unchanged after a while",
    ),
    "house.database_away": Reason(
        Busy,
        "数据库暂不可用，报文是否生效未知",
        "the database is away: whether the message took effect is unknown",
        "请稍后以相同报文编号重发，或查询交易结果",
        "repeat it under the same message id, or query its outcome",
    ),
    "dialect.away": Reason(
        Busy,
        "接口方言{dialect}的适配程序暂时不可用",
        "the adapter of dialect {dialect} is away for the moment",
        "请按Retry-After所示时间后，以原报文编号重发；已生效的报文将得到原应答",
        "send the same message again, under the same id, after Retry-After; what took effect is answered as it was",
    ),
    "dialect.body_too_large": Reason(
        Unsupported,
        "接口方言{dialect}的报文超过{limit}字节",
        "a message of dialect {dialect} is longer than {limit} bytes",
        "请分多次发送",
        "send it in several messages",
    ),
    "dialect.not_spoken": Reason(
        Unsupported,
        "本网关尚不支持该机构登记的接口方言{dialect}",
        "the dialect {dialect} that the provider is registered with is not spoken here",
        "请联系经办机构更正机构资料",
        "have the agency correct the provider's row",
    ),
}


def fault(code: str, pointer: str = "", **facts: object) -> Fault:
    """Return a reason in words."""
    reason = REASONS[code]
    return Fault(
        pointer=pointer,
        code=code,
        zh=reason.zh.format(**facts),
        en=reason.en.format(**facts),
        cure_zh=reason.cure_zh.format(**facts),
        cure_en=reason.cure_en.format(**facts),
    )


def refusal(code: str, pointer: str = "", *, tell: dict[str, str] | None = None, **facts: object) -> GatewayError:
    """Return the error of a reason; tell goes to the caller's program as it is."""
    return REASONS[code].error(fault(code, pointer, **facts), facts=tell)


def refusal_of(faults: Sequence[Fault]) -> GatewayError:
    """Return the error of several reasons, of the kind of the first."""
    return REASONS[faults[0].code].error(*faults)
