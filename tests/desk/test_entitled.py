"""Under what a visit settles: recognitions still to come, several of them, emergencies, third parties, persons."""

import pytest

from tests import city
from tests.desk import town
from tests.desk.conftest import Open
from tests.desk.counter import Counter, codes, done, places

pytestmark = pytest.mark.asyncio(loop_scope="session")

LINES = [city.line(number) for number in range(3)]


async def test_a_visit_whose_recognition_is_to_come_collects_items_and_settles_once_it_is_named(
    counter: Counter,
) -> None:
    """qualification.none until the settle message names one; that one then carries every line."""
    visit_no = counter.name("V")
    await counter.begin(visit_no, LINES, qualification_ids=[])

    previewed, early = await counter.presettle(visit_no), await counter.settle(visit_no)
    settled = done(await counter.settle(visit_no, qualification_ids=[counter.own]))

    assert codes(previewed) == codes(early) == ["qualification.none"]
    assert settled["sums"]["fund_fen"] == 3000
    assert {line["recognition_no"] for line in settled["lines"]} == {f"R{counter.number}"}


async def test_a_recognition_not_decided_yet_registers_but_does_not_settle(counter: Counter) -> None:
    """A pending recognition may be named; the preview says that it stops the bill, and it does."""
    visit_no = counter.name("V")
    await counter.begin(visit_no, LINES, qualification_ids=[town.pending(counter.number)])

    preview = done(await counter.presettle(visit_no))
    answer = await counter.settle(visit_no)

    assert preview["would_refuse"] == ["recognition.state"]
    assert set(codes(answer)) == {"recognition.state"}
    assert await counter.state(visit_no) == "open"


async def test_a_qualification_that_is_not_the_workers_is_refused_where_it_stands(
    counter: Counter, another: Open
) -> None:
    """Another worker's, nobody's: in a settle message, and in both places of a document."""
    visit_no, stranger = counter.name("V"), another()
    await counter.begin(visit_no, LINES)
    wrong = [counter.own, stranger.own, "Q-nobody"]

    settle = await counter.settle(visit_no, qualification_ids=wrong)
    document = await counter.submit(counter.name("V"), visit={"qualification_ids": wrong})
    attached = await counter.submit(counter.name("V"), qualification_ids=wrong)

    for answer, at in ((settle, ""), (document, "/visit"), (attached, "/bill")):
        assert places(answer) == [(f"{at}/qualification_ids/{place}", "qualification.unknown") for place in (1, 2)]


async def test_cost_under_a_revoked_authorization_is_not_the_funds(counter: Counter) -> None:
    """A revoked qualification may be named: what it no longer covers is a finding on each line."""
    settled = done(await counter.submit(counter.name("V"), qualification_id=town.revoked(counter.number)))

    assert {finding["rule"] for finding in settled["findings"]} == {"authorization.state"}
    assert settled["sums"]["worker_fen"] == 3000


async def test_lines_may_name_the_second_of_several_qualifications(counter: Counter) -> None:
    """A line stands under the qualification that it names, or else under the visit's first."""
    visit_no, number = counter.name("V"), counter.number
    both = [town.own(number), town.second(number)]
    await counter.begin(
        visit_no,
        [LINES[0], city.line(1, qualification_id=town.second(number))],
        qualification_ids=both,
        diagnosis_codes=["S52.500", "S62.000"],
    )

    settled = done(await counter.settle(visit_no))

    assert [line["recognition_no"] for line in settled["lines"]] == [f"R{number}", f"S{number}"]
    assert settled["sums"]["fund_fen"] == 2000


async def test_a_line_may_not_name_what_the_visit_does_not_have(counter: Counter) -> None:
    """qualification.not_of_visit, each row named, at the upload already."""
    visit_no, number = counter.name("V"), counter.number
    done(await counter.register(visit_no))

    answer = await counter.upload(visit_no, [LINES[0], city.line(1, qualification_id=town.second(number))])

    assert places(answer) == [("/items/1/qualification_id", "qualification.not_of_visit")]


async def test_a_settlement_under_the_wrong_qualification_can_be_cancelled_and_done_right(counter: Counter) -> None:
    """What a cancelled bill attached is gone with it: the next one settles under what it names itself."""
    visit_no, number = counter.name("V"), counter.number
    await counter.begin(visit_no, LINES, qualification_ids=[], diagnosis_codes=["S62.000"])
    wrong = done(await counter.settle(visit_no, qualification_ids=[town.own(number)]))
    done(await counter.cancel(wrong["settlement_id"]))

    right = done(await counter.settle(visit_no, qualification_ids=[town.second(number)]))

    assert wrong["sums"]["fund_fen"] == 0
    assert {line["recognition_no"] for line in right["lines"]} == {f"S{number}"}
    assert right["sums"]["fund_fen"] == 3000


async def test_a_document_may_bring_the_qualification_that_its_visit_lacked(counter: Counter) -> None:
    """A visit registered while the recognition was pending takes the one that a document's visit names."""
    visit_no = counter.name("V")
    done(await counter.register(visit_no, qualification_ids=[]))

    settled = done(await counter.submit(visit_no))

    assert settled["sums"]["fund_fen"] == 3000


