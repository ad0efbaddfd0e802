"""The caret dialect at a real gateway: a stay settled, repeated, refused, cancelled, reversed; all in GB18030."""

import itertools
from collections.abc import AsyncIterator, Iterable
from typing import Any, NamedTuple

import pytest
import pytest_asyncio

from gateway.path import RECEIPT_HEADER
from tests import city
from tests.caret.sample import Row, bill, enveloped, item, message, visit
from tests.conftest import _database
from tests.house import Answer, Gateway, gateways

pytestmark = pytest.mark.asyncio(loop_scope="module")
PROVIDER = city.HOSPITAL
CHARSET = "gb18030"
_NUMBERS = itertools.count(1)
_WORKERS = itertools.count(3)


class Reply(NamedTuple):
    """A reply's four fields, its output as rows, and the answer that it came in."""

    code: str
    serial: str
    rows: list[list[str]]
    told: str
    answer: Answer


class Clerk:
    """An operator of the hospital; each message has a serial of its own, and carries the cycle that was given out."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.cycle = ""

    async def say(self, text: str) -> Reply:
        body = text.encode(CHARSET)
        headers = {"Content-Type": f"text/plain; charset={CHARSET}"}
        answer = await self.gateway.ask("POST", f"/in/{PROVIDER}", body, provider=PROVIDER, **headers)
        code, serial, output, told = answer.body.decode(CHARSET).split("^")
        return Reply(code, serial, [row.split("|")[:-1] for row in output.split("$")], told, answer)

    def worded(self, code: str, rows: Iterable[Row]) -> str:
        return message(code, rows, institution=PROVIDER, cycle=self.cycle, number=next(_NUMBERS))

    async def done(self, code: str, *rows: Row) -> Reply:
        reply = await self.say(self.worded(code, rows))
        assert reply.code == "0", reply.told
        return reply

    async def refused(self, code: str, *rows: Row) -> str:
        reply = await self.say(self.worded(code, rows))
        assert (reply.code, reply.rows, reply.answer.status) == ("-1", [[]], 200), reply
        return reply.told

    async def admitted(self) -> dict[str, str]:
        """Register a visit of a worker of its own; return what its rows share."""
        number = next(_WORKERS)
        visit_no, worker = f"MZ{number}", city.worker_id(number)
        own = visit(visit_no=visit_no, worker_id=worker, qualification_id=f"QR{number}", ward="東館", clerk="李")
        registered = await self.done("2210", own)
        assert registered.rows == [[visit_no, worker]]
        return {"visit_no": visit_no, "worker_id": worker}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def clerk(
    cluster_dsn: str, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Clerk]:
    folder = tmp_path_factory.mktemp("caret")
    async for dsn in _database(cluster_dsn, template_database):
        await city.found(dsn, folder / "secrets.json", providers=providers())
        async with gateways(dsn, folder) as (gateway,):
            clerk = Clerk(gateway)
            signed = await clerk.done("9100", {"operator": "001"})
            clerk.cycle = signed.rows[0][0]
            yield clerk


def providers() -> list[dict[str, Any]]:
    speaks = {"dialect": "legacy_caret", "profile": f"charset={CHARSET}|unclosed="}
    return [one | (speaks if one["code"] == PROVIDER else {}) for one in city.providers()]


async def test_a_bill_is_settled_repeated_and_not_settled_twice(clerk: Clerk) -> None:
    """G1, G2: the preview's sums settle; the same string gives the same bytes; a new serial is told by the bill."""
    own = await clerk.admitted()
    rows = [item(0, visit_no=own["visit_no"]), item(1, visit_no=own["visit_no"], catalog_code="ZZ-UNKNOWN")]
    uploaded = await clerk.done("2310", *rows)
    again = await clerk.done("2310", *rows)
    billed = bill(**own, bill_no="D1")
    preview = await clerk.done("2420", billed)
    wrong = await clerk.refused("2410", billed | {"charged_yuan": "19.99"})
    text = clerk.worded("2410", [billed])
    settled = await clerk.say(text)
    repeated = await clerk.say(text.replace("^001^", "^002^"))
    twice = await clerk.refused("2410", billed)

    assert uploaded.rows[0] == [own["visit_no"], "2", "20.00"]
    assert uploaded.rows[1:] == [["I0000", "1"], ["I0001", "1"]]
    assert again.rows[1:] == [["I0000", "0"], ["I0001", "0"]]
    assert (
        settled.rows[0][:8] == preview.rows[0] == ["20.00", "10.00", "10.00", "0.00", "0.00", "10.00", "10.00", "0.00"]
    )
    assert settled.rows[1:] == preview.rows[1:]
    assert [row[0] for row in settled.rows[1:]] == ["I0000", "I0001"]
    assert "目录" in settled.told
    assert RECEIPT_HEADER in settled.answer.headers
    assert (repeated.answer.body, repeated.answer.replayed) == (settled.answer.body, True)
    assert wrong.startswith("第14个字段 医疗费总额：总额1999分与明细合计2000分不一致")
    assert f"就诊{own['visit_no']}已结算" in twice


