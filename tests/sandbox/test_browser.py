"""The pages in a real browser: they keep to their policy, refresh themselves, fit a narrow screen."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, async_playwright

from tests.sandbox.sandboxed import Sandbox

CHROMIUM = Path("/usr/bin/chromium")
WATCH = """
window.broken = [];
document.addEventListener("securitypolicyviolation", (event) => window.broken.push(event.violatedDirective));
"""
pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no browser at {CHROMIUM}"),
]


@pytest_asyncio.fixture(loop_scope="session", params=[(1280, "light"), (390, "dark")], ids=["desktop", "narrow"])
async def page(request: Any) -> AsyncIterator[Page]:
    """A page of a browser that notes what its policy forbids and what goes wrong."""
    width, scheme = request.param
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        opened = await browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        await opened.add_init_script(WATCH)
        yield opened
        await browser.close()


async def test_the_log_shows_itself_and_what_comes(sandbox: Sandbox, page: Page) -> None:
    """It renders without a word from the browser's console, takes a new call in by itself, and leads to its page."""
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    await sandbox.submit(await sandbox.bill("first"), "m1")
    await page.goto(f"{sandbox.gateway.url}/sandbox/log")
    await page.wait_for_selector("tr.good")
    await sandbox.ask("POST", "/v1/bills", {"visit": 3}, message_id="m2")
    await page.wait_for_selector("tr.bad", timeout=10_000)
    rows = await page.locator("tbody tr").count()
    broken = await page.evaluate("window.broken")
    await page.click("tr.bad td.request a")
    failed = await page.locator(".checks li.failed").count()
    overflow = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth")

    assert (rows, failed, overflow) == (2, 2, 0)
    assert (broken, wrong) == ([], [])


async def test_the_first_page_dates_and_resets(sandbox: Sandbox, page: Page) -> None:
    """Its forms set the clock and put everything back, under a policy that lets them go nowhere else."""
    await page.goto(f"{sandbox.gateway.url}/sandbox")
    await page.fill("input[name=at]", "2026-12-31T23:50+08:00")
    await page.click("text=设定 Set")
    moved = await page.text_content(".now time")
    await page.click("button.danger")
    put_back = await page.text_content(".now time")
    overflow = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth")

    assert moved is not None
    assert moved.startswith("2026-12-31 23:50")
    assert put_back is not None
    assert not put_back.startswith("2026-12-31")
    assert (await page.evaluate("window.broken"), overflow) == ([], 0)
