"""The sandbox's rooms: /sandbox and what lies below it, beside the house at the same address."""

from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import parse_qs

import msgspec

from gateway.dialects.spoken import Dialects
from gateway.reference.world.build import World
from gateway.sandbox import pages
from gateway.sandbox.house import SandboxHouse, read_by
from gateway.sandbox.journal import Call, Journal
from gateway.sandbox.magic import MAGIC
from gateway.sandbox.moments import Turn, turn_of
from gateway.sandbox.problems import elsewhere, no_such_room
from gateway.sandbox.world import bill
from gateway.web.exchange import Exchange
from gateway.web.house import Reply
from schemas.dialect import Adapter
from schemas.problems import GatewayError
from schemas.requests import Message

Found = TypeVar("Found")
ROOT = "/sandbox"
DOORS = ("/v1/", "/in/")
UNHEARD = ("/favicon.ico",)
FORM = "application/x-www-form-urlencoded"


class Rooms:
    """Answers below /sandbox, and keeps the log of the calls at the doors."""

    def __init__(self, house: SandboxHouse, dialects: Dialects[Adapter], world: World) -> None:
        """Take the house that is reset and dated here, the dialects, and its world."""
        self._house = house
        self._dialects = dialects
        self._world = world
        self._journal = Journal(frozenset(item.code for item in world.items))

    def takes(self, path: str) -> bool:
        """Whether a path leads here."""
        return path == ROOT or path.startswith(f"{ROOT}/")

    def saw(self, exchange: Exchange, reply: Reply | None, headers: Mapping[str, str]) -> None:
        """Note a call at one of the doors, or at no place at all."""
        path = exchange.path or ""
        if self.takes(path) or path in UNHEARD or not (path.startswith(DOORS) or exchange.route == "unknown"):
            return
        magic = self._house.met(exchange.request_id)
        self._journal.note(exchange, reply, headers, self._read(exchange), magic, self._owner(exchange))

    def _read(self, exchange: Exchange) -> Message | GatewayError | None:
        """Return what the adapter made of the message; adapters are pure, so it is the same once more."""
        if exchange.caller is None or exchange.message is None or exchange.route.endswith("/receipt"):
            return None
        return read_by(self._dialects, exchange.caller, exchange.dialect, exchange.message)

    def _owner(self, exchange: Exchange) -> str | None:
        """Return whose token came, where the address is not its provider's."""
        kind, _, token = exchange.headers.get("authorization", "").partition(" ")
        if exchange.caller is not None or kind.lower() != "bearer":
            return None
        owner = self._house.identify(token.strip())
        return owner.code if owner else None

    async def answer(self, exchange: Exchange) -> Reply:
        """Answer a request below /sandbox; raises NotFound, WireError and Refused."""
        assert exchange.path is not None
        parts = exchange.path.removeprefix(ROOT).split("/")[1:]
        if exchange.method == "POST":
            return await self._change(parts, exchange)
        if exchange.method not in {"GET", "HEAD"}:
            raise no_such_room()
        return self._show(parts, exchange)

    def _show(self, parts: list[str], exchange: Exchange) -> Reply:
        match parts:
            case [] | [""]:
                return pages.first(self._world, self._house.now(), exchange.headers.get("host", ""))
            case ["log"]:
                wanted = _wanted(exchange.query)
                calls, now = self._journal.calls(*wanted), self._house.now()
                return pages.log(calls, wanted, self._journal.providers(), now)
            case ["log", number]:
                return pages.call(self._call(number))
            case ["log.json"]:
                return _json({"calls": self._journal.calls(*_wanted(exchange.query))})
            case ["clock"]:
                return self._clock()
            case ["magic.json"]:
                return _json({"magic": MAGIC})
            case ["bills", name]:
                return _json(_found(bill(name.removesuffix(".json"))))
            case [name]:
                return _found(pages.file(name))
            case _:
                raise no_such_room()

    def _call(self, number: str) -> Call:
        return _found(self._journal.call(int(number)) if number.isdecimal() and len(number) <= 12 else None)  # noqa: PLR2004

    async def _change(self, parts: list[str], exchange: Exchange) -> Reply:
        """Reset, or turn the clock; a form of the page is sent back to it."""
        check_origin(exchange.headers)
        body = exchange.body or b""
        is_form = exchange.headers.get("content-type", "").partition(";")[0].strip().lower() == FORM
        match parts:
            case ["reset"]:
                await self._house.reset()
                self._journal.clear()
            case ["clock"]:
                await self._house.turn(_turn_of_form(body) if is_form and b"=" in body else turn_of(body))
            case _:
                raise no_such_room()
        if is_form and "text/html" in exchange.headers.get("accept", ""):
            return Reply(status=303, content_type="text/plain", body=b"", headers={"Location": ROOT})
        return self._clock()

    def _clock(self) -> Reply:
        now = self._house.now()
        shanghai = pages.shanghai(now)
        return _json({"now": shanghai.isoformat(timespec="seconds"), "day": shanghai.date().isoformat()})


def check_origin(headers: Mapping[str, str]) -> None:
    """Refuse what another site's page sends through the developer's browser; raises Refused."""
    origin = headers.get("origin")
    if origin is not None and origin.partition("://")[2] != headers.get("host"):
        raise elsewhere()


def _wanted(query: str) -> tuple[str, str]:
    """Return the provider and the message id that a query asks for, empty for all."""
    fields = parse_qs(query[:1000], max_num_fields=10)
    provider, message_id = (fields.get(name, [""])[-1].strip() for name in ("provider", "message_id"))
    return provider, message_id


def _turn_of_form(body: bytes) -> Turn:
    fields = {name: values[-1] for name, values in parse_qs(body[:1000].decode("ascii", "replace")).items()}
    return turn_of(msgspec.json.encode(fields | ({"real": True} if "real" in fields else {})))


def _found(what: Found | None) -> Found:
    if what is None:
        raise no_such_room()
    return what


def _json(document: Any) -> Reply:
    return Reply(status=200, content_type="application/json", body=msgspec.json.encode(document))
