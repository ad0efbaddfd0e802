"""The desk: every verb's way from what is asked to what is answered.

Changing verbs become an ask for the batcher with a pure `decide`; reads go by connections of their own.
"""

import hashlib
import secrets
from collections.abc import Callable

from msgspec.structs import replace

from gateway.core.digests import request_sha256
from gateway.core.reasons import refusal
from gateway.desk.asking import Asked, Making, Verdict
from gateway.desk.leading import Leads, leads, leads_to_referral
from gateway.desk.reading import Reader
from gateway.desk.receipts import Asked as AskedDigests
from gateway.desk.receipts import receipt_of
from gateway.desk.referring import no_holder
from gateway.settling.away import told_when_away
from gateway.settling.batch import Outcome
from gateway.settling.batcher import Settles
from gateway.settling.lane import seal_answer
from gateway.settling.standing import Ask, Done, Standing, Stored, Taken
from gateway.signing.keys import SigningKey
from gateway.store.ids import new_id
from gateway.store.sealing import Seals
from schemas.answers import AnyAnswer
from schemas.facts import Provider
from schemas.problems import GatewayError
from schemas.requests import (
    CancelReferral,
    CancelSettlement,
    Changing,
    DownloadCatalog,
    ExplainSettlement,
    FileReferral,
    Presettle,
    PresettleBill,
    QueryItems,
    QueryMatches,
    QueryOutcome,
    QueryOutcomes,
    QueryReferral,
    QuerySettlement,
    QueryStatement,
    QueryVisits,
    Reading,
    Reverse,
    SignIn,
    SignOut,
    VerifyPerson,
)

WITHOUT_CYCLE = (SignIn, Reverse, QueryOutcome, QueryOutcomes)
"""Verbs that need no sign-in (G3)."""


