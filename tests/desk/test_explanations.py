"""A settlement explained: every fen has its reason, its bearer and its cure, and what is gone is said to be gone."""

import asyncio
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from tests import city
from tests.desk.conftest import Open
from tests.desk.counter import Counter, codes, done, refund
from tests.house import ROOT

pytestmark = pytest.mark.asyncio(loop_scope="session")

DEAR = {"catalog_code": "001102000050000", "unit_price_yuan": "25.00", "quantity": "2", "amount_fen": 5000}
"""A visit billed at 25 yuan under a ceiling of 20: ten yuan are the worker's."""


async def explained(counter: Counter, settlement_id: str) -> Any:
    return done(await counter.read(f"/v1/settlements/{settlement_id}/explanation"))


async def command(desk_dsn: tuple[str, Path], *arguments: str, columns: int = 120, **environ: str) -> tuple[int, str]:
    """Run `gateway explain` as an operator does; return its exit code and all it prints."""
    dsn, folder = desk_dsn
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", "from gateway.cli import main; main()", "explain", *arguments),
        *("--dsn", dsn, "--secrets", str(folder / "secrets.json")),
        cwd=ROOT,
        env=os.environ | {"COLUMNS": str(columns)} | environ,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode()


def adds_up(told: Any) -> bool:
    """Whether charged − findings = fund on each line, and the lines and postings come to the sums."""
    lines = told["lines"]
    names = ("charged_fen", "fund_fen", "worker_fen", "employer_fen", "provider_fen")
    return (
        all(line["charged_fen"] - sum(one["fen"] for one in line["findings"]) == line["fund_fen"] for line in lines)
        and all(sum(line[name] for line in lines) == told["sums"][name] for name in names)
        and sum(posting["fen"] for posting in told["postings"]) == told["sums"]["charged_fen"]
        and told["gaps"] == []
    )


async def test_a_settlement_is_told_to_the_fen(counter: Counter) -> None:
    """Message, versions, each line, the rule with its source, bearer, sentence and cure, postings and receipt."""
    visit_no = counter.name("V")
    settled = done(await counter.submit(visit_no, items=[city.line(1, **DEAR), city.line(2)]))
    told = await explained(counter, settled["settlement_id"])
    line, clean = told["lines"]
    finding = line["findings"][0]

    assert adds_up(told)
    assert told["sums"] == settled["sums"]
    assert (told["state"], told["undone_by"], told["undoes"]) == ("in_force", None, None)
    assert (told["message"]["message_id"], told["message"]["verb"]) == (settled["message_id"], "SubmitBill")
    assert (told["message"]["dialect"], told["message"]["adapter_version"]) == ("native", 1)
    assert (told["visit"]["visit_no"], told["visit"]["visit_kind"]) == (visit_no, "outpatient")
    assert {one["kind"]: one["version"] for one in told["versions"]} == settled["versions"]
    assert all(one["effective_at"] for one in told["versions"] if one["kind"] != "adapter" and one["version"])
    assert (line["name"], line["unit_price_yuan"], clean["findings"]) == ("住院诊查费", "25.00", [])
    assert (finding["rule"], finding["bearer"], finding["fen"]) == ("price.ceiling", "worker", 1000)
    assert finding["source"].startswith("工伤保险条例")
    assert "50.00元，其中10.00元基金不支付，由工伤职工负担：单价超过最高支付限价" in finding["why"]["zh"]
    assert "the fund does not pay 10.00 of them, the worker does: above the price ceiling" in finding["why"]["en"]
    assert "20" in finding["cure"]["en"]
    assert told["receipt"]["holds"] is True


async def test_what_became_of_a_settlement_later_is_told(counter: Counter) -> None:
    """Cancelled by one message, reversed by another; and what undid them says what it undoes."""
    first = done(await counter.submit(counter.name("V")))
    cancelled = done(await counter.cancel(first["settlement_id"]))
    cancelling = counter.message_id
    second = done(await counter.submit(counter.name("V")))
    done(await counter.reverse(second["message_id"]))
    reversing = counter.message_id
    was_cancelled = await explained(counter, first["settlement_id"])
    was_reversed = await explained(counter, second["settlement_id"])
    undoing = await explained(counter, cancelled["settlement_id"])

    assert (was_cancelled["state"], was_reversed["state"]) == ("cancelled", "reversed")
    assert was_cancelled["undone_by"]["message_id"] == cancelling
    assert was_reversed["undone_by"]["message_id"] == was_reversed["message"]["reversed_by"] == reversing
    assert (undoing["state"], undoing["undoes"]["settlement_id"]) == ("cancellation", first["settlement_id"])
    assert undoing["sums"]["charged_fen"] == -first["sums"]["charged_fen"]
    assert undoing["gaps"] == was_cancelled["gaps"] == was_reversed["gaps"] == []


