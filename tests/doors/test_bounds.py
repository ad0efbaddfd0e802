"""G13, G9 at a real process: a full house, a late answer, a database that goes away; unknown is never failed."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from tests import city
from tests.city import JIANGSU
from tests.doors.books import settlements
from tests.doors.conftest import opened
from tests.doors.senders import Door, Sender, to_jiangsu, to_v1
from tests.house import Answer, Gateway
from tests.store.test_embedded import crashed
from tests.web.wire import until

HELD = "held"
ENDED = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND application_name LIKE 'gateway-%'
"""


class Hold:
    """A message held at a named point of its way."""

    def __init__(self, folder: Path, point: str, message_id: str) -> None:
        folder.mkdir(exist_ok=True)
        self._name = folder / f"{point}.{message_id}"
        self._file("hold").touch()

    def _file(self, kind: str) -> Path:
        return self._name.with_name(f"{self._name.name}.{kind}")

    async def reached(self) -> None:
        await until(self._file("reached").exists)

    def release(self) -> None:
        self._file("hold").unlink()


async def test_a_full_house_says_when_to_come_again(database_dsn: str, tmp_path: Path) -> None:
    """Past in_flight_max: 503 with Retry-After at both doors, outcomes and probes answered; then all goes on."""
    points = tmp_path / "points"
    bounds = {"GATEWAY_WEB_IN_FLIGHT_MAX": "2", "GATEWAY_SETTLING_POINTS_DIR": str(points)}
    async with opened(database_dsn, tmp_path, **bounds) as door:
        hold = Hold(points, "adjudicated", HELD)
        first = asyncio.create_task(door.gateway.submit(city.bill(0, "V0"), HELD))
        await hold.reached()
        second = asyncio.create_task(door.gateway.submit(city.bill(1, "V1"), "behind"))
        await asyncio.sleep(0.3)
        full = await door.gateway.submit(city.bill(2, "V2"), "third")
        jiangsu = await door.gateway.ask("POST", f"/in/{JIANGSU}", b"{}", provider=JIANGSU)
        outcome = await door.gateway.ask("GET", f"/v1/outcomes/{HELD}")
        probes = [(await door.gateway.ask("GET", path)).status for path in ("/livez", "/readyz")]
        hold.release()
        done = [(await first).status, (await second).status]
        later = await door.gateway.submit(city.bill(2, "V2"), "third")

    assert (full.status, full.json["code"], full.headers["Retry-After"]) == (503, "edge.full", "1")
    assert (jiangsu.status, jiangsu.json["infcode"], jiangsu.headers["Retry-After"]) == (503, "-1", "1")
    assert (outcome.status, outcome.json["outcome"], outcome.json["final"]) == (200, "not_seen", False)
    assert probes == [200, 200]
    assert done == [200, 200]
    assert later.status == 200


async def test_a_late_answer_is_unknown_and_settles_all_the_same(database_dsn: str, tmp_path: Path) -> None:
    """G9: past answer_seconds_max the caller is told to ask; once it is done the outcome is settled, and once only."""
    points = tmp_path / "points"
    bounds = {"GATEWAY_WEB_ANSWER_SECONDS_MAX": "0.5", "GATEWAY_SETTLING_POINTS_DIR": str(points)}
    async with opened(database_dsn, tmp_path, **bounds) as door:
        hold = Hold(points, "claimed", HELD)
        late = await door.gateway.submit(city.bill(0, "V0"), HELD)
        before = await door.gateway.ask("GET", f"/v1/outcomes/{HELD}")
        hold.release()
        after = await outcome_once(door.gateway, HELD, lambda answer: answer.json["outcome"] == "settled")
        again = await door.gateway.submit(city.bill(0, "V0"), HELD)
        books = await settlements(door)

    assert (late.status, late.json["code"]) == (503, "edge.answer_late")
    assert (late.json["outcome"], late.json["ask"]) == ("unknown", f"/v1/outcomes/{HELD}")
    assert int(late.headers["Retry-After"]) > 0
    assert (before.json["outcome"], before.json["final"]) == ("not_seen", False)
    assert after.json["final"] is True
    assert (again.status, again.replayed) == (200, True)
    assert len(books) == 1


