"""A stand-in application behind the edge: fixed answers, and messages that make it slow or break it."""

import asyncio
import hmac
from hashlib import sha256
from pathlib import Path

from adapters import native
from gateway.signing.keys import SigningKey, jwks
from gateway.web.house import Reply
from gateway.web.pages.page import Page
from gateway.web.pages.site import site
from gateway.web.problems import problem_reply
from schemas.dialect import Inbound
from schemas.facts import Provider
from schemas.problems import Fault, GatewayError, NotFound

HOSPITAL, CENTRE = "H32110000001", "K32110000002"
TOKENS = {HOSPITAL: "token-of-the-hospital", CENTRE: "token-of-the-centre"}
ADAPTERS = Path(native.__file__).parents[1]
PAGES = site(native.mistakes(), ADAPTERS)


def _provider(code: str, dialect: str) -> Provider:
    return Provider(
        code=code,
        name="测试机构",
        kind="hospital",
        area="321100",
        scheme="410",
        dialect=dialect,
        token_sha256=sha256(TOKENS[code].encode()).hexdigest(),
        agreements=(),
    )


class FixedHouse:
    """Answers every message with who sent it, in what dialect, and its body."""

    def __init__(self, key: SigningKey) -> None:
        self._key = key
        self.providers = [_provider(HOSPITAL, "jiangsu_injury"), _provider(CENTRE, "native")]
        self.gate = asyncio.Event()
        self.started: list[bytes] = []
        self.done: list[bytes] = []
        self.wrong: dict[str, str] = {}
        self.asked_ready = 0

    def identify(self, token: str) -> Provider | None:
        digest = sha256(token.encode()).hexdigest()
        found = [p for p in self.providers if hmac.compare_digest(p.token_sha256, digest)]
        return found[0] if found else None

    async def receive(self, caller: Provider, dialect: str, message: Inbound) -> Reply:
        self.started.append(message.body)
        if message.body == b"break":
            raise RuntimeError("certno 110101199003070011 of 测试甲 broke it")
        if message.body == b"disconnect":
            raise ConnectionResetError("the database is away")
        if message.body == b"wait":
            await self.gate.wait()
        self.done.append(message.body)
        target = f"{message.path}?{message.query}" if message.query else message.path
        text = f"{caller.code} {dialect} {message.method} {target} ".encode()
        return Reply(status=200, content_type="text/plain", body=text + message.body)

    async def receipt(self, caller: Provider, settlement_id: str) -> Reply:
        if settlement_id != "S1":
            raise NotFound(Fault(pointer="", code="none", zh="无", en="none", cure_zh="无", cure_en="none"))
        return Reply(status=200, content_type="application/jose", body=f"receipt for {caller.code}".encode())

    def refuse(self, error: GatewayError, caller: Provider | None, dialect: str, message: Inbound | None) -> Reply:
        del caller, message
        if dialect == "jiangsu_injury":
            body = f'{{"infcode":"-1","err_msg":"{error.faults[0].zh}"}}'.encode()
            return Reply(status=error.status, content_type="application/json", body=body)
        return problem_reply(error.problem())

    async def ready(self) -> dict[str, str]:
        self.asked_ready += 1
        await asyncio.sleep(0)
        return self.wrong

    def page(self, path: str) -> Page | None:
        return PAGES.get(path)

    def jwks(self) -> bytes:
        return jwks([self._key.public_jwk()])

    def key(self) -> SigningKey:
        return self._key
