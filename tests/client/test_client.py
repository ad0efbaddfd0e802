"""A client that is lied to, cut off and kept waiting ends with the truth, or says that it does not know."""

import asyncio
import itertools
import json
import time
from typing import Any, TypeAlias

import msgspec
import pytest

from gateway.client import (
    Answered,
    Client,
    Conflict,
    Malformed,
    NotAuthenticated,
    NotFound,
    Patience,
    Refused,
    SyncClient,
    Unknown,
    Unverified,
)
from gateway.signing.keys import SigningKey, jwks, read_jwks
from gateway.signing.message import sign_response
from gateway.signing.verify import prove_receipt
from schemas.answers import Settled
from schemas.requests import (
    ExplainSettlement,
    QueryOutcome,
    QuerySettlement,
    RegisterVisit,
    Reverse,
    Settle,
    SignIn,
    SubmitBill,
    UploadItems,
)
from tests import city
from tests.client import between as tricks
from tests.client.between import Between, Passed, Trick
from tests.house import Gateway

pytestmark = pytest.mark.asyncio(loop_scope="session")

QUICK = Patience(attempts_max=4, answer_seconds_max=3.0, wait_seconds_first=0.01, wait_seconds_max=2.5)
TOKEN = city.TOKENS[city.HOSPITAL]
Numbers: TypeAlias = "itertools.count[int]"


def bill(number: int, **changed: Any) -> SubmitBill:
    return msgspec.convert(city.bill(number % city.WORKERS, f"V{number}", **changed), SubmitBill)


def client_of(url: str, *, patience: Patience = QUICK, **more: Any) -> Client:
    return Client(url, more.pop("token", TOKEN), patience=patience, **more)


async def submitted(client: Client, number: int) -> Answered[Settled]:
    return await client.submit_bill(bill(number), message_id=f"M{number}")


async def fate(served: Gateway, number: int) -> str:
    """What the gateway itself says of the message."""
    answer = await served.ask("GET", f"/v1/outcomes/M{number}")
    return str(answer.json["outcome"])


async def test_a_visit_is_settled_verb_by_verb(served: Gateway, numbers: Numbers) -> None:
    """Typed answers of every step, receipts that prove themselves, the fate of a message, and its reversal."""
    number = next(numbers)
    terms = city.bill(number % city.WORKERS, f"V{number}")
    async with client_of(served.url) as client:
        signed = await client.sign_in(SignIn(operator_id="001"), message_id=f"S{number}")
        visit = msgspec.convert(terms["visit"], RegisterVisit)
        await client.register_visit(visit, message_id=f"A{number}")
        upload = msgspec.convert({"visit_no": f"V{number}", "items": terms["items"]}, UploadItems)
        uploaded = await client.upload_items(upload, message_id=f"B{number}")
        settle = Settle(visit_no=f"V{number}", bill_no="B1")
        settled = await client.settle(settle, message_id=f"M{number}")
        found = await client.query_settlement(QuerySettlement(settlement_id=settled.answer.settlement_id))
        told = await client.explain_settlement(ExplainSettlement(settlement_id=settled.answer.settlement_id))
        kept = await client.receipt(settled.answer.settlement_id)
        undone = await client.reverse(Reverse(original_message_id=f"M{number}"), message_id=f"R{number}")
        outcome = await client.query_outcome(QueryOutcome(message_id=f"M{number}"))
        published = client.jwks

    assert signed.answer.sign_no.startswith("S")
    assert uploaded.answer.unsettled_fen == settled.answer.sums.charged_fen == 3000
    assert found.answer.settlement == settled.answer
    assert told.answer.sums == settled.answer.sums
    assert kept == settled.receipt
    assert prove_receipt(kept.encode(), read_jwks(published)).receipt is not None
    assert undone.answer.original_was == "settled"
    assert (outcome.answer.outcome, outcome.answer.reversed_by) == ("reversed", f"R{number}")


