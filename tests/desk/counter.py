"""A provider's billing counter at a running gateway: one worker, messages with ids of their own, verified answers."""

import itertools
from typing import Any
from urllib.parse import quote

import asyncpg

from tests import city
from tests.desk import town
from tests.house import Answer, Gateway


class Counter:
    """Sends a test's messages for its own worker; every message gets a fresh id unless it names one."""

    def __init__(self, gateway: Gateway, connection: "asyncpg.Connection[Any]", number: int, provider: str) -> None:
        self.gateway = gateway
        self.connection = connection
        self.number = number
        self.provider = provider
        self.worker_id = city.worker_id(number)
        self.own = town.own(number)
        self.message_id = ""
        """The id of the last message."""
        self._serials = itertools.count(1)

    def name(self, letter: str) -> str:
        """A name that nobody else uses."""
        return f"{letter}{self.number}-{next(self._serials)}"

    async def ask(self, method: str, path: str, body: Any = None, *, message_id: str | None = None) -> Answer:
        self.message_id = message_id or self.name("M")
        return await self.gateway.ask(method, path, body, message_id=self.message_id, provider=self.provider)

    async def register(self, visit_no: str, *, message_id: str | None = None, **changed: Any) -> Answer:
        terms = city.bill(self.number, visit_no)["visit"] | changed
        return await self.ask("POST", "/v1/visits", terms, message_id=message_id)

    async def upload(self, visit_no: str, items: list[dict[str, Any]], **more: Any) -> Answer:
        message_id = more.pop("message_id", None)
        return await self.ask("POST", f"/v1/visits/{visit_no}/items", {"items": items} | more, message_id=message_id)

    async def withdraw(self, visit_no: str, **named: Any) -> Answer:
        return await self.ask("POST", f"/v1/visits/{visit_no}/items/withdraw", named)

    async def presettle(self, visit_no: str, bill_no: str = "B1", **terms: Any) -> Answer:
        return await self.ask("POST", f"/v1/visits/{visit_no}/presettle", {"bill_no": bill_no} | terms)

    async def settle(self, visit_no: str, bill_no: str = "B1", **terms: Any) -> Answer:
        message_id = terms.pop("message_id", None)
        body = {"bill_no": bill_no} | terms
        return await self.ask("POST", f"/v1/visits/{visit_no}/settle", body, message_id=message_id)

    async def submit(self, visit_no: str, *, message_id: str | None = None, **changed: Any) -> Answer:
        bill = city.bill(self.number, visit_no, **changed)
        return await self.ask("POST", "/v1/bills", bill, message_id=message_id)

    async def cancel(self, settlement_id: str, **more: Any) -> Answer:
        return await self.ask("POST", f"/v1/settlements/{settlement_id}/cancel", more)

    async def amend(self, visit_no: str, *, message_id: str | None = None, **terms: Any) -> Answer:
        return await self.ask("PATCH", f"/v1/visits/{visit_no}", terms, message_id=message_id)

    async def discharge(self, visit_no: str, *, message_id: str | None = None, **more: Any) -> Answer:
        body = {"discharged_at": "2026-11-04T08:00:00+08:00"} | more
        return await self.ask("POST", f"/v1/visits/{visit_no}/discharge", body, message_id=message_id)

    async def refer(self, *, message_id: str | None = None, **more: Any) -> Answer:
        terms = {
            "qualification_id": self.own,
            "starts_on": "2026-11-10",
            "ends_on": "2026-12-09",
            "to_area": "310000",
            "to_provider_name": "示例三级医院",
            "reason": "本地不具备条件",
        }
        return await self.ask("POST", "/v1/referrals", terms | more, message_id=message_id)

    async def cancel_referral(self, referral_no: str, **more: Any) -> Answer:
        return await self.ask("POST", f"/v1/referrals/{referral_no}/cancel", more or None)

    async def cancel_visit(self, visit_no: str, **more: Any) -> Answer:
        return await self.ask("DELETE", f"/v1/visits/{visit_no}", more or None)

    async def reverse(self, original_message_id: str, *, message_id: str | None = None) -> Answer:
        body = {"original_message_id": original_message_id}
        return await self.ask("POST", "/v1/reversals", body, message_id=message_id)

    async def outcome(self, message_id: str) -> Any:
        return (await self.read(f"/v1/outcomes/{message_id}")).json

    async def settlement(self, settlement_id: str) -> Any:
        return (await self.read(f"/v1/settlements/{settlement_id}")).json

    async def read(self, path: str) -> Answer:
        return await self.gateway.ask("GET", quote(path), provider=self.provider)

    async def get(self, target: str) -> Answer:
        """Read a path with its query as they stand."""
        return await self.gateway.ask("GET", target, provider=self.provider)

    async def begin(self, visit_no: str, items: list[dict[str, Any]], **terms: Any) -> None:
        """Register a visit and upload its items."""
        done(await self.register(visit_no, **terms))
        done(await self.upload(visit_no, items))

    async def state(self, visit_no: str) -> str | None:
        """What the books say of the newest visit of that number."""
        return await self.connection.fetchval(
            "SELECT state FROM visit WHERE provider_code = $1 AND visit_no = $2 ORDER BY registered_at DESC LIMIT 1",
            self.provider,
            visit_no,
        )

    async def waiting(self, visit_no: str) -> list[str]:
        """The visit's live items that no settlement has taken."""
        rows = await self.connection.fetch(
            "SELECT item_no FROM item JOIN visit USING (worker_id, visit_id) WHERE provider_code = $1"
            " AND visit_no = $2 AND withdrawn_by IS NULL AND settlement_id IS NULL ORDER BY item_no",
            self.provider,
            visit_no,
        )
        return [row["item_no"] for row in rows]

    async def balances(self) -> dict[str, int]:
        """The worker's accounts that do not stand at zero, debits less credits."""
        rows = await self.connection.fetch(
            "SELECT account, sum(fen)::bigint AS fen FROM ("
            " SELECT debit AS account, fen FROM posting WHERE worker_id = $1"
            " UNION ALL SELECT credit, -fen FROM posting WHERE worker_id = $1) AS entry"
            " GROUP BY account HAVING sum(fen) <> 0",
            self.worker_id,
        )
        return {row["account"]: row["fen"] for row in rows}


def done(answer: Answer) -> Any:
    """The answer's body, where the message took effect."""
    assert answer.status == 200, answer.body.decode()
    return answer.json


def codes(answer: Answer) -> list[str]:
    """Why the message was refused: every fault's code, in their order."""
    assert answer.status in {400, 404, 409, 422}, answer.body.decode()
    return [fault["code"] for fault in answer.json["faults"]]


def places(answer: Answer) -> list[tuple[str, str]]:
    """Every fault as (pointer, code)."""
    assert answer.status in {400, 404, 409, 422}, answer.body.decode()
    return [(fault["pointer"], fault["code"]) for fault in answer.json["faults"]]


def refund(number: int, original: int, **changed: Any) -> dict[str, Any]:
    """A line that takes one of the two pieces of an ordinary line back."""
    taken = {"refunds_item_no": f"I{original:04d}", "quantity": "-1", "amount_fen": -500}
    return city.line(number, **(taken | changed))
