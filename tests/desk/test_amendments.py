"""AmendVisit: absent terms stay, settlements in force hold their ground, and a reversal gives back what was."""

from typing import Any

import pytest

from tests import city
from tests.desk import town
from tests.desk.counter import Counter, codes, done, places
from tests.desk.jiangsu import Clerk, ill, well

pytestmark = pytest.mark.asyncio(loop_scope="session")

LINES = [city.line(number) for number in range(3)]
ADMITTED = "2026-11-02T08:00:00+08:00"


async def kept(counter: Counter, visit_no: str) -> dict[str, Any]:
    """The visit's columns in the books, by name."""
    row = await counter.connection.fetchrow(
        "SELECT visit_kind, admitted_at, discharged_at, diagnosis_codes, qualification_ids, department_code, emergency,"
        " stabilised_at, third_party_paid_fen, state, bills FROM visit WHERE provider_code = $1 AND visit_no = $2",
        counter.provider,
        visit_no,
    )
    assert row is not None
    return dict(row)


async def history(counter: Counter, visit_no: str) -> list[tuple[str, list[str]]]:
    """What was amended, message by message."""
    rows = await counter.connection.fetch(
        "SELECT a.message_id, a.fields FROM visit_amendment AS a JOIN visit AS v USING (worker_id, visit_id)"
        " WHERE v.provider_code = $1 AND v.visit_no = $2 ORDER BY a.amended_at",
        counter.provider,
        visit_no,
    )
    return [(row["message_id"], list(row["fields"])) for row in rows]


async def test_what_is_absent_stays_and_null_takes_away(counter: Counter) -> None:
    """The answer tells the whole of the visit's terms and which of them are other than before; so do the books."""
    visit_no = counter.name("V")
    done(await counter.register(visit_no, ward="一病区", bed="12", phone="000"))
    before = await kept(counter, visit_no)

    answer = done(
        await counter.amend(
            visit_no,
            visit_kind="inpatient",
            bed="21",
            phone=None,
            department_code="A04.02",
            emergency=True,
            stabilised_at="2026-11-03T00:00:00+08:00",
            third_party_paid_fen=700,
            diagnosis_codes=["S52.500", "S62.000"],
        )
    )
    after = await kept(counter, visit_no)

    assert set(answer["amended"]) == {
        "visit_kind",
        "bed",
        "phone",
        "department_code",
        "emergency",
        "stabilised_at",
        "third_party_paid_fen",
        "diagnosis_codes",
    }
    terms = answer["terms"]
    assert (terms["ward"], terms["bed"], terms["phone"], terms["visit_kind"]) == ("一病区", "21", None, "inpatient")
    assert {name for name in before if before[name] != after[name]} == set(answer["amended"]) - {"bed", "phone"}
    assert after["diagnosis_codes"] == ["S52.500", "S62.000"]


async def test_each_amendment_is_heard_by_the_next_and_by_the_bill(counter: Counter) -> None:
    """An amended third-party payment is set off; a term that stood so already is nothing new and leaves no history."""
    visit_no = counter.name("V")
    await counter.begin(visit_no, LINES)
    first = done(await counter.amend(visit_no, third_party_paid_fen=400, bed="1"))
    again = done(await counter.amend(visit_no, third_party_paid_fen=400, bed="2"))
    nothing = done(await counter.amend(visit_no, third_party_paid_fen=400))

    sums = done(await counter.settle(visit_no))["sums"]

    assert (first["amended"], again["amended"], nothing["amended"]) == (["bed", "third_party_paid_fen"], ["bed"], [])
    assert [fields for _, fields in await history(counter, visit_no)] == [["bed", "third_party_paid_fen"], ["bed"]]
    assert (sums["fund_fen"], sums["worker_fen"]) == (2600, 400)


async def test_a_visit_settles_once_its_recognition_is_attached(counter: Counter) -> None:
    """Registered while the recognition was to come: items, then the qualification, then the bill."""
    visit_no = counter.name("V")
    await counter.begin(visit_no, LINES, qualification_ids=[])
    before = await counter.settle(visit_no)

    attached = done(await counter.amend(visit_no, qualification_ids=[counter.own]))
    settled = done(await counter.settle(visit_no))

    assert codes(before) == ["qualification.none"]
    assert (attached["amended"], attached["state"]) == (["qualification_ids"], "open")
    assert settled["sums"]["fund_fen"] == 3000


