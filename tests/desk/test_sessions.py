"""A session from registration to settlement and back: items, previews, interim bills, cancellations."""

import pytest

from tests import city
from tests.desk.conftest import Open
from tests.desk.counter import Counter, codes, done, places

pytestmark = pytest.mark.asyncio(loop_scope="session")

LINES = [city.line(number) for number in range(4)]


async def test_items_come_in_several_messages_and_count_once(counter: Counter) -> None:
    """Items gather over messages; those that come again with the same content are told apart and count once."""
    visit_no = counter.name("V")
    done(await counter.register(visit_no))

    first = done(await counter.upload(visit_no, LINES[:2]))
    second = done(await counter.upload(visit_no, LINES[1:]))
    settled = done(await counter.settle(visit_no))

    assert first["accepted_item_nos"] == ["I0000", "I0001"]
    assert (second["accepted_item_nos"], second["repeated_item_nos"]) == (["I0002", "I0003"], ["I0001"])
    assert (second["unsettled_items"], second["unsettled_fen"]) == (4, 4000)
    assert [line["item_no"] for line in settled["lines"]] == ["I0000", "I0001", "I0002", "I0003"]
    assert settled["sums"]["fund_fen"] == settled["sums"]["charged_fen"] == 4000


async def test_an_item_is_the_same_whatever_zeros_its_numbers_end_in(counter: Counter) -> None:
    """Quantity 2 and 2.0000 say the same."""
    visit_no = counter.name("V")
    await counter.begin(visit_no, LINES[:1])

    again = done(await counter.upload(visit_no, [city.line(0, quantity="2.0000", unit_price_yuan="5")]))

    assert again["repeated_item_nos"] == ["I0000"]


async def test_items_with_other_content_are_refused_all_at_once(counter: Counter) -> None:
    """Every row that stands with other content is named, and no row of the message is taken in."""
    visit_no = counter.name("V")
    await counter.begin(visit_no, LINES[:3])
    changed = [city.line(0, amount_fen=999), LINES[1], city.line(2, name="别名"), city.line(7)]

    answer = await counter.upload(visit_no, changed)

    assert answer.status == 409
    assert places(answer) == [("/items/0", "item.content_differs"), ("/items/2", "item.content_differs")]
    assert await counter.waiting(visit_no) == ["I0000", "I0001", "I0002"]


async def test_items_are_withdrawn_by_number_by_batch_or_all(counter: Counter) -> None:
    """Named items, those of named batches, then all: each time the rest is told."""
    visit_no = counter.name("V")
    batched = [city.line(number, batch_no=f"C{number // 2}") for number in range(6)]
    await counter.begin(visit_no, [*batched, city.line(6), city.line(7)])

    named = done(await counter.withdraw(visit_no, item_nos=["I0006", "I0000"], batch_nos=["C1"]))
    everything = done(await counter.withdraw(visit_no, everything=True))
    nothing = done(await counter.withdraw(visit_no, everything=True))

    assert sorted(named["withdrawn_item_nos"]) == ["I0000", "I0002", "I0003", "I0006"]
    assert (named["unsettled_items"], named["unsettled_fen"]) == (4, 4000)
    assert sorted(everything["withdrawn_item_nos"]) == ["I0001", "I0004", "I0005", "I0007"]
    assert nothing["withdrawn_item_nos"] == []
    assert codes(await counter.settle(visit_no)) == ["bill.empty"]


async def test_a_withdrawal_names_everything_that_does_not_fit(counter: Counter) -> None:
    """Unknown items, settled items and unknown batches are refused together, and nothing is withdrawn."""
    visit_no = counter.name("V")
    await counter.begin(visit_no, LINES)
    done(await counter.settle(visit_no, interim=True, item_nos=["I0000"]))

    answer = await counter.withdraw(visit_no, item_nos=["I0001", "I0009", "I0000"], batch_nos=["C9"])

    assert places(answer) == [
        ("/item_nos/1", "item.unknown"),
        ("/item_nos/2", "item.settled"),
        ("/batch_nos/0", "batch.unknown"),
    ]
    assert await counter.waiting(visit_no) == ["I0001", "I0002", "I0003"]


