"""The report: money first, the client's own lag in sight, every figure of the bundle, and nothing from outside."""

import asyncio
import html
import io
import re
import shutil
from pathlib import Path

import pytest
from msgspec.structs import replace
from rich.console import Console

from loadtests import bundle as bundles_on_disk
from loadtests.bundle import Bundle, Knee, Second, Step, Usage
from loadtests.report import render, show, verdict
from tests.loadtests import bundles
from tests.loadtests.command import ran

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


def text_of(page: str) -> str:
    """What a reader sees, without tags."""
    body = page[page.index("<body>") :]
    return html.unescape(re.sub(r"<[^>]+>", " ", body))


def section(page: str, name: str) -> str:
    found = re.search(rf'<section[^>]* id="{name}">.*?</section>', page, re.DOTALL)
    assert found is not None
    return found[0]


def told(bundle: Bundle) -> str:
    return "\n".join(f"{sentence.zh} {sentence.en}" for sentence in verdict.said(bundle))


def test_the_page_asks_for_nothing_from_outside() -> None:
    """No script, no address, no link; the policy forbids all but the page's own style."""
    page = render(bundles.bundle())

    assert "default-src 'none'; style-src 'sha256-" in html.unescape(page)
    assert not re.search(r"<script|<link|<img|<iframe|@import|url\(|https?://|\sstyle=", page)


def test_a_clean_audit_stands_before_everything_else() -> None:
    """The first section says that the money is right, with its counts and sums to the fen."""
    page = render(bundles.bundle())
    audit = section(page, "audit")

    assert page.index('id="audit"') < page.index('id="words"') < page.index('id="steps"')
    assert 'class="audit clean"' in audit
    for figure in ("62,000", "60,900", "1,050", "1,234,567,890.12", "4,567,890.12", "200 signatures"):
        assert figure in audit


def test_a_failed_audit_names_every_fault() -> None:
    """It is marked as failed, each fault is listed, and the missing fen is shown."""
    audit = section(render(bundles.tampered()), "audit")

    assert 'class="audit failed"' in audit
    assert all(html.escape(fault, quote=False) in audit for fault in bundles.FAULTS)
    assert "本次压测无效" in audit
    assert "0.01" in audit


def test_a_run_without_audit_says_so() -> None:
    """Neither green nor silent."""
    page = render(bundles.bundle(audit=None))

    assert 'class="audit none"' in page
    assert "No audit was made" in page


def test_what_a_bundle_names_cannot_break_out() -> None:
    """Names from outside are text, not markup."""
    evil = '</style><script>alert("x")</script>'
    clean = bundles.CLEAN
    page = render(
        bundles.bundle(
            profile=evil, errors={evil: 1}, audit=replace(clean, is_clean=False, faults=(evil,)), commit=evil
        )
    )

    assert "<script" not in page
    assert page.count("</style>") == 1


def test_every_step_shows_latency_beside_the_clients_own_lag() -> None:
    """Percentiles, late and dropped sends and lag stand in one row; a tired client is marked."""
    tired = bundles.step(1_000, client_lag=bundles.latency(100_000, 500))
    steps = section(render(bundles.bundle(steps=(bundles.step(400), tired))), "steps")
    rows = [row for row in re.findall(r"<tr>.*?</tr>", steps, re.DOTALL) if "poisson" in row]

    assert ["⚠" in row for row in rows] == [False, True]
    assert all(figure in rows[0] for figure in ("5.72 ms", "14.3 ms", "600 µs"))
    assert "100 ms" in rows[1]


def test_steps_are_read_from_the_lowest_rate_up() -> None:
    """Stairs that halve a gap at their end run 400, 800, 600; the page shows 400, 600, 800."""
    run = bundles.bundle(steps=tuple(bundles.step(rate, number) for number, rate in enumerate((400, 800, 600))))
    rows = re.findall(r"<tr>\s*<th>(\d+/s)</th>", section(render(run), "steps"))

    assert rows == ["400/s", "600/s", "800/s"]


def test_the_whole_run_is_on_the_page() -> None:
    """Charts, stages, errors by kind, machine, versions, settings, seed and commit."""
    bundle = bundles.bundle()
    page = render(bundle)
    text = text_of(page)

    for figure in ("knee", "latency", "rate", "cpu", "stages", "commits", "batches", "memory"):
        assert f'<figure id="{figure}">' in page
    for word in (*bundles.STAGES_US, "adjudication.blocked", "synchronous_commit", "Example CPU", "0123456789ab"):
        assert word in text
    assert all(f"{name}" in text and version in text for name, version in bundle.machine.versions.items())
    assert "seed 1" in text


