"""G13: past each bound an answer that says when to come again, never a hang; and nothing in flight is lost."""

import asyncio

from tests.web.conftest import Serve, Served
from tests.web.fixed_house import CENTRE, HOSPITAL, TOKENS
from tests.web.wire import Wire, request, until


async def _waiting(served: Served, token: str = TOKENS[CENTRE]) -> Wire:
    """Return a connection whose message the house has begun and not done."""
    wire, begun = await served.wire(), len(served.house.started)
    wire.send(request("POST", "/v1/bills", token=token, body=b"wait"))
    await until(lambda: len(served.house.started) > begun)
    return wire


async def test_a_full_gateway_says_when_to_come_again(serve: Serve) -> None:
    """Past in_flight_max: 503 with Retry-After at once; probes, keys and outcomes are still answered."""
    served = await serve(in_flight_max=1)
    first = await _waiting(served)
    wire = await served.wire()

    refused = await wire.ask("POST", "/v1/bills", token=TOKENS[HOSPITAL], body=b"{}")

    assert (refused.status, refused.code, refused.headers["Retry-After"]) == (503, "edge.full", "1")
    assert refused.headers["Request-Digest"] == "unread"
    for path in ("/livez", "/readyz", "/.well-known/jwks.json", "/v1/outcomes/M1"):
        assert (await wire.ask("GET", path, token=TOKENS[HOSPITAL])).status == 200
    served.house.gate.set()
    assert (await first.answer("POST", "/v1/bills", body=b"wait")).status == 200
    assert (await wire.ask("POST", "/v1/bills", token=TOKENS[HOSPITAL], body=b"{}")).status == 200


async def test_one_provider_cannot_take_all_the_room(serve: Serve) -> None:
    """Past its own share a provider gets 429, and another is served."""
    served = await serve(in_flight_per_provider_max=1)
    await _waiting(served)
    wire = await served.wire()

    refused = await wire.ask("POST", "/v1/bills", token=TOKENS[CENTRE], body=b"{}")
    other = await wire.ask("POST", "/v1/bills", token=TOKENS[HOSPITAL], body=b"{}")

    assert (refused.status, refused.code, refused.headers["Retry-After"]) == (429, "edge.provider_full", "1")
    assert other.status == 200


async def test_outcomes_have_a_room_of_their_own_and_it_is_bounded(serve: Serve) -> None:
    """Asking for outcomes is bounded too."""
    served = await serve(outcomes_in_flight_max=1)
    first = await served.wire()
    first.send(request("GET", "/v1/outcomes/M1", token=TOKENS[CENTRE], body=b"wait"))
    await asyncio.sleep(0.05)
    wire = await served.wire()

    refused = await wire.ask("GET", "/v1/outcomes/M2", token=TOKENS[CENTRE])

    assert refused.status == 503


async def test_many_outcomes_are_asked_in_the_same_room(serve: Serve) -> None:
    """POST /v1/outcomes is answered while all else is full, and counts where single outcomes count."""
    served = await serve(in_flight_max=1, outcomes_in_flight_max=1)
    settling, first, wire = await served.wire(), await served.wire(), await served.wire()
    settling.send(request("POST", "/v1/bills", token=TOKENS[CENTRE], body=b"wait"))
    await asyncio.sleep(0.05)

    answered = await wire.ask("POST", "/v1/outcomes", token=TOKENS[CENTRE], body=b"{}")
    first.send(request("POST", "/v1/outcomes", token=TOKENS[CENTRE], body=b"wait"))
    await asyncio.sleep(0.05)
    refused = await wire.ask("GET", "/v1/outcomes/M2", token=TOKENS[CENTRE])

    assert (answered.status, refused.status) == (200, 503)


async def test_bodies_held_are_bounded(serve: Serve) -> None:
    """Where bodies held together would take too much memory, the one too many is refused."""
    served = await serve(bodies_bytes_max=100)
    wire = await served.wire()

    refused = await wire.ask("POST", "/v1/bills", token=TOKENS[CENTRE], body=b"a" * 101)
    after = await wire.ask("POST", "/v1/bills", token=TOKENS[CENTRE], body=b"a" * 100)

    assert (refused.status, after.status) == (503, 200)


async def test_too_many_connections_are_answered(serve: Serve) -> None:
    """One connection too many is told so and closed; far too many are cut."""
    served = await serve(connections_max=1)
    first, second = await served.wire(), await served.wire()

    assert (await first.ask("POST", "/v1/bills", token=TOKENS[CENTRE])).status == 200
    refused = await second.ask("POST", "/v1/bills", token=TOKENS[CENTRE])
    assert (refused.status, refused.headers["Connection"]) == (503, "close")
    assert await second.is_closed()
    third, fourth = await served.wire(), await served.wire()
    assert await fourth.is_closed()
    assert (await third.ask("GET", "/livez")).status == 200


