"""What a provider can list afterwards: visits, a visit's items, a printed statement, the outcomes of a day."""

import asyncio
import hashlib
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests import city
from tests.desk.conftest import Open
from tests.desk.counter import Counter, codes, done, places
from tests.desk.jiangsu import Clerk, ill, row, well

pytestmark = pytest.mark.asyncio(loop_scope="session")


def today() -> str:
    return datetime.now(ZoneInfo("Asia/Shanghai")).date().isoformat()


async def test_items_are_told_with_what_became_of_each(counter: Counter) -> None:
    """Settled with settlement, bill and shares; withdrawn by a message; live: as uploaded, in the order of coming."""
    visit_no = counter.name("V")
    await counter.begin(visit_no, [city.line(number) for number in range(4)])
    uploaded = counter.message_id
    done(await counter.withdraw(visit_no, item_nos=["I0001"]))
    withdrawal = counter.message_id
    settled = done(await counter.settle(visit_no, interim=True, item_nos=["I0000", "I0003"]))

    found = done(await counter.get(f"/v1/visits/{visit_no}/items"))

    assert [(one["item"]["item_no"], one["state"]) for one in found["items"]] == [
        ("I0000", "settled"),
        ("I0001", "withdrawn"),
        ("I0002", "live"),
        ("I0003", "settled"),
    ]
    assert {one["message_id"] for one in found["items"]} == {uploaded}
    assert [one["withdrawn_by"] for one in found["items"]] == [None, withdrawal, None, None]
    assert found["items"][3]["settlement_id"] == settled["settlement_id"]
    assert (found["items"][3]["bill_no"], found["items"][3]["sums"]["fund_fen"]) == ("B1", 1000)
    assert (found["visit_state"], found["worker_id"], found["next_cursor"]) == ("part_settled", counter.worker_id, None)
    assert found["items"][2]["item"]["unit_price_yuan"] == "5.00"


async def test_pages_of_items_hold_each_item_once(counter: Counter) -> None:
    """Also where items were withdrawn and their numbers and positions used again, and with more than one state."""
    visit_no = counter.name("V")
    await counter.begin(visit_no, [city.line(number) for number in range(3)])
    done(await counter.withdraw(visit_no, everything=True))
    done(await counter.upload(visit_no, [city.line(number) for number in range(5)]))
    done(await counter.withdraw(visit_no, item_nos=["I0004"]))
    done(await counter.upload(visit_no, [city.line(4)]))

    seen, cursor = [], ""
    while cursor is not None:
        page = done(await counter.get(f"/v1/visits/{visit_no}/items?limit=2{cursor and '&cursor='}{cursor}"))
        seen += [(one["item"]["item_no"], one["message_id"], one["state"]) for one in page["items"]]
        cursor = page["next_cursor"]
    gone = done(await counter.get(f"/v1/visits/{visit_no}/items?state=withdrawn"))

    assert len(seen) == len(set(seen)) == 9
    assert sorted(number for number, _, state in seen if state == "live") == [f"I{number:04d}" for number in range(5)]
    assert sorted(one["item"]["item_no"] for one in gone["items"]) == ["I0000", "I0001", "I0002", "I0004"]


async def test_items_of_one_bill_are_those_of_its_settlement_in_force(counter: Counter) -> None:
    """By bill number; after its cancellation the bill has none, and says so."""
    visit_no = counter.name("V")
    await counter.begin(visit_no, [city.line(number) for number in range(3)])
    settled = done(await counter.settle(visit_no, interim=True, item_nos=["I0001"]))

    found = done(await counter.get(f"/v1/visits/{visit_no}/items?bill_no=B1"))
    done(await counter.cancel(settled["settlement_id"]))
    gone = await counter.get(f"/v1/visits/{visit_no}/items?bill_no=B1")

    assert [one["item"]["item_no"] for one in found["items"]] == ["I0001"]
    assert codes(gone) == ["settlement.unknown"]


async def test_visits_are_listed_newest_first_and_pages_stay(counter: Counter) -> None:
    """A visit registered while somebody leafs through moves no page; state and worker narrow the list."""
    visit_nos = [counter.name("V") for _ in range(5)]
    for visit_no in visit_nos:
        done(await counter.register(visit_no))
    done(await counter.cancel_visit(visit_nos[0]))
    asked = f"/v1/visits?worker_id={counter.worker_id}"

    first = done(await counter.get(f"{asked}&limit=2"))
    done(await counter.register(counter.name("V")))
    second = done(await counter.get(f"{asked}&limit=2&cursor={first['next_cursor']}"))
    last = done(await counter.get(f"{asked}&limit=2&cursor={second['next_cursor']}"))
    cancelled = done(await counter.get(f"{asked}&state=cancelled&from_day={today()}&to_day={today()}"))

    listed = [visit["visit_no"] for page in (first, second, last) for visit in page["visits"]]
    assert listed == visit_nos[::-1]
    assert last["next_cursor"] is None
    assert [visit["visit_no"] for visit in cancelled["visits"]] == visit_nos[:1]
    assert first["visits"][0]["qualification_ids"] == [counter.own]


