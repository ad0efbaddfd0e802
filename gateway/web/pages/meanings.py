"""What each code means, when it comes and what makes it pass, read off the reasons that the code itself goes by."""

import re
from collections.abc import Iterable, Mapping

import msgspec
from msgspec import Struct

from gateway.core.reasons import REASONS, Reason
from gateway.core.rules.catalogue import RULES
from gateway.core.rules.rule import Rule
from gateway.web.problems import EDGE_REASONS
from schemas.dialect import Inbound
from schemas.problems import (
    Broken,
    Busy,
    Conflict,
    Fault,
    GatewayError,
    NotAuthenticated,
    NotFound,
    Problem,
    Refused,
    TooLarge,
    TooMany,
    Unsupported,
    WireError,
)

SAMPLE_CHARS_MAX = 400
Mistakes = Iterable[tuple[Inbound, Problem]]
"""Messages that a dialect refuses, each with its refusal."""


class Both(Struct, frozen=True):
    """A text in both languages."""

    zh: str
    en: str


class Operation(Struct, frozen=True, kw_only=True):
    """An operation of the native door that may answer a code; id names it in the interface's description."""

    method: str
    path: str
    id: str
    tag: str


class Meaning(Struct, frozen=True, kw_only=True):
    """A code, told."""

    code: str
    origin: str
    """Which part says it: edge, dialect, house or rule."""
    statuses: tuple[int, ...]
    """HTTP statuses that it comes with; empty for a rule that only cuts."""
    title: Both
    means: Both
    when: Both
    cure: Both
    operations: tuple[Operation, ...] = ()
    sample: str = ""
    """A message that gets it."""
    source: str = ""
    """Where a rule stands in law or catalog."""


ORIGINS: dict[str, Both] = {
    "house": Both("业务受理", "What the house decides"),
    "edge": Both("接入与通信", "Connection and caller"),
    "dialect": Both("报文格式（/v1）", "Form of a message (/v1)"),
    "rule": Both("审核规则", "Rules of adjudication"),
}
WHEN: dict[type[GatewayError], Both] = {
    WireError: Both(
        "读取报文时发现，未产生任何效果，报文编号未被占用：更正后可用原编号重发。",
        "Found while the message is read. Nothing was done and the message id is still free: mend it and send it "
        "again.",
    ),
    Unsupported: Both(
        "报文格式正确，但网关无法如实承载其内容，未产生任何效果。",
        "The message is well-formed, and the gateway cannot carry what it says faithfully. Nothing was done.",
    ),
    NotAuthenticated: Both(
        "核对调用方身份时发现，报文体未读取，未产生任何效果。",
        "Found while the caller is made out, before the body is read. Nothing was done.",
    ),
    NotFound: Both(
        "所指的对象不存在，或不属于本机构（两者不作区分），未产生任何效果，报文编号未被占用。",
        "What is named is not there or not yours (the two are not told apart). Nothing was done; the message id is "
        "free.",
    ),
    Conflict: Both(
        "与已生效的报文、单据或就诊状态相冲突，本报文未产生新的效果。",
        "It runs against a message, a bill or a state that stands already. This message had no new effect.",
    ),
    Refused: Both(
        "报文已读懂，按规则不予办理，未产生任何效果；更正后可用原编号重发，将重新判定。",
        "Understood, and the rules say no. Nothing was done; a mended message under the same id is judged afresh.",
    ),
    TooLarge: Both(
        "超过规定上限，未受理，未产生任何效果。",
        "Past a stated bound. The message was not taken in.",
    ),
    TooMany: Both(
        "本机构同时办理的请求过多，未受理；按Retry-After等待后原样重发。",
        "The provider asks too much at once. Not taken in: wait as Retry-After says and send it again unchanged.",
    ),
    Busy: Both(
        "网关或数据库暂时无法办理，结果可能未知：用原报文编号原样重发，或查询交易结果（/v1/outcomes/{message_id}）。",
        "Gateway or database cannot answer just now, and the outcome may be unknown: send the message again "
        "unchanged under its id, or ask for its outcome (/v1/outcomes/{message_id}).",
    ),
    Broken: Both(
        "网关自身的错误，并非报文有误：用原报文编号原样重发，或查询交易结果。",
        "Our own fault, not the message's: send it again unchanged under its id, or ask for its outcome.",
    ),
}
BLOCKS = Both(
    "审核单据时发现，整张单据不予结算；预结算在would_refuse中提示。未产生任何效果，更正后可用原编号重发。",
    "Found while a bill is adjudicated. The whole bill is refused; a preview lists it in would_refuse. Nothing was "
    "done.",
)
CUTS = Both(
    "审核单据时发现，列入审核结果（findings）：相应金额基金不予支付，由其中bearer所示的一方承担，单据照常结算。",
    "Found while a bill is adjudicated. It is listed in the bill's findings: the fund does not pay that amount, the "
    "bearer named there does, and the bill settles all the same.",
)


