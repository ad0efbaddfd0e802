"""The open loop never waits for answers, counts from the due moment, and shows its own failings."""

import asyncio
import time
from itertools import accumulate, islice

import pytest

from loadtests.city import City
from loadtests.engine.arrivals import fixed
from loadtests.engine.closed import ClosedLoop
from loadtests.engine.connection import NotLoopback
from loadtests.engine.open_loop import OpenBounds, OpenLoop
from loadtests.engine.stretch import Plan, Target, errors, run_stretch
from loadtests.engine.tape import NEVER, Sent, Tape
from loadtests.generator.plain import plain
from tests.loadtests.load import toy_server

CITY = City(workers=1_000, providers=17, items=100)
RATE_PER_S, SECONDS, FREEZE_SECONDS = 150, 3, 1.0
FAST_PER_S = 20_000


PLAN = Plan(name="t", arrivals="fixed", rate_per_s=RATE_PER_S, seconds=SECONDS, connections=256, seed=1)


def most_in_flight(records: list[Sent]) -> int:
    """The most messages that had been sent and not answered at one moment."""
    changes = sorted([(record.sent_us, 1) for record in records] + [(record.answered_us, -1) for record in records])
    return max(accumulate(change for _, change in changes))


async def test_a_freeze_of_the_server_shows_in_every_message_that_was_due_in_it() -> None:
    """A second's standstill: a third of the messages wait for it, and are sent all the same."""
    async with toy_server(FAST_PER_S, 1.0, FREEZE_SECONDS) as url:
        done = await run_stretch(Target(urls=(url,)), PLAN, plain(CITY, seed=1, run="t", lines=2))
    records, step = done.tape.records, done.step
    waited = [record for record in records if record.latency_us > 100_000]

    assert (step.due, step.sent, step.answered, step.dropped) == (450, 450, 450, 0)
    assert step.latency.p99_us > 0.9 * FREEZE_SECONDS * 1e6
    assert len(waited) > 0.7 * RATE_PER_S * FREEZE_SECONDS
    assert most_in_flight(records) > 0.7 * RATE_PER_S * FREEZE_SECONDS


async def test_a_closed_loop_hides_the_same_freeze() -> None:
    """The same server under a closed load shows the freeze in as many messages as there are connections, no more."""
    async with toy_server(FAST_PER_S, 1.0, FREEZE_SECONDS) as url:
        tape = Tape()
        await ClosedLoop((url,), 4, tape).run(SECONDS, plain(CITY, seed=1, run="t", lines=2))
    latencies_us = sorted(record.latency_us for record in tape.records if record.is_answered)

    assert latencies_us[-1] > 0.9 * FREEZE_SECONDS * 1e6
    assert latencies_us[len(latencies_us) * 99 // 100] < 0.5 * FREEZE_SECONDS * 1e6


async def test_without_a_free_connection_messages_go_late_or_are_dropped_and_both_are_shown() -> None:
    """Four connections and a short line bear a freeze badly: what was not sent is counted, and so is what went late."""
    async with toy_server(FAST_PER_S, 1.0, FREEZE_SECONDS) as url:
        tape = Tape()
        loop = OpenLoop((url,), tape, OpenBounds(connections=4, waiting_max=20))
        await loop.run(fixed(RATE_PER_S, SECONDS), plain(CITY, seed=1, run="t", lines=2))
    unsent = [record for record in tape.records if record.sent_us == NEVER]
    late = [record for record in tape.records if record.sent_us - record.due_us > 100_000]

    assert len(tape.records) == RATE_PER_S * SECONDS
    assert loop.dropped == len(unsent) == errors([tape])["dropped"] > RATE_PER_S * FREEZE_SECONDS / 2
    assert late


async def test_a_tired_client_shows_its_own_lag() -> None:
    """Where the client's own loop stood still, the step says so: nobody takes it for a slow server."""
    async with toy_server(FAST_PER_S) as url:
        asyncio.get_running_loop().call_later(1.5, time.sleep, 0.3)
        done = await run_stretch(Target(urls=(url,)), PLAN, plain(CITY, seed=1, run="t", lines=2))

    assert done.step.client_lag.max_us > 250_000
    assert done.step.sent_late > 0.2 * RATE_PER_S
    assert done.step.client.cpu_s > 0


async def test_a_server_that_goes_away_leaves_messages_without_an_answer_and_the_client_goes_on() -> None:
    """What was in flight when the server died has no answer; what was due after it is dropped, and counted."""
    async with toy_server(20) as url:
        tape = Tape()
        loop = OpenLoop((url,), tape, OpenBounds(connections=8, waiting_max=10, answer_seconds_max=2))
        running = asyncio.create_task(loop.run(fixed(50, 2), plain(CITY, seed=1, run="t", lines=2)))
        await asyncio.sleep(1)
    await running

    found = errors([tape])
    assert len(tape.records) == 100
    assert found["no_answer"] == 8
    assert found["dropped"] == loop.dropped > 20


async def test_a_silent_server_is_given_up_on() -> None:
    """An answer that does not come within the bound leaves its message without one, and frees the connection."""
    async with toy_server(0.5) as url:
        tape = Tape()
        loop = ClosedLoop((url,), 2, tape, answer_seconds_max=1)
        await loop.run(4, islice(plain(CITY, seed=1, run="t", lines=2), 10))

    assert loop.reconnects > 0
    assert errors([tape])["no_answer"] > 0


@pytest.mark.parametrize(
    "url", ["http://192.0.2.1:80", "http://example.org:8080", "https://127.0.0.1:1", "http://127.0.0.1"]
)
def test_load_goes_to_this_machine_only(url: str) -> None:
    """Any other address is refused before a byte is sent."""
    with pytest.raises(NotLoopback, match="is not http://127"):
        OpenLoop((url,), Tape(), OpenBounds())
