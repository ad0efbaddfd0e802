"""/metrics of real gateways: counts equal what was sent, workers add up, and no label is anybody's."""

import asyncio
import time
from collections import Counter
from pathlib import Path
from typing import Any

import aiohttp

from gateway.metrics import families
from gateway.metrics.folder import Folder, forget
from gateway.metrics.reports import Sums
from gateway.metrics.words import OUTCOMES, POOLS, STAGES, VERBS
from gateway.web import logs
from tests import city
from tests.city import HOSPITAL, JIANGSU, OTHER
from tests.house import Gateway, gateways
from tests.metrics.scraped import Scraped, scrape
from tests.web.conftest import Serve
from tests.web.fixed_house import CENTRE, TOKENS

CERTNO = "110101199003070011"
NAUGHTY = (
    CERTNO,
    "测试甲",
    "M-110101199003070011",
    '"}\n gateway_evil_total 1',
    "\\n",
    "x" * 3000,
    "${PATH}",
    "\u202e",
)


async def raw(gateway: Gateway, method: str, path: str, **headers: str) -> int:
    session = await gateway.session()
    async with session.request(method, f"{gateway.url}{path}", headers=headers) as answer:
        return answer.status


async def until(port: int, is_so: Any) -> Scraped:
    """Scrape until the page says so; others' counts are at most a second old."""
    for _ in range(40):
        page = await scrape(port)
        if is_so(page):
            return page
        await asyncio.sleep(0.1)
    raise AssertionError(page.text)


async def test_counts_equal_what_was_sent(database_dsn: str, tmp_path: Path) -> None:
    """Each answer is counted once, by provider, verb and outcome; stages by batch; probes and the page not at all."""
    await city.found(database_dsn, tmp_path / "secrets.json")
    async with gateways(database_dsn, tmp_path) as (gateway,):
        for number in range(4):
            await gateway.submit(city.bill(number, f"V{number}"), f"m{number}")
        settled = await gateway.submit(city.bill(0, "V0"), "m0")
        await gateway.submit(city.bill(0, "V0", lines=2), "m0")
        await gateway.submit(city.bill(5, "V5", qualification_id="QR6"), "m5")
        await gateway.submit(city.bill(0, "VX"), "other", provider=OTHER)
        await gateway.ask("POST", "/v1/bills", b"{", message_id="m6")
        await gateway.ask("POST", "/v1/reversals", {"original_message_id": "m1"}, message_id="rev")
        await gateway.submit(city.bill(1, "V1"), "m1")
        await gateway.ask("GET", "/v1/outcomes/m0")
        await gateway.ask("GET", f"/v1/settlements/{settled.json['settlement_id']}/receipt")
        await gateway.ask("GET", "/v1/settlements/none/receipt")
        await gateway.ask("POST", f"/in/{JIANGSU}", {"infno": "9999"}, provider=JIANGSU)
        await gateway.ask("POST", "/v1/bills", {}, provider="nobodys")
        await gateway.ask("GET", "/nowhere")
        for probe in ("/livez", "/readyz", "/.well-known/jwks.json"):
            assert await raw(gateway, "GET", probe) == 200

        page = await scrape(gateway.port)

    assert page.requests() == {
        (HOSPITAL, "SubmitBill", "settled"): 4,
        (HOSPITAL, "SubmitBill", "repeated"): 1,
        (HOSPITAL, "SubmitBill", "conflict"): 1,
        (HOSPITAL, "SubmitBill", "refused"): 1,
        (OTHER, "SubmitBill", "settled"): 1,
        (HOSPITAL, "unknown", "malformed"): 1,
        (HOSPITAL, "Reverse", "settled"): 1,
        (HOSPITAL, "SubmitBill", "reversed"): 1,
        (HOSPITAL, "QueryOutcome", "answered"): 1,
        (HOSPITAL, "Receipt", "answered"): 1,
        (HOSPITAL, "Receipt", "not_found"): 1,
        (JIANGSU, "unknown", "unsupported"): 1,
        ("unknown", "unknown", "not_authenticated"): 1,
        ("unknown", "unknown", "not_found"): 1,
    }
    batches = page.value("gateway_batch_bills_count")
    stages = {stage: page.value("gateway_stage_seconds_count", stage=stage) for stage in STAGES}
    asked = 4 + 1 + 1 + 1 + 1 + 1 + 1
    assert page.value("gateway_batch_bills_sum") == stages["queue"] == asked
    assert {stages[stage] for stage in ("lock", "read", "adjudicate", "write", "commit")} == {batches}
    assert 0 < batches <= asked
    assert stages["sign"] >= sum(page.requests().values())
    assert page.value("gateway_pool_wait_seconds_count", pool="outcome") >= 1
    assert page.value("gateway_pool_wait_seconds_count", pool="read") >= 2


