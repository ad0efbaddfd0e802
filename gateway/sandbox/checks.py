"""What was checked of a call, in the order of its way, and in words why a check failed."""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from gateway.sandbox.masking import Masked
from gateway.signing.message import content_digest
from gateway.web.exchange import Exchange
from gateway.web.house import Reply
from schemas.problems import GatewayError, Problem
from schemas.requests import Message

State = Literal["passed", "failed", "skipped", "noted"]
TOLD_MAX = 40
"""Faults and findings that are told of one call; the rest is counted."""


class Said(Struct, frozen=True, kw_only=True):
    """One thing that was wrong, or that a rule cut: where, by which code, in words, and what would make it pass."""

    where: str
    code: str
    zh: str
    en: str
    cure_zh: str = ""
    cure_en: str = ""


class Check(Struct, frozen=True, kw_only=True):
    """One check."""

    name: Literal["caller", "digest", "message", "answer"]
    state: State
    zh: str
    en: str
    said: tuple[Said, ...] = ()


def checks_of(
    exchange: Exchange, reply: Reply | None, read: Message | GatewayError | None, owner: str | None, masked: Masked
) -> tuple[Check, ...]:
    """Return the checks of a call; read is None where its message was not come to."""
    digest = _digest(exchange, masked)
    message = _message(exchange, None if digest.state == "failed" else read, masked)
    answer = _answer(reply, masked)
    if message.state == answer.state == "failed":
        answer = replace(answer, said=())  # it says the same once more
    return (_caller(exchange, owner), digest, message, answer)


def _caller(exchange: Exchange, owner: str | None) -> Check:
    caller, stated = exchange.caller, exchange.headers.get("authorization")
    if caller is not None:
        return Check(name="caller", state="passed", zh=f"令牌属于 {caller.code}", en=f"the token is {caller.code}'s")
    if exchange.method is None:
        zh, en = "不是可识别的 HTTP 请求", "this could not be read as an HTTP request"
        return Check(name="caller", state="skipped", zh=zh, en=en)
    if exchange.route == "unknown":
        return Check(name="caller", state="skipped", zh="没有这个地址", en="there is nothing at this path")
    if owner is not None:
        zh, en = (
            f"令牌属于 {owner}，而地址是另一机构的",
            f"the token is {owner}'s, and the address is another provider's",
        )
    elif stated is None:
        zh, en = "缺少 Authorization 头部", "there is no Authorization header"
    elif not stated.lower().startswith("bearer "):
        zh, en = "Authorization 不是 Bearer 形式", "Authorization is not of the form `Bearer TOKEN`"
    else:
        zh, en = "沙箱中没有机构使用此令牌", "no provider of this sandbox has this token"
    return Check(name="caller", state="failed", zh=zh, en=en)


def _digest(exchange: Exchange, masked: Masked) -> Check:
    stated = exchange.headers.get("content-digest")
    if stated is None:
        return Check(name="digest", state="skipped", zh="请求未带 Content-Digest", en="no Content-Digest was sent")
    if exchange.body is None:
        return Check(name="digest", state="skipped", zh="未读取报文体", en="the body was not read")
    computed = content_digest(exchange.body)
    told = [member.strip() for member in stated.split(",") if member.strip().lower().startswith("sha-256=")]
    if not told:
        return Check(name="digest", state="skipped", zh="其中没有 sha-256", en="it states no sha-256")
    if all(member.partition("=")[2] == computed.partition("=")[2] for member in told):
        return Check(name="digest", state="passed", zh="与报文体一致", en="it agrees with the body")
    return Check(
        name="digest",
        state="failed",
        zh=f"所述 {masked.words(told[0])}，实算 {computed}（{len(exchange.body)} 字节）",
        en=f"stated {masked.words(told[0])}, computed {computed} over {len(exchange.body)} bytes",
    )


def _message(exchange: Exchange, read: Message | GatewayError | None, masked: Masked) -> Check:
    match read:
        case None:
            return Check(name="message", state="skipped", zh="未到读取报文这一步", en="reading it was not come to")
        case Message():
            verb = type(read.request).__name__
            zh, en = f"{exchange.dialect} 适配器读出 {verb}", f"the adapter {exchange.dialect} read {verb}"
            return Check(name="message", state="passed", zh=zh, en=en)
        case GatewayError():
            said = tuple(_said(msgspec.to_builtins(fault), masked) for fault in read.faults)
            zh, en = f"{len(said)} 处无法读取", f"{len(said)} place(s) cannot be read"
            return Check(name="message", state="failed", zh=zh, en=en, said=_bounded(said))


def _answer(reply: Reply | None, masked: Masked) -> Check:
    if reply is None:
        zh, en = "未发出应答：连接已断开", "no answer went out: the connection was cut"
        return Check(name="answer", state="failed", zh=zh, en=en)
    document = _object(reply.body)
    if reply.outcome in {"settled", "answered", "repeated"}:
        rows = getattr(reply.said, "findings", None)
        told_of = _rows(document, "findings") if rows is None else [msgspec.to_builtins(one) for one in rows]
        findings = tuple(_said(one, masked) for one in told_of)
        outcome = {"settled": ("已生效", "it took effect"), "answered": ("已答复", "it was answered")}
        zh, en = outcome.get(reply.outcome, ("重发：返回已存应答", "a repeat: the stored answer went out again"))
        refused = document.get("infcode") == "-1"
        state: State = "failed" if refused else "noted" if findings else "passed"
        told = _bounded((*_inside(document, masked), *findings))
        return Check(name="answer", state=state, zh=zh, en=en, said=told)
    faults = [msgspec.to_builtins(one) for one in reply.said.faults] if isinstance(reply.said, Problem) else []
    said = tuple(_said(one, masked) for one in faults or _rows(document, "faults")) or _inside(document, masked)
    zh, en = f"未受理：{reply.status}", f"refused: {reply.status} {reply.outcome}"
    return Check(name="answer", state="failed", zh=zh, en=en, said=_bounded(said))


def _said(row: Mapping[str, Any], masked: Masked) -> Said:
    """Return a fault or a finding in words."""
    item = f"item {masked.token(str(row['item_no']))}" if row.get("item_no") else ""
    words = {name: masked.words(str(row.get(name) or "")) for name in ("cure_zh", "cure_en")}
    return Said(
        where=masked.pointer(str(row["pointer"])) if row.get("pointer") else item,
        code=masked.token(str(row.get("code") or row.get("rule") or "-")),
        zh=masked.words(str(row.get("zh") or row.get("title_zh") or "")),
        en=masked.words(str(row.get("en") or row.get("title_en") or "")),
        **words,
    )


def _inside(document: Mapping[str, Any], masked: Masked) -> tuple[Said, ...]:
    """Return what a Jiangsu answer says, line by line."""
    text = document.get("err_msg")
    if not isinstance(text, str) or not text:
        return ()
    return tuple(Said(where="", code="err_msg", zh=masked.words(line), en="") for line in text.splitlines() if line)


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        document = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return {}
    return document if isinstance(document, dict) else {}


def _rows(document: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    rows = document.get(name)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _bounded(said: tuple[Said, ...]) -> tuple[Said, ...]:
    more = len(said) - TOLD_MAX
    if more <= 0:
        return said
    return (*said[:TOLD_MAX], Said(where="", code="more", zh=f"另有 {more} 处", en=f"{more} more"))