async def test_a_withdrawn_item_may_come_again_with_other_content(counter: Counter) -> None:
    """Withdrawing frees the number; the new content is what settles."""
    visit_no = counter.name("V")
    await counter.begin(visit_no, LINES[:2])
    done(await counter.withdraw(visit_no, item_nos=["I0001"]))

    done(await counter.upload(visit_no, [city.line(1, quantity="1", amount_fen=500)]))

    assert done(await counter.settle(visit_no))["sums"]["charged_fen"] == 1500


async def test_a_preview_says_what_the_settlement_will(counter: Counter) -> None:
    """Presettle and Settle of the same items show the same sums, lines, findings and versions; a preview binds none."""
    visit_no = counter.name("V")
    over = city.line(4, catalog_code="001102000050000", unit_price_yuan="30.00", quantity="1", amount_fen=3000)
    await counter.begin(visit_no, [*LINES, over])

    preview = done(await counter.presettle(visit_no))
    settled = done(await counter.settle(visit_no))

    shared = ("sums", "sorts", "benefits", "lines", "findings", "versions", "worker_id", "visit_no", "bill_no")
    assert {name: preview[name] for name in shared} == {name: settled[name] for name in shared}
    assert preview["sums"]["worker_fen"] == 1000
    assert preview["would_refuse"] == []


async def test_items_changed_after_the_preview_settle_at_what_they_now_come_to(counter: Counter) -> None:
    """A preview of other items says nothing about these: Settle recomputes."""
    visit_no = counter.name("V")
    await counter.begin(visit_no, LINES[:2])
    done(await counter.presettle(visit_no))
    done(await counter.upload(visit_no, LINES[2:3]))

    settled = done(await counter.settle(visit_no))

    assert settled["sums"]["charged_fen"] == 3000


async def test_a_preview_overtaken_by_another_bill_is_refused_with_both_sums(counter: Counter) -> None:
    """G4: what the preview saw left of the authorization is gone; both sums are told, and a new preview settles."""
    visit_no, elsewhere = counter.name("V"), counter.name("V")
    relapse = f"QArelapse{counter.number}"
    await counter.begin(visit_no, LINES[:2], qualification_ids=[relapse])
    preview = done(await counter.presettle(visit_no))
    done(await counter.submit(elsewhere, lines=2, qualification_id=relapse))

    answer = await counter.settle(visit_no)

    assert codes(answer) == ["preview.differs"]
    assert "previewed charge 2000, fund 2000, worker 0" in answer.json["faults"][0]["en"]
    assert "now 2000, fund 500, worker 1500" in answer.json["faults"][0]["en"]
    assert preview["sums"]["fund_fen"] == 2000
    done(await counter.presettle(visit_no))
    assert done(await counter.settle(visit_no))["sums"]["fund_fen"] == 500


async def test_echoed_sums_that_differ_are_refused(counter: Counter) -> None:
    """A caller that echoes its preview is held to it by the fen; the right echo settles."""
    visit_no = counter.name("V")
    await counter.begin(visit_no, LINES[:2])
    right = done(await counter.presettle(visit_no))["sums"]
    wrong = right | {"fund_fen": right["fund_fen"] - 1, "worker_fen": 1}

    assert codes(await counter.settle(visit_no, previewed=wrong)) == ["preview.differs"]
    assert done(await counter.settle(visit_no, previewed=right))["sums"] == right


@pytest.mark.parametrize("ask", ["presettle", "settle", "submit"])
async def test_a_stated_total_must_be_the_items_sum(ask: str, counter: Counter) -> None:
    """A total that is off by one fen is refused where it stands; the right one passes."""
    visit_no = counter.name("V")
    if ask != "submit":
        await counter.begin(visit_no, LINES[:3])
    send = getattr(counter, ask)
    at = "/bill/charged_fen" if ask == "submit" else "/charged_fen"

    assert places(await send(visit_no, charged_fen=2999)) == [(at, "bill.total_differs")]
    assert done(await send(visit_no, charged_fen=3000))["sums"]["charged_fen"] == 3000