async def test_an_item_that_was_sent_anew_since_is_told_as_it_was_decided(counter: Counter) -> None:
    """The price of the settled item, not of the one that took its number after a cancellation."""
    visit_no = counter.name("V")
    await counter.begin(visit_no, [city.line(1, **DEAR)])
    settled = done(await counter.settle(visit_no))
    done(await counter.cancel(settled["settlement_id"]))
    done(await counter.withdraw(visit_no, everything=True))
    done(await counter.upload(visit_no, [city.line(1, **DEAR | {"unit_price_yuan": "19.00", "amount_fen": 3800})]))
    told = await explained(counter, settled["settlement_id"])

    assert told["lines"][0]["unit_price_yuan"] == "25.00"
    assert told["gaps"] == []


async def test_a_refund_is_told_with_the_shares_it_gives_back(counter: Counter) -> None:
    """Its findings are negative, and its arithmetic holds."""
    visit_no = counter.name("V")
    items = [city.line(1, **DEAR), refund(2, 1, **DEAR | {"quantity": "-1", "amount_fen": -2500})]
    told = await explained(counter, done(await counter.submit(visit_no, items=items))["settlement_id"])

    assert adds_up(told)
    assert [one["fen"] for one in told["lines"][1]["findings"]] == [-500]
    assert "其中5.00元冲回工伤职工" in told["lines"][1]["findings"][0]["why"]["zh"]


async def test_another_provider_s_settlement_is_not_explained(counter: Counter, another: Open) -> None:
    """G10: it is as unknown as one that never was."""
    settled = done(await counter.submit(counter.name("V")))
    stranger = another(city.OTHER)

    assert codes(await stranger.read(f"/v1/settlements/{settled['settlement_id']}/explanation")) == [
        "settlement.unknown"
    ]


@pytest.mark.parametrize(
    ("harm", "gap"),
    [
        ("UPDATE settlement SET decision_sealed = NULL WHERE settlement_id = $1", "decision.gone"),
        (
            r"UPDATE settlement SET decision_sealed = decision_sealed || '\x00' WHERE settlement_id = $1",
            "decision.sealed",
        ),
        ("UPDATE settlement SET decision_sha256 = sha256('') WHERE settlement_id = $1", "decision.differs"),
        ("UPDATE posting SET fen = fen + 1 WHERE settlement_id = $1 AND debit = 'worker'", "postings.differ"),
        (
            "UPDATE settlement SET fund_fen = fund_fen - 1, worker_fen = worker_fen + 1 WHERE settlement_id = $1",
            "lines.differ",
        ),
        (
            "DELETE FROM item_sheet AS s USING settlement AS t WHERE t.settlement_id = $1 AND s.visit_id = t.visit_id",
            "items.gone",
        ),
        ("UPDATE settlement SET receipt_jws = receipt_jws || 'A' WHERE settlement_id = $1", "receipt.broken"),
    ],
)
async def test_what_is_gone_or_changed_is_said(
    counter: Counter, desk_dsn: tuple[str, Path], harm: str, gap: str
) -> None:
    """Rows lost or altered behind the gateway's back are told as such, never papered over; the shares still show."""
    settled = done(await counter.submit(counter.name("V"), items=[city.line(1, **DEAR)]))
    await counter.connection.execute(harm, settled["settlement_id"])
    told = await explained(counter, settled["settlement_id"])
    returncode, page = await command(desk_dsn, settled["settlement_id"])

    assert gap in [one["code"] for one in told["gaps"]]
    assert (returncode, "cannot be told" in page) == (2, True)
    assert told["lines"][0]["worker_fen"] == 1000