async def test_a_period_ends_with_its_last_day(counter: Counter) -> None:
    """Days are inclusive; yesterday has none of today's; a period backwards or of more than a year is refused."""
    done(await counter.register(counter.name("V")))
    asked = f"/v1/visits?worker_id={counter.worker_id}"
    yesterday = (datetime.fromisoformat(today()) - timedelta(days=1)).date().isoformat()

    until_today = done(await counter.get(f"{asked}&to_day={today()}"))
    until_yesterday = done(await counter.get(f"{asked}&to_day={yesterday}"))
    backwards = await counter.get(f"/v1/visits?from_day={today()}&to_day={yesterday}")
    too_long = await counter.get("/v1/visits?from_day=2020-01-01&to_day=2026-01-01")

    assert (len(until_today["visits"]), len(until_yesterday["visits"])) == (1, 0)
    assert (codes(backwards), codes(too_long)) == (["period.backwards"], ["period.too_long"])


@pytest.mark.parametrize("cursor", ["x", "WyJpdGVtcyIsMSwieCJd", "WyJ2aXNpdHMiXQ", "____", "W10"])
async def test_what_is_no_cursor_of_that_list_is_refused(counter: Counter, cursor: str) -> None:
    """Noise, and the cursor of another list."""
    assert codes(await counter.get(f"/v1/visits?cursor={cursor}")) == ["cursor.unknown"]


async def test_a_query_is_read_strictly(counter: Counter) -> None:
    """Every fault at once, each at its parameter; a query where nobody reads one is refused too."""
    refused = await counter.get("/v1/visits?limit=0&limit=5&from_day=yesterday&colour=red&state=")
    settlement = await counter.get("/v1/settlements/S1?colour=red")
    posted = await counter.ask("POST", "/v1/outcomes?x=1", {"message_ids": ["A"]})

    assert places(refused) == [
        ("query:limit", "field.range"),
        ("query:limit", "query.repeated"),
        ("query:from_day", "field.pattern"),
        ("query:colour", "query.unknown"),
        ("query:state", "field.value"),
    ]
    assert places(settlement) == [("query:colour", "query.unknown")]
    assert places(posted) == [("query:x", "query.unknown")]


async def test_a_statement_prints_a_settlement(counter: Counter) -> None:
    """Parties, dates, fees by sort that add up to the sums, capitals, and the receipt's digest; the worker masked."""
    lines = [
        city.line(0),
        city.line(1, catalog_code="C0345", amount_fen=2345, unit_price_yuan="23.45", quantity="1"),
        city.line(2, catalog_code="NOT-IN-IT"),
    ]
    settled = done(await counter.submit(counter.name("V"), items=lines, invoice_no=counter.name("INV")))
    path = f"/v1/settlements/{settled['settlement_id']}/statement"

    shown = done(await counter.get(path))
    whole = done(await counter.get(f"{path}?masked=false"))
    receipt = await counter.get(shown["receipt_path"])

    assert shown["sums"] == settled["sums"]
    assert {fee["sort"]: fee["sums"]["charged_fen"] for fee in shown["fees"]} == {
        "drug": 1000,
        "consumable": 2345,
        None: 1000,
    }
    for part in ("charged_fen", "fund_fen", "worker_fen", "employer_fen", "provider_fen"):
        assert sum(fee["sums"][part] for fee in shown["fees"]) == shown["sums"][part]
    assert (shown["charged_zh"], shown["fund_zh"]) == ("肆拾叁元肆角伍分", "叁拾叁元肆角伍分")
    assert (shown["provider"]["level"], shown["worker"]["employer_name"]) == ("tertiary", "示例单位")
    assert shown["recognition_nos"] == [f"R{counter.number}"]
    name, certno = f"测试甲{counter.number:04d}", f"000000190001{counter.number:06d}"
    assert (whole["worker"]["name"], whole["worker"]["certno"]) == (name, certno)
    assert (shown["worker"]["name"], shown["worker"]["birthday"]) == ("测******", None)
    assert shown["worker"]["certno"] == f"000000********{certno[-4:]}"
    assert hashlib.sha256(receipt.body).hexdigest() == shown["receipt_sha256"]