async def test_interim_bills_take_their_items_and_the_final_one_the_rest(counter: Counter) -> None:
    """中途结算: each bill has its own number in the visit's row, no item is in two of them, none is left."""
    visit_no = counter.name("V")
    await counter.begin(visit_no, LINES)

    first = done(await counter.settle(visit_no, "B1", interim=True, item_nos=["I0001", "I0003"]))
    second = done(await counter.settle(visit_no, "B2", interim=True, item_nos=["I0000"]))
    taken = await counter.settle(visit_no, "B3", interim=True, item_nos=["I0001", "I0002"])
    final = done(await counter.settle(visit_no, "B3"))

    assert places(taken) == [("/item_nos/0", "item.unknown")]
    assert [bill["interim_no"] for bill in (first, second, final)] == [1, 2, 3]
    assert [[line["item_no"] for line in bill["lines"]] for bill in (first, second, final)] == [
        ["I0001", "I0003"],
        ["I0000"],
        ["I0002"],
    ]
    assert await counter.state(visit_no) == "settled"


async def test_an_interim_bill_is_not_cancelled_before_the_one_after_it(counter: Counter) -> None:
    """Bill n stands until n + 1 is gone; the refusal names the later one."""
    visit_no = counter.name("V")
    await counter.begin(visit_no, LINES)
    bills = [done(await counter.settle(visit_no, f"B{n}", interim=True, item_nos=[f"I000{n}"])) for n in range(3)]

    early = await counter.cancel(bills[1]["settlement_id"])
    for bill in reversed(bills):
        done(await counter.cancel(bill["settlement_id"]))

    assert codes(early) == ["settlement.later_first"]
    assert early.json["later_settlement_id"] == bills[2]["settlement_id"]
    assert await counter.state(visit_no) == "open"
    assert await counter.balances() == {}


async def test_a_cancelled_settlement_leaves_its_items_and_its_numbers_free(counter: Counter) -> None:
    """After a cancellation the books are at zero, the items wait again, and the same bill and invoice settle again."""
    visit_no, invoice = counter.name("V"), counter.name("INV")
    await counter.begin(visit_no, LINES)
    first = done(await counter.settle(visit_no, invoice_no=invoice, discharged_at="2026-11-03T10:00:00+08:00"))

    cancelled = done(await counter.cancel(first["settlement_id"]))
    waiting, at_rest = await counter.waiting(visit_no), await counter.balances()
    second = done(await counter.settle(visit_no, invoice_no=invoice))

    assert cancelled["original_settlement_id"] == first["settlement_id"]
    assert cancelled["sums"] == {name: -fen for name, fen in first["sums"].items()}
    assert cancelled["sorts"] == [{"sort": "drug", "charged_fen": -4000}]
    assert waiting == ["I0000", "I0001", "I0002", "I0003"]
    assert at_rest == {}
    assert second["sums"] == first["sums"]
    assert second["interim_no"] == 1
    assert codes(await counter.cancel(first["settlement_id"])) == ["settlement.not_in_force"]


async def test_a_bill_or_invoice_number_in_force_is_not_taken_twice(counter: Counter) -> None:
    """G1: under a new message id the refusal names who settled it, for the program too."""
    visit_no, elsewhere, invoice = counter.name("V"), counter.name("V"), counter.name("INV")
    await counter.begin(visit_no, LINES)
    first = done(await counter.settle(visit_no, "B1", interim=True, item_nos=["I0000"], invoice_no=invoice))

    again = await counter.settle(visit_no, "B1", interim=True, invoice_no=invoice)
    invoiced = await counter.submit(elsewhere, invoice_no=invoice)

    assert places(again) == [("/bill_no", "bill.already_settled"), ("/invoice_no", "invoice.already_used")]
    assert again.json["settlement_id"] == first["settlement_id"]
    assert again.json["taken_by_message_id"] == first["message_id"]
    assert places(invoiced) == [("/bill/invoice_no", "invoice.already_used")]
    assert await counter.state(elsewhere) is None