def test_the_knee_is_marked_where_it_lies() -> None:
    """The band begins at the last rate that held and ends at the first that did not, on the chart's own scale."""
    page = render(bundles.bundle())
    chart = page[page.index('<figure id="knee">') : page.index('<figure id="latency">')]
    band = re.search(r'class="knee-band" x="([\d.]+)" y="\d+" width="([\d.]+)"', chart)
    dots = [float(left) for left in re.findall(r'<circle class="dot c-p99" cx="([\d.]+)"', chart)]
    assert band is not None

    assert float(band[1]) == pytest.approx(dots[-2], abs=0.2)
    assert float(band[1]) + float(band[2]) == pytest.approx(dots[-1], abs=0.2)


def test_a_run_of_nothing_still_has_a_page() -> None:
    """No steps and no seconds: no chart, no crash."""
    empty = bundles.bundle(steps=(), seconds=(), errors={}, knee=None, audit=None)

    assert "<svg viewBox" not in render(empty)


def test_every_second_that_is_folded_keeps_its_peak() -> None:
    """A soak of half an hour draws fewer points than seconds, and the one bad second is among them."""
    quiet = Second(at_s=0, sent=100, answered=100, failed=0, p50_us=5_000, p90_us=8_000, p99_us=10_000, max_us=20_000)
    seconds = [replace(quiet, at_s=at_s) for at_s in range(1_800)]
    seconds[1_111] = replace(quiet, at_s=1_111, max_us=9_000_000)
    page = render(bundles.bundle(steps=(bundles.step(100),), seconds=tuple(seconds), knee=None))

    assert "max 9.00 s" in page
    assert page.count('<rect class="hit"') < 1_300


def test_seconds_of_silence_are_no_latency() -> None:
    """Where nothing was due the line is broken, and does not fall to nought."""
    whole = bundles.bundle(steps=(bundles.step(400),), knee=None)
    silent = [replace(second, p50_us=0, p90_us=0, p99_us=0, max_us=0) for second in whole.seconds[5:9]]
    broken = replace(whole, seconds=(*whole.seconds[:5], *silent, *whole.seconds[9:]))

    def lines_of_p99(run: Bundle) -> int:
        page = render(run)
        chart = page[page.index('<figure id="latency">') : page.index('<figure id="rate">')]
        return chart.count('<polyline class="line c-p99"')

    assert (lines_of_p99(whole), lines_of_p99(broken)) == (1, 2)


CPU_CASES = {
    # name: (gateway, postgres, client cores busy; gateway processes; machine cores) → words
    "the machine is full": (1.3, 0.4, 0.25, 2, 2, "all 2 cores are in use"),
    "the gateway's processes are full": (1.95, 0.5, 0.3, 2, 8, "add workers"),
    "nothing is full": (0.4, 0.2, 0.1, 2, 8, "the processor is not the limit"),
}


@pytest.mark.parametrize("name", CPU_CASES)
def test_what_breaks_first_is_read_from_the_figures(name: str) -> None:
    """Which side's processor saturates, or that none does."""
    gateway, postgres, client, processes, cores, words = CPU_CASES[name]
    busy = bundles.step(
        1_000,
        gateway=Usage(cpu_s=gateway * bundles.STEP_SECONDS, memory_bytes=1, processes=processes),
        postgres=Usage(cpu_s=postgres * bundles.STEP_SECONDS, memory_bytes=1, processes=9),
        client=Usage(cpu_s=client * bundles.STEP_SECONDS, memory_bytes=1, processes=1),
    )
    run = bundles.bundle(steps=(busy,), knee=None, machine=replace(bundles.MACHINE, cores=cores))

    assert words in told(run)
    assert sum(other in told(run) for *_, other in CPU_CASES.values()) == 1


def test_the_end_is_read_from_the_step_that_broke() -> None:
    """Its slowest stage and the one that grew most are named, in both languages."""
    words = told(bundles.bundle())

    assert "1,000/s held, 1,200/s did not" in words
    assert "grew most is queue" in words
    assert "增长最多的阶段是排队" in words
    assert "2,100 messages found no free connection" in words


