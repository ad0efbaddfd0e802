"""Sheets at a real gateway: a bill settles, its repeat gives the same bytes, a refusal is the sheet with its faults."""

import asyncio
import csv
import io
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from adapters.sheet.tables import CSV, XLSX
from gateway.path import RECEIPT_HEADER
from tests import city
from tests.conftest import _database
from tests.house import ROOT, Answer, Gateway, gateways
from tests.sheet.sample import as_csv, as_xlsx, line, rows

pytestmark = pytest.mark.asyncio(loop_scope="module")
SUPPLIER = city.SUPPLIER


def providers() -> list[dict[str, Any]]:
    return [one | ({"dialect": "sheet"} if one["code"] == SUPPLIER else {}) for one in city.providers()]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway(
    cluster_dsn: str, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Gateway]:
    folder = tmp_path_factory.mktemp("sheet")
    async for dsn in _database(cluster_dsn, template_database):
        await city.found(dsn, folder / "secrets.json", providers=providers())
        async with gateways(dsn, folder) as (gateway,):
            yield gateway


async def post(gateway: Gateway, body: bytes, **headers: str) -> Answer:
    headers.setdefault("Content-Type", XLSX if body.startswith(b"PK") else CSV)
    return await gateway.ask("POST", f"/in/{SUPPLIER}", body, provider=SUPPLIER, **headers)


def device_bill(number: int, **changed: Any) -> list[list[Any]]:
    """One artificial finger for worker 2, who has an authorization for one."""
    finger = line(1, catalog_code="10001", quantity="1", unit_price_yuan="880.00", amount_yuan="880.00")
    return rows([finger | changed.pop("line", {})], visit_no=f"PZ{number}", bill_no=f"D{number}", **changed)


def drug_bill(number: int, **changed: Any) -> list[list[Any]]:
    """Three lines of ten yuan each of an outpatient of worker `number`."""
    own = {"visit_no": f"PZ{number}", "bill_no": f"D{number}", "worker_id": city.worker_id(number)}
    return rows(**(own | {"qualification_ids": f"QR{number}", "visit_kind": "门诊"} | changed))


def table(answer: Answer) -> list[dict[str, str]]:
    """Rows of an answer in CSV, columns by their English names."""
    header, *lines = csv.reader(io.StringIO(answer.body.decode("utf-8-sig"), newline=""))
    return [dict(zip([name.split(" ")[-1] for name in header], row, strict=True)) for row in lines]


async def test_a_bill_settles_and_the_same_file_again_gives_the_same_bytes(gateway: Gateway) -> None:
    """G1, G2: CSV and XLSX of the same cells are one message; the sheet says who bears what."""
    sent = device_bill(2, charged_yuan="880.00")
    first = await post(gateway, as_csv(sent))
    again = await post(gateway, as_csv(sent))
    as_book = await post(gateway, as_xlsx(sent))
    (row,) = table(first)

    assert first.status == 200, first.body.decode()
    assert row["result"] == "已结算 settled"
    shares = [row[name] for name in ("fund_yuan", "worker_yuan", "employer_yuan", "provider_yuan")]
    assert sum(int(share.replace(".", "")) for share in shares) == 88_000
    assert row["bill_charged_yuan"] == "880.00"
    assert RECEIPT_HEADER in first.headers
    assert [(one.body, one.replayed) for one in (again, as_book)] == [(first.body, True)] * 2


async def test_changed_content_of_a_settled_bill_is_refused_in_the_sheet(gateway: Gateway) -> None:
    """The bill's key recognises it under another digest, and the sheet names the settlement that stands."""
    first = await post(gateway, as_csv(drug_bill(5)))
    changed = await post(gateway, as_csv(drug_bill(5, phone="139")))

    assert first.status == 200, first.body.decode()
    assert changed.status in (409, 422)
    assert table(changed)[0]["result"] == "未受理 refused"
    assert table(changed)[0]["problem_zh"]


async def test_a_wrong_file_comes_back_with_its_faults_and_settles_once_mended(gateway: Gateway) -> None:
    """Nothing of a faulty file is taken; mended in the returned sheet, its answer's columns left in, it settles."""
    broken = drug_bill(6)
    column = broken[0].index("amount_yuan")
    broken[2][column] = "1,0.00"
    refused = await post(gateway, as_csv(broken))
    returned = list(csv.reader(io.StringIO(refused.body.decode("utf-8-sig"), newline="")))
    returned[2][column] = "10.00"
    mended = await post(gateway, as_csv(returned))

    assert refused.status == 400
    assert [bool(row["problem_en"]) for row in table(refused)] == [False, True, False]
    assert "holds a thousands separator" in table(refused)[1]["problem_en"]
    assert mended.status == 200, mended.body.decode()
    assert [row["result"] for row in table(mended)] == ["已结算 settled"] * 3
    assert list(table(mended)[0]).count("problem_en") == 1


