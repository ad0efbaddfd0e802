"""Referrals: one number each, granted by the agency alone, seen by their own provider alone, cancelled once."""

import asyncio
from typing import Any

import pytest

from gateway.desk.referring import REFERRALS_MAX
from gateway.reference.importing import import_files
from gateway.store.secrets_file import load_or_create
from tests import city
from tests.desk import town
from tests.desk.conftest import Connection, Open
from tests.desk.counter import Counter, codes, done, places
from tests.desk.jiangsu import Clerk, ill, well

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def found(counter: Counter, referral_no: str) -> Any:
    answer = done(await counter.read(f"/v1/referrals/{referral_no}"))
    assert not answer["more"]
    (referral,) = answer["referrals"]
    return referral


async def under(counter: Counter, qualification_id: str) -> list[str]:
    answer = done(await counter.read(f"/v1/qualifications/{qualification_id}/referrals"))
    return [referral["referral_no"] for referral in answer["referrals"]]


async def test_a_referral_is_filed_and_found(counter: Counter) -> None:
    """By its number and by its qualification, with what was said of it; the qualification alone leads to the worker."""
    first = done(await counter.refer(transportation="高铁", applied_on="2026-11-01"))["referral"]
    second = done(await counter.refer(qualification_id=town.pending(counter.number)))["referral"]
    third = done(await counter.refer(worker_id=counter.worker_id))["referral"]

    assert (first["state"], first["worker_id"], first["recognition_no"]) == (
        "filed",
        counter.worker_id,
        f"R{counter.number}",
    )
    assert (first["applied_on"], first["ends_on"], first["grants"]) == ("2026-11-01", "2026-12-09", [])
    assert await found(counter, first["referral_no"]) == first
    assert await under(counter, counter.own) == [third["referral_no"], first["referral_no"]]
    assert await under(counter, town.pending(counter.number)) == [second["referral_no"]]
    assert await under(counter, "Q-nobody") == []


async def test_what_cannot_be_referred_is_refused(counter: Counter, another: Open) -> None:
    """Unknown qualifications, another's, nobody's worker, a day to come."""
    unknown = await counter.refer(qualification_id="Q-nobody")
    foreign = await counter.refer(worker_id=another().worker_id)
    nobody = await counter.refer(worker_id="W-nobody")
    future = await counter.refer(applied_on="2099-01-01")

    assert [places(one) for one in (unknown, foreign, nobody)] == [[("/qualification_id", "qualification.unknown")]] * 3
    assert places(future) == [("/applied_on", "referral.applied_in_future")]
    assert (await counter.outcome(counter.message_id))["outcome"] == "refused"


async def test_a_referral_is_once(counter: Counter) -> None:
    """G1, G2: ten copies at once file one; the same bytes come again; other content is a conflict."""
    message_id = counter.name("M")
    answers = await asyncio.gather(*(counter.refer(message_id=message_id) for _ in range(10)))
    other = await counter.refer(message_id=message_id, reason="别的原因")

    assert len({done(one)["referral"]["referral_no"] for one in answers}) == 1
    assert len({one.body for one in answers}) == 1
    assert len(await under(counter, counter.own)) == 1
    assert codes(other) == ["message.content_differs"]


async def test_a_long_list_is_cut_and_says_so(counter: Counter) -> None:
    """G13: the newest hundred, and that there are more."""
    asked = [{"message_id": counter.name("M"), "reason": f"第{number}次"} for number in range(REFERRALS_MAX + 1)]
    for terms in asked:
        done(await counter.refer(**terms))

    answer = done(await counter.read(f"/v1/qualifications/{counter.own}/referrals"))

    assert [one["reason"] for one in answer["referrals"]] == [terms["reason"] for terms in reversed(asked[1:])]
    assert answer["more"] is True


async def test_a_cancelled_referral_is_cancelled_once_and_stays_in_sight(counter: Counter) -> None:
    """Of two cancellations at once one is refused, and names the other; what was filed is not overwritten."""
    referral_no = done(await counter.refer())["referral"]["referral_no"]
    wrong = await counter.cancel_referral(referral_no, qualification_id=town.second(counter.number))

    answers = await asyncio.gather(
        *(
            counter.gateway.ask("POST", f"/v1/referrals/{referral_no}/cancel", message_id=counter.name("M"))
            for _ in range(4)
        )
    )
    referral = await found(counter, referral_no)

    assert places(wrong) == [("/qualification_id", "referral.differs")]
    assert sorted(one.status for one in answers) == [200, 409, 409, 409]
    assert {code for one in answers if one.status == 409 for code in codes(one)} == {"referral.cancelled"}
    assert (referral["state"], referral["reason"]) == ("cancelled", "本地不具备条件")
    assert referral["cancelled_at"] is not None


async def test_a_reversed_referral_is_as_if_it_had_not_been(counter: Counter) -> None:
    """G3: found no more, cancelled no more; its rows stay, and a cancellation is not reversed (decision 3)."""
    done(await counter.refer(message_id=counter.name("M")))
    filing = counter.message_id
    referral_no = (await under(counter, counter.own))[0]

    undone = done(await counter.reverse(filing))
    gone = await counter.read(f"/v1/referrals/{referral_no}")
    cancelled = await counter.cancel_referral(referral_no)
    replay = await counter.refer(message_id=filing)

    assert (undone["original_was"], undone["undone_verb"]) == ("settled", "FileReferral")
    assert codes(gone) == codes(cancelled) == ["referral.unknown"]
    assert codes(replay) == ["message.reversed"]
    assert await under(counter, counter.own) == []
    assert await counter.connection.fetchval("SELECT count(*) FROM referral WHERE message_id = $1", filing) == 1


