"""The edge's own refusals, each with its place, its words and its cure."""

import msgspec

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


def problem_reply(problem: Problem) -> Reply:
    """Word a problem as RFC 9457 JSON, for callers whose dialect is not known."""
    document: dict[str, object] = {
        "type": f"/problems/{problem.code}",
        "title": problem.title_zh,
        "status": problem.status,
        "detail": "; ".join(fault.zh for fault in problem.faults),
        "code": problem.code,
        "title_zh": problem.title_zh,
        "title_en": problem.title_en,
        "faults": problem.faults,
    }
    if problem.message_id is not None:
        document["message_id"] = problem.message_id
    if problem.facts:
        document["facts"] = problem.facts
    return Reply(
        status=problem.status,
        content_type="application/problem+json",
        body=msgspec.json.encode(document),
        headers=headers_of(problem),
    )


def headers_of(problem: Problem) -> dict[str, str]:
    """Return the header fields that HTTP wants beside a refusal: Retry-After, WWW-Authenticate."""
    headers: dict[str, str] = {}
    if problem.retry_after_s is not None:
        headers["Retry-After"] = str(problem.retry_after_s)
    if problem.status == NotAuthenticated.status:
        headers["WWW-Authenticate"] = 'Bearer realm="gateway"'
    return headers


def unknown_caller() -> GatewayError:
    """No token, a broken one, nobody's, or another provider's: told apart to nobody (G10)."""
    return NotAuthenticated(
        Fault(
            pointer="header:Authorization",
            code="auth.unknown",
            zh="无法确认调用方身份",
            en="the caller is not known here",
            cure_zh="请携带本机构的令牌: Authorization: Bearer <令牌>, 并使用本机构的地址",
            cure_en="send your own provider's token as `Authorization: Bearer <token>` to your own provider's address",
        )
    )


def no_such_place(method_expected: str | None) -> GatewayError:
    """The path is not one of ours, or does not take this method."""
    if method_expected is None:
        zh, en = "没有这个地址", "there is nothing at this path"
        cure_zh, cure_en = "请核对地址: /v1/… 或 /in/{机构编号}", "use /v1/… or /in/{provider}"
    else:
        zh, en = "该地址不支持此请求方法", "this path does not take this method"
        cure_zh, cure_en = f"请使用 {method_expected}", f"use {method_expected}"
    return NotFound(Fault(pointer="", code="http.no_such_place", zh=zh, en=en, cure_zh=cure_zh, cure_en=cure_en))


def bad_target() -> GatewayError:
    """The request target holds what no path may hold, or a query that nobody would read."""
    return WireError(
        Fault(
            pointer="",
            code="http.target",
            zh="请求地址含有此处不读取的查询参数、片段或非 ASCII 字符",
            en="the request target has a query that nobody reads here, a fragment, or characters outside ASCII",
            cure_zh="参数请放在报文体中; 地址中的特殊字符请用百分号编码",
            cure_en="put parameters into the body; percent-encode what is not ASCII",
        )
    )


def encoded_body(encoding: str) -> GatewayError:
    """A compressed body would be hashed and signed as something else than what is read."""
    return WireError(
        Fault(
            pointer="header:Content-Encoding",
            code="http.content_encoding",
            zh=f"不接受压缩的报文体({_shown(encoding)})",
            en=f"compressed bodies are not taken ({_shown(encoding)})",
            cure_zh="请去掉 Content-Encoding, 发送未压缩的报文体",
            cure_en="send the body as it is, without Content-Encoding",
        )
    )


def unknown_expectation(expectation: str) -> GatewayError:
    """The only expectation that we meet is 100-continue."""
    return WireError(
        Fault(
            pointer="header:Expect",
            code="http.expect",
            zh=f"不支持的 Expect({_shown(expectation)})",
            en=f"this expectation cannot be met ({_shown(expectation)})",
            cure_zh="请去掉 Expect, 或使用 100-continue",
            cure_en="leave Expect out, or send 100-continue",
        )
    )


def wrong_digest() -> GatewayError:
    """The body is not the one whose digest the caller sent."""
    return WireError(
        Fault(
            pointer="header:Content-Digest",
            code="http.content_digest",
            zh="报文体与 Content-Digest 不一致",
            en="the body does not have the digest that Content-Digest states",
            cure_zh="请对实际发送的字节重新计算 sha-256 摘要",
            cure_en="compute the sha-256 of the very bytes that are sent",
        )
    )