def test_a_tired_client_is_blamed_before_the_server() -> None:
    """Where the client's loop is as late as its answers, the latency is said not to be the gateway's."""
    tired = bundles.step(1_200, client_lag=bundles.latency(900_000, 500))
    awake = bundles.step(1_200)

    assert "the latency is not the gateway's" in told(bundles.bundle(steps=(tired,), knee=None))
    assert "not the gateway's" not in told(bundles.bundle(steps=(awake,), knee=None))


def test_sides_that_were_not_measured_are_named() -> None:
    """Nothing is said to be idle because nobody looked."""
    nobody = Usage(cpu_s=0, memory_bytes=0, processes=0)
    run = bundles.bundle(steps=(bundles.step(400, postgres=nobody),), knee=None)

    assert "The CPU of PostgreSQL was not measured" in told(run)
    assert "the processor is not the limit" not in told(run)


def test_a_run_whose_gateway_was_not_measured_has_a_page() -> None:
    """A driver that was given no process ids knows only itself."""
    nobody = Usage(cpu_s=0, memory_bytes=0, processes=0)
    page = render(bundles.bundle(steps=(bundles.step(400, gateway=nobody, postgres=nobody),), knee=None))

    assert "The CPU of the gateway and PostgreSQL was not measured" in page


def test_memory_that_grows_is_told_of_a_long_step_only() -> None:
    """A soak's growth is told; a short step's warming up is not."""
    growing = [
        Second(at_s=at, sent=1, answered=1, failed=0, p50_us=1, p90_us=1, p99_us=1, max_us=1, gateway_memory_bytes=size)
        for at, size in enumerate(range(100 * 2**20, 400 * 2**20, 3 * 2**20))
    ]

    def run(seconds: float) -> Bundle:
        step: Step = bundles.step(100, seconds=seconds)
        return bundles.bundle(
            steps=(step,),
            seconds=tuple(growing),
            knee=Knee(holds_per_s=1, breaks_per_s=None, because="", because_zh=""),
        )

    assert "memory grew" in told(run(100))
    assert "memory grew" not in told(run(15))


def test_the_terminal_shows_money_steps_and_words() -> None:
    """A failed audit is the first thing after the run's name, with its faults."""
    written = io.StringIO()
    show(bundles.tampered(), Console(width=160, file=written))
    lines = written.getvalue().splitlines()

    assert lines[1].startswith("audit: FAILED, 2 faults")
    assert bundles.FAULTS[0] in lines[2]
    assert any(line.split()[:3] == ["1200/s", "18,000", "1,060"] for line in lines)
    assert any("1,200/s did not" in line for line in lines)


async def test_the_command_writes_the_page(tmp_path: Path) -> None:
    """`python -m loadtests.report BUNDLE OUT.html` makes the folder, the page and a summary."""
    bundles_on_disk.write(bundles.bundle(), tmp_path / "run.json")
    code, output = await ran("loadtests.report", str(tmp_path / "run.json"), str(tmp_path / "new" / "run.html"))

    assert code == 0, output
    assert (tmp_path / "new" / "run.html").read_text().startswith("<!doctype html>")
    assert "audit: clean" in output


async def test_what_is_no_bundle_is_refused_with_its_place(tmp_path: Path) -> None:
    """The file, the place in it, and what to name instead."""
    broken = tmp_path / "broken.json"
    bundles_on_disk.write(bundles.bundle(), broken)
    broken.write_text(broken.read_text().replace('"seed": 1', '"seed": "one"'))
    code, output = await ran("loadtests.report", str(broken), str(tmp_path / "out.html"))

    assert code == 1
    assert str(broken) in output
    assert "$.seed" in output
    assert "Traceback" not in output


async def violations(page: Path) -> str:
    """Open a page in a real browser; return what its policy refused."""
    assert CHROMIUM is not None
    process = await asyncio.create_subprocess_exec(
        *(CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--dump-dom"),
        page.as_uri(),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    dom, log = await process.communicate()
    assert b'<figure id="knee">' in dom
    return "\n".join(line for line in log.decode().splitlines() if "Content Security Policy" in line)


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the PATH")
async def test_a_browser_lets_the_page_pass_its_own_policy(tmp_path: Path) -> None:
    """A browser refuses nothing of the page; it would refuse a style that the policy does not know."""
    page = tmp_path / "page.html"
    page.write_text(render(bundles.bundle()))
    altered = tmp_path / "altered.html"
    altered.write_text(page.read_text().replace("<style>", "<style>/* altered */"))

    assert await violations(page) == ""
    assert "style-src" in await violations(altered)