class Desk:
    """Answers canonical requests."""

    def __init__(self, *, batcher: Settles, reader: Reader, seals: Seals, key: Callable[[], SigningKey]) -> None:
        """Take the batcher, the reader, and what seals and signs."""
        self._batcher = batcher
        self._reader = reader
        self._seals = seals
        self._key = key

    async def answer(self, asked: Asked) -> Outcome:
        """Return the answer's bytes; raise GatewayError where the request is refused."""
        with told_when_away():
            return await self._answer(asked)

    async def _answer(self, asked: Asked) -> Outcome:
        request = asked.request
        ended = await self._cycle_fault(asked)
        if not isinstance(request, Reading):
            return await self._change(asked, request, ended)
        if ended is not None:
            raise ended
        return Outcome(answer=asked.word(await self._read(asked, request)), repeated=False)

    async def receipt(self, settlement_id: str, caller: Provider) -> str:
        """Return the receipt of a settlement of the caller."""
        with told_when_away():
            return await self._reader.receipt(settlement_id, caller)

    async def _cycle_fault(self, asked: Asked) -> GatewayError | None:
        """Return why the message stands outside an operator's cycle; a repeat is answered all the same (G2)."""
        request, sign_no = asked.request, asked.envelope.sign_no
        if isinstance(request, SignOut):
            return await self._reader.cycle_fault(request.sign_no, asked.caller, ended_is_well=True)
        if isinstance(request, WITHOUT_CYCLE) or not asked.envelope.sign_in_required:
            return None
        return await self._reader.cycle_fault(sign_no, asked.caller)

    async def _read(self, asked: Asked, request: Reading) -> AnyAnswer:  # noqa: PLR0912 one case a verb
        match request:
            case VerifyPerson():
                return await self._reader.person(request, asked.caller)
            case Presettle():
                return await self._reader.previews.of_visit(request, asked.caller, asked.adapter_version)
            case PresettleBill():
                return await self._reader.previews.of_bill(request, asked.caller, asked.adapter_version)
            case QueryOutcome():
                return await self._reader.outcome(request, asked.caller)
            case QuerySettlement():
                return await self._reader.settlement(request, asked.caller)
            case QueryOutcomes():
                return await self._reader.outcomes(request, asked.caller)
            case QueryStatement():
                return await self._reader.statement(request, asked.caller)
            case QueryItems():
                return await self._reader.items(request, asked.caller)
            case QueryVisits():
                return await self._reader.visits(request, asked.caller)
            case DownloadCatalog():
                return await self._reader.catalog(request, asked.caller)
            case QueryReferral():
                return await self._reader.referrals.found(request, asked.caller)
            case QueryMatches():
                return await self._reader.matches(request, asked.caller)
            case ExplainSettlement():
                return await self._reader.explanation(request, asked.caller)

    async def _change(self, asked: Asked, request: Changing, ended: GatewayError | None) -> Outcome:
        """Send a changing verb through the batcher."""
        message_id = asked.envelope.message_id
        if message_id is None:
            raise refusal("message_id.missing", "header:Idempotency-Key")
        way = await self._way(request, asked.caller)
        if ended is not None:
            way = way.refusing(ended)
        digests = AskedDigests(raw_sha256=hashlib.sha256(asked.raw).hexdigest(), content_sha256=request_sha256(request))
        ask = Ask(
            caller=asked.caller,
            message_id=message_id,
            verb=type(request).__name__,
            content_sha256=bytes.fromhex(digests.content_sha256),
            raw_sha256=bytes.fromhex(digests.raw_sha256),
            request_sealed=self._seals.seal_packed(asked.raw, f"request:{asked.caller.code}:{message_id}".encode()),
            decide=self._deciding(asked, way, message_id, digests),
            reversed_answer=lambda row: self._reversed(asked, row.message_id, row.reversed_by or ""),
            worker_id=way.worker_id,
            visit_no=way.visit_no,
            visit_id=way.visit_id,
            keys=way.keys,
            filings=way.filings,
            original_message_id=request.original_message_id if isinstance(request, Reverse) else None,
            lines=way.lines,
        )
        return await self._batcher.settle(ask)

    async def _way(self, request: Changing, caller: Provider) -> Leads:
        """Return where a request leads, following numbers that name no worker: what they lead to never changes."""
        way = leads(request, caller)
        match request:
            case CancelSettlement(settlement_id=str(settlement_id)):
                return way.to(*await self._reader.place(settlement_id, caller))
            case FileReferral(worker_id=None):
                holders = await self._reader.referrals.holders(request.qualification_id)
                return way.about(holders[0]) if len(holders) == 1 else way.refusing(no_holder(request, holders))
            case CancelReferral():
                return leads_to_referral(
                    request, caller, await self._reader.referrals.filed(request.referral_no, caller)
                )
            case _:
                return way

    def _deciding(
        self, asked: Asked, way: Leads, message_id: str, digests: AskedDigests
    ) -> Callable[[Standing], Taken]:
        """Return a verb's decide, with all that it may create named beforehand; wording and receipt come after it."""
        making = Making(
            caller=asked.caller,
            message_id=message_id,
            envelope=asked.envelope,
            adapter_version=asked.adapter_version,
            settlement_id=new_id(),
            visit_id=new_id(),
            sign_no=f"S{secrets.token_hex(12)}" if isinstance(asked.request, SignIn) else "",
            seal=self._seals.seal_packed,
            unseal=self._seals.unseal_packed,
            reversed_answer=lambda original, by: seal_answer(
                self._seals, asked.caller.code, original, self._reversed(asked, original, by)
            ),
        )
        return lambda standing: self._taken(way.decide(standing, making), asked, digests)

    def _taken(self, verdict: Verdict, asked: Asked, digests: AskedDigests) -> Taken:
        row = verdict.settlement
        return Taken(
            effects=verdict.effects if row is None else (row, *verdict.effects),
            finish=lambda: self._done(verdict, asked, digests),
            worker_id=verdict.worker_id,
            visit_id=verdict.visit_id,
            settlement_id=row.settlement_id if row else None,
            unsettles=verdict.unsettles,
        )

    def _done(self, verdict: Verdict, asked: Asked, digests: AskedDigests) -> Done:
        """Word a verdict's answer and sign its receipt."""
        jws, effects, row = None, verdict.effects, verdict.settlement
        if row is not None:
            jws = receipt_of(self._key(), row, verdict.answer, digests)
            effects = (replace(row, receipt_jws=jws), *effects)
        return Done(answer=asked.word(verdict.answer, jws), effects=effects)

    def _reversed(self, asked: Asked, message_id: str, reversed_by: str) -> Stored:
        """Return what a reversed message's id answers from now on, in the dialect at hand."""
        error = refusal(
            "message.reversed", tell={"reversed_by": reversed_by}, message_id=message_id, reversed_by=reversed_by
        )
        return asked.word(error.problem(message_id))
