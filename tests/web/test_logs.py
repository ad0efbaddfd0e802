"""G11: logs carry what is on the list, and nothing of a person."""

import io

import msgspec
import pytest
import structlog

from gateway.web import logs
from tests.web.conftest import Served
from tests.web.fixed_house import CENTRE, HOSPITAL, TOKENS

CERTNO = "110101199003070011"


def _logged(**details: object) -> dict[str, object]:
    stream = io.BytesIO()
    logs.logger(stream).info("test.event", **details)
    line: dict[str, object] = msgspec.json.decode(stream.getvalue())
    return line


def test_what_is_not_on_the_list_does_not_pass() -> None:
    """Name, certno, body and token are dropped and counted."""
    before = logs.DROPPED.keys["certno"]

    line = _logged(certno=CERTNO, psn_name="测试甲", body=b"{}", token="t", provider="H1")

    assert set(line) == {"event", "level", "timestamp", "provider", "dropped"}
    assert line["dropped"] == 4
    assert logs.DROPPED.keys["certno"] == before + 1


@pytest.mark.parametrize(
    "details",
    [
        {"event_id": CERTNO},
        {"message_id": CERTNO},
        {"message_id": "11010119900307001X"},
        {"message_id": "M-110101900307001"},
        {"provider": "测试甲"},
        {"code": "测试甲 said"},
        {"route": f"/v1/workers/{CERTNO}?name=1"},
        {"route": {"certno": CERTNO}},
        {"status": CERTNO},
        {"where": f"line 1 of {CERTNO}"},
        {"error": f"ValueError: {CERTNO}"},
    ],
)
def test_no_person_passes_under_an_allowed_key(details: dict[str, object]) -> None:
    """A value must have its key's form, and nothing shaped like an identity number passes at all."""
    line = str(_logged(**details))

    assert "1101011990" not in line
    assert "110101900307001" not in line
    assert "测试甲" not in line


def test_message_numbers_pass() -> None:
    """A message id of a dialect, thirty digits behind a provider's code, is no identity number."""
    message_id = "H32110000001202411231030000001"

    assert _logged(message_id=message_id)["message_id"] == message_id


def test_every_logger_of_the_process_goes_through_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    """What the house logs by structlog.get_logger passes the same list once configured."""
    stream = io.BytesIO()
    logs.configure(stream)
    try:
        structlog.get_logger().warning("house.event", certno=CERTNO, verb="Settle")
    finally:
        structlog.reset_defaults()

    line = msgspec.json.decode(stream.getvalue())
    assert (line["verb"], line["dropped"]) == ("Settle", 1)
    assert capsys.readouterr() == ("", "")


async def test_one_line_a_request(served: Served) -> None:
    """Each request leaves one line with what an operator needs, and neither path, query, token nor body."""
    wire = await served.wire()
    key = {"Idempotency-Key": "M-1"}

    answer = await wire.ask("POST", "/v1/bills", token=TOKENS[CENTRE], body=CERTNO.encode(), headers=key)
    await wire.ask("POST", f"/in/{HOSPITAL}", token="nobodys", body=b"x")
    await wire.ask("GET", f"/v1/outcomes/{CERTNO}?q={CERTNO}", token=TOKENS[CENTRE])

    assert len(served.log_lines()) == 3, served.log_lines()
    first, second, third = served.log_lines()
    assert first["event"] == "request"
    assert (first["provider"], first["dialect"], first["message_id"]) == (CENTRE, "native", "M-1")
    assert (first["route"], first["status"], first["bytes_in"]) == ("/v1/**", 200, len(CERTNO))
    assert first["request_id"] == answer.headers["Request-Id"]
    assert (second["route"], second["status"]) == ("/in/{provider}", 401)
    assert "provider" not in second
    assert third["status"] == 200
    text = served.log.getvalue().decode()
    assert CERTNO not in text
    assert TOKENS[CENTRE] not in text