async def test_gauges_say_how_a_worker_is(database_dsn: str, tmp_path: Path) -> None:
    """Version and age of reference data, queue, processor time and memory are there, in their units."""
    await city.found(database_dsn, tmp_path / "secrets.json")
    async with gateways(database_dsn, tmp_path) as (gateway,):
        worker = str(gateway.process.pid)
        before = (await scrape(gateway.port)).value("gateway_worker_cpu_seconds", worker=worker)
        for number in range(20):
            await gateway.submit(city.bill(number, f"V{number}"), f"m{number}")
        page = await scrape(gateway.port)

    after = page.value("gateway_worker_cpu_seconds", worker=worker)
    assert page.value("gateway_snapshot_version", worker=worker) > 0
    assert 0 <= page.value("gateway_snapshot_age_seconds") < 5
    assert 20e6 < page.value("gateway_worker_memory_bytes", worker=worker) < 1e9
    assert 0 < before < after < 60
    assert page.value("gateway_queue_bills") == page.value("gateway_in_flight_requests") == 0
    assert page.value("gateway_connections") >= 1
    assert page.value("gateway_loop_lag_seconds_count") > 0


async def test_two_workers_add_up_and_the_dead_are_not_forgotten(database_dsn: str, tmp_path: Path) -> None:
    """Either worker tells for both within a second; after kill -9 and `forget` the counts stay and the gauges go.

    A worker that ends in order leaves what it counted in its last second too.
    """
    await city.found(database_dsn, tmp_path / "secrets.json")
    shared = tmp_path / "metrics"
    shared.mkdir()
    key = (HOSPITAL, "SubmitBill", "settled")
    async with gateways(database_dsn, tmp_path, 2, PROMETHEUS_MULTIPROC_DIR=str(shared)) as (first, second):
        for number in range(5):
            await (first if number < 3 else second).submit(city.bill(number, f"V{number}"), f"m{number}")
        for one in (first, second):
            page = await until(one.port, lambda page: page.requests().get(key) == 5)
            assert page.value("gateway_batch_bills_sum") == 5
            assert len(list(page.of("gateway_worker_memory_bytes"))) == 2

        await second.kill()
        forget(second.process.pid, shared)
        page = await scrape(first.port)

        assert page.requests()[key] == 5
        assert [labels["worker"] for labels, _ in page.of("gateway_worker_memory_bytes")] == [str(first.process.pid)]
        await first.submit(city.bill(5, "V5"), "m5")
        await first.stop()
    assert len(list(shared.iterdir())) == 2
    assert Sums(Folder(shared).others(), now_s=time.time()).counters["gateway_requests_total"][key] == 6


