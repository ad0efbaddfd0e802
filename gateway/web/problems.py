"""The edge's own refusals, each with its place, its words and its cure."""

import msgspec

from gateway.core.reasons import Reason
from gateway.path import METHOD_NOT_ALLOWED
from gateway.web.house import Reply
from schemas.problems import (
    Broken,
    Busy,
    Fault,
    GatewayError,
    NotAuthenticated,
    NotFound,
    Problem,
    TooLarge,
    TooMany,
    WireError,
)

RETRY_FULL_S = 1
RETRY_LATE_S = 5
RETRY_BROKEN_S = 5

EDGE_REASONS: dict[str, Reason] = {
    "auth.unknown": Reason(
        NotAuthenticated,
        "无法确认调用方身份",
        "the caller is not known here",
        "请携带本机构的令牌: Authorization: Bearer <令牌>, 并使用本机构的地址",
        "send your own provider's token as `Authorization: Bearer <token>` to your own provider's address",
    ),
    "http.no_such_place": Reason(
        NotFound,
        "没有这个地址",
        "there is nothing at this path",
        "请核对地址: /v1/… 或 /in/{{机构编号}}; 接口文档在 /docs",
        "use /v1/… or /in/{{provider}}; the interface is described at /docs",
    ),
    "http.method": Reason(
        WireError,
        "该地址不支持此请求方法",
        "this path does not take this method",
        "请使用 {methods}",
        "use {methods}",
    ),
    "http.target": Reason(
        WireError,
        "请求地址含有查询参数、片段或非 ASCII 字符",
        "the request target has a query, a fragment, or characters outside ASCII",
        "参数请放在报文体中; 地址中的特殊字符请用百分号编码",
        "put parameters into the body; percent-encode what is not ASCII",
    ),
    "http.content_encoding": Reason(
        WireError,
        "不接受压缩的报文体({encoding})",
        "compressed bodies are not taken ({encoding})",
        "请去掉 Content-Encoding, 发送未压缩的报文体",
        "send the body as it is, without Content-Encoding",
    ),
    "http.expect": Reason(
        WireError,
        "不支持的 Expect({expectation})",
        "this expectation cannot be met ({expectation})",
        "请去掉 Expect, 或使用 100-continue",
        "leave Expect out, or send 100-continue",
    ),
    "http.content_digest": Reason(
        WireError,
        "报文体与 Content-Digest 不一致",
        "the body does not have the digest that Content-Digest states",
        "请对实际发送的字节重新计算 sha-256 摘要",
        "compute the sha-256 of the very bytes that are sent",
    ),
    "http.head_too_large": Reason(
        TooLarge,
        "请求行或头部过长, 或头部过多",
        "the request line or a header is too long, or there are too many headers",
        "请缩短请求地址和头部",
        "shorten the request target and the headers",
    ),
    "http.malformed": Reason(
        WireError,
        "无法识别的 HTTP 报文",
        "this is not a well-formed HTTP/1.1 request",
        "请检查请求行、头部和分块长度(RFC 9112)",
        "check request line, headers and chunk sizes (RFC 9112)",
    ),
    "http.body_cut_off": Reason(
        WireError,
        "报文体不完整或分块格式错误, 未受理",
        "the body ended before its stated length, or a chunk is broken; nothing was done",
        "请完整发送报文体后重试",
        "send the whole body again",
    ),
    "http.head_too_slow": Reason(
        WireError,
        "未在 {seconds} 秒内收到完整请求, 未受理",
        "the head did not arrive within {seconds} s; nothing was done",
        "请检查网络后重新发送",
        "check the network and send it again",
    ),
    "http.body_too_slow": Reason(
        WireError,
        "未在 {seconds} 秒内收到完整请求, 未受理",
        "the body did not arrive within {seconds} s; nothing was done",
        "请检查网络后重新发送",
        "check the network and send it again",
    ),
    "http.body_too_large": Reason(
        TooLarge,
        "报文体超过 {bytes} 字节",
        "the body is longer than {bytes} bytes",
        "请拆分后分批上传",
        "send it in several messages",
    ),
    "edge.full": Reason(
        Busy,
        "系统繁忙, 本次请求未受理",
        "the gateway is full; this request was not taken",
        "请按 Retry-After 稍后用同一报文重试",
        "send the same message again after Retry-After",
    ),
    "edge.provider_full": Reason(
        TooMany,
        "本机构同时在办的请求已达 {in_flight} 个, 本次请求未受理",
        "this provider already has {in_flight} requests being answered; this one was not taken",
        "请减少并发, 按 Retry-After 稍后重试",
        "send fewer at once; send this one again after Retry-After",
    ),
    "edge.answer_late": Reason(
        Busy,
        "尚未得到处理结果: 结果未知, 并非失败",
        "no answer yet: what became of the message is unknown, it has not failed",
        "请查询交易结果(QueryOutcome), 或用同一报文编号原样重发",
        "ask for its outcome (QueryOutcome), or send the same message under the same message id again",
    ),
    "edge.broken": Reason(
        Broken,
        "系统内部错误: 结果未知, 并非失败",
        "an internal error: what became of the message is unknown, it has not failed",
        "请查询交易结果或原样重发; 仍有错误时请提供请求编号",
        "ask for its outcome or send it again; if it persists, report the request id",
    ),
}


