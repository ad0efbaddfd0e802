"""The field's real message shapes at Jiangsu's door: spoken ones come back in the shapes of the real answers.

Of the samples, 06 to 08 are the injury interface's own and go in as they stand, but for message id and sign-in number
(the samples share one id over three codes, which is a conflict here). 01 to 03 are national: they go in where this door
has the code, and are otherwise refused with their places. 09 is a hospital's own wrapper round the interface and no
message of it: refused with its place. 04, 05 and 10 are answers of other systems to codes (2304, 5262, 3101) that this
door does not have: nothing of them can be sent or come back, which the last test holds them to.
"""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests import city
from tests.cases import real_shape
from tests.conftest import _database
from tests.house import Answer, gateways
from tests.shapes.place import NATIONAL_PERSON, PROVIDER, Clerk, files, fresh_id, rows

pytestmark = pytest.mark.asyncio(loop_scope="module")

SIGN_IN = "01-national-envelope-9001-signin.json"
NATIONAL_ROWS = "02-national-2203-2204-feedetail-request.json"
NATIONAL_BILLS = "03-national-2206-2207-2208-2601-requests.json"
REGISTER = "06-workinjury-variant-1101-2201.json"
SETTLE = "07-workinjury-variant-2206-2207.json"
REFER = "08-workinjury-variant-2301-referral.json"
WRAPPER = "09-jiangsu-workinjury-http-wrapper.json"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def clerk(
    cluster_dsn: str, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Clerk]:
    """An operator of the samples' provider, signed in at a gateway of its own."""
    folder = tmp_path_factory.mktemp("shapes")
    async for dsn in _database(cluster_dsn, template_database):
        await city.found(dsn, folder / "secrets.json", **files())
        async with gateways(dsn, folder) as (gateway,):
            clerk = Clerk(gateway)
            await clerk.sign_in()
            yield clerk


def shape(value: Any) -> Any:
    """The keys of a value, all the way down; samples describe a list in words, so it counts as a text."""
    return {name: shape(inner) for name, inner in value.items()} if isinstance(value, dict) else str


def output(answer: Answer) -> Any:
    assert answer.json["infcode"] == "0", answer.body.decode()
    return answer.json["output"]


def refusal(answer: Answer) -> str:
    assert answer.json["infcode"] == "-1", answer.body.decode()
    text: str = answer.json["err_msg"]
    return text


async def test_a_stay_of_the_injury_samples(clerk: Clerk) -> None:
    """06 to 08 from the card to the referral: the samples' own sums, and answers of the samples' keys and values."""
    card, registration = (real_shape(REGISTER)[name] for name in ("1101_output", "2201_request"))
    bill, billed = (real_shape(SETTLE)[name] for name in ("2206_request", "2206_response"))
    referral = real_shape(REFER)["request"]

    person = output(await clerk.wrapped("1101", {"input": {"psn_no": card["psn_no"], "certno": card["certno"]}}))
    registered = output(await clerk.say(registration))
    output(await clerk.wrapped("2204", {"feedetail": rows(registration["input"]["ipt_otp_no"])}))
    presettled = await clerk.say(bill)
    settled = await clerk.say(bill, infno="2207")
    referred = output(await clerk.say(referral))

    assert shape(person) == shape(card)
    told = {name for name in card if name not in {"age", "exam_ccls"}}
    assert {name: person[name] for name in told} == {name: card[name] for name in told}
    assert registration["input"]["qualification_id"] in {one["qualification_id"] for one in person["exam_ccls"]}
    assert registered["ipt_otp_no"] == registration["input"]["ipt_otp_no"]
    assert shape(presettled.json) == shape(billed)
    said = {name for name in billed["output"] if name not in {"med_list_codg", "umamt"}}
    assert {name: presettled.json["output"][name] for name in said} == {name: billed["output"][name] for name in said}
    assert shape(settled.json) == {**shape(billed), "output": {**shape(billed["output"]), "setl_id": str}}
    assert {name: referred[name] for name in referral["input"]} == referral["input"]


async def test_the_samples_under_their_one_id_conflict(clerk: Clerk) -> None:
    """As a sequence under the id that they share, the second is other content under a known id (G2)."""
    registration, bill = real_shape(REGISTER)["2201_request"], real_shape(SETTLE)["2206_request"]
    shared = {"sign_no": clerk.sign_no}
    another = registration["input"] | {"ipt_otp_no": "ZY0002"}

    first = await clerk.post(registration | shared | {"input": another})
    second = await clerk.post(bill | shared | {"infno": "2207"})

    assert registration["msgid"] == bill["msgid"] == real_shape(REFER)["request"]["msgid"]
    output(first)
    assert f"报文编号{bill['msgid']}已用于内容不同的报文" in refusal(second)