async def test_nothing_can_be_settled_in_an_empty_visit(counter: Counter) -> None:
    """bill.empty, for a preview too."""
    visit_no = counter.name("V")
    done(await counter.register(visit_no))

    assert codes(await counter.presettle(visit_no)) == ["bill.empty"]
    assert codes(await counter.settle(visit_no)) == ["bill.empty"]


async def test_another_provider_sees_no_visit_and_has_its_own_numbers(counter: Counter, another: Open) -> None:
    """G10: the same visit number at another provider is unknown there, may be taken there, and stays apart."""
    visit_no = counter.name("V")
    await counter.begin(visit_no, LINES)
    settlement_id = done(await counter.settle(visit_no))["settlement_id"]
    other = another(city.OTHER, of=counter)

    assert codes(await other.upload(visit_no, LINES)) == ["visit.unknown"]
    assert codes(await other.presettle(visit_no)) == ["visit.unknown"]
    assert codes(await other.settle(visit_no)) == ["visit.unknown"]
    assert codes(await other.cancel_visit(visit_no)) == ["visit.unknown"]
    assert codes(await other.cancel(settlement_id)) == ["settlement.unknown"]
    assert (await other.read(f"/v1/settlements/{settlement_id}")).status == 404
    assert (await other.read(f"/v1/settlements/{settlement_id}/receipt")).status == 404
    assert done(await other.submit(visit_no))["visit_no"] == visit_no


async def test_a_message_for_another_worker_than_the_visits_is_refused(counter: Counter, another: Open) -> None:
    """worker.differs from every message that names a worker; a document for its number is visit.of_another."""
    visit_no, stranger = counter.name("V"), another()
    await counter.begin(visit_no, LINES)
    wrong = {"worker_id": stranger.worker_id}

    answers = [
        await counter.upload(visit_no, [city.line(8)], **wrong),
        await counter.withdraw(visit_no, everything=True, **wrong),
        await counter.presettle(visit_no, **wrong),
        await counter.settle(visit_no, **wrong),
        await counter.cancel_visit(visit_no, **wrong),
    ]
    settlement_id = done(await counter.settle(visit_no))["settlement_id"]
    answers.append(await counter.cancel(settlement_id, **wrong))

    assert [places(answer) for answer in answers] == [[("/worker_id", "worker.differs")]] * 6
    assert places(await stranger.submit(visit_no)) == [("/visit/visit_no", "visit.of_another")]
    assert codes(await stranger.register(visit_no)) == ["visit.exists"]


async def test_a_visit_is_registered_with_what_is_known_and_true(counter: Counter) -> None:
    """An unknown worker, a future admission, and qualifications that are not the worker's are refused, together."""
    visit_no = counter.name("V")
    strange = ["QR-nobody", counter.own, "QR-nothing"]

    answer = await counter.register(visit_no, admitted_at="2099-01-01T00:00:00+08:00", qualification_ids=strange)
    unknown = await counter.register(visit_no, worker_id="W-nobody")

    assert places(answer) == [
        ("/qualification_ids/0", "qualification.unknown"),
        ("/qualification_ids/2", "qualification.unknown"),
        ("/admitted_at", "visit.admission_in_future"),
    ]
    assert places(unknown) == [("/worker_id", "worker.unknown")]
    assert await counter.state(visit_no) is None