def problem_reply(problem: Problem) -> Reply:
    """Word a problem as RFC 9457 JSON, for callers whose own dialect failed to."""
    document: dict[str, object] = {
        **problem.facts,
        "type": f"/problems/{problem.code}",
        "title": f"{problem.title_zh} / {problem.title_en}",
        "status": problem.status,
        "detail": "; ".join(fault.zh for fault in problem.faults),
        "code": problem.code,
        "title_zh": problem.title_zh,
        "title_en": problem.title_en,
        "faults": problem.faults,
    }
    if problem.message_id is not None:
        document["message_id"] = problem.message_id
    if problem.retry_after_s is not None:
        document["retry_after_s"] = problem.retry_after_s
    return Reply(
        status=problem.status,
        content_type="application/problem+json",
        body=msgspec.json.encode(document),
        headers=headers_of(problem),
    )


def headers_of(problem: Problem) -> dict[str, str]:
    """Return the header fields that HTTP wants beside a refusal: Retry-After, WWW-Authenticate, Allow."""
    headers: dict[str, str] = {}
    if problem.retry_after_s is not None:
        headers["Retry-After"] = str(problem.retry_after_s)
    if problem.status == NotAuthenticated.status:
        headers["WWW-Authenticate"] = 'Bearer realm="gateway"'
    if problem.status == METHOD_NOT_ALLOWED:
        headers["Allow"] = problem.facts["allow"]
    return headers


def unknown_caller() -> GatewayError:
    """No token, a broken one, nobody's, or another provider's: told apart to nobody (G10)."""
    return _refusal("auth.unknown", "header:Authorization")


def no_such_place() -> GatewayError:
    """The path is not one of ours."""
    return _refusal("http.no_such_place")


def wrong_method(*allowed: str) -> GatewayError:
    """The path is one of ours and does not take this method."""
    methods = ", ".join(allowed)
    error = _refusal("http.method", tell={"allow": methods}, methods=methods)
    error.status = METHOD_NOT_ALLOWED
    return error


def bad_target() -> GatewayError:
    """The request target holds what no path may hold, or a query that nobody would read."""
    return _refusal("http.target")


def encoded_body(encoding: str) -> GatewayError:
    """A compressed body would be hashed and signed as something else than what is read."""
    return _refusal("http.content_encoding", "header:Content-Encoding", encoding=_shown(encoding))


def unknown_expectation(expectation: str) -> GatewayError:
    """The only expectation that we meet is 100-continue."""
    return _refusal("http.expect", "header:Expect", expectation=_shown(expectation))


def wrong_digest() -> GatewayError:
    """The body is not the one whose digest the caller sent."""
    return _refusal("http.content_digest", "header:Content-Digest")


def malformed(head_too_large: bool = False) -> GatewayError:
    """What arrived is not HTTP, or its head is past a bound."""
    return _refusal("http.head_too_large" if head_too_large else "http.malformed")


def cut_off() -> GatewayError:
    """The body ended early or its framing broke."""
    return _refusal("http.body_cut_off")


def too_slow(part: str, seconds_max: float) -> GatewayError:
    """Head or body did not arrive in time. part: "head" or "body"."""
    return _refusal(f"http.{part}_too_slow", seconds=f"{seconds_max:g}")


def body_too_large(body_bytes_max: int) -> GatewayError:
    """The body is past its bound."""
    return _refusal("http.body_too_large", bytes=body_bytes_max)


def full() -> GatewayError:
    """The gateway bears no more right now."""
    return _refusal("edge.full", retry_after_s=RETRY_FULL_S)


def asks_too_much(in_flight_max: int) -> GatewayError:
    """One provider has its share of room in use."""
    return _refusal("edge.provider_full", retry_after_s=RETRY_FULL_S, in_flight=in_flight_max)


def late(message_id: str | None) -> GatewayError:
    """The answer is not there in time: unknown is not failed (G9)."""
    tell = {"outcome": "unknown"} | ({"ask": f"/v1/outcomes/{message_id}"} if message_id else {})
    return _refusal("edge.answer_late", retry_after_s=RETRY_LATE_S, tell=tell)


def broken(request_id: str) -> GatewayError:
    """Our own fault; what it was stands in the log under the request id."""
    tell = {"outcome": "unknown", "request_id": request_id}
    return _refusal("edge.broken", retry_after_s=RETRY_BROKEN_S, tell=tell)


def _refusal(
    code: str,
    pointer: str = "",
    *,
    retry_after_s: int | None = None,
    tell: dict[str, str] | None = None,
    **facts: object,
) -> GatewayError:
    reason = EDGE_REASONS[code]
    fault = Fault(
        pointer=pointer,
        code=code,
        zh=reason.zh.format(**facts),
        en=reason.en.format(**facts),
        cure_zh=reason.cure_zh.format(**facts),
        cure_en=reason.cure_en.format(**facts),
    )
    return reason.error(fault, retry_after_s=retry_after_s, facts=tell)


def _shown(value: str) -> str:
    """Cut a header's value down to what may be said back."""
    return "".join(char for char in value[:40] if char.isascii() and char.isprintable())