async def test_a_cancelled_settlement_and_its_cancellation_print_as_they_stand(counter: Counter) -> None:
    """The state names the other of the two; the cancellation's sums and fees are the same with the signs turned."""
    settled = done(await counter.submit(counter.name("V")))
    undone = done(await counter.cancel(settled["settlement_id"]))

    old = done(await counter.get(f"/v1/settlements/{settled['settlement_id']}/statement"))
    new = done(await counter.get(f"/v1/settlements/{undone['settlement_id']}/statement"))

    assert (old["state"], old["cancelled_by"]) == ("cancelled", undone["settlement_id"])
    assert (new["state"], new["original_settlement_id"]) == ("cancellation", settled["settlement_id"])
    assert (old["sums"]["fund_fen"], new["sums"]["fund_fen"]) == (3000, -3000)
    assert new["fees"][0]["sums"]["charged_fen"] == -3000
    assert new["charged_zh"] == "负叁拾元整"


async def test_a_day_s_messages_are_told_with_what_to_send_next(counter: Counter) -> None:
    """Settled: nothing; refused: mend, with the codes; not seen: repeat; reversed: a new id if it is still wanted."""
    visit_no = counter.name("V")
    done(await counter.submit(visit_no))
    settled = counter.message_id
    await counter.settle(counter.name("V"))
    refused = counter.message_id
    done(await counter.submit(counter.name("V")))
    gone = counter.message_id
    done(await counter.reverse(gone))
    tombstone = counter.name("M")
    done(await counter.reverse(tombstone))
    unseen = counter.name("M")
    ids = [unseen, settled, refused, gone, tombstone, settled]

    found = done(await counter.gateway.ask("POST", "/v1/outcomes", {"message_ids": ids}))
    one_by_one = [await counter.outcome(message_id) for message_id in ids]

    assert [one["message_id"] for one in found["outcomes"]] == ids
    assert [(one["outcome"], one["next"]["action"]) for one in found["outcomes"]] == [
        ("not_seen", "repeat"),
        ("settled", "none"),
        ("refused", "mend"),
        ("reversed", "renew"),
        ("reversed", "renew"),
        ("settled", "none"),
    ]
    assert found["outcomes"][2]["refusal_codes"] == ["visit.unknown"]
    assert "visit.unknown" in found["outcomes"][2]["next"]["zh"]
    for listed, single in zip(found["outcomes"], one_by_one, strict=True):
        same = listed.keys() & single.keys()
        assert {name: listed[name] for name in same} == {name: single[name] for name in same}


async def test_the_advice_is_the_one_that_works(counter: Counter) -> None:
    """What is to be mended settles under its own id; what was reversed settles under a new one only."""
    visit_no = counter.name("V")
    await counter.settle(visit_no)
    message_id = counter.message_id
    await counter.begin(visit_no, [city.line(0)])

    mended = await counter.settle(visit_no, message_id=message_id)
    done(await counter.reverse(message_id))
    same_id = await counter.settle(visit_no, message_id=message_id)
    new_id = await counter.settle(visit_no)

    assert (mended.status, new_id.status) == (200, 200)
    assert codes(same_id) == ["message.reversed"]


async def test_a_bill_that_another_message_settled_is_not_to_be_sent_again(counter: Counter) -> None:
    """G1: its refusal is no invitation to mend it until it pays twice."""
    visit_no = counter.name("V")
    done(await counter.submit(visit_no))
    again = await counter.submit(visit_no)

    found = done(await counter.gateway.ask("POST", "/v1/outcomes", {"message_ids": [counter.message_id]}))

    (outcome,) = found["outcomes"]
    assert (outcome["outcome"], outcome["refusal_codes"]) == ("refused", codes(again))
    assert (outcome["next"]["action"], "请勿重发" in outcome["next"]["zh"]) == ("none", True)


async def test_outcomes_are_told_while_settling_is_held_up(counter: Counter) -> None:
    """Somebody holds the worker's lock: the settlement waits, and what became of it can be asked."""
    visit_no = counter.name("V")
    await counter.begin(visit_no, [city.line(0)])
    message_id = counter.name("M")

    async with counter.connection.transaction():
        await counter.connection.execute("SELECT FROM worker_lock WHERE worker_id = $1 FOR UPDATE", counter.worker_id)
        waiting = asyncio.create_task(counter.settle(visit_no, message_id=message_id))
        await asyncio.sleep(0.1)
        found = done(await counter.gateway.ask("POST", "/v1/outcomes", {"message_ids": [message_id]}))
        was_waiting = not waiting.done()
    done(await waiting)

    assert was_waiting
    assert found["outcomes"][0]["outcome"] == "not_seen"