async def test_an_original_is_cancelled_by_its_bill_and_another_reversed_by_its_serial(clerk: Clerk) -> None:
    """2430 gives turned signs and the lines back; 2421 undoes the second settlement and its serial is dead."""
    own = await clerk.admitted()
    await clerk.done("2310", item(0, visit_no=own["visit_no"]))
    first = await clerk.done("2410", bill(**own, bill_no="D1", charged_yuan="10.00"))
    named = {"visit_no": own["visit_no"], "bill_no": "D1"}
    cancelled = await clerk.done("2430", named | {"keep_items": "1"})
    nothing = await clerk.refused("2430", named)
    text = clerk.worded("2410", [bill(**own, bill_no="D1", charged_yuan="10.00")])
    second = await clerk.say(text)
    serial = f"20261105080000-{PROVIDER}-{next(_NUMBERS):06d}"
    undone = await clerk.say(f"2421^{PROVIDER}^001^^{serial}^0000^2410|{second.serial}|^1^")
    late = await clerk.say(text)

    assert cancelled.rows[0][:5] == ["-10.00", "-10.00", "0.00", "0.00", "0.00"]
    assert cancelled.rows[0][9] == first.rows[0][8]
    assert "已撤销" in nothing
    assert second.code == undone.code == "0"
    assert (undone.rows[0][0], undone.rows[0][2]) == (second.serial, second.rows[0][8])
    assert undone.told == "原交易已生效，现已冲正"
    assert late.code == "-1"
    assert "冲正" in late.told


async def test_a_refund_of_a_prescription_that_was_withdrawn_in_part(clerk: Clerk) -> None:
    """2320 by prescription, by line and of everything; a refund line takes back what it names, to the fen."""
    own = await clerk.admitted()
    seat = {"visit_no": own["visit_no"]}
    rows = [item(number, visit_no=own["visit_no"], prescription_no=f"RX{number // 2}") for number in range(5)]
    await clerk.done("2310", *rows)
    by_prescription = await clerk.done("2320", seat | {"prescription_no": "RX1"})
    by_line = await clerk.done("2320", seat | {"item_no": "I0004"})
    unknown = await clerk.refused("2320", seat | {"prescription_no": "RX9"})
    refund = item(9, visit_no=own["visit_no"], quantity="-1", amount_yuan="-5.00", refunds_item_no="I0000")
    await clerk.done("2310", refund)
    settled = await clerk.done("2410", bill(**own, bill_no="D1", charged_yuan="15.00"))
    everything = await clerk.refused("2320", seat | {"prescription_no": "0000"})

    assert [row[0] for row in by_prescription.rows[1:]] == ["I0002", "I0003"]
    assert by_line.rows[0] == [own["visit_no"], "2", "20.00"]
    assert "RX9" in unknown
    assert settled.rows[0][:2] == ["15.00", "15.00"]
    assert everything