async def test_a_lost_answer_is_heard_on_the_second_try(served: Gateway, between: Between, numbers: Numbers) -> None:
    """The connection breaks after the commit: the same id again brings the stored answer, marked as a repeat."""
    number = next(numbers)
    between.tricks = [tricks.cut]
    async with client_of(between.url) as client:
        answered = await submitted(client, number)

    assert (answered.attempts, answered.repeated) == (2, True)
    assert {headers["Idempotency-Key"] for _, _, headers, _ in between.seen} == {f"M{number}"}
    assert len({body for *_, body in between.seen}) == 1
    assert await fate(served, number) == "settled"


async def test_a_late_answer_is_asked_for_again(between: Between, numbers: Numbers) -> None:
    """An attempt that takes too long is given up and made again under the same id."""
    between.tricks = [tricks.late(5)]
    async with client_of(between.url, patience=msgspec.structs.replace(QUICK, answer_seconds_max=0.5)) as client:
        answered = await submitted(client, next(numbers))

    assert (answered.attempts, answered.repeated) == (2, True)


async def test_after_all_attempts_the_truth_is_unknown(served: Gateway, between: Between, numbers: Numbers) -> None:
    """Every answer is lost: the error names the message and what to do, and says that money may have moved; it had."""
    number = next(numbers)
    between.tricks = [tricks.cut] * 4
    async with client_of(between.url) as client:
        with pytest.raises(Unknown) as unknown:
            await submitted(client, number)

    assert not isinstance(unknown.value, Unverified)
    assert (unknown.value.message_id, unknown.value.attempts) == (f"M{number}", 4)
    assert "query_outcome" in str(unknown.value)
    assert "reverse it" in str(unknown.value)
    assert "money may have moved" in str(unknown.value)
    assert "资金可能已变动" in str(unknown.value)
    assert await fate(served, number) == "settled"


async def test_nobody_listens(numbers: Numbers) -> None:
    """No gateway at the address: unknown after bounded attempts, not a hang and not a refusal."""
    async with client_of("http://127.0.0.1:9") as client:
        with pytest.raises(Unknown) as unknown:
            await submitted(client, next(numbers))

    assert unknown.value.attempts == 4


async def test_a_busy_answer_is_waited_out(between: Between, numbers: Numbers) -> None:
    """503 with Retry-After: the client waits as long as it is told, then sends the same message."""
    between.tricks = [tricks.busy(503, "1")]
    async with client_of(between.url) as client:
        began = time.monotonic()
        answered = await submitted(client, next(numbers))

    assert answered.attempts == 2
    assert time.monotonic() - began >= 1


async def test_a_wait_past_patience_is_not_waited(between: Between, numbers: Numbers) -> None:
    """Retry-After beyond the bound ends the call at once, with the time that was asked for."""
    between.tricks = [tricks.busy(503, "120")]
    async with client_of(between.url) as client:
        with pytest.raises(Unknown) as unknown:
            await submitted(client, next(numbers))

    assert (unknown.value.attempts, unknown.value.retry_after_s) == (1, 120)


async def test_a_gateway_that_has_enough_is_asked_again(served: Gateway, numbers: Numbers) -> None:
    """A provider's share of room is three messages: forty at once are all settled, some after a signed 429."""
    patient = msgspec.structs.replace(QUICK, attempts_max=40)
    async with client_of(served.url, patience=patient) as client:
        answers = await asyncio.gather(*(submitted(client, next(numbers)) for _ in range(40)))

    assert any(one.attempts > 1 for one in answers)
    assert not any(one.repeated for one in answers)


def resigned(key: SigningKey, **changed: Any) -> Trick:
    """Sign an answer anew with another key, for its own request or another one."""

    async def sign(passed: Passed) -> Passed:
        if "Request-Digest" in passed.headers:
            signature = sign_response(
                key,
                status=passed.status,
                body=passed.body,
                **{
                    "request_digest": passed.headers["Request-Digest"],
                    "method": "POST",
                    "path": "/v1/bills",
                    "request_content_digest": passed.request_digest,
                    "created": int(time.time()),
                }
                | changed,
            )
            passed.headers |= signature
        return passed

    return sign


