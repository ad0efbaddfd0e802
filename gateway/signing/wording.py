"""Plain words, zh and en, for what a verified receipt or answer proves and what it does not."""

from typing import TypeAlias

from gateway.signing.message import UNREAD, SignedResponse
from gateway.signing.receipts import Receipt

Words: TypeAlias = tuple[tuple[str, ...], tuple[str, ...]]
"""Sentences in zh, the same sentences in en."""

FEN_PER_YUAN = 100

_KINDS = {
    "settlement": ("结算", "settlement"),
    "cancellation": ("结算撤销", "cancellation"),
    "reversal": ("冲正", "reversal"),
}


def of_receipt(receipt: Receipt, kid: str) -> Words:
    """Say who signed, which message, which sums, by which versions, when; and what a receipt cannot say."""
    return _receipt_zh(receipt, kid), _receipt_en(receipt, kid)


def of_response(response: SignedResponse, signed_at: str, *, body_tied: bool) -> Words:
    """Say who signed which answer to which request, when; and what the signature cannot say."""
    zh = (
        f"有效: HTTP 应答, 状态 {response.status}, 由密钥 {response.kid} 于 {signed_at} 签名。",
        "签名后状态和正文一字未改。",
        _request_zh(response, body_tied=body_tied),
        "不证明: 请求由谁发出; 未列入签名的头部 (如 Date, Content-Type) 未经改动。",
    )
    en = (
        f"Valid: an HTTP answer, status {response.status}, signed by key {response.kid} at {signed_at}.",
        "Its status and body are unchanged since.",
        _request_en(response, body_tied=body_tied),
        "Not proved: who sent the request; that headers outside the signature (Date, Content-Type) are unchanged.",
    )
    return zh, en


def of_tie(*, same_request: bool | None, answer_compared: bool) -> Words:
    """Say how a receipt belongs to the answer that carried it."""
    answer_zh = (
        "回执正是该应答正文的回执。" if answer_compared else "正文不是带回执的原生应答, 未与回执的应答摘要比对。"
    )
    answer_en = (
        "The receipt is this very answer's: the body has its answer digest."
        if answer_compared
        else "The body is no native answer with a receipt: it was not compared with the receipt's answer digest."
    )
    match same_request:
        case True:
            return (answer_zh, "回执与应答出自同一份请求。"), (
                answer_en,
                "Receipt and answer name the same request bytes.",
            )
        case False:
            zh, en = (
                "回执所签的是首次请求, 字节与本次不同 (重发)。",
                "The receipt names other request bytes: this is a repeat.",
            )
            return (answer_zh, zh), (answer_en, en)
        case None:
            return (answer_zh,), (answer_en,)


def yuan(fen: int) -> str:
    """Write fen as yuan with two decimals."""
    whole, rest = divmod(abs(fen), FEN_PER_YUAN)
    return f"{'-' if fen < 0 else ''}{whole}.{rest:02d}"


def _receipt_zh(receipt: Receipt, kid: str) -> tuple[str, ...]:
    undone = f", 针对原结算 {receipt.original_settlement_id}" if receipt.original_settlement_id else ""
    digests = (receipt.request_digest, receipt.content_digest, receipt.answer_digest)
    return (
        f"有效: {_KINDS[receipt.kind][0]}回执, 由密钥 {kid} 签名, 签名后一字未改。",
        f"协议机构 {receipt.provider_code} 的报文 {receipt.message_id} 已生效。",
        f"结算号 {receipt.settlement_id}{undone}, 就诊 {receipt.visit_no}, 单据 {receipt.bill_no}。",
        _sums_zh(receipt),
        f"结算日 {receipt.settlement_day}, 生效于 {receipt.settled_at}, 签发于 {receipt.issued_at}。",
        f"依据版本: {_versions(receipt)}。",
        "SHA-256 摘要: 请求 {}; 请求内容 {}; 应答 {}。".format(*digests),
        "不证明: 此后未被撤销或冲正 (请查询结算), 款项已经拨付, 单据所载诊疗属实。",
        "公钥须取自可信来源。",
    )


def _receipt_en(receipt: Receipt, kid: str) -> tuple[str, ...]:
    named, undoes = receipt.settlement_id, receipt.original_settlement_id
    undone = f", which undoes settlement {undoes}" if undoes else ""
    digests = (receipt.request_digest, receipt.content_digest, receipt.answer_digest)
    return (
        f"Valid: a {_KINDS[receipt.kind][1]} receipt, signed by key {kid} and unchanged since.",
        f"Message {receipt.message_id} of provider {receipt.provider_code} took effect as settlement {named}{undone}.",
        f"Visit {receipt.visit_no}, bill {receipt.bill_no}.",
        _sums_en(receipt),
        f"Settlement day {receipt.settlement_day}, in effect at {receipt.settled_at}, issued at {receipt.issued_at}.",
        f"Decided by versions: {_versions(receipt)}.",
        "SHA-256 digests: request {}; content of the request {}; answer {}.".format(*digests),
        "Not proved: that nothing undid it since (ask for the settlement), that money was paid, that care took place.",
        "The public keys must come from a source you trust.",
    )


def _versions(receipt: Receipt) -> str:
    return ", ".join(f"{name} {version}" for name, version in sorted(receipt.versions.items())) or "-"


def _sums_zh(receipt: Receipt) -> str:
    return (
        f"费用总额 {yuan(receipt.charged_fen)} 元 = 基金 {yuan(receipt.fund_fen)} + 职工 {yuan(receipt.worker_fen)}"
        f" + 用人单位 {yuan(receipt.employer_fen)} + 协议机构 {yuan(receipt.provider_fen)}; "
        f"单据外待遇 {yuan(receipt.benefits_fen)} 元。"
    )


def _sums_en(receipt: Receipt) -> str:
    return (
        f"Charged {yuan(receipt.charged_fen)} yuan = fund {yuan(receipt.fund_fen)} + worker {yuan(receipt.worker_fen)}"
        f" + employer {yuan(receipt.employer_fen)} + provider {yuan(receipt.provider_fen)}; "
        f"benefits outside the bill {yuan(receipt.benefits_fen)}."
    )


def _request_zh(response: SignedResponse, *, body_tied: bool) -> str:
    target = f"{response.method} {response.path}" if response.method else "方法和路径未知的请求"
    if response.request_digest == UNREAD:
        return f"所答请求: {target}; 请求正文未被读取。"
    tied = "与所存请求正文相符" if body_tied else "未提供请求正文, 未比对"
    return f"所答请求: {target}; 请求摘要 {response.request_digest} ({tied})。"


def _request_en(response: SignedResponse, *, body_tied: bool) -> str:
    target = (
        f"{response.method} {response.path}" if response.method else "a request whose method and path are not known"
    )
    if response.request_digest == UNREAD:
        return f"It answers {target}; the request's body was not read."
    tied = "the saved request's body has it" if body_tied else "no request body was saved to compare"
    return f"It answers {target}; request digest {response.request_digest} ({tied})."
