"""What a stretch says of stages, seconds and percentiles is what was there."""

import asyncio
from collections import defaultdict

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

from loadtests.city import City
from loadtests.engine.histogram import latency
from loadtests.engine.stages import NOTHING, batch_bills_mean, scrape, stages
from loadtests.engine.stretch import Stretch, Target, run_stretch
from loadtests.engine.usage import Side
from loadtests.generator.plain import plain
from loadtests.seconds import by_second
from tests.loadtests.load import toy_server
from tests.loadtests.test_open_loop import PLAN


async def test_stages_and_batches_between_two_readings_are_those_that_were_observed() -> None:
    """Counts and times of a stretch are the growth of the page's histograms; what stood before does not count."""
    registry = CollectorRegistry()
    stage = Histogram("gateway_stage_seconds", "t", ["stage"], buckets=(0.001, 0.01, 0.1), registry=registry)
    batch = Histogram("gateway_batch_bills", "t", buckets=(1, 8, 64), registry=registry)
    Counter("gateway_requests", "t", registry=registry).inc()
    stage.labels("lock").observe(0.5)
    batch.observe(1)

    async def page(_: web.Request) -> web.Response:
        return web.Response(body=generate_latest(registry), content_type="text/plain")

    app = web.Application()
    app.router.add_get("/metrics", page)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    before = await scrape([url])
    for seconds in (0.005, 0.005, 0.005, 0.05):
        stage.labels("write").observe(seconds)
    batch.observe(10)
    batch.observe(20)
    after = await scrape([url])
    await runner.cleanup()

    found = stages(before, after)
    assert set(found) == {"write"}
    assert (found["write"].count, found["write"].total_s) == (4, 0.065)
    assert 1_000 < found["write"].p50_us <= 10_000 < found["write"].p99_us <= 100_000
    assert batch_bills_mean(before, after) == 15
    assert await scrape([url]) == NOTHING


def test_percentiles_are_within_a_thousandth_of_the_values() -> None:
    """HdrHistogram keeps three digits, and the maximum exactly."""
    found = latency(range(1, 100_001), keep=True)

    assert found.count == 100_000
    assert abs(found.p50_us - 50_000) <= 50
    assert abs(found.p99_us - 99_000) <= 99
    assert found.max_us == 100_000
    assert found.hdr_base64
    assert latency([]).count == 0


async def test_a_second_holds_the_latencies_of_what_was_due_in_it() -> None:
    """Answers that a freeze delayed count in the second in which their messages were due, where callers felt it."""
    async with toy_server(20_000, 1.0, 1.0) as url:
        made = await run_stretch(Target(urls=(url,)), PLAN, plain(City(items=100), seed=1, run="t", lines=2))
    shifted = Stretch(step=made.step, tape=made.tape, begins_s=10.0)
    seconds = {second.at_s: second for second in by_second([shifted], {11: 5})}
    due: defaultdict[int, list[int]] = defaultdict(list)
    for record in made.tape.records:
        due[int(10 + record.due_us / 1e6)].append(record.latency_us)

    assert {at_s for at_s, second in seconds.items() if second.p50_us} == {10, 11, 12}
    assert sum(second.sent for second in seconds.values()) == 450
    assert sum(second.answered for second in seconds.values()) == 450
    longest = {at_s: second.max_us for at_s, second in seconds.items() if second.max_us}
    assert longest == {at_s: max(latencies) for at_s, latencies in due.items()}
    assert max(longest.values()) > 100_000
    assert seconds[11].gateway_memory_bytes == 5


async def test_a_sides_cpu_is_that_of_its_whole_tree() -> None:
    """What a child used is counted while it runs and after it ended; a side that runs elsewhere has nothing."""
    burn = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'sum(range(10**7))']); print(1); input()"
    process = await asyncio.create_subprocess_exec(
        *("python3", "-c", burn), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    await process.stdout.readline()
    used = Side([process.pid]).read()
    process.kill()
    await process.wait()

    assert used.cpu_s > 0.1
    assert used.processes == 1
    assert Side([0]).read().processes == 0
