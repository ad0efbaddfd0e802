"""Refund lines over bills of one visit, as a hospital sends them."""

import pytest

from tests import city
from tests.desk import town
from tests.desk.counter import Counter, codes, done, refund

pytestmark = pytest.mark.asyncio(loop_scope="session")

SHARES = ("charged_fen", "fund_fen", "worker_fen", "employer_fen", "provider_fen")


async def test_a_full_refund_in_the_next_bill_leaves_nothing(counter: Counter) -> None:
    """Over both bills every share is exactly zero, and so are the worker's books."""
    visit_no = counter.name("V")
    dear = {"catalog_code": "001102000050000", "unit_price_yuan": "33.33", "quantity": "3"}
    await counter.begin(visit_no, [city.line(0, **dear, amount_fen=9999)])
    first = done(await counter.settle(visit_no, "B1", interim=True))
    taken = city.line(1, **(dear | {"quantity": "-3"}), amount_fen=-9999, refunds_item_no="I0000")
    done(await counter.upload(visit_no, [taken]))

    second = done(await counter.settle(visit_no, "B2"))

    assert (first["sums"]["fund_fen"], first["sums"]["worker_fen"]) == (6000, 3999)
    assert {share: first["sums"][share] + second["sums"][share] for share in SHARES} == dict.fromkeys(SHARES, 0)
    assert await counter.balances() == {}


async def test_a_refund_gives_back_what_its_original_took_of_an_authorization(counter: Counter) -> None:
    """A bill's own lines come before its refunds; the amount is free again for the next bill."""
    visit_no = counter.name("V")
    await counter.begin(visit_no, [city.line(0), city.line(1)], qualification_ids=[town.relapse(counter.number)])
    done(await counter.settle(visit_no, "B1", interim=True))
    done(await counter.upload(visit_no, [refund(2, 0, quantity="-2", amount_fen=-1000), city.line(3)]))
    second = done(await counter.settle(visit_no, "B2", interim=True))
    done(await counter.upload(visit_no, [city.line(4)]))

    third = done(await counter.settle(visit_no, "B3"))

    assert (second["sums"]["fund_fen"], second["sums"]["worker_fen"]) == (-500, 500)
    assert (third["sums"]["fund_fen"], third["sums"]["worker_fen"]) == (1000, 0)


async def test_three_partial_refunds_over_bills_add_up_to_the_whole(counter: Counter) -> None:
    """Each takes its part back, to the fen; a fourth has nothing left to take and stops its bill."""
    visit_no = counter.name("V")
    dear = {"catalog_code": "001102000050000", "unit_price_yuan": "33.33", "quantity": "3"}
    await counter.begin(visit_no, [city.line(0, **dear, amount_fen=9999)])
    done(await counter.settle(visit_no, "B0", interim=True))
    sums = []
    for number in (1, 2, 3):
        part = city.line(number, **(dear | {"quantity": "-1"}), amount_fen=-3333, refunds_item_no="I0000")
        done(await counter.upload(visit_no, [part]))
        sums.append(done(await counter.settle(visit_no, f"B{number}", interim=True))["sums"])

    fourth = city.line(4, **(dear | {"quantity": "-1"}), amount_fen=-3333, refunds_item_no="I0000")
    done(await counter.upload(visit_no, [fourth]))
    answer = await counter.settle(visit_no, "B4", interim=True)

    assert [one["fund_fen"] for one in sums] == [-2000, -2000, -2000]
    assert sum(one["worker_fen"] for one in sums) == -3999
    assert codes(answer) == ["refund.invalid"]
    assert answer.json["faults"][0]["pointer"] == ""
    assert await counter.balances() == {}


async def test_a_line_and_its_refund_may_stand_in_one_bill(counter: Counter) -> None:
    """One of two pieces given back before anything is settled: the bill is the other piece."""
    visit_no = counter.name("V")
    await counter.begin(visit_no, [refund(1, 0), city.line(0)])

    settled = done(await counter.settle(visit_no))

    assert (settled["sums"]["charged_fen"], settled["sums"]["fund_fen"]) == (500, 500)


@pytest.mark.parametrize(
    "wrong",
    [
        {"refunds_item_no": "I0009"},
        {"quantity": "-3", "amount_fen": -1500},
        {"catalog_code": "C0345"},
        {"amount_fen": -700},
        {"quantity": "1", "amount_fen": 500},
    ],
    ids=["unknown", "too-much", "other-code", "other-price", "not-negative"],
)
async def test_a_refund_that_does_not_fit_stops_the_bill(wrong: dict[str, object], counter: Counter) -> None:
    """refund.invalid names the line; once it is withdrawn the rest settles."""
    visit_no = counter.name("V")
    await counter.begin(visit_no, [city.line(0)])
    done(await counter.settle(visit_no, "B1", interim=True))
    done(await counter.upload(visit_no, [city.line(1), refund(2, 0, **wrong)]))

    answer = await counter.settle(visit_no, "B2")
    done(await counter.withdraw(visit_no, item_nos=["I0002"]))

    assert codes(answer) == ["refund.invalid"]
    assert "I0002" in answer.json["faults"][0]["zh"]
    assert done(await counter.settle(visit_no, "B2"))["sums"]["fund_fen"] == 1000


async def test_a_refund_after_the_final_settlement_needs_its_cancellation(counter: Counter) -> None:
    """A settled visit takes no refund line until its last settlement is cancelled; then one bill carries both."""
    visit_no = counter.name("V")
    await counter.begin(visit_no, [city.line(0)])
    settlement_id = done(await counter.settle(visit_no))["settlement_id"]

    early = await counter.upload(visit_no, [refund(1, 0)])
    done(await counter.cancel(settlement_id))
    done(await counter.upload(visit_no, [refund(1, 0)]))

    assert codes(early) == ["visit.settled"]
    assert done(await counter.settle(visit_no))["sums"]["fund_fen"] == 500


async def test_a_refunds_cancellation_lets_it_be_taken_back_again(counter: Counter) -> None:
    """A cancelled refund bill counts for nothing: the same refund settles anew, with the same sums."""
    visit_no = counter.name("V")
    await counter.begin(visit_no, [city.line(0)])
    done(await counter.settle(visit_no, "B1", interim=True))
    done(await counter.upload(visit_no, [refund(1, 0, quantity="-2", amount_fen=-1000)]))
    second = done(await counter.settle(visit_no, "B2", interim=True))
    done(await counter.cancel(second["settlement_id"]))

    again = done(await counter.settle(visit_no, "B2", interim=True))

    assert again["sums"] == second["sums"]
    assert await counter.balances() == {}
