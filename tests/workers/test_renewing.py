"""SIGHUP replaces the workers one by one, and no caller notices."""

import asyncio
import itertools
import signal
from pathlib import Path

import msgspec

from loadtests.audit.books import faults_in
from tests import city
from tests.guarantees.insisting import value
from tests.web.wire import Answer, Wire, request
from tests.workers.crew import Crew, headers_of, serving, until

TOKEN = city.TOKENS[city.HOSPITAL]


class Load:
    """Callers that never repeat: an answer that does not come is an error."""

    def __init__(self, crew: Crew) -> None:
        self.crew = crew
        self.is_over = asyncio.Event()
        self.answers: list[Answer] = []
        self._number = itertools.count()

    async def kept_alive(self) -> None:
        """Settle bills on one connection, opened anew only where an answer said that it closes."""
        wire = await self.crew.wire()
        while not self.is_over.is_set():
            answer = await self._settle(wire)
            if answer.headers.get("Connection") == "close":
                wire = await self.crew.wire()

    async def one_each(self) -> None:
        """Settle each bill on a connection of its own."""
        while not self.is_over.is_set():
            wire = await self.crew.wire()
            await self._settle(wire)
            await wire.close()

    async def _settle(self, wire: Wire) -> Answer:
        number = next(self._number)
        body = msgspec.json.encode(city.bill(number % city.WORKERS, f"V{number}", lines=2))
        answer = await wire.ask("POST", "/v1/bills", token=TOKEN, body=body, headers=headers_of(f"m{number}"))
        self.answers.append(answer)
        return answer


async def test_sighup_under_load_loses_nothing(database_dsn: str, tmp_path: Path) -> None:
    """Two rounds of SIGHUP: every message is answered, signed, at its first sending; all processes are new."""
    async with serving(database_dsn, tmp_path) as crew:
        first = crew.accepting()
        idle = [await crew.wire() for _ in range(24)]
        load = Load(crew)
        callers = [asyncio.create_task(load.kept_alive()) for _ in range(6)]
        callers += [asyncio.create_task(load.one_each()) for _ in range(3)]
        for number in (1, 2):
            await asyncio.sleep(0.5)
            crew.parent.send_signal(signal.SIGHUP)
            await until(lambda number=number: len(crew.events("workers.renewed")) == number)
        await asyncio.sleep(0.3)
        load.is_over.set()
        await asyncio.gather(*callers)
        late = await asyncio.gather(*(wire.ask("GET", "/v1/outcomes/m0", token=TOKEN) for wire in idle))
        second = crew.accepting()

    assert len(load.answers) > 20
    assert {answer.status for answer in load.answers} == {200}
    assert {answer.status for answer in late} == {200}
    assert len(second) == 2
    assert not first & second
    assert await value(database_dsn, "SELECT count(*) FROM settlement") == len(load.answers)
    assert await faults_in(database_dsn) == []


async def test_a_message_in_flight_is_answered_by_the_worker_that_leaves(database_dsn: str, tmp_path: Path) -> None:
    """Half a message was sent before SIGHUP, the rest once its worker was told to leave: it is answered."""
    body = msgspec.json.encode(city.bill(0, "V1"))
    async with serving(database_dsn, tmp_path) as crew:
        wire = await crew.wire()
        sent = request("POST", "/v1/bills", token=TOKEN, body=body, headers=headers_of("m1"))
        wire.send(sent[:-40])
        holder = await crew.holder(wire)
        await asyncio.sleep(0.2)
        crew.parent.send_signal(signal.SIGHUP)
        await until(lambda: holder in [line["pid"] for line in crew.events("edge.stopping")])
        await asyncio.sleep(0.3)
        is_alone = holder in crew.pids()
        wire.send(sent[-40:])
        answer = await wire.answer("POST", "/v1/bills", body=body)
        await until(lambda: len(crew.events("workers.renewed")) == 1)

    assert is_alone
    assert (answer.status, answer.headers["Connection"]) == (200, "close")


async def test_sighup_takes_up_new_settings_and_keeps_the_old_where_they_are_faulty(
    database_dsn: str, tmp_path: Path
) -> None:
    """A file that cannot be used leaves the workers as they are and says why; a good one counts from then on."""
    config = tmp_path / "gateway.toml"
    config.write_text("[web]\nbody_bytes_max = 100000\n")
    async with serving(database_dsn, tmp_path, GATEWAY_CONFIG=str(config)) as crew:
        first = crew.accepting()
        before = await crew.gateway.submit(city.bill(0, "V1"), "m1")
        config.write_text("[web]\nbody_bites_max = 10\n")
        crew.parent.send_signal(signal.SIGHUP)
        await until(lambda: len(crew.events("workers.kept")) == 1)
        kept = crew.accepting()
        config.write_text("[web]\nbody_bytes_max = 10\n")
        crew.parent.send_signal(signal.SIGHUP)
        await until(lambda: len(crew.events("workers.renewed")) == 1)
        after = await crew.gateway.submit(city.bill(0, "V2"), "m2")
        said = (tmp_path / "gateway-0.log").read_text()

    assert kept == first
    assert "body_bites_max: unknown, did you mean web.body_bytes_max?" in said
    assert (before.status, after.status) == (200, 413)