async def test_the_command_shows_one_screen_in_both_languages(counter: Counter, desk_dsn: tuple[str, Path]) -> None:
    """Side by side on a wide terminal, under one another on a narrow one, in one language where asked."""
    settled = done(await counter.submit(counter.name("V"), items=[city.line(1, **DEAR), city.line(2)]))["settlement_id"]
    wide = await command(desk_dsn, settled)
    narrow = await command(desk_dsn, settled, columns=80)
    chinese = await command(desk_dsn, settled, "--lang", "zh")

    assert [code for code, _ in (wide, narrow, chinese)] == [0, 0, 0]
    assert len(wide[1].splitlines()) < 40
    assert any("怎样通过：" in line and "to pass:" in line for line in wide[1].splitlines())
    assert not any("怎样通过：" in line and "to pass:" in line for line in narrow[1].splitlines())
    assert ("为什么" in chinese[1], "to pass" in chinese[1]) == (True, False)
    assert "…" not in wide[1]
    assert "此后：仍然有效 afterwards: it still stands" in wide[1]


async def test_the_command_shows_a_line_s_arithmetic(counter: Counter, desk_dsn: tuple[str, Path]) -> None:
    """Charged, less each finding, is what the fund pays; a line that is not there is told with exit code 1."""
    settled = done(await counter.submit(counter.name("V"), items=[city.line(1, **DEAR), city.line(2)]))["settlement_id"]
    returncode, page = await command(desk_dsn, settled, "I0001")
    _, told = await command(desk_dsn, settled, "I0001", "--json")
    missing, why = await command(desk_dsn, settled, "I0009")
    rows = [line.split() for line in page.splitlines()]

    assert returncode == 0
    assert ["申报", "charged", "50.00"] in rows
    assert any(row[:1] == ["−"] and "10.00" in row and row[-2:] == ["职工", "worker"] for row in rows)
    assert ["=", "基金支付", "the", "fund", "pays", "40.00"] in rows
    assert [line["item_no"] for line in json.loads(told)["lines"]] == ["I0001"]
    assert (missing, "has no item I0009" in why) == (1, True)


async def test_a_refused_message_is_explained(counter: Counter, desk_dsn: tuple[str, Path]) -> None:
    """Its last codes with their words and cures; the settlement where it has made one; not seen where it never came."""
    visit_no, message_id = counter.name("V"), counter.name("M")
    codes(await counter.settle(visit_no, message_id=message_id))
    codes(await counter.settle(visit_no, message_id=message_id))
    named = ("--message", city.HOSPITAL, message_id)
    refused = await command(desk_dsn, *named)
    refused_json = json.loads((await command(desk_dsn, *named, "--json"))[1])
    unseen = await command(desk_dsn, "--message", city.HOSPITAL, "never-sent")
    await counter.begin(visit_no, [city.line(1)])
    settled = done(await counter.settle(visit_no, message_id=message_id))
    settled_json = json.loads((await command(desk_dsn, *named, "--json"))[1])

    assert (refused[0], unseen[0]) == (0, 0)
    assert "visit.unknown" in refused[1]
    assert "register the visit first" in refused[1]
    assert (refused_json["outcome"], refused_json["times_refused"]) == ("refused", 2)
    assert "not seen" in unseen[1]
    assert settled_json["settlement_id"] == settled["settlement_id"]


async def test_a_refusal_is_told_with_its_facts(counter: Counter, desk_dsn: tuple[str, Path]) -> None:
    """The caller's very words and places, to the operator and to QueryOutcome; only codes of what was not kept."""
    message_id = counter.name("M")
    refused = await counter.submit(counter.name("V"), message_id=message_id, charged_fen=2999)
    named = ("--message", city.HOSPITAL, message_id)
    page = await command(desk_dsn, *named, columns=200)
    told = json.loads((await command(desk_dsn, *named, "--json"))[1])
    outcome = await counter.outcome(message_id)
    await counter.connection.execute("UPDATE refusal SET faults_sealed = NULL WHERE message_id = $1", message_id)
    older = await command(desk_dsn, *named, columns=200)

    assert codes(refused) == ["bill.total_differs"]
    (fault,) = refused.json["faults"]
    assert {"2999", "3000"} <= set(re.findall(r"[0-9]+", fault["en"]))
    assert outcome["faults"] == [fault]
    assert [(one["pointer"], one["title"]["en"], one["cure"]["zh"]) for one in told["refusals"]] == [
        (fault["pointer"], fault["en"], fault["cure_zh"])
    ]
    assert (page[0], fault["en"] in page[1], "…" in page[1]) == (0, True, False)
    assert (older[0], "bill.total_differs" in older[1], "2999" in older[1]) == (0, True, False)


