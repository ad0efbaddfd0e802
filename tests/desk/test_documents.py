"""SubmitBill: visit, items and settlement in one document, alone or beside a session."""

import pytest

from tests import city
from tests.desk.counter import Counter, codes, done, places

pytestmark = pytest.mark.asyncio(loop_scope="session")

LINES = [city.line(number) for number in range(4)]


async def test_a_document_is_a_visit_its_items_and_its_settlement(counter: Counter) -> None:
    """Everything stands after one message, and a second bill goes on with the visit's numbers."""
    visit_no = counter.name("V")

    first = done(await counter.submit(visit_no, items=LINES[:2]))
    second = done(await counter.submit(visit_no, items=LINES[2:], bill_no="B2"))

    assert (first["sums"]["fund_fen"], second["sums"]["fund_fen"]) == (2000, 2000)
    assert [bill["interim_no"] for bill in (first, second)] == [1, 2]
    assert await counter.state(visit_no) == "settled"


async def test_lines_settled_before_are_duplicates_at_the_providers_charge(counter: Counter) -> None:
    """A document that repeats settled lines beside new ones is paid for the new ones alone."""
    visit_no = counter.name("V")
    done(await counter.submit(visit_no, items=LINES[:2]))

    second = done(await counter.submit(visit_no, items=LINES[1:3], bill_no="B2"))

    assert (second["sums"]["fund_fen"], second["sums"]["provider_fen"]) == (1000, 1000)
    told = [(finding["item_no"], finding["rule"], finding["bearer"]) for finding in second["findings"]]
    assert told == [("I0001", "duplicate.settled", "provider")]


async def test_a_document_of_nothing_but_settled_lines_is_refused(counter: Counter) -> None:
    """G1: the same lines under a new bill number are not settled twice, not even at the provider's charge."""
    visit_no = counter.name("V")
    done(await counter.submit(visit_no, items=LINES))

    answer = await counter.submit(visit_no, items=LINES[1:], bill_no="B2")

    assert places(answer) == [("/items", "bill.all_settled")]


async def test_a_duplicates_bill_leaves_its_original_refundable(counter: Counter) -> None:
    """A refund takes back what was paid for the line, not what its duplicate came to."""
    visit_no = counter.name("V")
    done(await counter.submit(visit_no, items=LINES[:2], interim=True))
    done(await counter.submit(visit_no, items=LINES[1:3], bill_no="B2", interim=True))
    taken = city.line(8, refunds_item_no="I0001", quantity="-2", amount_fen=-1000)

    third = done(await counter.submit(visit_no, items=[taken], bill_no="B3", interim=True))

    assert (third["sums"]["fund_fen"], third["sums"]["provider_fen"]) == (-1000, 0)


async def test_an_interim_document_leaves_the_visit_open_for_more(counter: Counter) -> None:
    """The session goes on beside it: items come in and settle."""
    visit_no = counter.name("V")
    done(await counter.submit(visit_no, items=LINES[:2], interim=True))

    done(await counter.upload(visit_no, LINES[2:]))
    final = done(await counter.settle(visit_no, "B2"))

    assert [line["item_no"] for line in final["lines"]] == ["I0002", "I0003"]
    assert await counter.state(visit_no) == "settled"


async def test_a_document_takes_the_waiting_items_that_it_bills_and_leaves_the_others(counter: Counter) -> None:
    """Items uploaded before are billed by a document that repeats them; the rest goes on waiting."""
    visit_no = counter.name("V")
    await counter.begin(visit_no, LINES[:2])

    first = done(await counter.submit(visit_no, items=LINES[1:3]))
    waiting = await counter.waiting(visit_no)
    done(await counter.cancel(first["settlement_id"]))

    assert first["sums"]["fund_fen"] == 2000
    assert waiting == ["I0000"]
    assert await counter.waiting(visit_no) == ["I0000", "I0001", "I0002"]
    assert await counter.state(visit_no) == "open"


async def test_a_documents_lines_that_stand_with_other_content_are_refused(counter: Counter) -> None:
    """Waiting or settled, what a number stood for stays; nothing of the document is taken in."""
    visit_no = counter.name("V")
    await counter.begin(visit_no, LINES[:2])

    answer = await counter.submit(visit_no, items=[city.line(5), city.line(1, amount_fen=1)])

    assert places(answer) == [("/items/1", "item.content_differs")]
    assert await counter.waiting(visit_no) == ["I0000", "I0001"]


