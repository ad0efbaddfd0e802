"""The big list of naughty strings at both doors: stored and repeated faithfully, or refused with its place."""

import json
from typing import Any

import pytest

from gateway.store.packing import unpacked
from gateway.store.secrets_file import load_or_create
from tests import city
from tests.cases import cases_folder
from tests.city import WORKERS
from tests.doors.rigid import items, registered, tag_of, visit
from tests.doors.rigid_jiangsu import wire_rows, wire_visit
from tests.doors.senders import Answer, Asked, Door, Sender, digest, succeeded, to_jiangsu, to_v1

pytestmark = pytest.mark.asyncio(loop_scope="module")
Placed = tuple[str, str, Asked, str]
"""A string, its tag, the message that carries it, and the field's pointer or Chinese name in a refusal."""


def strings() -> list[str]:
    found = json.loads((cases_folder() / "bad-input" / "blns" / "blns.json").read_text(encoding="utf-8"))
    assert len(found) > 400
    return [text for text in found if text]


async def sent(door: Door, placed: list[Placed]) -> list[tuple[Placed, Answer]]:
    async def one(sender: Sender, given: Placed) -> tuple[Placed, Answer]:
        return given, await sender.send(given[2])

    return await door.each(placed, one)


def pointed_at(answer: Answer, place: str) -> bool:
    """Tell whether a refusal names the place."""
    if "infcode" in answer.json:
        return place in answer.json["err_msg"]
    return place in {fault["pointer"] for fault in answer.json["faults"]}


def refusals_hold(of: list[tuple[Placed, Answer]]) -> list[Placed]:
    """No 5xx, every refusal says where; returns what was taken, which must be some and not all."""
    for (text, _, _, place), answer in of:
        assert answer.status < 429, (text, answer)
        assert succeeded(answer) or pointed_at(answer, place), (text, answer.body.decode())
    taken = [given for given, answer in of if succeeded(answer)]
    assert 0 < len(taken) < len(of)
    return taken


async def opened(door: Door, sql: str, bound_to: str) -> dict[str, dict[str, Any]]:
    """Return sealed terms by visit number, opened with the house's own secrets."""
    seals = load_or_create(door.folder / "secrets.json")
    async with door.database() as database:
        rows = await database.fetch(sql)
    return {
        row["visit_no"]: json.loads(seals.unseal_packed(row["terms_sealed"], f"{bound_to}:{row['visit_id']}".encode()))
        for row in rows
    }


def in_visit(door: Door, field: str, wire: str, zh: str) -> list[Placed]:
    """Place each string in a field of a registration, at both doors."""
    found: list[Placed] = []
    for number, text in enumerate(strings()):
        tag = tag_of(f"{field}{number}")
        found.append(
            (text, tag, to_v1("POST", "/v1/visits", visit(tag) | {field: text}, message_id=f"v-{tag}"), f"/{field}")
        )
        tag = tag_of(f"{wire}{number}")
        found.append((text, tag, to_jiangsu(door.jiangsu("2201", wire_visit(tag) | {wire: text}, tag)), zh))
    return found


@pytest.mark.parametrize(
    ("field", "wire", "zh"),
    [("ward", "wardarea_name", "病区名称"), ("bed", "adm_bed", "床位号"), ("doctor_code", "atddr_no", "主治医生编号")],
)
async def test_a_visit_keeps_what_it_was_told(door: Door, field: str, wire: str, zh: str) -> None:
    """Free text and codes of a visit: what is taken is stored, sealed, character by character."""
    taken = refusals_hold(await sent(door, in_visit(door, field, wire, zh)))

    kept = await opened(door, "SELECT visit_no, visit_id, terms_sealed FROM visit", "visit")
    assert {tag: kept[f"V{tag}"][field] for _, tag, _, _ in taken} == {tag: text for text, tag, _, _ in taken}


@pytest.mark.parametrize(
    ("field", "wire", "zh"),
    [("name", "medins_list_name", "机构目录名称"), ("local_code", "medins_list_codg", "机构目录编码")],
)
async def test_an_item_keeps_what_it_was_told(door: Door, field: str, wire: str, zh: str) -> None:
    """Names and local codes of items: what is taken is stored character by character."""
    native, jiangsu = tag_of(f"item {field}"), tag_of(f"item {wire}")
    async with door.sender() as sender:
        await sender.must(registered(native)[0])
        await sender.must(to_jiangsu(door.jiangsu("2201", wire_visit(jiangsu), jiangsu)))
    placed: list[Placed] = []
    for number, text in enumerate(strings()):
        item = items(native)[0] | {"item_no": f"N{number}", field: text}
        asked = to_v1("POST", f"/v1/visits/V{native}/items", {"items": [item]}, message_id=f"{field}-{number}")
        placed.append((text, f"N{number}", asked, f"/items/0/{field}"))
        row = wire_rows(jiangsu)[0] | {"feedetl_sn": f"J{number}", wire: text}
        placed.append((text, f"J{number}", to_jiangsu(door.jiangsu("2204", [row], f"{wire}-{number}")), zh))

    taken = refusals_hold(await sent(door, placed))

    async with door.database() as database:
        sql = "SELECT contents FROM item_sheet JOIN visit USING (worker_id, visit_id) WHERE visit_no = ANY($1)"
        rows = await database.fetch(sql, [f"V{native}", f"V{jiangsu}"])
    kept = {one.item_no: getattr(one, field) for row in rows for one in unpacked(row["contents"])}
    assert kept == {item_no: text for text, item_no, _, _ in taken}


async def test_an_operator_and_a_terminal_keep_their_names(door: Door) -> None:
    """SignIn's operator is stored as told; the terminal may be any plain text."""
    placed = [
        (
            text,
            digest(text)[:12],
            to_v1("POST", "/v1/sign-ins", {"operator_id": text}, message_id=f"o-{digest(text)}"[:60]),
            "/operator_id",
        )
        for text in strings()
    ]
    placed += [
        (
            text,
            "",
            to_v1(
                "POST", "/v1/sign-ins", {"operator_id": "001", "terminal": text}, message_id=f"t-{digest(text)}"[:60]
            ),
            "/terminal",
        )
        for text in strings()
    ]

    taken = refusals_hold(await sent(door, placed))

    async with door.database() as database:
        kept = {row["operator_id"] for row in await database.fetch("SELECT operator_id FROM sign_in")}
    assert {text for text, tag, _, _ in taken if tag} <= kept


async def test_numbers_take_no_naughty_string(door: Door) -> None:
    """As visit number, bill number, message id or worker: taken as it stands, unknown, or refused; never a 5xx."""
    placed = []
    for number, text in enumerate(strings()):
        bill = city.bill(number % WORKERS, f"B{number}")
        bill["visit"]["visit_no"] = text
        placed.append((text, "", to_v1("POST", "/v1/bills", bill, message_id=f"visit-{number}"), "/visit/visit_no"))
        bill = city.bill(number % WORKERS, f"N{number}", bill_no=text)
        placed.append((text, "", to_v1("POST", "/v1/bills", bill, message_id=f"bill-{number}"), "/bill/bill_no"))

    taken = refusals_hold(await sent(door, placed))

    async with door.database() as database:
        rows = await database.fetch("SELECT visit_no, bill_no FROM settlement")
    assert {text for text, _, _, _ in taken} <= {row["visit_no"] for row in rows} | {row["bill_no"] for row in rows}
