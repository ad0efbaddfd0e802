"""The client for programs with an event loop."""

from collections.abc import Mapping
from types import TracebackType
from typing import NoReturn, Self
from urllib.parse import quote

import msgspec

from gateway.client.errors import Unknown, Unverified, said_of
from gateway.client.exchange import Exchange, Heard, Patience
from gateway.client.verbs import A, Answered, Awaiting, Operator, R, Verb, Verbs
from gateway.signing.errors import SignatureError
from gateway.signing.receipts import answer_digest
from schemas.answers import Answer, Reversed, Settled, SettlementCancelled

JSON = "application/json"
REFUSED_FROM = 400


class Client(Verbs, Awaiting):
    """One provider's way to one gateway. Use it as a context manager, or close it.

    Every method raises `Said` (a signed no, with all faults), `Unknown` or `Unverified` (whether it took effect is not
    known); see `gateway.client.errors`.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        jwks: bytes | Mapping[str, object] | None = None,
        patience: Patience | None = None,
    ) -> None:
        """Take the gateway's address and the provider's token.

        jwks: the gateway's public keys, as its operator gave them to you: they alone are then believed. Without, those
        that it publishes are, and asked for again when another key signs.
        """
        pinned = msgspec.json.encode(jwks) if isinstance(jwks, Mapping) else jwks
        self._exchange = Exchange(url, token, jwks=pinned, patience=patience or Patience())

    @property
    def jwks(self) -> bytes:
        """The JWK set that is believed; empty before the first answer."""
        return self._exchange.trust.jwks

    async def close(self) -> None:
        """Close all connections; the client may be used again."""
        await self._exchange.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def perform(
        self, verb: Verb[R, A], request: R, message_id: str | None, operator: Operator | None
    ) -> Answered[A]:
        """Send a verb's request and return its answer."""
        body = verb.body(request)
        headers = _headers(message_id, operator) | ({"Content-Type": JSON} if body else {})
        heard = await self._exchange.send(verb.method, verb.target(request), body, headers, message_id)
        if heard.status >= REFUSED_FROM:
            _refuse(heard, message_id)
        try:
            answer = msgspec.json.decode(heard.body, type=verb.answer)
        except msgspec.DecodeError as wrong:
            why = f"signed, but not an answer that this version of the client reads: {wrong}"
            raise Unknown(why, message_id=message_id, attempts=heard.attempts) from wrong
        self._hold(answer, heard, message_id)
        return Answered(
            answer=answer,
            message_id=message_id,
            repeated=heard.repeated,
            receipt=heard.receipt,
            kid=heard.kid,
            body=heard.body,
            attempts=heard.attempts,
        )

    async def receipt(self, settlement_id: str) -> str:
        """Return the signed receipt (结算回执) of a settlement, verified."""
        path = f"/v1/settlements/{quote(settlement_id, safe='')}/receipt"
        heard = await self._exchange.send("GET", path, b"", {})
        if heard.status >= REFUSED_FROM:
            _refuse(heard, None)
        jws = heard.body.decode("ascii", errors="replace")
        try:
            receipt = self._exchange.trust.receipt(jws)
        except SignatureError as wrong:
            raise Unverified(f"the receipt does not hold: {wrong}", message_id=None, attempts=heard.attempts) from wrong
        if receipt.settlement_id != settlement_id:
            why = f"the receipt is of settlement {receipt.settlement_id}"
            raise Unverified(why, message_id=None, attempts=heard.attempts)
        return jws

    async def speak(self, path: str, body: bytes, *, content_type: str = JSON, message_id: str | None = None) -> Heard:
        """Send a message in the provider's own dialect (POST /in/{provider}) and return the verified answer, unread.

        message_id names the message where this raises Unknown; the dialect has it in the body.
        """
        return await self._exchange.send("POST", path, body, {"Content-Type": content_type}, message_id)

    def _hold(self, answer: Answer, heard: Heard, message_id: str | None) -> None:
        """Hold an answer's receipt against the answer and the message: it must be of just these."""
        wrong = self._receipt_fault(answer, heard, message_id)
        if wrong is not None:
            raise Unverified(wrong, message_id=message_id, attempts=heard.attempts)

    def _receipt_fault(self, answer: Answer, heard: Heard, message_id: str | None) -> str | None:
        if message_id is None:
            return None
        if isinstance(answer, Settled) and answer.message_id != message_id:
            return f"the answer is of message {answer.message_id}"
        if heard.receipt is None:
            return "the answer came without its receipt" if _must_have_receipt(answer) else None
        receipt = self._exchange.trust.receipt(heard.receipt)
        if receipt.message_id != message_id:
            return f"the receipt is of message {receipt.message_id}"
        said = msgspec.json.decode(heard.body, type=dict[str, object])
        return None if answer_digest(said) == receipt.answer_digest else "the receipt is of another answer"


def _must_have_receipt(answer: Answer) -> bool:
    if isinstance(answer, Reversed):
        return answer.settlement_id is not None
    return isinstance(answer, Settled | SettlementCancelled)


def _headers(message_id: str | None, operator: Operator | None) -> dict[str, str]:
    named = {
        "Idempotency-Key": message_id,
        "Operator-Id": operator.operator_id if operator else None,
        "Sign-No": operator.sign_no if operator else None,
    }
    return {name: value for name, value in named.items() if value is not None}


def _refuse(heard: Heard, message_id: str | None) -> NoReturn:
    said = said_of(heard.status, heard.body)
    if said is None:
        why = f"a signed {heard.status} that is no problem document"
        raise Unknown(why, message_id=message_id, attempts=heard.attempts)
    raise said