@pytest.mark.parametrize(
    ("trick", "why"),
    [
        (tricks.unsigned, "unsigned"),
        (tricks.forged, "the body has been changed"),
        (tricks.status_changed, "signature does not fit"),
        (resigned(SigningKey.generate()), "not among the"),
    ],
    ids=["unsigned", "forged", "status", "other-key"],
)
async def test_what_is_not_signed_is_not_believed(
    served: Gateway, between: Between, numbers: Numbers, trick: Trick, why: str
) -> None:
    """Neither a yes nor a no without a valid signature; the error says that money may have moved, and it had."""
    number = next(numbers)
    between.tricks = [trick]
    async with client_of(between.url) as client:
        with pytest.raises(Unverified) as unverified:
            await submitted(client, number)

    assert why in str(unverified.value)
    assert "money may have moved" in str(unverified.value)
    assert await fate(served, number) == "settled"


async def test_the_answer_to_another_message_is_not_believed(between: Between, numbers: Numbers) -> None:
    """A genuine answer, signed by the gateway, to the bill before: refused by the digest of the request."""
    swap = tricks.instead_of([])
    between.tricks = [swap, swap]
    async with client_of(between.url) as client:
        await submitted(client, next(numbers))
        with pytest.raises(Unverified, match="answers another request"):
            await submitted(client, next(numbers))


async def test_the_answer_to_another_id_is_not_believed(between: Between, numbers: Numbers) -> None:
    """The same bytes under another message id: the signed answer names the message, and it is not this one."""
    number, swap = next(numbers), tricks.instead_of([])
    between.tricks = [swap, swap]
    async with client_of(between.url) as client:
        await client.submit_bill(bill(number), message_id=f"M{number}")
        with pytest.raises(Unverified, match=f"of message M{number}"):
            await client.submit_bill(bill(number), message_id=f"N{number}")


async def test_a_settlement_without_its_own_receipt_is_not_believed(
    served: Gateway, between: Between, numbers: Numbers
) -> None:
    """A receipt that is missing, or that is a genuine one of another message, is told; the answer's signature held."""
    swap, lost, number = tricks.receipt_of([]), next(numbers), next(numbers)
    between.tricks = [tricks.without_receipt, swap, swap]
    async with client_of(between.url) as client:
        with pytest.raises(Unverified, match="without its receipt"):
            await submitted(client, lost)
        await submitted(client, number)
        with pytest.raises(Unverified, match=f"the receipt is of message M{number}"):
            await submitted(client, next(numbers))

    assert await fate(served, lost) == "settled"


async def test_an_old_answer_is_not_believed(between: Between, numbers: Numbers) -> None:
    """An answer to this very request that was signed an hour ago is one that somebody has kept."""
    key = SigningKey.generate()
    between.jwks_trick = published(key)
    number = next(numbers)
    between.tricks = [resigned(key, created=int(time.time()) - 3600)]
    async with client_of(between.url) as client:
        with pytest.raises(Unverified, match="an old answer"):
            await client.submit_bill(bill(number), message_id=f"M{number}")


def published(key: SigningKey) -> Trick:
    """Publish another key than the gateway's."""

    async def publish(passed: Passed) -> Passed:
        passed.body = jwks([key.public_jwk()])
        return passed

    return publish


async def test_a_key_that_is_new_is_fetched_once(served: Gateway, between: Between, numbers: Numbers) -> None:
    """Keys that were published before the gateway's newest: an unknown kid makes the client ask again, and believe."""
    session_keys = await published_by(served)
    between.jwks_trick = published(SigningKey.generate())
    async with client_of(between.url) as client:
        with pytest.raises(Unverified):
            await submitted(client, next(numbers))
        between.jwks_trick = None
        client._exchange.trust._fetched_at = None
        answered = await submitted(client, next(numbers))

    assert between.jwks_asked == 2
    assert answered.kid in read_jwks(session_keys)


async def test_pinned_keys_alone_are_believed(served: Gateway, between: Between, numbers: Numbers) -> None:
    """With the gateway's own keys pinned nothing is fetched; with others pinned no answer is believed."""
    pinned = await published_by(served)
    async with client_of(between.url, jwks=pinned) as client:
        await submitted(client, next(numbers))
    async with client_of(between.url, jwks=jwks([SigningKey.generate().public_jwk()])) as client:
        with pytest.raises(Unverified, match="not among the 1 given"):
            await submitted(client, next(numbers))

    assert between.jwks_asked == 0