async def test_a_thousand_ids_are_asked_at_once_and_no_more(counter: Counter) -> None:
    """1,000 are answered; 1,001, none, and a list that holds a broken id are refused with their place."""
    ids = [f"{counter.name('N')}-{number}" for number in range(1001)]

    full = done(await counter.gateway.ask("POST", "/v1/outcomes", {"message_ids": ids[:1000]}))
    over = await counter.gateway.ask("POST", "/v1/outcomes", {"message_ids": ids})
    none = await counter.gateway.ask("POST", "/v1/outcomes", {"message_ids": []})
    broken = await counter.gateway.ask("POST", "/v1/outcomes", {"message_ids": ["ok", "no good"]})

    assert {one["outcome"] for one in full["outcomes"]} == {"not_seen"}
    assert len(full["outcomes"]) == 1000
    assert places(over) == places(none) == [("/message_ids", "field.length")]
    assert places(broken) == [("/message_ids/1", "field.pattern")]


async def test_jiangsu_s_lists_show_the_same(counter: Counter) -> None:
    """9104 has all rows, 9103 those settled with their shares, 9105 the visit; page 2 is empty and the last."""
    clerk, visit_no = Clerk(counter), counter.name("V")
    await clerk.sign_in()
    well(await clerk.register(visit_no))
    well(await clerk.upload(visit_no, row(0), row(1)))
    well(await clerk.say("2205", {"ipt_otp_no": visit_no, "feedetl_sn": "F0001"}))
    well(await clerk.upload(visit_no, row(2, cnt="1", det_item_fee_sumamt="5.00")))
    settled = well(await clerk.settle(visit_no))

    prescriptions = well(await clerk.say("9104", {"ipt_otp_no": visit_no, "pageNumber": "1"}))
    fees = well(await clerk.say("9103", {"ipt_otp_no": visit_no, "mdtrt_idc": "B1", "pageNumber": 1}))
    beyond = well(await clerk.say("9103", {"ipt_otp_no": visit_no, "mdtrt_idc": "B1", "pageNumber": "2"}))
    visits = well(await clerk.say("9105", {"psn_no": counter.worker_id, "pageNumber": "1"}))
    nowhere = ill(await clerk.say("9104", {"ipt_otp_no": "V-nowhere"}))

    assert [(one["feedetl_sn"], one["stas"]) for one in prescriptions["result"]] == [
        ("F0000", "已结算"),
        ("F0001", "已撤销"),
        ("F0002", "已结算"),
    ]
    assert [(one["feedetl_sn"], one["hifp_pay"], one["setl_id"]) for one in fees["result"]] == [
        ("F0000", "10.00", settled["setl_id"]),
        ("F0002", "5.00", settled["setl_id"]),
    ]
    assert (beyond["result"], beyond["last_flag"]) == ([], "1")
    assert [(one["ipt_otp_no"], one["mdtrt_stas"]) for one in visits["result"]] == [(visit_no, "已结算")]
    assert nowhere.startswith("ipt_otp_no（就诊号）：未找到就诊V-nowhere")


async def test_lists_are_a_provider_s_own(counter: Counter, another: Open) -> None:
    """G10: at another counter the same worker's visits, items, statements and messages are as if they were not."""
    settled = done(await counter.submit(counter.name("V")))
    stranger = another(city.OTHER, of=counter)

    visits = done(await stranger.get(f"/v1/visits?worker_id={counter.worker_id}"))
    items = await stranger.get(f"/v1/visits/{settled['visit_no']}/items")
    statement = await stranger.get(f"/v1/settlements/{settled['settlement_id']}/statement?masked=false")
    outcomes = done(await stranger.ask("POST", "/v1/outcomes", {"message_ids": [counter.message_id]}))

    assert visits["visits"] == []
    assert (codes(items), codes(statement)) == (["visit.unknown"], ["settlement.unknown"])
    assert outcomes["outcomes"][0]["outcome"] == "not_seen"


async def test_a_cancelled_settlements_message_is_told_as_such(counter: Counter) -> None:
    """Whoever sums up a day's messages by their outcomes, all at once or one by one, sees what stands no more."""
    message_id = counter.name("M")
    settled = done(await counter.submit(counter.name("V"), message_id=message_id))["settlement_id"]
    in_force = await counter.outcome(message_id)
    undone = done(await counter.cancel(settled))["settlement_id"]

    (listed,) = done(await counter.ask("POST", "/v1/outcomes", {"message_ids": [message_id]}))["outcomes"]
    alone = await counter.outcome(message_id)

    assert in_force["cancelled_by"] is None
    for told in (listed, alone):
        assert (told["outcome"], told["settlement_id"], told["cancelled_by"]) == ("settled", settled, undone)
    assert "cancelled" in listed["next"]["en"]
