"""What a provider can ask afterwards: outcomes, settlements, receipts."""

import base64

import pytest

from gateway.signing.keys import read_jwks
from gateway.signing.receipts import verify_receipt
from tests import city
from tests.desk.counter import Counter, codes, done

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_an_outcome_tells_what_became_of_a_message(counter: Counter) -> None:
    """G9: not seen, refused, settled, reversed; the first two are not final, the others hold the stored answer."""
    visit_no, message_id = counter.name("V"), counter.name("M")
    unseen = await counter.outcome(message_id)
    assert codes(await counter.settle(visit_no, message_id=message_id)) == ["visit.unknown"]
    refused = await counter.outcome(message_id)
    await counter.begin(visit_no, [city.line(0)])
    settle = await counter.settle(visit_no, message_id=message_id)
    settled = await counter.outcome(message_id)
    reversal = counter.name("M")
    done(await counter.reverse(message_id, message_id=reversal))
    gone = await counter.outcome(message_id)
    replay = await counter.settle(visit_no, message_id=message_id)

    told = [(one["outcome"], one["final"], one["verb"]) for one in (unseen, refused, settled, gone)]
    assert told == [
        ("not_seen", False, None),
        ("refused", False, "Settle"),
        ("settled", True, "Settle"),
        ("reversed", True, "Settle"),
    ]
    assert (refused["refusal_codes"], refused["status"]) == (["visit.unknown"], 404)
    assert base64.b64decode(settled["stored_answer_base64"]) == settle.body
    assert settled["settlement_id"] == settle.json["settlement_id"]
    assert gone["reversed_by"] == reversal
    assert base64.b64decode(gone["stored_answer_base64"]) == replay.body


async def test_a_settlement_is_shown_as_it_was_answered_and_as_it_stands(counter: Counter) -> None:
    """In force, then cancelled by what cancelled it; the cancellation shows itself with its own sums and sorts."""
    settled = done(await counter.submit(counter.name("V")))
    in_force = await counter.settlement(settled["settlement_id"])
    undone = done(await counter.cancel(settled["settlement_id"]))
    cancelled = await counter.settlement(settled["settlement_id"])
    cancellation = await counter.settlement(undone["settlement_id"])

    assert (in_force["state"], in_force["cancelled_by"]) == ("in_force", None)
    assert in_force["settlement"] == settled
    assert (cancelled["state"], cancelled["cancelled_by"]) == ("cancelled", undone["settlement_id"])
    assert cancelled["settlement"] == settled
    assert cancellation == {
        "answer": "SettlementFound",
        "state": "cancellation",
        "cancelled_by": None,
        "settlement": undone,
    }


async def test_a_receipt_is_the_same_wherever_it_is_asked_for(counter: Counter) -> None:
    """The header's and the endpoint's are one, and verify with the published keys; so for cancellation and reversal."""
    first = await counter.submit(counter.name("V"))
    cancel = await counter.cancel(done(first)["settlement_id"])
    done(await counter.submit(counter.name("V")))
    reverse = await counter.reverse(counter.message_id)
    keys = read_jwks((await counter.read("/.well-known/jwks.json")).body)

    for answer, kind in ((first, "settlement"), (cancel, "cancellation"), (reverse, "reversal")):
        asked = await counter.read(f"/v1/settlements/{done(answer)['settlement_id']}/receipt")
        jws = answer.headers["Settlement-Receipt"]
        receipt = verify_receipt(jws, keys)
        assert jws.encode() in asked.body
        assert (receipt.kind, receipt.settlement_id) == (kind, answer.json["settlement_id"])
        assert receipt.charged_fen == answer.json["sums"]["charged_fen"]


@pytest.mark.parametrize("settlement_id", ["00000000-0000-7000-8000-000000000000", "not-a-settlement"])
async def test_a_settlement_that_never_was_is_unknown(settlement_id: str, counter: Counter) -> None:
    """Whatever the id looks like."""
    shown = await counter.read(f"/v1/settlements/{settlement_id}")

    assert codes(shown) == codes(await counter.cancel(settlement_id)) == ["settlement.unknown"]
    assert (await counter.read(f"/v1/settlements/{settlement_id}/receipt")).status == 404
