"""The docs in a real browser: they render under their policy, and an operation can be tried out against the gateway."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect

from gateway.web.pages.site import OPENAPI
from tests.living import Living, living

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = [
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no {CHROMIUM}: apt-get install chromium"),
    pytest.mark.timeout(180),
]
MILLISECONDS_MAX = 30_000


@asynccontextmanager
async def browsing(lived: Living) -> AsyncIterator[tuple[Page, list[str]]]:
    """Open a browser at the gateway; everything that it complains of is kept."""
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = await browser.new_page(base_url=lived.gateway.url, viewport={"width": 1280, "height": 1000})
        expect.set_options(timeout=MILLISECONDS_MAX)
        page.set_default_timeout(MILLISECONDS_MAX)
        complaints: list[str] = []
        page.on("console", lambda told: complaints.append(f"{told.type}: {told.text}"))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("requestfailed", lambda asked: complaints.append(f"failed: {asked.url}"))
        page.on(
            "request", lambda asked: asked.url.startswith(lived.gateway.url) or complaints.append(f"left: {asked.url}")
        )
        await page.add_init_script(
            "document.addEventListener('securitypolicyviolation', "
            "broken => console.error(`policy: ${broken.violatedDirective} ${broken.blockedURI}`))"
        )
        try:
            yield page, complaints
        finally:
            await browser.close()


async def test_an_operation_is_tried_out_and_its_answer_is_signed(database_dsn: str, tmp_path: Path) -> None:
    """With a token of the demo world an outcome is asked for from /docs; the answer shows its signature's fields."""
    async with living(database_dsn, tmp_path) as lived, browsing(lived) as (page, complaints):
        case = lived.case("over-ceiling")
        token = lived.token(case["provider"])
        assert (await lived.gateway.submit(case["request"], "my-first-bill", provider=token)).status == 200
        await page.goto("/docs")
        await page.get_by_role("button", name="Authorize").click()
        await page.get_by_label("auth-bearer-value").fill(token)
        await page.get_by_role("button", name="Apply credentials").click()
        await page.get_by_role("button", name="Close").last.click()
        operation = page.locator("#operations-outcomes-queryOutcome")
        await operation.locator(".opblock-summary-control").click()
        await operation.get_by_role("button", name="Try it out").click()
        await operation.get_by_placeholder("message_id").fill("my-first-bill")
        await operation.get_by_role("button", name="Execute").click()
        answer = operation.locator(".live-responses-table")
        await expect(answer.locator(".response-col_status").last).to_contain_text("200")
        shown = await answer.inner_text()
        await operation.screenshot(path=tmp_path / "tried-out.png")

    assert '"outcome": "settled"' in shown
    assert "signature: gateway=:" in shown
    assert "content-digest: sha-256=:" in shown
    assert complaints == []


async def test_a_document_can_be_settled_from_the_page(database_dsn: str, tmp_path: Path) -> None:
    """A bill typed into the page is settled under the page's policy, and its receipt is shown."""
    async with living(database_dsn, tmp_path) as lived, browsing(lived) as (page, complaints):
        case = lived.case("clean-outpatient")
        await page.goto("/docs#/bills/submitBill")
        await page.get_by_role("button", name="Authorize").click()
        await page.get_by_label("auth-bearer-value").fill(lived.token(case["provider"]))
        await page.get_by_role("button", name="Apply credentials").click()
        await page.get_by_role("button", name="Close").last.click()
        operation = page.locator("#operations-bills-submitBill")
        await operation.get_by_role("button", name="Try it out").click()
        await operation.get_by_placeholder("Idempotency-Key").fill("from-the-page")
        await operation.locator("textarea.body-param__text").fill(json.dumps(case["request"], ensure_ascii=False))
        await operation.get_by_role("button", name="Execute").click()
        answer = operation.locator(".live-responses-table")
        await expect(answer.locator(".response-col_status").last).to_contain_text("200")
        shown = await answer.inner_text()

    assert '"answer": "Settled"' in shown
    assert "settlement-receipt: " in shown
    assert complaints == []


async def test_a_statement_prints_on_one_sheet(database_dsn: str, tmp_path: Path) -> None:
    """A browser that asks for a statement gets a signed page: it keeps to its policy, and one A4 sheet holds it."""
    async with living(database_dsn, tmp_path) as lived, browsing(lived) as (page, complaints):
        case = lived.case("over-ceiling")
        token = lived.token(case["provider"])
        settled = (await lived.gateway.submit(case["request"], "to-print", provider=token)).json
        await page.set_extra_http_headers({"Authorization": f"Bearer {token}"})
        answer = await page.goto(f"/v1/settlements/{settled['settlement_id']}/statement?masked=false")
        assert answer is not None
        head = await answer.all_headers()
        total = page.locator("tfoot td").nth(2)
        shown, aligned = await total.inner_text(), await total.evaluate("one => getComputedStyle(one).textAlign")
        await page.screenshot(path=tmp_path / "statement.png", full_page=True)
        sheet = await page.pdf(prefer_css_page_size=True)

    fen = settled["sums"]["charged_fen"]
    assert (answer.status, head["content-type"]) == (200, "text/html; charset=utf-8")
    assert head["signature"].startswith("gateway=:")
    assert (shown, aligned) == (f"{fen // 100:,}.{fen % 100:02d}", "right")
    assert len(re.findall(rb"/Type /Page\b", sheet)) == 1
    assert re.search(rb"/MediaBox \[0 0 59[45][.0-9]* 84[12]", sheet)
    assert complaints == []


async def test_the_pages_render(database_dsn: str, tmp_path: Path) -> None:
    """The interface lists its operations, a problem's page leads to one of them, and the browser does not complain."""
    paths = json.loads(OPENAPI.read_text(encoding="utf-8"))["paths"]
    described = sum(len(methods) for methods in paths.values())
    async with living(database_dsn, tmp_path) as lived, browsing(lived) as (page, complaints):
        await page.goto("/problems")
        await page.get_by_role("link", name="preview.differs").click()
        await expect(page.get_by_role("heading", name="preview.differs")).to_be_visible()
        await page.get_by_role("link", name="/v1/bills").click()
        await expect(page.locator("#operations-bills-submitBill .opblock-body")).to_be_visible()
        operations = await page.locator(".opblock").count()
        ground = await page.evaluate("getComputedStyle(document.querySelector('header.house')).backgroundColor")
        pictures = await page.evaluate(
            "[...document.querySelectorAll('.swagger-ui select')].map(one => getComputedStyle(one).backgroundImage)"
        )

    assert operations == described
    assert ground == "rgb(11, 93, 87)"
    assert pictures
    assert all("/docs/assets/swagger-ui/" in picture for picture in pictures)
    assert complaints == []