async def outcome_once(gateway: Gateway, message_id: str, is_so: Callable[[Answer], bool]) -> Answer:
    """Ask for an outcome until it is so."""
    for _ in range(400):
        if is_so(answer := await gateway.ask("GET", f"/v1/outcomes/{message_id}")):
            return answer
        await asyncio.sleep(0.05)
    raise TimeoutError(message_id)


async def answers_without_a_database(door: Door, sender: Sender) -> None:
    """Every kind of message is answered 503, signed, with Retry-After; the process lives and is not ready."""
    card = {"data": {"mdtrt_cert_type": "02", "mdtrt_cert_no": "000000190001000000"}}
    asked = [
        to_v1("POST", "/v1/bills", city.bill(0, "V0"), message_id="m1"),
        to_v1("GET", "/v1/outcomes/m0", None),
        to_v1("POST", "/v1/persons/verify", {"worker_id": "W00000"}),
        to_v1("POST", "/v1/visits/V0/presettle", {"bill_no": "B1"}),
        to_v1("GET", "/v1/settlements/01a20ae6-346d-7121-b39b-489774b249d4", None),
        to_v1("GET", "/v1/settlements/01a20ae6-346d-7121-b39b-489774b249d4/receipt", None),
        to_jiangsu(door.jiangsu("1101", card, "away")),
        to_jiangsu(door.jiangsu("2205", {"ipt_otp_no": "V0", "chrg_bchno": "0000"}, "away too")),
    ]
    for one in asked:
        answer = await sender.send(one)
        assert answer.status == 503, (one, answer)
        assert int(answer.headers["Retry-After"]) > 0, one
        assert answer.json.get("infcode", "-1") == "-1", one
    assert (await sender.send(to_v1("GET", "/livez", None))).status == 200
    assert (await sender.send(to_v1("GET", "/readyz", None))).status == 503


async def test_a_database_that_goes_away_and_comes_back(folder: Path, tmp_path: Path) -> None:
    """503 and not ready while PostgreSQL is gone; when it is back the same message settles, once."""
    from gateway.store.embedded import EmbeddedServer

    server = EmbeddedServer.open(folder)
    try:
        async with opened(server.dsn, tmp_path) as door, door.sender() as sender:
            settled = await sender.must(to_v1("POST", "/v1/bills", city.bill(0, "V00"), message_id="m0"))
            crashed(folder)
            await answers_without_a_database(door, sender)
            back = EmbeddedServer.open(folder)
            ready = await sender.send(to_v1("GET", "/readyz", None))
            first = await sender.must(to_v1("POST", "/v1/bills", city.bill(0, "V0"), message_id="m1"))
            again = await sender.must(to_v1("POST", "/v1/bills", city.bill(0, "V0"), message_id="m1"))
            old = await sender.must(to_v1("POST", "/v1/bills", city.bill(0, "V00"), message_id="m0"))
            books = await settlements(door)
            back.close()
    finally:
        server.close()

    assert ready.status == 200
    assert again.body == first.body
    assert old.body == settled.body
    assert len(books) == 2


async def test_sessions_that_are_ended_in_a_batch_lose_nothing(database_dsn: str, tmp_path: Path) -> None:
    """An administrator ends every session while a batch is open: the batch is done again, and settles once."""
    points = tmp_path / "points"
    async with opened(database_dsn, tmp_path, GATEWAY_SETTLING_POINTS_DIR=str(points)) as door:
        hold = Hold(points, "adjudicated", HELD)
        waiting = asyncio.create_task(door.gateway.submit(city.bill(0, "V0"), HELD))
        await hold.reached()
        async with door.database() as database:
            ended = await database.fetch(ENDED)
        hold.release()
        answer = await waiting
        outcome = await door.gateway.ask("GET", f"/v1/outcomes/{HELD}")
        books = await settlements(door)

    assert len(ended) > 1
    assert answer.status == 200, answer.body
    assert outcome.json["outcome"] == "settled"
    assert len(books) == 1