def malformed(head_too_large: bool = False) -> GatewayError:
    """What arrived is not HTTP, or its head is past a bound."""
    if head_too_large:
        return TooLarge(
            Fault(
                pointer="",
                code="http.head_too_large",
                zh="请求行或头部过长, 或头部过多",
                en="the request line or a header is too long, or there are too many headers",
                cure_zh="请缩短请求地址和头部",
                cure_en="shorten the request target and the headers",
            )
        )
    return WireError(
        Fault(
            pointer="",
            code="http.malformed",
            zh="无法识别的 HTTP 报文",
            en="this is not a well-formed HTTP/1.1 request",
            cure_zh="请检查请求行、头部和分块长度(RFC 9112)",
            cure_en="check request line, headers and chunk sizes (RFC 9112)",
        )
    )


def cut_off() -> GatewayError:
    """The body ended early or its framing broke."""
    return WireError(
        Fault(
            pointer="",
            code="http.body_cut_off",
            zh="报文体不完整或分块格式错误, 未受理",
            en="the body ended before its stated length, or a chunk is broken; nothing was done",
            cure_zh="请完整发送报文体后重试",
            cure_en="send the whole body again",
        )
    )


def too_slow(part: str, seconds_max: float) -> GatewayError:
    """Head or body did not arrive in time. part: "head" or "body"."""
    return WireError(
        Fault(
            pointer="",
            code=f"http.{part}_too_slow",
            zh=f"未在 {seconds_max:g} 秒内收到完整请求, 未受理",
            en=f"the {part} did not arrive within {seconds_max:g} s; nothing was done",
            cure_zh="请检查网络后重新发送",
            cure_en="check the network and send it again",
        )
    )


def body_too_large(body_bytes_max: int) -> GatewayError:
    """The body is past its bound."""
    return TooLarge(
        Fault(
            pointer="",
            code="http.body_too_large",
            zh=f"报文体超过 {body_bytes_max} 字节",
            en=f"the body is longer than {body_bytes_max} bytes",
            cure_zh="请拆分后分批上传",
            cure_en="send it in several messages",
        )
    )


def full() -> GatewayError:
    """The gateway bears no more right now."""
    return Busy(
        Fault(
            pointer="",
            code="edge.full",
            zh="系统繁忙, 本次请求未受理",
            en="the gateway is full; this request was not taken",
            cure_zh="请按 Retry-After 稍后用同一报文重试",
            cure_en="send the same message again after Retry-After",
        ),
        retry_after_s=RETRY_FULL_S,
    )


def asks_too_much(in_flight_max: int) -> GatewayError:
    """One provider has its share of room in use."""
    return TooMany(
        Fault(
            pointer="",
            code="edge.provider_full",
            zh=f"本机构同时在办的请求已达 {in_flight_max} 个, 本次请求未受理",
            en=f"this provider already has {in_flight_max} requests being answered; this one was not taken",
            cure_zh="请减少并发, 按 Retry-After 稍后重试",
            cure_en="send fewer at once; send this one again after Retry-After",
        ),
        retry_after_s=RETRY_FULL_S,
    )


def late(message_id: str | None) -> GatewayError:
    """The answer is not there in time: unknown is not failed (G9)."""
    facts = {"outcome": "unknown"} | ({"ask": f"/v1/outcomes/{message_id}"} if message_id else {})
    return Busy(
        Fault(
            pointer="",
            code="edge.answer_late",
            zh="尚未得到处理结果: 结果未知, 并非失败",
            en="no answer yet: what became of the message is unknown, it has not failed",
            cure_zh="请查询交易结果(QueryOutcome), 或用同一报文编号原样重发",
            cure_en="ask for its outcome (QueryOutcome), or send the same message under the same message id again",
        ),
        retry_after_s=RETRY_LATE_S,
        facts=facts,
    )


def broken(request_id: str) -> GatewayError:
    """Our own fault; what it was stands in the log under the request id."""
    return Broken(
        Fault(
            pointer="",
            code="edge.broken",
            zh="系统内部错误: 结果未知, 并非失败",
            en="an internal error: what became of the message is unknown, it has not failed",
            cure_zh="请查询交易结果或原样重发; 仍有错误时请提供请求编号",
            cure_en="ask for its outcome or send it again; if it persists, report the request id",
        ),
        retry_after_s=RETRY_BROKEN_S,
        facts={"outcome": "unknown", "request_id": request_id},
    )


def _shown(value: str) -> str:
    """Cut a header's value down to what may be said back."""
    return "".join(char for char in value[:40] if char.isascii() and char.isprintable())