async def test_no_label_is_anybodys(database_dsn: str, tmp_path: Path) -> None:
    """G11: whatever callers send, label values are known providers and closed sets, and the page still parses."""
    await city.found(database_dsn, tmp_path / "secrets.json")
    async with gateways(database_dsn, tmp_path) as (gateway,):
        for text in NAUGHTY:
            quoted = "".join(f"%{byte:02X}" for byte in text[:200].encode())
            await gateway.submit(city.bill(1, text, bill_no=text, visit={"worker_id": text}), f"m-{len(text)}")
            await gateway.ask("POST", "/v1/bills", {"verb": text, text: text}, message_id="m-x")
            for path in (f"/v1/outcomes/{quoted}", f"/in/{quoted}", f"/{quoted}", f"/v1/settlements/{quoted}/receipt"):
                await raw(gateway, "GET", path, Authorization=f"Bearer {city.TOKENS[HOSPITAL]}")
            await gateway.ask("POST", f"/in/{JIANGSU}", {"infno": text, "msgid": text}, provider=JIANGSU)
        reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
        writer.write(f"{CERTNO} /{CERTNO} HTTP/1.1\r\n\r\n".encode())
        await reader.read(100)
        writer.close()
        page = await scrape(gateway.port)

    assert sum(page.requests().values()) >= len(NAUGHTY) * 7
    assert CERTNO not in page.text
    assert not [name for name, _ in page.samples if "evil" in name]
    allowed = {
        "provider": {HOSPITAL, JIANGSU, "unknown", "other"},
        "verb": VERBS,
        "outcome": OUTCOMES,
        "stage": set(STAGES),
        "pool": set(POOLS),
        "worker": {str(gateway.process.pid)},
    }
    for family in page.families:
        for sample in family.samples:
            for label, value in sample.labels.items():
                assert label == "le" or value in allowed[label], sample
    known = {family.name for family in (*families.COUNTERS, *families.GAUGES, *families.SPREADS)}
    assert {family.name for family in page.families} == {name.removesuffix("_total") for name in known}


async def test_the_page_stays_up_when_the_edge_is_crowded(serve: Serve) -> None:
    """Past connections_max callers get 503, and whoever watches still sees it; other methods are told to use GET."""
    served = await serve(connections_max=1)
    first, second = await served.wire(), await served.wire()
    assert (await first.ask("GET", "/livez")).status == 200
    assert (await second.ask("POST", "/v1/bills", token=TOKENS[CENTRE])).status == 503

    page = await scrape(served.port)
    refused = await first.ask("POST", "/metrics")

    assert page.value("gateway_requests_total", provider="unknown", verb="unknown", outcome="busy") >= 1
    assert page.value("gateway_connections") >= 2
    assert (refused.status, refused.code) == (405, "http.method")


async def test_late_and_broken_answers_have_names_of_their_own(serve: Serve) -> None:
    """An answer that comes too late, a house that breaks and a refused head each count under their own outcome."""
    served = await serve(answer_seconds_max=0.1)
    wire = await served.wire()
    before = (await scrape(served.port)).requests()

    for body in (b"wait", b"break", b"{}"):
        await wire.ask("POST", "/v1/bills", token=TOKENS[CENTRE], body=body)
    garbage = await served.wire()
    garbage.send(b"GET / HTTP/9.9\r\n\r\n")
    await garbage.answer()

    counted = Counter((await scrape(served.port)).requests())
    counted.subtract(before)
    assert {key: count for key, count in counted.items() if count} == {
        (CENTRE, "unknown", "late"): 1,
        (CENTRE, "unknown", "broken"): 1,
        (CENTRE, "unknown", "answered"): 1,
        ("unknown", "unknown", "malformed"): 1,
    }


async def test_what_the_log_drops_is_counted(serve: Serve) -> None:
    """An event's key that no allow-list knows shows as a number, without its name."""
    served = await serve()
    before = (await scrape(served.port)).value("gateway_log_dropped_total")

    logs.logger(served.log).info("test.event", certno=CERTNO, psn_name="测试甲")

    page = await scrape(served.port)
    assert page.value("gateway_log_dropped_total") == before + 2
    assert "psn_name" not in page.text


async def test_many_who_ask_at_once_share_one_page(serve: Serve) -> None:
    """The page is made once for all who wait for it."""
    served = await serve()
    async with aiohttp.ClientSession() as session:

        async def ask() -> str:
            async with session.get(f"http://127.0.0.1:{served.port}/metrics") as answer:
                return await answer.text()

        pages = await asyncio.gather(*(ask() for _ in range(50)))

    assert all("gateway_worker_cpu_seconds{" in page for page in pages)
    assert len(set(pages)) <= 25, "a page made anew shows other processor seconds"
