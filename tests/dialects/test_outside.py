"""Adapters of other packages live in processes of their own: a broken one beside a good one hurts nobody else."""

import asyncio
import hashlib
import json
import os
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gateway.dialects.breaker import FAILURES_MAX, OPEN_SECONDS, Breaker
from tests import city
from tests.dialects.packages import written
from tests.dialects.test_worked_example import PAGE
from tests.house import Answer, Gateway, gateways

GOOD, BAD = "H32110000011", "H32110000012"
MODULE = re.compile(r"^`slip/__init__.py`:\n\n```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
FAULTS = """
_read, _write = read, write


def read(message, profile):
    what = json_text.read(message.body).get("clerk")
    if what == "raises":
        raise RuntimeError("broken")
    if what == "loops":
        while True:
            pass
    if what == "allocates":
        hoard = [bytes(2**26) for _ in range(1000)]
    if what == "dies":
        import os
        os._exit(1)
    return _read(message, profile)


def write(answer, to, profile):
    if b"writes-badly" in to.body and not isinstance(answer, Problem):
        raise RuntimeError("broken")
    return _write(answer, to, profile)
"""


def module(name: str, more: str = "") -> str:
    """The worked example of adapters/README.md under another name."""
    found = MODULE.search(PAGE.read_text(encoding="utf-8"))
    assert found
    return found[1].replace('NAME = "slip"', f'NAME = "{name}"') + more


def providers() -> list[dict[str, Any]]:
    """The city's, and two hospitals whose dialects are other packages'."""
    like = next(row for row in city.providers() if row["code"] == city.SUPPLIER)
    return [
        *city.providers(),
        *(
            like
            | {
                "code": code,
                "kind": "hospital",
                "dialect": dialect,
                "agreement_no": f"AG{code[-2:]}",
                "token_sha256": hashlib.sha256(f"{code}-{'0' * 32}".encode()).hexdigest(),
            }
            for code, dialect in ((GOOD, "zz_good"), (BAD, "zz_bad"))
        ),
    ]


@pytest.fixture
async def served(database_dsn: str, tmp_path: Path) -> AsyncIterator[Gateway]:
    """A gateway with a good and a bad package installed beside it."""
    site = tmp_path / "site"
    written(site, "zz_good", module("zz_good"))
    written(site, "zz_bad", module("zz_bad", FAULTS))
    await city.found(database_dsn, tmp_path / "secrets.json", providers=providers())
    path = os.pathsep.join(filter(None, (str(site), os.environ.get("PYTHONPATH", ""))))
    async with gateways(database_dsn, tmp_path, PYTHONPATH=path) as (gateway,):
        yield gateway


def slip(number: int, clerk: str = "c1") -> dict[str, Any]:
    worker = number % city.WORKERS
    return {
        "slip": f"B{number}",
        "visit": f"V{number}",
        "person": city.worker_id(worker),
        "right": f"QR{worker}",
        "injury": "S52.500",
        "day": "2026-11-02",
        "clerk": clerk,
        "sum": "10.00",
        "rows": [{"n": "1", "code": "XJ01", "count": "2", "price": "5.00", "sum": "10.00"}],
    }


async def sent(gateway: Gateway, code: str, number: int, clerk: str = "c1") -> Answer:
    return await gateway.ask("POST", f"/in/{code}", slip(number, clerk), provider=f"{code}-{'0' * 32}")


async def test_an_adapter_of_another_package_settles(served: Gateway) -> None:
    """Its bill is settled with a receipt, and its repeat gets the same bytes (G2)."""
    first = await sent(served, GOOD, 1)
    again = await sent(served, GOOD, 1, clerk="c2")

    assert (first.status, first.json["ok"]) == (200, True), first.body
    assert again.replayed
    assert again.body == first.body
    assert "Settlement-Receipt" in first.headers


async def test_its_refusals_are_in_its_own_words(served: Gateway) -> None:
    """Of the adapter, with its place, and of the house."""
    wrong = slip(2) | {"hello": "1"}

    unknown = await served.ask("POST", f"/in/{GOOD}", wrong, provider=f"{GOOD}-{'0' * 32}")
    nobody = await served.ask("POST", f"/in/{GOOD}", slip(3) | {"person": "W99999"}, provider=f"{GOOD}-{'0' * 32}")

    assert (unknown.status, unknown.json["faults"][0]["at"]) == (400, "/hello")
    assert (nobody.status, nobody.json["ok"]) == (404, False)


@pytest.mark.parametrize("clerk", ["raises", "loops", "allocates", "dies"])
async def test_a_broken_one_is_refused_and_the_good_one_unhurt(served: Gateway, clerk: str) -> None:
    """Past a few failures it is refused at once with the time to wait; the good one settles all along."""
    broken = asyncio.gather(*(sent(served, BAD, 100 + number, clerk) for number in range(FAILURES_MAX + 3)))
    good = [await sent(served, GOOD, number) for number in range(10)]
    refused = await broken
    began = time.monotonic()
    last = await sent(served, BAD, 200)
    took_seconds = time.monotonic() - began

    assert [answer.status for answer in good] == [200] * 10
    assert {answer.status for answer in refused} == {503}
    assert (last.status, b"dialect.away" in last.body) == (503, True)
    assert took_seconds < 0.3
    assert 1 <= int(last.headers["Retry-After"]) <= OPEN_SECONDS

    await asyncio.sleep(OPEN_SECONDS + 0.3)
    mended = await sent(served, BAD, 201)

    assert (mended.status, mended.json["ok"]) == (200, True)


async def test_what_was_settled_stands_where_it_cannot_be_worded(served: Gateway) -> None:
    """The caller is told to send again; the bill is settled once, as the native door tells."""
    answer = await sent(served, BAD, 300, clerk="writes-badly")
    outcome = await served.ask("GET", "/v1/outcomes/B300", provider=f"{BAD}-{'0' * 32}")

    assert (answer.status, b"dialect.away" in answer.body) == (503, True)
    assert json.loads(outcome.body)["outcome"] == "settled"


def test_a_breaker_opens_and_lets_one_try() -> None:
    """After failures in a row it refuses; when its time is over one tries, and what it finds decides."""
    now = [0.0]
    breaker = Breaker(lambda: now[0])
    for _ in range(FAILURES_MAX):
        assert breaker.wait_seconds() == 0
        breaker.failed()

    waits = [breaker.wait_seconds()]
    now[0] = OPEN_SECONDS
    waits += [breaker.wait_seconds(), breaker.wait_seconds()]
    breaker.worked()
    waits.append(breaker.wait_seconds())

    assert waits == [OPEN_SECONDS, 0, OPEN_SECONDS, 0]


async def test_the_page_of_metrics_tells_of_failures(served: Gateway) -> None:
    """How often adapters have failed, and how many are away."""
    for number in range(FAILURES_MAX):
        await sent(served, BAD, 400 + number, "raises")

    session = await served.session()
    async with session.get(f"{served.url}/metrics") as answer:
        page = await answer.text()

    assert f"gateway_dialect_failures {FAILURES_MAX}" in page.replace(".0", "")
    assert "gateway_dialects_away 1" in page.replace(".0", "")