async def test_a_national_sign_in(clerk: Clerk) -> None:
    """01: another provider's is refused at both its places; re-addressed it comes back in the sample's node."""
    sample, answer = (real_shape(SIGN_IN)[name] for name in ("request", "response"))

    as_it_stands = refusal(await clerk.post(sample))
    addressed = await clerk.post(sample | {"fixmedins_code": PROVIDER, "msgid": fresh_id()})

    assert "fixmedins_code（协议机构编号）：与本接入地址的协议机构编号不一致" in as_it_stands
    assert "msgid（报文ID）：报文ID应以本机构编号开头" in as_it_stands
    assert shape(output(addressed)) == shape(answer["output"])
    assert set(addressed.json) <= set(answer)


async def test_national_rows(clerk: Clerk) -> None:
    """02: the rows of 2204 are this door's too (mdtrt_id is their visit), each answered under national names."""
    sample = real_shape(NATIONAL_ROWS)
    row = sample["2204"]["input"]["feedetail"][0]
    registration = real_shape(REGISTER)["2201_request"]
    visit = {"ipt_otp_no": row["mdtrt_id"], "psn_no": NATIONAL_PERSON, "qualification_id": "Q2", "med_type": "11"}
    output(await clerk.say(registration, input=registration["input"] | visit | {"adm_time": "20211201102000"}))

    taken = output(await clerk.wrapped("2204", sample["2204"]))

    assert taken["result"] == [{"feedetl_sn": row["feedetl_sn"], "memo": "已接收"}]
    assert set(taken["result"][0]) <= set(sample["2204_output_fields"])
    assert taken["medfee_sumamt"] == "20.00"


async def test_a_national_2203_is_another_act(clerk: Clerk) -> None:
    """02: there it is visit and diagnoses in nodes of their own; here those are unknown, and what is missing told."""
    said = refusal(await clerk.wrapped("2203", real_shape(NATIONAL_ROWS)["2203"]))

    assert "mdtrtinfo：没有这个字段" in said
    assert "diseinfo：没有这个字段" in said
    assert "ipt_otp_no（就诊号）：缺少必填字段" in said


@pytest.mark.parametrize("infno", ["2206", "2207"])
async def test_national_bills_are_other_bills(infno: str, clerk: Clerk) -> None:
    """03: their mdtrt_id is the visit and ours the bill; settlement ways and schemes have no field here."""
    said = refusal(await clerk.wrapped(infno, {"input": real_shape(NATIONAL_BILLS)[infno]}))

    assert "ipt_otp_no（就诊号）：缺少必填字段" in said
    for name in ("psn_setlway", "acct_used_flag", "insutype", "mdtrt_cert_type"):
        assert f"{name}：没有这个字段" in said


async def test_a_national_cancellation_is_understood(clerk: Clerk) -> None:
    """03: 2208 has the same shape here; what it names is not there, and the answer says so at its place."""
    said = refusal(await clerk.wrapped("2208", {"input": real_shape(NATIONAL_BILLS)["2208"]}))

    assert said.startswith("setl_id（结算编号）：未找到该结算")


async def test_a_national_reversal_is_2209_here(clerk: Clerk) -> None:
    """03: 2601 is no code of this door; under 2209 its shape is understood, and another's original refused."""
    sample = real_shape(NATIONAL_BILLS)["2601"]
    own = {"data": sample["data"] | {"omsgid": fresh_id()}}

    as_2601 = refusal(await clerk.wrapped("2601", {"input": sample}))
    foreign = refusal(await clerk.wrapped("2209", {"input": sample}))
    kept_out = output(await clerk.wrapped("2209", {"input": own}))

    assert as_2601.startswith("infno（交易编号）：没有这个交易编号")
    assert foreign.startswith("omsgid（原报文ID）：原报文ID应以本机构编号开头")
    assert kept_out["memo"] == "原交易未收到，今后到达也不再受理"


@pytest.mark.parametrize("name", ["init_request", "transaction_request"])
async def test_a_hospital_s_own_wrapper_is_no_message(name: str, clerk: Clerk) -> None:
    """09: its nodes are unknown here, and what an envelope must have is named as missing."""
    sample = real_shape(WRAPPER)[name]

    said = refusal(await clerk.post(sample))

    assert all(f"{node}：没有这个字段" in said for node in sample)
    assert "infno（交易编号）：缺少必填字段" in said


OTHERS = {
    "04-national-2304-settle-response.json": "2304",
    "05-national-settlement-query-5262-response.json": "5262",
    "10-national-3101-violation-output.json": "3101",
}


@pytest.mark.parametrize("name", OTHERS)
async def test_answers_of_other_systems_have_no_question_here(name: str, clerk: Clerk) -> None:
    """04, 05, 10 are answers, so nothing of them is sent; the code that each answers is none of this door's."""
    sample = real_shape(name)

    said = refusal(await clerk.wrapped(OTHERS[name], {"input": {}}))

    assert not {"infno", "msgid", "input"} & sample.keys()
    assert said.startswith("infno（交易编号）：没有这个交易编号")