async def test_a_refusal_of_many_lines_fits_a_screen_and_a_row(counter: Counter, desk_dsn: tuple[str, Path]) -> None:
    """The first hundred faults are kept, sealed; alike ones are counted with their places, the others by number."""
    visit_no, message_id = counter.name("V"), counter.name("M")
    await counter.begin(visit_no, [city.line(number) for number in range(120)])
    changed = [city.line(number, quantity="4", amount_fen=2000) for number in range(120)]
    refused = await counter.upload(visit_no, changed, message_id=message_id)
    returncode, page = await command(desk_dsn, "--message", city.HOSPITAL, message_id)
    sealed = await counter.connection.fetchval("SELECT faults_sealed FROM refusal WHERE message_id = $1", message_id)

    assert len(codes(refused)) == 120
    assert (returncode, len(page.splitlines()) < 30) == (0, True)
    assert "97 more alike: /items/3" in page
    assert "20 more faults were told then" in page
    assert len(sealed) < 4_000
    assert b"I0001" not in sealed


async def test_a_bill_is_explained_by_its_own_numbers(counter: Counter, desk_dsn: tuple[str, Path]) -> None:
    """Provider, visit and bill number lead to the settlement in force; of a line too; of a cancelled bill to none."""
    visit_no = counter.name("V")
    settled = done(await counter.submit(visit_no))["settlement_id"]
    by_bill = ("--bill", city.HOSPITAL, visit_no, "B1")
    whole = await command(desk_dsn, *by_bill, "--json")
    line = await command(desk_dsn, *by_bill, "I0001", "--json")
    done(await counter.cancel(settled))
    cancelled = await command(desk_dsn, *by_bill)

    assert (json.loads(whole[1])["settlement_id"], whole[0]) == (settled, 0)
    assert [one["item_no"] for one in json.loads(line[1])["lines"]] == ["I0001"]
    assert (cancelled[0], "in force" in cancelled[1]) == (1, True)


async def test_what_is_no_settlement_is_told_with_one_line(desk_dsn: tuple[str, Path]) -> None:
    """An id of nothing, a text that is no id, and neither of the two ways to ask: exit code 1, no traceback."""
    nothing = await command(desk_dsn, "01936c5e-7a10-7000-8000-000000000000")
    no_id = await command(desk_dsn, "B1")
    neither = await command(desk_dsn)

    assert [code for code, _ in (nothing, no_id, neither)] == [1, 1, 1]
    assert [len(text.splitlines()) for _, text in (nothing, no_id, neither)] == [1, 1, 1]
    assert "check the number" in nothing[1]


async def test_a_long_bill_still_fits_a_screen(counter: Counter, desk_dsn: tuple[str, Path]) -> None:
    """Forty lines over the ceiling are one finding with its sum; what is not shown is counted and named."""
    items = [city.line(number, **DEAR) for number in range(40)]
    settled = done(await counter.submit(counter.name("V"), items=items))["settlement_id"]
    returncode, page = await command(desk_dsn, settled)

    assert returncode == 0
    assert len(page.splitlines()) < 60
    assert any(line.startswith("400.00 职工 worker  price.ceiling") for line in page.splitlines())
    assert "37 more alike: items I0003, I0004" in page
    assert any(line.startswith("+28") and "1400.00" in line and "280.00" in line for line in page.splitlines())


async def test_a_terminal_without_chinese_shows_escapes(counter: Counter, desk_dsn: tuple[str, Path]) -> None:
    """No traceback on a console that knows ASCII only."""
    settled = done(await counter.submit(counter.name("V")))["settlement_id"]
    returncode, page = await command(desk_dsn, settled, PYTHONIOENCODING="ascii")

    assert returncode == 0
    assert r"\u62a5\u6587 message" in page
