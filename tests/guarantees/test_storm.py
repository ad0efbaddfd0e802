"""Everything at once: random messages of every changing verb, two processes, few visits; the books hold after each."""

import asyncio
import random
from pathlib import Path
from typing import Any

import pytest

from loadtests.audit.books import faults_in
from tests import city
from tests.house import Answer, Gateway, gateways

ROUNDS, AT_ONCE = 12, 24
VISITS, WORKERS = 5, 3


class Storm:
    """Draws messages; what it names may or may not stand."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.sent: list[str] = []

    def message(self) -> tuple[str, str, Any]:
        """Return method, path and body."""
        draw = self.random
        visit = draw.randrange(VISITS)
        visit_no, bill_no = f"V{visit}", f"B{draw.randrange(4)}"
        base = city.bill(visit % WORKERS, visit_no, bill_no=bill_no, qualification_id=f"QArelapse{visit % WORKERS}")
        items = [self.item() for _ in range(draw.randint(1, 3))]
        items = list({item["item_no"]: item for item in items}.values())
        session = f"/v1/visits/{visit_no}"
        return draw.choice(
            (
                ("POST", "/v1/visits", base["visit"]),
                ("DELETE", session, None),
                ("POST", f"{session}/items", {"items": items}),
                ("POST", f"{session}/items", {"items": items}),
                ("POST", f"{session}/items/withdraw", {"item_nos": [items[0]["item_no"]]}),
                ("POST", f"{session}/items/withdraw", {"everything": True}),
                ("POST", f"{session}/presettle", {"bill_no": bill_no}),
                ("POST", f"{session}/settle", {"bill_no": bill_no, "interim": draw.random() < 0.7}),
                ("POST", f"{session}/settle", {"bill_no": bill_no, "interim": True}),
                ("POST", "/v1/bills", base | {"items": items}),
                ("POST", "/v1/reversals", {"original_message_id": draw.choice([*self.sent[-60:], "never"])}),
            )
        )

    def item(self) -> dict[str, Any]:
        number = self.random.randrange(8)
        return city.line(number)

    async def send(self, gateway: Gateway) -> Answer:
        method, path, body = self.message()
        message_id = f"s{len(self.sent)}"
        self.sent.append(message_id)
        return await gateway.ask(method, path, body, message_id=message_id)


async def cancel_some(storm: Storm, gateway: Gateway, answers: list[Answer]) -> list[Answer]:
    """Cancel some of the settlements that the answers told of."""
    told = [
        answer.json["settlement_id"] for answer in answers if answer.status == 200 and "decision_sha256" in answer.json
    ]
    chosen = [one for one in told if storm.random.random() < 0.4]
    cancelling = []
    for settlement_id in chosen:
        storm.sent.append(f"s{len(storm.sent)}")
        path = f"/v1/settlements/{settlement_id}/cancel"
        cancelling.append(gateway.ask("POST", path, {}, message_id=storm.sent[-1]))
    return await asyncio.gather(*cancelling)


@pytest.mark.parametrize("seed", [1, 2])
async def test_random_messages_of_every_verb_leave_sound_books(database_dsn: str, tmp_path: Path, seed: int) -> None:
    """G1, G4, G5, G6: whatever meets whatever, no answer is a fault of ours and the audit finds nothing."""
    await city.found(database_dsn, tmp_path / "secrets.json", authorizations=city.authorizations(amount_fen=12_345))
    storm = Storm(seed)
    statuses: list[int] = []
    settled = 0
    async with gateways(database_dsn, tmp_path, 2) as pair:
        for gateway in pair:
            await gateway.session()
        for _ in range(ROUNDS):
            answers = await asyncio.gather(*(storm.send(storm.random.choice(pair)) for _ in range(AT_ONCE)))
            undone = await cancel_some(storm, storm.random.choice(pair), answers)
            statuses += [answer.status for answer in (*answers, *undone)]
            settled += sum(answer.status == 200 and "decision_sha256" in answer.json for answer in answers)
            assert await faults_in(database_dsn) == []

    assert settled >= ROUNDS
    assert max(statuses) < 500, [status for status in statuses if status >= 500]
