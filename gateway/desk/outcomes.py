"""QueryOutcomes (交易结果批量查询): what became of a day's messages, and the one message to send next for each."""

from collections.abc import Iterable, Mapping
from typing import Any, assert_never

from gateway.settling.lane import TOMBSTONE
from gateway.store.queries import sql
from schemas.answers import NextMessage, OutcomeListed, OutcomesFound
from schemas.facts import Provider
from schemas.requests import QueryOutcomes
from schemas.scalars import OutcomeState

SETTLED_ALREADY = {"bill.already_settled", "bill.all_settled"}
"""Refusals which say that another message has done what this one asks: to mend and repeat it would ask to pay twice."""


async def outcomes_found(connection: Any, request: QueryOutcomes, caller: Provider) -> OutcomesFound:
    """Return the outcome of each id in the order asked, an id that stands twice twice."""
    ids = list(dict.fromkeys(request.message_ids))
    seen = by_id(await connection.fetch(sql("outcomes_by_ids"), caller.code, ids))
    missing = [one for one in ids if one not in seen]
    refused = by_id(await connection.fetch(sql("refused_by_ids"), caller.code, missing)) if missing else {}
    return OutcomesFound(
        outcomes=tuple(listed(one, seen.get(one), refused.get(one)) for one in request.message_ids),
    )


def by_id(rows: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Return rows by their message id."""
    return {row["message_id"]: row for row in rows}


def listed(message_id: str, seen: Mapping[str, Any] | None, refused: Mapping[str, Any] | None) -> OutcomeListed:
    """Return one message's outcome: from the row of a message in effect, or of its last refusal, or of neither."""
    if seen is None:
        codes = tuple(refused["codes"]) if refused else ()
        outcome: OutcomeState = "refused" if refused else "not_seen"
        return OutcomeListed(
            message_id=message_id,
            outcome=outcome,
            final=False,
            verb=refused["verb"] if refused else None,
            received_at=refused["refused_at"] if refused else None,
            settlement_id=None,
            reversed_by=None,
            refusal_codes=codes,
            next=next_message(outcome, codes),
        )
    outcome = "reversed" if seen["reversed_by"] else "settled"
    return OutcomeListed(
        message_id=message_id,
        outcome=outcome,
        final=True,
        verb=None if seen["verb"] == TOMBSTONE else seen["verb"],
        received_at=seen["received_at"],
        settlement_id=str(seen["settlement_id"]) if seen["settlement_id"] else None,
        reversed_by=seen["reversed_by"],
        cancelled_by=str(seen["cancelled_by"]) if seen["cancelled_by"] else None,
        next=CANCELLED if outcome == "settled" and seen["cancelled_by"] else next_message(outcome, ()),
    )


CANCELLED = NextMessage(
    action="none",
    zh="曾生效，其后结算已被撤销，不再计入；无需再发",
    en="it took effect, and its settlement has since been cancelled: it counts no more; send nothing",
)


def next_message(outcome: OutcomeState, codes: tuple[str, ...]) -> NextMessage:
    """Return what to send next. Only an effect binds an id, so what was refused or not seen keeps its own."""
    match outcome:
        case "settled":
            return NextMessage(action="none", zh="已生效，无需再发", en="done: send nothing")
        case "not_seen":
            return NextMessage(
                action="repeat",
                zh="未收到，或无法读取（曾答400）：未被答400的，请以相同报文编号原样重发；否则更正后再发",
                en="not seen, or not readable: unless it was answered 400, send the same content again under the same "
                "id; if it was, mend it first",
            )
        case "refused" if SETTLED_ALREADY & set(codes):
            return NextMessage(
                action="none",
                zh="已拒绝：该单据已由其他报文结算，请勿重发，可查询原结算",
                en="refused: another message has settled this bill; send nothing, and query that settlement",
            )
        case "refused":
            named = ", ".join(codes)
            return NextMessage(
                action="mend",
                zh=f"已拒绝（{named}）：请更正后以相同报文编号重发",
                en=f"refused ({named}): mend it and send it again under the same id",
            )
        case "reversed":
            return NextMessage(
                action="renew",
                zh="已冲正：无需再发；如仍需办理，请以新的报文编号提交",
                en="reversed: send nothing; if the business is still wanted, submit it under a new id",
            )
        case _:
            assert_never(outcome)