async def test_a_document_for_a_known_visit_says_of_it_what_was_registered(counter: Counter) -> None:
    """What it says otherwise is refused by name, never dropped: these terms decide who pays."""
    visit_no = counter.name("V")
    done(await counter.submit(visit_no, items=LINES[:1], interim=True))
    other = {
        "admitted_at": "2026-11-01T08:00:00+08:00",
        "diagnosis_codes": ["S62.000"],
        "department_code": "A02",
        "emergency": True,
        "stabilised_at": "2026-11-05T08:00:00+08:00",
        "third_party_paid_fen": 100,
    }

    answer = await counter.submit(visit_no, items=LINES[1:], bill_no="B2", visit=other)
    kind = await counter.submit(visit_no, items=LINES[1:], bill_no="B2", visit={"visit_kind": "inpatient"})

    assert places(answer) == [(f"/visit/{name}", "visit.terms_differ") for name in other]
    assert places(kind) == [("/visit/visit_kind", "visit.kind_differs")]
    assert done(await counter.submit(visit_no, items=LINES[1:], bill_no="B2"))["sums"]["fund_fen"] == 3000


async def test_a_documents_faults_stand_where_they_are(counter: Counter) -> None:
    """Pointers lead into the document that was sent."""
    visit_no = counter.name("V")
    done(await counter.submit(visit_no, items=LINES[:1], interim=True))

    nobody = await counter.submit(counter.name("V"), visit={"worker_id": "W-nobody"})
    future = await counter.submit(counter.name("V"), visit={"admitted_at": "2099-01-01T00:00:00+08:00"})
    bare = await counter.submit(counter.name("V"), visit={"qualification_ids": []})
    taken = await counter.submit(visit_no, items=LINES[1:])
    early = await counter.submit(counter.name("V"), discharged_at="2026-11-01T00:00:00+08:00")

    assert places(nobody) == [("/visit/worker_id", "worker.unknown")]
    assert places(future) == [("/visit/admitted_at", "visit.admission_in_future")]
    assert places(bare) == [("/visit/qualification_ids", "qualification.none")]
    assert places(taken) == [("/bill/bill_no", "bill.already_settled")]
    assert places(early) == [("/bill/discharged_at", "visit.discharge_before_admission")]


async def test_a_blocked_document_leaves_no_visit(counter: Counter) -> None:
    """Refused whole: neither the visit nor its number nor an item stays."""
    visit_no = counter.name("V")
    stray = city.line(1, qualification_id="Q-nobody")

    answer = await counter.submit(visit_no, items=[LINES[0], stray])

    assert places(answer) == [("/items/1", "recognition.unknown")]
    assert await counter.state(visit_no) is None
    assert codes(await counter.upload(visit_no, LINES)) == ["visit.unknown"]


async def test_a_documents_preview_says_what_its_settlement_will(counter: Counter) -> None:
    """The same sums, lines, findings and versions; and no visit, item, key or posting is left behind."""
    visit_no = counter.name("V")
    over = city.line(4, catalog_code="001102000050000", unit_price_yuan="30.00", quantity="1", amount_fen=3000)
    document = city.bill(counter.number, visit_no, items=[*LINES, over])

    preview = done(await counter.ask("POST", "/v1/bills/presettle", document))
    left_state = await counter.state(visit_no)
    settled = done(await counter.ask("POST", "/v1/bills", document))

    shared = ("sums", "sorts", "benefits", "lines", "findings", "versions", "worker_id", "visit_no", "bill_no")
    assert {name: preview[name] for name in shared} == {name: settled[name] for name in shared}
    assert (preview["sums"]["worker_fen"], left_state) == (1000, None)


async def test_a_document_that_adds_to_a_visit_is_held_against_its_preview(counter: Counter) -> None:
    """G4: what the preview of a known visit saw left is gone: the document is refused with both sums."""
    visit_no, elsewhere = counter.name("V"), counter.name("V")
    relapse = f"QArelapse{counter.number}"
    await counter.begin(visit_no, LINES[:1], qualification_ids=[relapse])
    terms = {"qualification_ids": [relapse]}
    document = city.bill(counter.number, visit_no, items=LINES[:2], visit=terms)
    done(await counter.ask("POST", "/v1/bills/presettle", document))
    done(await counter.submit(elsewhere, lines=2, qualification_id=relapse))

    refused = await counter.ask("POST", "/v1/bills", document)

    assert codes(refused) == ["preview.differs"]


async def test_a_documents_preview_is_refused_and_warned_as_the_document_would_be(counter: Counter) -> None:
    """What no settlement could take is refused; what a rule blocks is told, with its code, beside the sums."""
    visit_no = counter.name("V")
    strange = city.bill(counter.number, visit_no) | {
        "visit": city.bill(counter.number, visit_no)["visit"] | {"worker_id": "W9"}
    }
    refund = city.line(0, refunds_item_no="I0099", quantity="-2", amount_fen=-1000)
    lonely = city.bill(counter.number, visit_no, items=[refund])

    unknown = await counter.ask("POST", "/v1/bills/presettle", strange)
    blocked = await counter.ask("POST", "/v1/bills/presettle", lonely)
    submitted = await counter.ask("POST", "/v1/bills", lonely)

    assert codes(unknown) == ["worker.unknown"]
    assert done(blocked)["would_refuse"] == codes(submitted) != []
