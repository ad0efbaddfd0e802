"""Sends messages byte for byte over kept connections; no answer passes whose signature does not verify."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from gateway.store.database import Connection, connect
from tests.city import HOSPITAL, JIANGSU, TOKENS
from tests.house import Gateway
from tests.web.wire import Answer, Wire, request

Given = TypeVar("Given")
Got = TypeVar("Got")
CONNECTIONS = 16


class Known(NamedTuple):
    """The key that a gateway publishes, as a wire wants it."""

    kid: str
    published: Any

    def public_key(self) -> Any:
        return self.published


class Asked(NamedTuple):
    """One message on its way to a door."""

    method: str
    path: str
    body: bytes
    provider: str
    headers: dict[str, str]

    @property
    def token(self) -> str:
        return TOKENS[self.provider]


def to_v1(method: str, path: str, body: Any, *, message_id: str | None = None, provider: str = HOSPITAL) -> Asked:
    headers = {"Content-Type": "application/json"}
    if message_id is not None:
        headers["Idempotency-Key"] = message_id
    return Asked(method, path, raw(body), provider, headers)


def to_jiangsu(body: Any) -> Asked:
    return Asked("POST", f"/in/{JIANGSU}", raw(body), JIANGSU, {"Content-Type": "application/json"})


def raw(body: Any) -> bytes:
    if body is None or isinstance(body, bytes):
        return body or b""
    return json.dumps(body, ensure_ascii=False).encode()


def succeeded(answer: Answer) -> bool:
    """Tell whether a message was done: a 2xx, and in Jiangsu's dialect infcode "0" too."""
    return answer.status in (200, 201) and answer.json.get("infcode", "0") == "0"


class Sender:
    """One kept connection; opened anew where the gateway closes it."""

    def __init__(self, port: int, known: Known) -> None:
        self._port, self._known = port, known
        self._wire: Wire | None = None

    async def send(self, asked: Asked) -> Answer:
        if self._wire is None:
            self._wire = await Wire.to(self._port, self._known)
        self._wire.send(
            request(asked.method, asked.path, token=asked.token, body=asked.body, headers=asked.headers),
        )
        answer = await self._wire.answer(asked.method, asked.path, body=asked.body)
        if answer.headers.get("Connection") == "close":
            await self.close()
        return answer

    async def must(self, asked: Asked) -> Answer:
        """Send a message that has to succeed."""
        answer = await self.send(asked)
        assert succeeded(answer), (asked, answer.status, answer.body.decode())
        return answer

    async def close(self) -> None:
        if self._wire is not None:
            await self._wire.close()
            self._wire = None


class Door:
    """A gateway process with both doors, and what a test needs to speak through them."""

    def __init__(self, *, gateway: Gateway, known: Known, dsn: str, folder: Path) -> None:
        self.gateway, self.known, self.dsn, self.folder = gateway, known, dsn, folder
        self.sign_no = ""

    @asynccontextmanager
    async def sender(self) -> AsyncIterator[Sender]:
        sender = Sender(self.gateway.port, self.known)
        try:
            yield sender
        finally:
            await sender.close()

    @asynccontextmanager
    async def database(self) -> AsyncIterator[Connection]:
        connection = await connect(self.dsn, application_name="tests")
        try:
            yield connection
        finally:
            await connection.close()

    async def wire(self) -> Wire:
        return await Wire.to(self.gateway.port, self.known)

    async def sign_in(self) -> None:
        async with self.sender() as sender:
            said = await sender.must(to_jiangsu(self.jiangsu("9001", {"signIn": {"opter_no": "001"}}, "sign-in")))
        self.sign_no = said.json["output"]["signinoutb"]["sign_no"]

    def jiangsu(self, infno: str, content: Any, name: str) -> dict[str, Any]:
        """Return a message in its envelope; its number is drawn from its name."""
        envelope = {
            "infno": infno,
            "msgid": msgid(name),
            "recer_sys_code": "JSYTH",
            "infver": "V2.1",
            "opter_type": "1",
            "opter": "001",
            "opter_name": "测试甲",
            "inf_time": "20261102103000",
            "fixmedins_code": JIANGSU,
            "sign_no": self.sign_no,
            "idfi_mode": "1",
        }
        return envelope | ({"feedetail": content} if infno == "2204" else {"input": content})

    async def each(self, given: Iterable[Given], work: Callable[[Sender, Given], Awaitable[Got]]) -> list[Got]:
        """Work through what is given over a few connections at once; answers in the order given."""
        waiting = iter(list(enumerate(given)))
        done: dict[int, Got] = {}

        async def line() -> None:
            async with self.sender() as sender:
                for place, one in waiting:
                    done[place] = await work(sender, one)

        async with asyncio.TaskGroup() as lines:
            for _ in range(CONNECTIONS):
                lines.create_task(line())
        return [done[place] for place in sorted(done)]


def msgid(name: str) -> str:
    """Return a message number of Jiangsu's form, far from every other name's."""
    return f"{JIANGSU}{int(digest(name), 16) % 10**18:018}"


def digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()