def meanings(mistakes: Mistakes, operations: Mapping[str, tuple[Operation, ...]]) -> dict[str, Meaning]:
    """Return the meaning of every code, by code, in the order of its origins.

    operations: which operations answer a code, by code.
    """
    told = [
        *(_of_reason(code, reason, "house") for code, reason in REASONS.items()),
        *(_of_reason(code, reason, "edge") for code, reason in EDGE_REASONS.items()),
        *_of_dialect(mistakes),
        *(_of_rule(rule) for rule in RULES),
    ]
    return {
        meaning.code: msgspec.structs.replace(meaning, operations=operations.get(meaning.code, ())) for meaning in told
    }


def _of_reason(code: str, reason: Reason, origin: str) -> Meaning:
    status = 405 if code == "http.method" else reason.error.status
    return Meaning(
        code=code,
        origin=origin,
        statuses=(status,),
        title=Both(reason.error.title_zh, reason.error.title_en),
        means=Both(_plain(reason.zh), _plain(reason.en)),
        when=WHEN[reason.error],
        cure=Both(_plain(reason.cure_zh), _plain(reason.cure_en)),
    )


def _of_dialect(mistakes: Mistakes) -> Iterable[Meaning]:
    """Yield each code of a dialect once, in the words that the first mistake with it gets."""
    seen: set[str] = set()
    for message, problem in mistakes:
        for fault in problem.faults:
            if fault.code not in seen:
                seen.add(fault.code)
                yield _of_fault(fault, message, problem)


def _of_fault(fault: Fault, message: Inbound, problem: Problem) -> Meaning:
    kind = next(kind for kind in WHEN if kind.title_en == problem.title_en)
    return Meaning(
        code=fault.code,
        origin="dialect",
        statuses=(problem.status,),
        title=Both(problem.title_zh, problem.title_en),
        means=Both(fault.zh, fault.en),
        when=WHEN[kind],
        cure=Both(fault.cure_zh, fault.cure_en),
        sample=_sample(message),
    )


def _of_rule(rule: Rule) -> Meaning:
    return Meaning(
        code=rule.code,
        origin="rule",
        statuses=(Refused.status,) if rule.blocks else (),
        title=Both(Refused.title_zh, Refused.title_en) if rule.blocks else Both("审核结果", "finding"),
        means=Both(rule.title_zh, rule.title_en),
        when=BLOCKS if rule.blocks else CUTS,
        cure=Both(rule.cure_zh, rule.cure_en),
        source=rule.source,
    )


def _plain(text: str) -> str:
    """Return a text with its doubled braces single, as it reads once filled in; names to fill in stay in braces."""
    return text.replace("{{", "{").replace("}}", "}")


def _sample(message: Inbound) -> str:
    """Return a message as text, its control and odd bytes shown, cut where it is long."""
    head = [f"{message.method} {message.path}", *(f"{name}: {text}" for name, text in message.headers.items())]
    body = re.sub(r"[^\x20-\x7e\u4e00-\u9fff]", "\ufffd", message.body.decode("utf-8", "replace"))
    cut = f"{body[:SAMPLE_CHARS_MAX]} …" if len(body) > SAMPLE_CHARS_MAX else body
    return "\n".join((*head, "", cut))