async def test_what_is_not_so_is_refused_with_all_its_places(counter: Counter, another: Any) -> None:
    """Others' qualifications, an admission to come, another's worker, an item that names what would go."""
    visit_no = counter.name("V")
    named = city.line(9, qualification_id=town.second(counter.number))
    await counter.begin(visit_no, [named], qualification_ids=[counter.own, town.second(counter.number)])
    other = another()

    wrong = await counter.amend(
        visit_no, qualification_ids=[counter.own, other.own], admitted_at="2099-01-01T00:00:00Z"
    )
    one = await counter.amend(visit_no, qualification_id=other.own)
    worker = await counter.amend(visit_no, worker_id=other.worker_id, bed="1")
    orphan = await counter.amend(visit_no, qualification_ids=[counter.own])
    missing = await counter.amend(counter.name("V"), bed="1")

    assert places(wrong) == [
        ("/qualification_ids/1", "qualification.unknown"),
        ("/admitted_at", "visit.admission_in_future"),
    ]
    assert places(one) == [("/qualification_id", "qualification.unknown")]
    assert codes(worker) == ["worker.differs"]
    assert places(orphan) == [("/qualification_ids", "qualification.named_by_item")]
    assert codes(missing) == ["visit.unknown"]
    assert await history(counter, visit_no) == []


RESTED_ON: list[tuple[str, Any]] = [
    ("visit_kind", "inpatient"),
    ("admitted_at", "2026-11-01T08:00:00+08:00"),
    ("diagnosis_codes", ["S52.600"]),
    ("emergency", False),
    ("stabilised_at", "2026-11-01T12:00:00+08:00"),
    ("third_party_paid_fen", 399),
]


@pytest.mark.parametrize(("name", "value"), RESTED_ON, ids=[name for name, _ in RESTED_ON])
async def test_what_a_settlement_rests_on_stands(name: str, value: Any, counter: Counter) -> None:
    """Refused at its place while a bill is in force, and taken once that is cancelled."""
    visit_no = counter.name("V")
    await counter.begin(visit_no, LINES, emergency=True, third_party_paid_fen=400)
    bill = done(await counter.settle(visit_no, "B1", interim=True, item_nos=["I0000"]))

    refused = await counter.amend(visit_no, **{name: value})
    done(await counter.cancel(bill["settlement_id"]))
    taken = done(await counter.amend(visit_no, **{name: value}))

    assert places(refused) == [(f"/{name}", "visit.settled_on")]
    assert refused.status == 409
    assert taken["amended"] == [name]


async def test_what_no_settlement_rests_on_may_still_change(counter: Counter) -> None:
    """Bed and department, a later stabilising, more paid by a third party, one more qualification; and again itself."""
    visit_no = counter.name("V")
    await counter.begin(visit_no, LINES, emergency=True, third_party_paid_fen=400)
    done(await counter.settle(visit_no, "B1", interim=True, item_nos=["I0000"]))
    second = town.second(counter.number)

    answer = done(
        await counter.amend(
            visit_no,
            bed="3",
            department_code="A05",
            stabilised_at="2026-11-02T23:00:00+08:00",
            third_party_paid_fen=1400,
            qualification_ids=[counter.own, second],
            admitted_at=ADMITTED,
        )
    )
    reordered = await counter.amend(visit_no, qualification_ids=[second, counter.own])
    sums = done(await counter.settle(visit_no, "B2"))["sums"]

    assert set(answer["amended"]) == {
        "bed",
        "department_code",
        "stabilised_at",
        "third_party_paid_fen",
        "qualification_ids",
    }
    assert places(reordered) == [("/qualification_ids", "visit.settled_on")]
    assert (sums["fund_fen"], sums["worker_fen"]) == (1000, 1000)


async def test_an_amendment_is_repeated_and_conflicts_like_any_message(counter: Counter) -> None:
    """G1, G2: the same content is once and the same bytes; other content under its id is a conflict."""
    visit_no = counter.name("V")
    done(await counter.register(visit_no))
    first = await counter.amend(visit_no, message_id=f"{visit_no}.a", bed="1")
    done(await counter.amend(visit_no, bed="2"))

    again = await counter.amend(visit_no, message_id=f"{visit_no}.a", bed="1")
    other = await counter.amend(visit_no, message_id=f"{visit_no}.a", bed=None)

    assert (again.body, again.replayed) == (first.body, True)
    assert codes(other) == ["message.content_differs"]
    assert done(await counter.amend(visit_no, bed="2"))["amended"] == []


async def test_a_reversed_amendment_gives_back_what_was(counter: Counter) -> None:
    """G3: every term is as before, what others changed meanwhile stays, and its history is kept."""
    visit_no = counter.name("V")
    done(await counter.register(visit_no, bed="12"))
    before = await kept(counter, visit_no)
    changes = {"visit_kind": "inpatient", "bed": "21", "stabilised_at": ADMITTED, "third_party_paid_fen": 1}
    done(
        await counter.amend(
            visit_no, message_id=f"{visit_no}.a", qualification_ids=[town.second(counter.number)], **changes
        )
    )
    done(await counter.amend(visit_no, ward="二病区"))

    undone = done(await counter.reverse(f"{visit_no}.a"))
    after = done(await counter.amend(visit_no, ward="二病区", bed="12"))

    assert (undone["original_was"], undone["undone_verb"]) == ("settled", "AmendVisit")
    assert await kept(counter, visit_no) == before
    assert after["amended"] == []
    assert [fields for _, fields in await history(counter, visit_no)][1:] == [["ward"]]
    assert codes(await counter.amend(visit_no, message_id=f"{visit_no}.a", **changes)) == ["message.reversed"]