async def published_by(served: Gateway) -> bytes:
    session = await served.session()
    async with session.get(f"{served.url}/.well-known/jwks.json") as answer:
        return await answer.read()


async def test_a_no_lists_every_fault(served: Gateway, numbers: Numbers) -> None:
    """Each status is an error of its own; faults have place, code, both languages and a cure; nothing is retried."""
    number = next(numbers)
    async with client_of(served.url) as client:
        wrong = msgspec.structs.replace(bill(number).items[0], quantity="x", unit_price_yuan="y")
        with pytest.raises(Malformed) as malformed:
            await client.submit_bill(msgspec.structs.replace(bill(number), items=(wrong,)), message_id=f"M{number}")
        with pytest.raises(Refused) as refused:
            await client.submit_bill(bill(number, charged_fen=1), message_id=f"M{number}")
        with pytest.raises(NotFound) as missing:
            await client.settle(Settle(visit_no="NEVER", bill_no="B1"), message_id=f"N{number}")
        await submitted(client, number)
        with pytest.raises(Conflict) as conflict:
            await client.submit_bill(bill(number, lines=2), message_id=f"M{number}")
    async with client_of(served.url, token="x" * 40) as stranger:
        with pytest.raises(NotAuthenticated):
            await submitted(stranger, number)

    assert [one.pointer for one in malformed.value.faults] == ["/items/0/quantity", "/items/0/unit_price_yuan"]
    assert "数量格式不对" in str(malformed.value)
    assert "decimal text of at most 12 and 4 digits" in str(malformed.value)
    assert refused.value.code == "bill.total_differs"
    assert missing.value.code == "visit.unknown"
    assert conflict.value.code == "message.content_differs"


async def test_a_bill_that_stands_already_names_its_settlement(served: Gateway, numbers: Numbers) -> None:
    """What a program needs to go on comes as facts of the error."""
    number = next(numbers)
    async with client_of(served.url) as client:
        settled = await submitted(client, number)
        with pytest.raises(Conflict) as conflict:
            await client.submit_bill(bill(number), message_id=f"N{number}")

    assert conflict.value.facts["settlement_id"] == settled.answer.settlement_id


async def test_the_client_without_a_loop_says_the_same(between: Between, numbers: Numbers) -> None:
    """From any thread: settled after a lost answer, and a no as an error; the thread beside ends with it."""
    number = next(numbers)
    between.tricks = [tricks.cut]

    def work() -> tuple[Answered[Settled], str, bool]:
        with SyncClient(between.url, TOKEN, patience=QUICK) as client:
            answered = client.submit_bill(bill(number), message_id=f"M{number}")
            receipt = client.receipt(answered.answer.settlement_id)
            with pytest.raises(NotFound):
                client.query_settlement(QuerySettlement(settlement_id="NONE"))
        return answered, receipt, client._thread.is_alive()

    answered, receipt, lives = await asyncio.to_thread(work)

    assert (answered.attempts, answered.repeated, lives) == (2, True, False)
    assert receipt == answered.receipt


async def test_another_dialect_is_spoken_with_the_same_care(served: Gateway) -> None:
    """A Jiangsu message's answer is verified and handed over unread."""
    message = {
        "infno": "9001",
        "msgid": f"{city.JIANGSU}202611020900000001",
        "recer_sys_code": "JSYTH",
        "infver": "V2.1",
        "opter_type": "1",
        "opter": "001",
        "opter_name": "测试丁",
        "inf_time": "20261102090000",
        "fixmedins_code": city.JIANGSU,
        "sign_no": "",
        "idfi_mode": "1",
        "input": {"signIn": {"opter_no": "001"}},
    }
    async with client_of(served.url, token=city.TOKENS[city.JIANGSU]) as client:
        heard = await client.speak(f"/in/{city.JIANGSU}", json.dumps(message, ensure_ascii=False).encode())

    assert json.loads(heard.body)["infcode"] == "0", heard.body.decode()
