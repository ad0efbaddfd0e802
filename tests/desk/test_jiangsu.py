"""What is Jiangsu's own at the desk: cycles of operators, "0000", and no word for a provider's share."""

import pytest

from tests.desk.counter import Counter
from tests.desk.jiangsu import Clerk, ill, row, well

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_message_outside_a_cycle_is_refused(counter: Counter) -> None:
    """Without a sign-in number, with an unknown one, and after its sign-out: for changes and for reads."""
    clerk, visit_no = Clerk(counter), counter.name("V")

    without = ill(await clerk.register(visit_no))
    unknown = ill(await clerk.register(visit_no, sign_no="S0"))
    await clerk.sign_in()
    well(await clerk.say("9002", {"signOut": {"sign_no": clerk.sign_no, "opter_no": "001"}}))
    ended = ill(await clerk.register(visit_no))
    reading = ill(await clerk.say("1101", {"psn_no": counter.worker_id}))

    assert "缺少签到编号" in without
    assert "签到编号S0无效" in unknown
    assert "已签退或已过业务日" in ended
    assert "已签退或已过业务日" in reading


async def test_a_repeat_is_answered_after_the_sign_out_and_a_reversal_needs_no_cycle(counter: Counter) -> None:
    """G2, G3: the stored answer comes again byte for byte; Reverse undoes without a sign-in number."""
    clerk, visit_no = Clerk(counter), counter.name("V")
    sign_no = await clerk.sign_in()
    first = await clerk.register(visit_no)
    message_id = clerk.message_id
    well(first)
    for _ in range(2):
        well(await clerk.say("9002", {"signOut": {"sign_no": sign_no, "opter_no": "001"}}))

    again = await clerk.register(visit_no, msgid=message_id, sign_no="")
    reversed_ = well(await clerk.say("2209", {"omsgid": message_id, "oinfno": "2201"}, sign_no=""))
    replay = ill(await clerk.register(visit_no, msgid=message_id, sign_no=""))

    assert again.body == first.body
    assert again.replayed
    assert reversed_["memo"] == "原交易已生效，现已冲正"
    assert "已被冲正" in replay


async def test_a_stay_from_sign_in_to_cancellation(counter: Counter) -> None:
    """Uploads, a withdrawal of all by "0000", a preview that the settlement equals, a cancellation by bill number."""
    clerk, visit_no = Clerk(counter), counter.name("V")
    await clerk.sign_in()
    well(await clerk.register(visit_no))
    well(await clerk.upload(visit_no, row(8), row(9)))
    emptied = well(await clerk.say("2205", {"ipt_otp_no": visit_no, "chrg_bchno": "0000"}))
    uploaded = well(await clerk.upload(visit_no, row(0), row(1)))

    preview = well(await clerk.settle(visit_no, "2206"))
    settled = well(await clerk.settle(visit_no))
    cancelled = well(await clerk.say("2208", {"ipt_otp_no": visit_no, "mdtrt_id": "B1"}))
    again = ill(await clerk.say("2208", {"ipt_otp_no": visit_no, "mdtrt_id": "B1"}))
    nowhere = ill(await clerk.say("2208", {"ipt_otp_no": "V-nowhere", "mdtrt_id": "B1"}))

    assert (emptied["cnt"], uploaded["cnt"], uploaded["medfee_sumamt"]) == ("0", "2", "20.00")
    assert {name: settled[name] for name in preview} == preview
    assert (settled["hifp_pay"], settled["psn_cash_pay"]) == ("20.00", "0.00")
    assert (cancelled["hifp_pay"], cancelled["init_setl_id"]) == ("-20.00", settled["setl_id"])
    assert "已撤销或已冲正" in again
    assert nowhere.startswith("ipt_otp_no")
    assert await counter.balances() == {}


async def test_a_line_that_the_provider_would_bear_is_refused_until_it_is_withdrawn(counter: Counter) -> None:
    """The refusal names the item and the way out, in the preview and at settlement; without it the rest settles."""
    clerk, visit_no = Clerk(counter), counter.name("V")
    await clerk.sign_in()
    well(await clerk.register(visit_no))
    future = row(1, fee_ocur_time="20271102100000")
    well(await clerk.upload(visit_no, row(0), future))

    preview = ill(await clerk.settle(visit_no, "2206"))
    refused = ill(await clerk.settle(visit_no))
    well(await clerk.say("2205", {"ipt_otp_no": visit_no, "feedetl_sn": "F0001"}))
    settled = well(await clerk.settle(visit_no))

    assert "F0001（10.00元）" in preview
    assert "明细F0001有1000分应由机构承担" in refused
    assert "请撤销明细F0001或更正" in refused
    assert settled["hifp_pay"] == "10.00"


async def test_a_negative_line_that_refunds_nothing_is_refused_by_name(counter: Counter) -> None:
    """Its share would be the provider's, below zero: no sum of the dialect can carry that either."""
    clerk, visit_no = Clerk(counter), counter.name("V")
    await clerk.sign_in()
    well(await clerk.register(visit_no))
    well(await clerk.upload(visit_no, row(0), row(1, cnt="-1", det_item_fee_sumamt="-5.00")))

    preview = ill(await clerk.settle(visit_no, "2206"))
    refused = ill(await clerk.settle(visit_no))
    well(await clerk.say("2205", {"ipt_otp_no": visit_no, "feedetl_sn": "F0001"}))

    assert "F0001" in preview
    assert "明细F0001有-500分应由机构承担" in refused
    assert well(await clerk.settle(visit_no))["hifp_pay"] == "10.00"
