"""What a kept file proves, offline: a receipt by itself, or a saved answer with its receipt."""

from datetime import UTC, datetime

from msgspec import Struct

from gateway.signing import wording
from gateway.signing.errors import Malformed, Mismatch
from gateway.signing.keys import KeySet
from gateway.signing.message import UNREAD, SignedResponse, digest_value, verify_response
from gateway.signing.receipts import Receipt, answer_digest, receipt_kid, verify_receipt
from gateway.signing.saved import HTTP, SavedAnswer, SavedRequest, read_http_answer, read_saved_answer, strict_json

FILE_BYTES_MAX = 64 * 1024 * 1024
RECEIPT_HEADER = "Settlement-Receipt"
_RECEIPTED = frozenset({"Settled", "SettlementCancelled", "Reversed"})
"""Tags of the native answers that a receipt is made from."""


class Proof(Struct, frozen=True, kw_only=True):
    """What held, in plain words of both languages, one sentence a line; and the facts behind the words."""

    zh: tuple[str, ...]
    en: tuple[str, ...]
    receipt: Receipt | None
    response: SignedResponse | None


def prove(content: bytes, keys: KeySet, request: SavedRequest | None = None) -> Proof:
    """Verify a kept file, whichever of the three it is.

    request: what was asked, where the file is an answer as `curl -i` printed it; the other two say it themselves.
    Raises the SignatureError that names what failed and where.
    """
    if len(content) > FILE_BYTES_MAX:
        en = f"longer than {FILE_BYTES_MAX} bytes: neither a receipt nor a saved answer"
        raise Malformed("file", zh=f"文件超过 {FILE_BYTES_MAX} 字节, 不是回执或保存的应答", en=en)
    if content.startswith(HTTP):
        return prove_answer(read_http_answer(content, request), keys)
    if request is not None:
        en = "only an answer as curl -i printed it is told its request"
        raise Malformed("request", zh="仅 curl -i 保存的应答需另给请求", en=en)
    if content.lstrip(b" \t\r\n").startswith(b"{"):
        return prove_answer(read_saved_answer(content), keys)
    return prove_receipt(content, keys)


def prove_receipt(content: bytes, keys: KeySet) -> Proof:
    """Verify a receipt file: a compact JWS and at most one newline after it."""
    try:
        jws = content.removesuffix(b"\n").decode("ascii")
    except UnicodeDecodeError as error:
        raise Malformed("receipt", zh="回执只含 ASCII 字符", en="a receipt is ASCII text only") from error
    receipt = verify_receipt(jws, keys)
    zh, en = wording.of_receipt(receipt, receipt_kid(jws))
    return Proof(zh=zh, en=en, receipt=receipt, response=None)


def prove_answer(saved: SavedAnswer, keys: KeySet) -> Proof:
    """Verify a saved answer's signature, and the receipt it carries in the header Settlement-Receipt."""
    body, request = saved.body_bytes, saved.request
    response = verify_response(
        keys,
        status=saved.status,
        headers=saved.headers,
        body=body,
        method=request.method if request else None,
        path=request.path if request else None,
        request_content_digest=request.content_digest if request else None,
        request_body=saved.request_bytes,
    )
    tied = saved.request_bytes is not None and response.request_digest != UNREAD
    zh, en = wording.of_response(response, _signed_at(response.created), body_tied=tied)
    jws = saved.header(RECEIPT_HEADER)
    if jws is None:
        return Proof(zh=zh, en=en, receipt=None, response=response)
    receipt = verify_receipt(jws, keys)
    compared = _compare_answer(receipt, body)
    receipt_zh, receipt_en = wording.of_receipt(receipt, receipt_kid(jws))
    tie_zh, tie_en = wording.of_tie(same_request=_same_request(receipt, response), answer_compared=compared)
    return Proof(zh=zh + receipt_zh + tie_zh, en=en + receipt_en + tie_en, receipt=receipt, response=response)


def _compare_answer(receipt: Receipt, body: bytes) -> bool:
    """Compare the receipt with a native JSON body; a body in a dialect's own words cannot be compared."""
    try:
        answer = strict_json(body, where="body")
    except Malformed:
        return False
    if not isinstance(answer, dict) or answer.get("answer") not in _RECEIPTED:
        return False
    if (computed := answer_digest(answer)) != receipt.answer_digest:
        en = f"the receipt is not this answer's: its answer_digest is {receipt.answer_digest}, the body's {computed}"
        zh = f"回执不属于该应答: 回执所签摘要 {receipt.answer_digest}, 正文摘要 {computed}"
        raise Mismatch(f"header:{RECEIPT_HEADER}", zh=zh, en=en)
    return True


def _same_request(receipt: Receipt, response: SignedResponse) -> bool | None:
    """Whether receipt and answer name the same request bytes; None where the answer's were unread."""
    if response.request_digest == UNREAD:
        return None
    return response.request_digest == digest_value(bytes.fromhex(receipt.request_digest))


def _signed_at(created: int) -> str:
    """Write seconds since 1970 as RFC 3339; past the year 9999 as the bare number."""
    try:
        return datetime.fromtimestamp(created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return str(created)