async def test_a_reversal_takes_an_attached_qualification_off_beside_later_ones(counter: Counter) -> None:
    """What a bill or another amendment attached since stays."""
    visit_no, second = counter.name("V"), town.second(counter.number)
    await counter.begin(visit_no, LINES, qualification_ids=[])
    done(await counter.amend(visit_no, message_id=f"{visit_no}.a", qualification_ids=[counter.own]))
    done(await counter.amend(visit_no, qualification_ids=[counter.own, second]))

    done(await counter.reverse(f"{visit_no}.a"))

    assert (await kept(counter, visit_no))["qualification_ids"] == [second]


async def test_a_third_partys_payment_stays_above_all_that_was_set_off(counter: Counter) -> None:
    """Two interim bills each set off a part of it: the payment is not amended below both parts together."""
    visit_no = counter.name("V")
    await counter.begin(visit_no, LINES, third_party_paid_fen=2500)
    for bill_no, item_no in (("B1", "I0000"), ("B2", "I0001")):
        settled = done(await counter.settle(visit_no, bill_no, interim=True, item_nos=[item_no]))
        assert settled["sums"]["worker_fen"] == 1000

    below = await counter.amend(visit_no, third_party_paid_fen=1999)
    at_it = done(await counter.amend(visit_no, third_party_paid_fen=2000))

    assert places(below) == [("/third_party_paid_fen", "visit.settled_on")]
    assert at_it["amended"] == ["third_party_paid_fen"]


async def test_an_overtaken_amendment_is_not_reversed(counter: Counter) -> None:
    """Amended again since, a bill in force that rests on it, a closed visit; a cancelled one leaves nothing to undo."""
    visit_no = counter.name("V")
    await counter.begin(visit_no, LINES)
    done(await counter.amend(visit_no, message_id=f"{visit_no}.a", bed="1"))
    done(await counter.amend(visit_no, message_id=f"{visit_no}.b", bed="2", admitted_at="2026-11-01T08:00:00+08:00"))
    again = await counter.reverse(f"{visit_no}.a")
    bill = done(await counter.settle(visit_no, "B1", interim=True, item_nos=["I0000"]))
    rested_on = await counter.reverse(f"{visit_no}.b")
    final = done(await counter.settle(visit_no, "B2"))
    closed = await counter.reverse(f"{visit_no}.b")
    for settlement in (final, bill):
        done(await counter.cancel(settlement["settlement_id"]))
    done(await counter.cancel_visit(visit_no))

    cancelled = done(await counter.reverse(f"{visit_no}.b"))

    assert [codes(one) for one in (again, rested_on, closed)] == [["reversal.overtaken"]] * 3
    assert "bed" in again.json["faults"][0]["en"]
    assert "B1" in rested_on.json["faults"][0]["en"]
    assert cancelled["original_was"] == "settled"


async def test_a_kept_out_amendment_never_takes_effect(counter: Counter) -> None:
    """G3: reversed before it came."""
    visit_no = counter.name("V")
    done(await counter.register(visit_no, bed="12"))
    done(await counter.reverse(f"{visit_no}.a"))

    late = await counter.amend(visit_no, message_id=f"{visit_no}.a", bed="13")

    assert codes(late) == ["message.reversed"]
    assert await history(counter, visit_no) == []


async def test_jiangsu_amends_what_it_registered(counter: Counter) -> None:
    """2203: filled fields change, empty ones do not; a qualification replaces, or is nothing new; places are theirs."""
    clerk, visit_no = Clerk(counter), counter.name("V")
    counter.provider = city.JIANGSU
    await clerk.sign_in()
    well(await clerk.register(visit_no))
    second = town.second(counter.number)

    said = {"ipt_otp_no": visit_no, "med_type": "13", "adm_bed": "9", "tel": "", "qualification_id": second}
    first = well(await clerk.say("2203", said))
    message_id = clerk.message_id
    again = well(await clerk.say("2203", said))
    emergency = (await kept(counter, visit_no))["emergency"]
    refused = ill(await clerk.say("2203", {"ipt_otp_no": visit_no, "qualification_id": "Q-nobody"}))
    undone = well(await clerk.say("2209", {"omsgid": message_id, "oinfno": "2203"}))

    assert first["memo"] == "已修改：资格审核信息ID、床位号、急诊"
    assert again["memo"] == "与原登记一致，未作修改"
    assert emergency is True
    assert refused.startswith("qualification_id（工伤医疗费资格审核信息ID）：资格审核编号Q-nobody不属于该职工")
    assert undone["memo"] == "原交易已生效，现已冲正"
    books = await kept(counter, visit_no)
    assert (books["emergency"], books["qualification_ids"]) == (False, [counter.own])