async def test_a_total_that_differs_is_refused_at_its_cell(gateway: Gateway) -> None:
    """What the house refuses points into the sheet as what the reader refuses does."""
    sent = drug_bill(7, charged_yuan="29.99")
    refused = await post(gateway, as_xlsx(sent), Accept="application/json")
    column = chr(ord("A") + sent[0].index("charged_yuan"))

    assert refused.json["code"] == "bill.total_differs"
    assert [fault["pointer"] for fault in refused.json["faults"]] == [f"{column}2"]


async def test_others_are_answered_while_a_large_workbook_is_read(gateway: Gateway) -> None:
    """G13: at its bounds it takes most of a second, and not from anybody else."""
    large = as_xlsx([["a"] * 99] * 2_000)
    posted = asyncio.create_task(post(gateway, large))
    answered = 0
    while not posted.done():
        await gateway.ask("GET", "/health/live")
        answered += 1

    assert (await posted).status == 400
    assert answered >= 10


def run(gateway: Gateway, *words: str) -> subprocess.CompletedProcess[str]:
    environ = os.environ | {
        "GATEWAY_URL": gateway.url,
        "GATEWAY_PROVIDER": SUPPLIER,
        "GATEWAY_TOKEN": city.TOKENS[SUPPLIER],
    }
    command = [sys.executable, "-c", "from gateway.cli import main; main()", "sheet", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=environ, timeout=60)


async def test_the_command_sends_a_file_and_saves_what_is_answered(gateway: Gateway, tmp_path: Path) -> None:
    """Settled: code 0, the sheet and the receipt beside the file. Refused: code 1, the sheet with its faults."""
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_bytes(as_csv(drug_bill(8)))
    bad.write_bytes(as_csv(drug_bill(9, worker_id="W99999")))
    settled, repeated, refused = (
        run(gateway, "send", str(good)),
        run(gateway, "send", str(good)),
        run(gateway, "send", str(bad)),
    )

    assert (settled.returncode, settled.stderr) == (0, "")
    assert "已结算 settled" in settled.stdout
    assert "a repeat" in repeated.stdout
    assert "已结算 settled" in (tmp_path / "good.csv.answer.csv").read_text("utf-8-sig")
    assert (tmp_path / "good.csv.receipt").read_text().count(".") == 2
    assert refused.returncode == 1
    assert "C2" in (tmp_path / "bad.csv.answer.csv").read_text("utf-8-sig") or "B2" in (
        tmp_path / "bad.csv.answer.csv"
    ).read_text("utf-8-sig")


async def test_the_template_is_read_from_the_site_as_the_command_writes_it(gateway: Gateway, tmp_path: Path) -> None:
    """The same bytes by both ways."""
    for form in ("csv", "xlsx"):
        got = await gateway.ask("GET", f"/docs/sheet-template.{form}")
        run(gateway, "template", "--out", str(tmp_path / f"t.{form}"))

        assert (tmp_path / f"t.{form}").read_bytes() == got.body


TYPED = ("charged_yuan", "quantity", "unit_price_yuan", "amount_yuan", "admitted_at", "occurred_at")


def converted(office: str, source: Path, names: list[str]) -> None:
    """Have LibreOffice open a CSV file, codes as text and the rest as it types them, and save it as XLSX."""
    columns = "/".join(f"{place}/{1 if name in TYPED else 2}" for place, name in enumerate(names, 1))
    command = [office, f"-env:UserInstallation=file://{source.parent}/profile", "--headless"]
    command += [f"--infilter=CSV:44,34,76,1,{columns}", "--convert-to", "xlsx:Calc MS Excel 2007 XML"]
    command += ["--outdir", str(source.parent), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)


async def test_a_spreadsheet_saved_by_libreoffice_settles(gateway: Gateway, tmp_path: Path) -> None:
    """A bill made by LibreOffice from CSV, its numbers and times typed by it, is read to the fen."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice (soffice) is not installed here")
    source = tmp_path / "bill.csv"
    source.write_bytes(as_csv(drug_bill(10)))
    await asyncio.to_thread(converted, office, source, drug_bill(10)[0])
    answer = await post(gateway, (tmp_path / "bill.xlsx").read_bytes(), Accept=CSV)

    assert answer.status == 200, answer.body.decode()
    assert table(answer)[0]["bill_charged_yuan"] == "30.00"