async def test_a_person_a_referral_and_the_catalog(clerk: Clerk) -> None:
    """2100 gives the handle that 2210 and 3100 echo; 1300 gives every code once, and nothing since its version."""
    worker = city.worker_id(2)
    person = await clerk.done("2100", {"worker_id": worker})
    stranger = await clerk.refused("2100", {"worker_id": "W99999"})
    handles = {row[0]: row for row in person.rows[1:]}
    referral = {
        "approval_kind": "121",
        "qualification_id": "QR2",
        "starts_on": "20261110",
        "ends_on": "20261210",
        "to_area": "310000",
        "to_provider_name": "示例医院",
        "reason": "本地不具备条件",
    }
    filed = await clerk.done("3100", referral)
    whole = await clerk.done("1300", {"catalog_kind": "00"})
    changes = await clerk.done("1300", {"since_version": whole.rows[0][0]})

    assert person.rows[0][0] == worker
    assert "QR2" in handles
    assert "未找到" in stranger
    assert filed.rows[0][1] == "filed"
    assert [row[0] for row in whole.rows[1:]] == sorted(row["code"] for row in city.catalog())
    assert whole.rows[0][4] == "1"
    assert changes.rows[1:] == []


async def test_an_amended_visit_is_cancelled_with_its_lines(clerk: Clerk) -> None:
    """2230 changes what stands in it, 2240 ends the visit and its lines; then nothing can be uploaded."""
    own = await clerk.admitted()
    amended = await clerk.done("2230", {"visit_no": own["visit_no"], "bed": "12", "diagnosis_code": "S52.600"})
    await clerk.done("2310", item(0, visit_no=own["visit_no"]))
    cancelled = await clerk.done("2240", {"visit_no": own["visit_no"]})
    late = await clerk.refused("2310", item(1, visit_no=own["visit_no"]))

    assert amended.told == "已修改：疾病编码、床位号"
    assert cancelled.rows == [[own["visit_no"], "1"]]
    assert own["visit_no"] in late


async def test_a_cycle_ends_with_its_sign_out(clerk: Clerk) -> None:
    """Without a cycle, with one that nobody gave out, and after 9110: refused at the cycle's own field."""
    before, clerk.cycle = clerk.cycle, ""
    without = await clerk.refused("2100", {"worker_id": city.worker_id(1)})
    clerk.cycle = "YW-UNKNOWN"
    unknown = await clerk.refused("2100", {"worker_id": city.worker_id(1)})
    signed = await clerk.done("9100", {"operator": "002"})
    clerk.cycle = signed.rows[0][0]
    await clerk.done("2100", {"worker_id": city.worker_id(1)})
    await clerk.done("9110", {"cycle": clerk.cycle})
    ended = await clerk.refused("2100", {"worker_id": city.worker_id(1)})
    clerk.cycle = before

    assert without.startswith("第4段 业务周期号：")
    assert "YW-UNKNOWN" in unknown
    assert "已签退" in ended


async def test_what_is_no_message_is_answered_in_the_dialect_and_signed(clerk: Clerk) -> None:
    """Bytes of another charset, too few fields, a code that is not offered: each says what would make it pass."""
    broken = enveloped("2240", "V1|李|", institution=PROVIDER).encode("utf-8")
    headers = {"Content-Type": "text/plain"}
    answer = await clerk.gateway.ask("POST", f"/in/{PROVIDER}", broken, provider=PROVIDER, **headers)
    short = await clerk.say("2240^1^")
    offered = await clerk.say(enveloped("3451", "", institution=PROVIDER))

    assert answer.status == 200
    assert answer.body.decode(CHARSET).startswith("-1^")
    assert "应有8个“＾”" in short.told
    assert "目录对照" in offered.told
