"""The whole audit of a run: outcomes asked for, what the client saw held against the books, the books by themselves."""

import asyncio
import base64
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp

from loadtests import bundle
from loadtests.audit.books import QUESTIONS, Connection, ask, connect, read_questions
from loadtests.audit.outcomes import Outcome, outcomes
from loadtests.audit.signatures import keys_of, signature_faults
from loadtests.engine.tape import NEVER, Sent, Tape, Whole
from loadtests.generator.message import Message

MESSAGE_QUESTIONS = read_questions("audit.sql")
WHOLES_MAX = 400
"""Kept answers whose signature and stored bytes are looked at."""
SETTLE_SECONDS = 1.0
"""Waited before outcomes are asked for, so that what the client gave up on has come to its end."""


async def audited(dsn: str, urls: Sequence[str], tapes: Sequence[Tape], *, books: bool = True) -> bundle.Audit:
    """Hold what clients saw against the books; the gateway must still be up, for it is asked for outcomes.

    Faults name the bill and the message. Messages that got no answer, 429 or 5xx are asked for by QueryOutcome; so are
    those whose answers were kept whole: their stored answer must be the bytes that came.
    books False leaves out the questions about all that is in the database, which take minutes among a million bills.
    """
    began = time.perf_counter()
    sent = [record for tape in tapes for record in tape.records if record.sent_us != NEVER]
    wholes = _sample([whole for tape in tapes for whole in tape.wholes])
    undecided = _undecided(sent)
    if undecided:
        await asyncio.sleep(SETTLE_SECONDS)
    told = await outcomes(urls, undecided)
    faults = [f"QueryOutcome could not be asked: {one.message.message_id}: {one.why}" for one in told if one.why]
    faults += await _stored_faults(urls, wholes)
    faults += await _signature_faults(urls, wholes)
    connection = await connect(dsn)
    try:
        counted, found = await _held_against_books(connection, sent, told, books=books)
    finally:
        await connection.close()
    faults += found
    if counted["sent"] != sum(counted[state] for state in ("settled", "refused", "reversed", "not_seen")):
        faults.append("messages sent are not settled + refused + reversed + not_seen")
    return bundle.Audit(
        is_clean=not faults,
        messages_sent=counted.pop("sent"),
        **counted,
        signatures_checked=len(wholes),
        seconds=round(time.perf_counter() - began, 3),
        faults=tuple(faults),
    )


def _sample(wholes: list[Whole]) -> list[Whole]:
    """Return at most WHOLES_MAX, evenly taken."""
    return wholes[:: -(-len(wholes) // WHOLES_MAX)] if wholes else []


def _undecided(sent: Sequence[Sent]) -> list[Message]:
    """Return the messages none of whose sendings was answered for good."""
    decided = {_key(record.message) for record in sent if not record.is_failed}
    return list(
        {_key(record.message): record.message for record in sent if _key(record.message) not in decided}.values()
    )


def _key(message: Message) -> tuple[int, str]:
    return message.provider, message.message_id


async def _stored_faults(urls: Sequence[str], wholes: Sequence[Whole]) -> list[str]:
    """Ask for the stored answers of messages that were done: each must be the very bytes that were answered."""
    done = {_key(whole.message): whole for whole in wholes if whole.answer.startswith(b"HTTP/1.1 200 ")}
    told = await outcomes(urls, [whole.message for whole in done.values()])
    return [
        f"stored answer is not what was answered: {one.message.provider_code} message {one.message.message_id} "
        f"bill {one.message.bill_no or '-'}"
        for one in told
        if one.outcome == "settled" and _stored(one) != done[_key(one.message)].answer.partition(b"\r\n\r\n")[2]
    ]


def _stored(told: Outcome) -> bytes | None:
    return None if told.stored_answer_base64 is None else base64.b64decode(told.stored_answer_base64)


async def _signature_faults(urls: Sequence[str], wholes: Sequence[Whole]) -> list[str]:
    try:
        keys = await keys_of(urls[0])
    except (aiohttp.ClientError, TimeoutError) as wrong:
        return [f"the gateway's keys cannot be read: {type(wrong).__name__} {wrong}"]
    return signature_faults(wholes, keys)


async def _held_against_books(
    connection: Connection, sent: Sequence[Sent], told: Sequence[Outcome], *, books: bool
) -> tuple[dict[str, int], list[str]]:
    """Return the counts and sums of the run, and every fault of messages and books, all seen at one instant."""
    folder = Path(__file__).parent
    await connection.execute((folder / "said.sql").read_text(encoding="utf-8"))
    await connection.copy_records_to_table("said", records=map(_said_row, sent))
    await connection.copy_records_to_table("told", records=[_told_row(one) for one in told if one.outcome])
    await connection.execute((folder / "fate.sql").read_text(encoding="utf-8"))
    await connection.execute("ANALYZE")  # a plan made in ignorance of what a run has just added takes hours
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        counted = await connection.fetchrow((folder / "count.sql").read_text(encoding="utf-8"))
        assert counted is not None
        return dict(counted), await ask(connection, [*MESSAGE_QUESTIONS, *(QUESTIONS if books else ())])


def _said_row(record: Sent) -> tuple[Any, ...]:
    message = record.message
    sums = record.sums_fen or (None,) * 5
    settlement_id = UUID(record.settlement_id) if record.settlement_id else None
    return (
        message.provider_code,
        message.message_id,
        message.verb,
        message.visit_no,
        message.bill_no,
        message.charged_fen,
        message.lines,
        message.expects,
        message.reverses,
        record.is_done,
        record.is_refused,
        record.code,
        settlement_id,
        *sums,
    )


def _told_row(told: Outcome) -> tuple[Any, ...]:
    message = told.message
    settlement_id = UUID(told.settlement_id) if told.settlement_id else None
    return message.provider_code, message.message_id, told.outcome, settlement_id