async def test_a_late_answer_is_unknown_not_failed(serve: Serve) -> None:
    """G9: when the house takes too long, the caller is told to ask for the outcome; the house goes on."""
    served = await serve(answer_seconds_max=0.1)
    wire = await served.wire()

    late = await wire.ask("POST", "/v1/bills", token=TOKENS[CENTRE], body=b"wait", headers={"Idempotency-Key": "M-1"})

    assert (late.status, late.code, late.headers["Retry-After"]) == (503, "edge.answer_late", "5")
    assert (late.json["outcome"], late.json["ask"]) == ("unknown", "/v1/outcomes/M-1")
    assert served.edge._room.in_flight == 1
    served.house.gate.set()
    await asyncio.sleep(0.05)
    assert served.house.done == [b"wait"]
    assert served.edge._room.in_flight == 0
    assert "request.late" in [line["event"] for line in served.log_lines()]


async def test_a_caller_that_leaves_does_not_stop_a_settlement(served: Served) -> None:
    """G1: the connection is gone, the house still finishes what it began, and the place is freed then."""
    wire = await _waiting(served)

    wire.abort()
    await asyncio.sleep(0.1)

    assert served.edge._room.in_flight == 1
    served.house.gate.set()
    await asyncio.sleep(0.05)
    assert served.house.done == [b"wait"]
    assert served.edge._room.in_flight == 0


async def test_a_caller_that_leaves_in_its_body_leaves_nothing(served: Served) -> None:
    """Half a message and a lost connection: the house sees nothing, and no room stays taken."""
    wire = await served.wire()
    wire.send(request("POST", "/v1/bills", token=TOKENS[CENTRE], headers={"Content-Length": "100"}, body=b"abc"))
    await asyncio.sleep(0.05)

    wire.abort()
    await asyncio.sleep(0.05)

    assert (served.edge._room.in_flight, served.edge._shelf.held_bytes) == (0, 0)
    assert served.house.started == []
    assert [line["event"] for line in served.log_lines()] == ["request.gone"]


async def test_a_house_that_breaks_is_a_signed_500_without_its_insides(served: Served) -> None:
    """The caller gets the request id; type and place stand in the log, the exception's text nowhere."""
    wire = await served.wire()

    answer = await wire.ask("POST", "/v1/bills", token=TOKENS[CENTRE], body=b"break")

    assert (answer.status, answer.code) == (500, "edge.broken")
    assert answer.json["request_id"] == answer.headers["Request-Id"]
    assert b"110101199003070011" not in answer.body
    assert b"RuntimeError" not in answer.body
    broken = next(line for line in served.log_lines() if line["event"] == "request.broken")
    assert (broken["error"], broken["request_id"]) == ("RuntimeError", answer.headers["Request-Id"])
    assert "fixed_house.py" in str(broken["where"])
    assert "110101199003070011" not in served.log.getvalue().decode()


async def test_a_lost_database_is_not_taken_for_a_lost_caller(served: Served) -> None:
    """A ConnectionError inside the house is our fault, and the caller is still there to be told."""
    wire = await served.wire()

    answer = await wire.ask("POST", f"/in/{HOSPITAL}", token=TOKENS[HOSPITAL], body=b"disconnect")

    assert (answer.status, answer.json["infcode"]) == (500, "-1")


async def test_whoever_asks_for_readiness_shares_one_question(served: Served) -> None:
    """Probes cannot pile up work in the house."""
    wires = [await served.wire() for _ in range(8)]
    for wire in wires:
        wire.send(request("GET", "/readyz"))

    answers = [await wire.answer("GET", "/readyz") for wire in wires]

    assert {answer.status for answer in answers} == {200}
    assert served.house.asked_ready <= 8


async def test_a_reader_that_never_reads_is_cut(serve: Serve) -> None:
    """Answers nobody takes do not pile up for ever."""
    served = await serve(answer_write_seconds_max=0.2)
    wire = await served.wire()
    wire.writer.transport.pause_reading()
    body = b"a" * 1_000_000
    sent = request("POST", "/v1/bills", token=TOKENS[CENTRE], body=body)
    wire.writer.transport.set_write_buffer_limits(high=100_000_000)

    for _ in range(30):
        wire.send(sent)
    await until(lambda: not served.server.connections)

    assert len(served.house.done) < 30
