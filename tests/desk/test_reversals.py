"""Reverse: every verb it undoes, what has overtaken it, what it does not offer, and what is left behind."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests import city
from tests.desk.counter import Counter, codes, done, places, refund
from tests.house import Answer

pytestmark = pytest.mark.asyncio(loop_scope="session")

LINES = [city.line(number) for number in range(3)]
Does = Callable[[Counter, str], Awaitable[Answer]]


async def taken_back(counter: Counter, message_id: str) -> Any:
    answer = done(await counter.reverse(message_id))
    assert answer["original_was"] == "settled", answer
    return answer


async def test_a_reversed_document_leaves_nothing_but_history(counter: Counter) -> None:
    """The visit is cancelled, its numbers are free, the books are at zero, and its message answers reversed."""
    visit_no, invoice = counter.name("V"), counter.name("INV")
    first = done(await counter.submit(visit_no, message_id=f"{visit_no}.1", invoice_no=invoice))

    answer = await counter.reverse(f"{visit_no}.1")
    state = await counter.state(visit_no)
    replay = await counter.submit(visit_no, message_id=f"{visit_no}.1", invoice_no=invoice)
    anew = done(await counter.submit(visit_no, invoice_no=invoice))

    assert (answer.json["undone_verb"], answer.json["original_settlement_id"]) == ("SubmitBill", first["settlement_id"])
    assert answer.json["sums"]["fund_fen"] == -first["sums"]["fund_fen"]
    assert "Settlement-Receipt" in answer.headers
    assert state == "cancelled"
    assert codes(replay) == ["message.reversed"]
    assert replay.replayed
    assert anew["sums"] == first["sums"]
    assert (await counter.balances())[f"payable:{city.HOSPITAL}"] == -3000


async def test_a_reversed_document_on_a_known_visit_leaves_the_visit_as_it_was(counter: Counter) -> None:
    """Items that the session had uploaded wait again; those that only the document brought are gone."""
    visit_no = counter.name("V")
    await counter.begin(visit_no, LINES[:2])
    done(await counter.submit(visit_no, items=LINES[1:]))

    await taken_back(counter, counter.message_id)

    assert await counter.state(visit_no) == "open"
    assert await counter.waiting(visit_no) == ["I0000", "I0001"]
    assert done(await counter.settle(visit_no))["sums"]["fund_fen"] == 2000


async def test_a_reversed_settlement_can_be_settled_again(counter: Counter) -> None:
    """Items wait, the bill number is free, the state is what it was before."""
    visit_no = counter.name("V")
    await counter.begin(visit_no, LINES)
    done(await counter.settle(visit_no, "B1", interim=True, item_nos=["I0000"]))
    done(await counter.settle(visit_no, "B2"))

    await taken_back(counter, counter.message_id)

    assert await counter.state(visit_no) == "part_settled"
    assert await counter.waiting(visit_no) == ["I0001", "I0002"]
    assert done(await counter.settle(visit_no, "B2"))["sums"]["fund_fen"] == 2000


async def test_a_reversed_upload_takes_its_own_items_alone(counter: Counter) -> None:
    """Items that other messages brought stay, and the numbers are free for other content."""
    visit_no = counter.name("V")
    await counter.begin(visit_no, LINES[:1])
    done(await counter.upload(visit_no, LINES))

    await taken_back(counter, counter.message_id)

    assert await counter.waiting(visit_no) == ["I0000"]
    assert done(await counter.upload(visit_no, [city.line(1, name="别名")]))["unsettled_items"] == 2


async def test_a_reversed_withdrawal_brings_the_items_back(counter: Counter) -> None:
    """The very items, with their content, and nothing that an earlier withdrawal took."""
    visit_no = counter.name("V")
    await counter.begin(visit_no, LINES)
    done(await counter.withdraw(visit_no, item_nos=["I0002"]))
    done(await counter.withdraw(visit_no, everything=True))

    await taken_back(counter, counter.message_id)

    assert await counter.waiting(visit_no) == ["I0000", "I0001"]
    assert done(await counter.settle(visit_no))["sums"]["fund_fen"] == 2000


async def test_a_reversed_withdrawal_brings_back_no_item_whose_upload_was_reversed(counter: Counter) -> None:
    """G3: the upload is as if it had not been, so its items come back by no other way."""
    visit_no = counter.name("V")
    await counter.begin(visit_no, LINES[:1])
    done(await counter.upload(visit_no, LINES[1:]))
    upload = counter.message_id
    done(await counter.withdraw(visit_no, everything=True))
    withdrawal = counter.message_id
    await taken_back(counter, upload)

    await taken_back(counter, withdrawal)

    assert await counter.waiting(visit_no) == ["I0000"]


async def test_a_reversed_registration_takes_the_visit_and_its_items(counter: Counter) -> None:
    """Its number is free again."""
    visit_no = counter.name("V")
    done(await counter.register(visit_no))
    registration = counter.message_id
    done(await counter.upload(visit_no, LINES))

    await taken_back(counter, registration)

    assert await counter.state(visit_no) == "cancelled"
    assert done(await counter.register(visit_no))["state"] == "open"
    assert codes(await counter.settle(visit_no)) == ["bill.empty"]


async def overtaken_registration(counter: Counter, visit_no: str) -> str:
    done(await counter.register(visit_no))
    message_id = counter.message_id
    done(await counter.submit(visit_no))
    return message_id


async def overtaken_upload(counter: Counter, visit_no: str) -> str:
    await counter.begin(visit_no, LINES)
    message_id = counter.message_id
    done(await counter.settle(visit_no, interim=True, item_nos=["I0001"]))
    return message_id


async def overtaken_withdrawal_by_number(counter: Counter, visit_no: str) -> str:
    await counter.begin(visit_no, LINES)
    done(await counter.withdraw(visit_no, everything=True))
    message_id = counter.message_id
    done(await counter.upload(visit_no, [city.line(1, name="别名")]))
    return message_id


async def overtaken_withdrawal_by_settlement(counter: Counter, visit_no: str) -> str:
    await counter.begin(visit_no, LINES)
    done(await counter.withdraw(visit_no, item_nos=["I0001"]))
    message_id = counter.message_id
    done(await counter.settle(visit_no))
    return message_id


async def overtaken_document(counter: Counter, visit_no: str) -> str:
    settlement_id = done(await counter.submit(visit_no))["settlement_id"]
    message_id = counter.message_id
    done(await counter.cancel(settlement_id))
    done(await counter.settle(visit_no, "B2"))
    return message_id


@pytest.mark.parametrize(
    "overtake",
    [
        overtaken_registration,
        overtaken_upload,
        overtaken_withdrawal_by_number,
        overtaken_withdrawal_by_settlement,
        overtaken_document,
    ],
)
async def test_a_message_on_which_later_business_rests_is_not_reversed(
    overtake: Callable[[Counter, str], Awaitable[str]], counter: Counter
) -> None:
    """reversal.overtaken says by what, changes nothing, and leaves the original in effect."""
    visit_no = counter.name("V")
    message_id = await overtake(counter, visit_no)
    before = (await counter.state(visit_no), await counter.waiting(visit_no), await counter.balances())

    answer = await counter.reverse(message_id)

    assert places(answer) == [("/original_message_id", "reversal.overtaken")]
    assert (await counter.state(visit_no), await counter.waiting(visit_no), await counter.balances()) == before
    assert (await counter.outcome(message_id))["outcome"] == "settled"


async def test_a_bill_is_not_reversed_before_the_one_after_it(counter: Counter) -> None:
    """settlement.later_first, for a session's bill as for a document's."""
    visit_no = counter.name("V")
    done(await counter.submit(visit_no, interim=True))
    first = counter.message_id
    done(await counter.upload(visit_no, [refund(5, 0)]))
    done(await counter.settle(visit_no, "B2"))
    second = counter.message_id

    early = await counter.reverse(first)
    await taken_back(counter, second)
    await taken_back(counter, first)

    assert codes(early) == ["settlement.later_first"]
    assert await counter.balances() == {}


async def test_a_cancelled_settlements_message_is_reversed_without_a_second_cancellation(counter: Counter) -> None:
    """Nothing is left to undo: no entries, but the message answers reversed from now on."""
    visit_no = counter.name("V")
    await counter.begin(visit_no, LINES)
    settlement_id = done(await counter.settle(visit_no))["settlement_id"]
    message_id = counter.message_id
    done(await counter.cancel(settlement_id))

    answer = await taken_back(counter, message_id)

    assert (answer["settlement_id"], answer["sums"]) == (None, None)
    assert await counter.balances() == {}
    assert (await counter.outcome(message_id))["outcome"] == "reversed"


async def signed_in(counter: Counter, _: str) -> Answer:
    return await counter.ask("POST", "/v1/sign-ins", {"operator_id": "001"})


async def signed_out(counter: Counter, visit_no: str) -> Answer:
    sign_no = done(await signed_in(counter, visit_no))["sign_no"]
    return await counter.ask("DELETE", f"/v1/sign-ins/{sign_no}")


async def settlement_cancelled(counter: Counter, visit_no: str) -> Answer:
    return await counter.cancel(done(await counter.submit(visit_no))["settlement_id"])


async def visit_cancelled(counter: Counter, visit_no: str) -> Answer:
    done(await counter.register(visit_no))
    return await counter.cancel_visit(visit_no)


async def something_reversed(counter: Counter, visit_no: str) -> Answer:
    return await counter.reverse(f"{visit_no}.never")


@pytest.mark.parametrize(
    ("does", "cure"),
    [
        (signed_in, "sign out"),
        (signed_out, "sign in again"),
        (settlement_cancelled, "settle anew"),
        (visit_cancelled, "register it anew"),
        (something_reversed, "under a new message id"),
    ],
)
async def test_what_has_its_own_way_back_is_not_reversed(does: Does, cure: str, counter: Counter) -> None:
    """reversal.not_offered names the verb, and its cure the way that there is."""
    done(await does(counter, counter.name("V")))
    original = counter.message_id

    answer = await counter.reverse(original)

    assert places(answer) == [("/original_message_id", "reversal.not_offered")]
    assert cure in answer.json["faults"][0]["cure_en"]
    assert (await counter.outcome(original))["outcome"] == "settled"


async def test_a_reversal_cannot_name_itself(counter: Counter) -> None:
    """reversal.of_itself, and its id stays unbound."""
    itself = counter.name("M")

    assert codes(await counter.reverse(itself, message_id=itself)) == ["reversal.of_itself"]
    assert (await counter.outcome(itself))["outcome"] == "refused"


async def test_reversing_twice_is_once(counter: Counter) -> None:
    """G3: a second reversal finds nothing to undo, and the first one's repeat is the same bytes."""
    done(await counter.submit(counter.name("V")))
    original, reversal = counter.message_id, counter.name("M")
    first = await counter.reverse(original, message_id=reversal)

    second = done(await counter.reverse(original))
    again = await counter.reverse(original, message_id=reversal)

    assert (second["original_was"], second["settlement_id"]) == ("reversed", None)
    assert again.body == first.body
    assert again.replayed
    assert await counter.balances() == {}


async def test_a_reversal_that_comes_first_keeps_its_original_out(counter: Counter) -> None:
    """G3: not seen or refused before, the original answers reversed when it comes, and changes nothing."""
    visit_no, late, refused = counter.name("V"), counter.name("M"), counter.name("M")
    early = done(await counter.reverse(late))
    assert codes(await counter.settle(visit_no, message_id=refused)) == ["visit.unknown"]
    after_refusal = done(await counter.reverse(refused))

    answer = await counter.submit(visit_no, message_id=late)

    assert (early["original_was"], after_refusal["original_was"]) == ("not_seen", "refused")
    assert codes(answer) == ["message.reversed"]
    assert await counter.state(visit_no) is None
    found = await counter.outcome(late)
    assert (found["outcome"], found["final"], found["verb"]) == ("reversed", True, None)
