"""DischargeVisit: a stay whose recognition is pending or refused ends at the worker's own cost."""

from collections.abc import Callable
from typing import Any

import pytest

from tests import city
from tests.desk import town
from tests.desk.counter import Counter, codes, done, places

pytestmark = pytest.mark.asyncio(loop_scope="session")

LINES = [city.line(number) for number in range(3)]


@pytest.mark.parametrize("qualified", [lambda _: [], lambda number: [town.pending(number)]], ids=["none", "pending"])
async def test_the_worker_bears_everything(qualified: Callable[[int], list[str]], counter: Counter) -> None:
    """All of the items, no settlement, nothing in the books; the worker is no longer in hospital."""
    visit_no = counter.name("V")
    await counter.begin(visit_no, LINES, qualification_ids=qualified(counter.number), visit_kind="inpatient")

    answer = done(await counter.discharge(visit_no, charged_fen=3000))
    card = done(await counter.ask("POST", "/v1/persons/verify", {"worker_id": counter.worker_id}))

    assert (answer["state"], answer["items"]) == ("self_paid", 3)
    assert answer["sums"] == {
        "charged_fen": 3000,
        "fund_fen": 0,
        "worker_fen": 3000,
        "employer_fen": 0,
        "provider_fen": 0,
    }
    assert await counter.state(visit_no) == "self_paid"
    assert await counter.waiting(visit_no) == ["I0000", "I0001", "I0002"]
    assert await counter.balances() == {}
    assert card["in_hospital"] is False


async def test_a_refused_recognition_is_discharged_and_a_given_one_is_not(counter: Counter) -> None:
    """Where the fund is to be asked the refusal names the qualification, and taking it off the visit is the way."""
    visit_no = counter.name("V")
    await counter.begin(visit_no, LINES, qualification_ids=[town.pending(counter.number), counter.own])

    refused = await counter.discharge(visit_no)
    done(await counter.amend(visit_no, qualification_ids=[town.revoked(counter.number)]))
    answer = done(await counter.discharge(visit_no))

    assert places(refused) == [("/visit_no", "visit.entitled")]
    assert counter.own in refused.json["faults"][0]["en"]
    assert answer["state"] == "self_paid"


async def test_what_contradicts_the_visit_is_refused(counter: Counter, another: Any) -> None:
    """A total that is off by a fen, a discharge before the admission, another's worker; nothing changes."""
    visit_no = counter.name("V")
    await counter.begin(visit_no, LINES, qualification_ids=[])

    total = await counter.discharge(visit_no, charged_fen=2999)
    early = await counter.discharge(visit_no, discharged_at="2026-11-01T08:00:00+08:00")
    worker = await counter.discharge(visit_no, worker_id=another().worker_id)

    assert places(total) == [("/charged_fen", "bill.total_differs")]
    assert places(early) == [("/discharged_at", "visit.discharge_before_admission")]
    assert codes(worker) == ["worker.differs"]
    assert await counter.state(visit_no) == "open"


async def test_a_reversed_discharge_opens_the_visit_again(counter: Counter) -> None:
    """G3: it takes items, attaches the recognition that has come, and settles; repeats answer what they must."""
    visit_no = counter.name("V")
    await counter.begin(visit_no, LINES, qualification_ids=[])
    first = await counter.discharge(visit_no, message_id=f"{visit_no}.d")
    repeat = await counter.discharge(visit_no, message_id=f"{visit_no}.d")

    undone = done(await counter.reverse(f"{visit_no}.d"))
    state = await counter.state(visit_no)
    replay = await counter.discharge(visit_no, message_id=f"{visit_no}.d")
    done(await counter.upload(visit_no, [city.line(3)]))
    settled = done(await counter.settle(visit_no, qualification_ids=[counter.own]))

    assert (repeat.body, repeat.replayed) == (first.body, True)
    assert (undone["undone_verb"], state) == ("DischargeVisit", "open")
    assert codes(replay) == ["message.reversed"]
    assert settled["sums"]["fund_fen"] == 4000


async def test_nothing_that_the_worker_paid_for_is_reversed_below_the_discharge(counter: Counter) -> None:
    """Registration, uploads, withdrawals and amendments wait until the discharge itself is reversed."""
    visit_no = counter.name("V")
    done(await counter.register(visit_no, qualification_ids=[], message_id=f"{visit_no}.r"))
    done(await counter.upload(visit_no, LINES, message_id=f"{visit_no}.u"))
    done(await counter.withdraw(visit_no, item_nos=["I0002"]))
    withdrawal = counter.message_id
    done(await counter.amend(visit_no, bed="1", message_id=f"{visit_no}.a"))
    done(await counter.discharge(visit_no, message_id=f"{visit_no}.d"))
    originals = [f"{visit_no}.r", f"{visit_no}.u", withdrawal, f"{visit_no}.a"]

    early = [await counter.reverse(original) for original in originals]
    done(await counter.reverse(f"{visit_no}.d"))
    late = [done(await counter.reverse(original))["original_was"] for original in reversed(originals)]

    assert [codes(one) for one in early] == [["reversal.overtaken"]] * 4
    assert late == ["settled"] * 4
    assert await counter.state(visit_no) == "cancelled"


async def test_a_document_that_began_the_visit_is_not_reversed_below_the_discharge(counter: Counter) -> None:
    """Its settlement cancelled, its visit amended and discharged: the items are paid for by the worker now."""
    visit_no = counter.name("V")
    bill = done(await counter.submit(visit_no, message_id=f"{visit_no}.s"))
    done(await counter.cancel(bill["settlement_id"]))
    done(await counter.amend(visit_no, qualification_ids=[]))
    done(await counter.discharge(visit_no))

    assert codes(await counter.reverse(f"{visit_no}.s")) == ["reversal.overtaken"]
    assert await counter.waiting(visit_no) == ["I0000", "I0001", "I0002"]


async def test_its_number_stays_taken(counter: Counter, another: Any) -> None:
    """For a registration, and for a document of the same worker and of another's."""
    visit_no = counter.name("V")
    done(await counter.register(visit_no, qualification_ids=[]))
    done(await counter.discharge(visit_no))

    assert codes(await counter.register(visit_no)) == ["visit.exists"]
    assert places(await counter.submit(visit_no)) == [("/visit/visit_no", "visit.self_paid")]
    assert codes(await another().submit(visit_no)) == ["visit.of_another"]