async def test_an_emergency_waives_the_bound_provider_until_the_worker_is_stable(counter: Counter) -> None:
    """条例 art. 30: lines up to the day of stabilisation are paid with a notice, later ones are not paid here."""
    visit_no = counter.name("V")
    later = city.line(1, occurred_at="2026-11-04T10:00:00+08:00")
    await counter.begin(
        visit_no,
        [LINES[0], later],
        qualification_ids=[town.bound(counter.number)],
        emergency=True,
        stabilised_at="2026-11-02T22:00:00+08:00",
    )

    settled = done(await counter.settle(visit_no))

    told = [(finding["item_no"], finding["rule"], finding["fen"]) for finding in settled["findings"]]
    assert told == [("I0000", "emergency.waiver", 0), ("I0001", "authorization.provider", 1000)]
    assert (settled["sums"]["fund_fen"], settled["sums"]["worker_fen"]) == (1000, 1000)


async def test_what_a_third_party_paid_is_taken_off_once_over_interim_bills(counter: Counter) -> None:
    """社会保险法 art. 42: 15 yuan paid already come off the first bills, no fen twice; a cancellation gives back."""
    visit_no = counter.name("V")
    await counter.begin(visit_no, LINES, third_party_paid_fen=1500)

    first = done(await counter.settle(visit_no, "B1", interim=True, item_nos=["I0000"]))
    second = done(await counter.settle(visit_no, "B2"))
    done(await counter.cancel(second["settlement_id"]))
    again = done(await counter.settle(visit_no, "B2"))

    assert (first["sums"]["worker_fen"], first["sums"]["fund_fen"]) == (1000, 0)
    assert (second["sums"]["worker_fen"], second["sums"]["fund_fen"]) == (500, 1500)
    assert again["sums"] == second["sums"]


async def test_a_person_is_found_by_either_number_and_by_no_other_name(counter: Counter) -> None:
    """The certificate's number and the worker's number show the same card; a wrong name shows nothing."""
    number = counter.number
    certno, name = f"000000190001{number:06d}", f"测试甲{number:04d}"

    by_certno = done(await counter.ask("POST", "/v1/persons/verify", {"certno": certno, "name": name}))
    by_worker = done(await counter.ask("POST", "/v1/persons/verify", {"worker_id": counter.worker_id}))
    wrong_name = await counter.ask("POST", "/v1/persons/verify", {"certno": certno, "name": "测试乙"})
    nobody = await counter.ask("POST", "/v1/persons/verify", {"certno": "999999190001000000"})
    two = await counter.ask("POST", "/v1/persons/verify", {"certno": certno, "worker_id": "W-nobody"})

    assert by_certno == by_worker
    assert (by_certno["name"], by_certno["enrolled"], by_certno["in_hospital"]) == (name, True, False)
    assert by_certno["employer_name"] == "示例单位"
    assert [answer.status for answer in (wrong_name, nobody, two)] == [404, 404, 404]
    assert codes(wrong_name) == codes(nobody) == codes(two) == ["worker.unknown"]
    assert name.encode() not in wrong_name.body + nobody.body + two.body


async def test_a_card_tells_which_qualifications_are_usable_here(counter: Counter, another: Open) -> None:
    """Recognised and issued ones are, pending, revoked and those bound to another provider are not."""
    number = counter.number
    card = done(await counter.ask("POST", "/v1/persons/verify", {"worker_id": counter.worker_id}))
    there = another(city.OTHER, of=counter)
    elsewhere = done(await there.ask("POST", "/v1/persons/verify", {"worker_id": counter.worker_id}))

    usable, other = (
        {one["qualification_id"] for one in shown["qualifications"] if one["usable_here"]}
        for shown in (card, elsewhere)
    )
    assert usable == {town.own(number), town.second(number), town.relapse(number)}
    assert other == usable | {town.bound(number)}


async def test_what_is_left_of_an_authorization_falls_with_a_settlement_and_rises_with_its_cancellation(
    counter: Counter,
) -> None:
    """The card shows what settlements in force have left of the amount; past it the excess is the worker's."""
    visit_no, relapse = counter.name("V"), town.relapse(counter.number)

    async def left() -> int:
        card = done(await counter.ask("POST", "/v1/persons/verify", {"worker_id": counter.worker_id}))
        return next(one["amount_left_fen"] for one in card["qualifications"] if one["qualification_id"] == relapse)

    before = await left()
    settled = done(await counter.submit(visit_no, lines=2, qualification_id=relapse))
    after = await left()
    excess = done(await counter.submit(counter.name("V"), lines=2, qualification_id=relapse))
    empty = await left()
    done(await counter.cancel(settled["settlement_id"]))

    assert (before, after, empty, await left()) == (2500, 500, 0, 2000)
    assert (excess["sums"]["fund_fen"], excess["sums"]["worker_fen"]) == (500, 1500)


async def test_a_worker_with_an_open_stay_is_in_hospital(counter: Counter) -> None:
    """inhosp_stas: from an inpatient registration until it is settled or cancelled."""
    visit_no = counter.name("V")
    done(await counter.register(visit_no, visit_kind="inpatient"))
    during = done(await counter.ask("POST", "/v1/persons/verify", {"worker_id": counter.worker_id}))
    done(await counter.cancel_visit(visit_no))
    since = done(await counter.ask("POST", "/v1/persons/verify", {"worker_id": counter.worker_id}))

    assert (during["in_hospital"], since["in_hospital"]) == (True, False)
