"""Tells what became of a message: what it settled, or why it was refused and what would make it pass."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from msgspec import Struct

from gateway.core.reasons import REASONS
from gateway.core.rules.catalogue import RULE_BY_CODE
from gateway.desk.explaining.wording import gap
from gateway.settling.lane import TOMBSTONE
from gateway.settling.loading import message_of
from gateway.settling.refusals import open_refusal
from gateway.store.errors import SealBroken
from gateway.store.queries import Query
from gateway.store.rows import MessageRow
from gateway.store.sealing import Seals
from schemas.explanations import Gap, MessageExplained, RefusalTold, Words
from schemas.problems import Fault

_FACT = re.compile(r"\{[a-z_0-9]+\}")


class Traced(Struct, frozen=True, kw_only=True):
    """What a message id leads to: the settlement that it made, or what else became of it."""

    settlement_id: UUID | None
    told: MessageExplained


async def traced(
    connection: Any, queries: Mapping[str, Query], seals: Seals, provider_code: str, message_id: str
) -> Traced:
    """Return what became of a provider's message."""
    named = ([provider_code], [message_id])
    seen = await connection.fetchrow(queries["messages_by_id"].sql, *named)
    if seen is not None:
        row = message_of(seen)
        return Traced(settlement_id=row.settlement_id, told=_effective(row))
    refused = await connection.fetchrow(queries["refusals_by_id"].sql, *named)
    return Traced(settlement_id=None, told=_ineffective(provider_code, message_id, refused, seals))


def _effective(row: MessageRow) -> MessageExplained:
    """Return what became of a message that took effect, or that was reversed before it came."""
    came = row.verb != TOMBSTONE
    if row.reversed_by is None:
        says = Words(zh="该报文已生效", en="the message took effect")
    elif came:
        says = Words(
            zh="该报文曾生效，后被冲正，不再生效", en="the message took effect and was reversed: nothing of it stands"
        )
    else:
        says = Words(
            zh="该报文到达前已被冲正，永不生效", en="the message was reversed before it came: it never takes effect"
        )
    return MessageExplained(
        provider_code=row.provider_code,
        message_id=row.message_id,
        outcome="reversed" if row.reversed_by else "settled",
        verb=row.verb if came else None,
        received_at=row.received_at if came else None,
        reversed_by=row.reversed_by,
        times_refused=0,
        status=None,
        refusals=(),
        untold=0,
        says=says,
    )


def _ineffective(
    provider_code: str, message_id: str, refused: Mapping[str, Any] | None, seals: Seals
) -> MessageExplained:
    """Return what became of a message that took no effect."""
    says = Words(
        zh="本网关未受理过该报文：未到达，或在读取时即被退回（格式错误不留痕）",
        en="never taken in: it did not arrive, or could not be read (malformed messages leave no trace)",
    )
    if refused:
        says = Words(
            zh="最近一次被拒绝，未产生任何效果；更正后可用原报文编号重发",
            en="last refused, with no effect; once mended it may be sent again under the same id",
        )
    refusals, untold, gaps = _told(refused, seals) if refused else ((), 0, ())
    return MessageExplained(
        provider_code=provider_code,
        message_id=message_id,
        outcome="refused" if refused else "not_seen",
        verb=refused["verb"] if refused else None,
        received_at=refused["refused_at"] if refused else None,
        reversed_by=None,
        times_refused=refused["times"] if refused else 0,
        status=refused["status"] if refused else None,
        refusals=refusals,
        untold=untold,
        says=says,
        gaps=gaps,
    )


def _told(refused: Mapping[str, Any], seals: Seals) -> tuple[tuple[RefusalTold, ...], int, tuple[Gap, ...]]:
    """Return what the caller was told, how many faults of it are not kept, and what cannot be read of it."""
    gaps: tuple[Gap, ...] = ()
    kept = None
    try:
        kept = open_refusal(seals, refused)
    except SealBroken as wrong:
        gaps = (gap("refusal.sealed", why=str(wrong)),)
    if kept is None:
        return tuple(map(_refusal, refused["codes"])), 0, gaps
    told = {fault.code for fault in kept.faults}
    by_code = [_refusal(code) for code in refused["codes"] if code not in told]
    return (*map(_fault, kept.faults), *by_code), kept.count - len(kept.faults), ()


def _fault(fault: Fault) -> RefusalTold:
    rule = RULE_BY_CODE.get(fault.code)
    return RefusalTold(
        code=fault.code,
        pointer=fault.pointer,
        title=Words(zh=fault.zh, en=fault.en),
        source=rule.source if rule else None,
        cure=Words(zh=fault.cure_zh, en=fault.cure_en),
    )


def _refusal(code: str) -> RefusalTold:
    if (rule := RULE_BY_CODE.get(code)) is not None:
        return RefusalTold(
            code=code,
            pointer=None,
            title=Words(zh=rule.title_zh, en=rule.title_en),
            source=rule.source,
            cure=_without_facts(rule.cure_zh, rule.cure_en),
        )
    if (reason := REASONS.get(code)) is not None:
        return RefusalTold(
            code=code,
            pointer=None,
            title=_without_facts(reason.zh, reason.en),
            source=None,
            cure=_without_facts(reason.cure_zh, reason.cure_en),
        )
    unknown = Words(zh="本版本不认识该代码", en="this version does not know the code")
    cure = Words(zh="请查阅当时的接口文档", en="see the interface's description of that time")
    return RefusalTold(code=code, pointer=None, title=unknown, source=None, cure=cure)


def _without_facts(zh: str, en: str) -> Words:
    return Words(zh=_FACT.sub("…", zh), en=_FACT.sub("…", en))
