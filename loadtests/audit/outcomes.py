"""QueryOutcome (交易结果查询) for messages whose answer did not come, or did not decide."""

import asyncio
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import aiohttp
from msgspec import Struct

from loadtests import city
from loadtests.engine.connection import loopback
from loadtests.engine.tape import HTTP_OK
from loadtests.generator.message import Message

AT_ONCE_MAX = 16
TRIES_MAX = 5
PAUSE_SECONDS = 0.5
ASK_SECONDS_MAX = 15


class Outcome(Struct, frozen=True, kw_only=True):
    """What QueryOutcome said of a message; outcome is empty where it could not be asked, and why says what came."""

    message: Message
    outcome: str = ""
    settlement_id: str | None = None
    stored_answer_base64: str | None = None
    why: str = ""


async def outcomes(urls: Sequence[str], messages: Sequence[Message]) -> list[Outcome]:
    """Ask for each message's outcome, a few at once; what could not be told is asked again, TRIES_MAX times."""
    for url in urls:
        loopback(url)
    room = asyncio.Semaphore(AT_ONCE_MAX)
    timeout = aiohttp.ClientTimeout(total=ASK_SECONDS_MAX)
    async with aiohttp.ClientSession(timeout=timeout) as session:

        async def one(number: int, message: Message) -> Outcome:
            async with room:
                return await _asked(session, urls[number % len(urls)], message)

        return await asyncio.gather(*(one(number, message) for number, message in enumerate(messages)))


async def _asked(session: aiohttp.ClientSession, url: str, message: Message) -> Outcome:
    why = ""
    for _ in range(TRIES_MAX):
        try:
            return await _once(session, url, message)
        except (aiohttp.ClientError, TimeoutError) as wrong:
            why = f"{type(wrong).__name__} {wrong}"
        await asyncio.sleep(PAUSE_SECONDS)
    return Outcome(message=message, why=why)


async def _once(session: aiohttp.ClientSession, url: str, message: Message) -> Outcome:
    headers = {"Authorization": f"Bearer {city.token(message.provider)}"}
    async with session.get(f"{url}/v1/outcomes/{quote(message.message_id)}", headers=headers) as answer:
        if answer.status != HTTP_OK:
            raise aiohttp.ClientError(f"HTTP {answer.status}")
        said: dict[str, Any] = await answer.json()
    return Outcome(
        message=message,
        outcome=said["outcome"],
        settlement_id=said["settlement_id"],
        stored_answer_base64=said["stored_answer_base64"],
    )