async def test_a_cancellation_repeats_its_answer_after_the_referral_was_reversed(counter: Counter) -> None:
    """G2: whatever has become of it; the cancellation itself is not reversed, but kept out where it has not come."""
    done(await counter.refer())
    filing, referral_no = counter.message_id, (await under(counter, counter.own))[0]
    first = await counter.ask("POST", f"/v1/referrals/{referral_no}/cancel")
    cancellation = counter.message_id
    not_offered = await counter.reverse(cancellation)
    done(await counter.reverse(filing))

    again = await counter.ask("POST", f"/v1/referrals/{referral_no}/cancel", message_id=cancellation)

    assert codes(not_offered) == ["reversal.not_offered"]
    assert (again.body, again.replayed) == (first.body, True)


async def test_only_the_provider_that_filed_it_sees_it(counter: Counter, another: Open) -> None:
    """G10: another's is as nobody's, by number, by qualification, for its cancellation; the receiving one's too."""
    referral_no = done(await counter.refer())["referral"]["referral_no"]
    stranger = another(city.OTHER, of=counter)
    of_nobody = "ZZ" + "0" * 20

    seen = await stranger.read(f"/v1/referrals/{referral_no}")
    missing = await stranger.read(f"/v1/referrals/{of_nobody}")
    cancelled = await stranger.cancel_referral(referral_no)

    assert seen.status == missing.status == 404
    assert seen.body.replace(referral_no.encode(), b"*") == missing.body.replace(of_nobody.encode(), b"*")
    assert codes(cancelled) == ["referral.unknown"]
    assert await under(stranger, counter.own) == []
    assert (await found(counter, referral_no))["state"] == "filed"


async def test_the_agency_grants_it_and_the_provider_cannot_take_it_back(
    counter: Counter, desk_books: Connection, desk_dsn: Any
) -> None:
    """An imported authorization makes it approved and is told with its qualification; reversal is then the only way."""
    number = counter.number
    done(await counter.refer())
    filing, referral_no = counter.message_id, (await under(counter, counter.own))[0]
    granted = {
        "worker_id": counter.worker_id,
        "authorization_no": f"A-referral-{number}",
        "recognition_no": f"R{number}",
        "qualification_id": f"QAreferral{number}",
        "kind": "referral",
        "valid_from": "2026-11-10",
        "valid_to": "2026-12-09",
        "state": "issued",
    }
    seals = load_or_create(desk_dsn[1] / "secrets.json")
    await import_files(desk_books, {"authorizations": city.sheet([granted])}, seals)

    referral = await in_force(counter, referral_no)
    cancelled = await counter.cancel_referral(referral_no)
    onward = done(await counter.refer(qualification_id=f"QAreferral{number}", starts_on="2026-12-01"))["referral"]
    done(await counter.reverse(filing))

    assert [(one["authorization_no"], one["qualification_id"], one["state"]) for one in referral["grants"]] == [
        (f"A-referral-{number}", f"QAreferral{number}", "issued")
    ]
    assert codes(cancelled) == ["referral.approved"]
    assert onward["recognition_no"] == f"R{number}"


async def in_force(counter: Counter, referral_no: str) -> Any:
    """Wait until what was imported takes effect."""
    for _ in range(100):
        referral = await found(counter, referral_no)
        if referral["state"] == "approved":
            return referral
        await asyncio.sleep(0.1)
    raise AssertionError(referral)


async def test_jiangsu_refers_by_qualification_alone(counter: Counter) -> None:
    """2301, 2302, 2303: filed, found both ways, cancelled; a second cancellation is refused in Chinese."""
    clerk = Clerk(counter)
    await clerk.sign_in()
    said = {
        "actualStartTime": "20261110",
        "actualEndTime": "20261209",
        "outArea": "310000",
        "outHospitalName": "示例三级医院",
        "applyReason": "本地不具备条件",
        "transportation": "高铁",
        "stateCode": "1",
        "applyTime": "20261101103000",
        "qualification_id": counter.own,
    }
    filed = well(await clerk.say("2301", said))
    number = filed["trt_dcla_detl_sn"]

    by_number = well(await clerk.say("2302", {"trt_dcla_detl_sn": number}))
    by_qualification = well(await clerk.say("2302", {"qualification_id": counter.own}))
    cancelled = well(await clerk.say("2303", {"trt_dcla_detl_sn": number, "memo": "职工转归"}))
    again = ill(await clerk.say("2303", {"trt_dcla_detl_sn": number}))
    after = well(await clerk.say("2302", {"trt_dcla_detl_sn": number}))

    assert {name: filed[name] for name in said} == said | {"applyTime": "20261101"}
    assert (filed["referral_state"], filed["psn_no"]) == ("filed", counter.worker_id)
    assert by_number["result"] == by_qualification["result"] == [filed]
    assert cancelled == {"trt_dcla_detl_sn": number, "memo": "转诊申请已撤销"}
    assert "已由报文" in again
    assert after["result"][0]["referral_state"] == "cancelled"