async def test_a_settlement_keeps_to_the_registered_kind_and_dates(counter: Counter) -> None:
    """Another kind of visit and a discharge before the admission are refused where they stand."""
    visit_no = counter.name("V")
    await counter.begin(visit_no, LINES)

    kind = await counter.settle(visit_no, visit_kind="inpatient")
    early = await counter.settle(visit_no, discharged_at="2026-11-01T10:00:00+08:00")

    assert places(kind) == [("/visit_kind", "visit.kind_differs")]
    assert places(early) == [("/discharged_at", "visit.discharge_before_admission")]


async def test_a_cancelled_visit_takes_its_items_along_and_starts_anew(counter: Counter) -> None:
    """Its number may be registered again, and nothing of the old visit shows in the new one."""
    visit_no = counter.name("V")
    await counter.begin(visit_no, LINES)

    cancelled = done(await counter.cancel_visit(visit_no))
    done(await counter.register(visit_no))
    uploaded = done(await counter.upload(visit_no, [city.line(0, amount_fen=500, quantity="1")]))

    assert cancelled["withdrawn_items"] == 4
    assert (uploaded["accepted_item_nos"], uploaded["unsettled_fen"]) == (["I0000"], 500)


async def test_a_discharge_of_a_cancelled_bill_cuts_no_later_line(counter: Counter) -> None:
    """The discharge went with its bill: cost that arises after it is within the stay again."""
    visit_no = counter.name("V")
    await counter.begin(visit_no, LINES)
    first = done(await counter.settle(visit_no, discharged_at="2026-11-02T20:00:00+08:00"))
    done(await counter.cancel(first["settlement_id"]))
    done(await counter.upload(visit_no, [city.line(4, occurred_at="2026-11-04T10:00:00+08:00")]))

    settled = done(await counter.settle(visit_no))

    assert settled["sums"]["fund_fen"] == 5000


async def test_a_discharge_stays_when_a_later_bill_is_cancelled(counter: Counter) -> None:
    """Cancelling bill 2 leaves the visit as bill 1 left it, its discharge with it."""
    visit_no = counter.name("V")
    late = city.line(4, occurred_at="2026-11-04T10:00:00+08:00")
    await counter.begin(visit_no, [*LINES, late])
    left = "2026-11-02T20:00:00+08:00"
    done(await counter.settle(visit_no, "B1", interim=True, item_nos=["I0000"], discharged_at=left))
    second = done(await counter.settle(visit_no, "B2", interim=True, item_nos=["I0001"]))
    done(await counter.cancel(second["settlement_id"]))

    settled = done(await counter.settle(visit_no, "B3"))

    assert [finding["rule"] for finding in settled["findings"]] == ["dates.outside_stay"]


async def test_a_bill_of_batches_settles_their_items_alone(counter: Counter) -> None:
    """Items of other charging batches wait for another bill; a batch that nothing waits in is refused."""
    visit_no = counter.name("V")
    lines = [city.line(number, batch_no=f"P{number % 2}") for number in range(4)]
    await counter.begin(visit_no, lines)

    first = done(await counter.settle(visit_no, batch_nos=["P0"]))
    again = await counter.settle(visit_no, "B2", batch_nos=["P0"])
    second = done(await counter.settle(visit_no, "B3", batch_nos=["P1"]))

    assert [[line["item_no"] for line in bill["lines"]] for bill in (first, second)] == [
        ["I0000", "I0002"],
        ["I0001", "I0003"],
    ]
    assert codes(again) == ["batch.unknown"]
    assert await counter.state(visit_no) == "settled"


async def test_an_echoed_share_of_the_fund_must_be_what_it_comes_to(counter: Counter) -> None:
    """A caller whose dialect echoes the fund's share alone is refused where it differs by a fen."""
    visit_no = counter.name("V")
    await counter.begin(visit_no, LINES[:2])
    fund = done(await counter.presettle(visit_no))["sums"]["fund_fen"]

    assert codes(await counter.settle(visit_no, previewed_fund_fen=fund - 1)) == ["preview.fund_differs"]
    assert done(await counter.settle(visit_no, previewed_fund_fen=fund))["sums"]["fund_fen"] == fund
