"""A statement as a page: asked for by Accept, exact to the fen, with nothing in it that its policy would stop."""

import base64
import re
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest

from adapters import native
from adapters.native.printing import LEVELS, SEXES, SORTS, STATES, VISIT_KINDS, yuan
from schemas.answers import FeeSum, StatementFound
from schemas.dialect import Inbound, Outbound
from schemas.scalars import CatalogSort, Level, Sex, VisitKind
from tests.golden.rewrite import PROFILE

CASE = Path(__file__).parents[1] / "golden" / "native" / "query-statement" / "answer.json"
STATEMENT = msgspec.json.decode(CASE.read_bytes(), type=StatementFound)
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def said(statement: StatementFound = STATEMENT, accept: str = BROWSER) -> Outbound:
    return native.write(statement, Inbound(method="GET", path="/", headers={"accept": accept}, body=b""), PROFILE)


@pytest.mark.parametrize(
    ("accept", "html"),
    [
        (BROWSER, True),
        ("text/html", True),
        ("TEXT/HTML;level=1", True),
        ("", False),
        ("*/*", False),
        ("application/json, text/plain, */*", False),
        ("application/json, text/html;q=0.5", False),
    ],
)
def test_who_asks_for_a_page_gets_one(accept: str, *, html: bool) -> None:
    """A browser does; a program that names JSON, or nothing, is answered as before."""
    assert said(accept=accept).content_type.startswith("text/html") is html


@pytest.mark.parametrize(
    ("fen", "text"),
    [(0, "0.00"), (5, "0.05"), (-5, "-0.05"), (100, "1.00"), (123456789, "1,234,567.89"), (-100020, "-1,000.20")],
)
def test_an_amount_has_two_decimals(fen: int, text: str) -> None:
    """Whole fen become yuan by their digits, its thousands apart."""
    assert yuan(fen) == text


def test_the_page_shows_what_the_statement_says() -> None:
    """Every share of every kind of fee, the sums in words, who, where, when by Shanghai's clock, the receipt."""
    text = said().body.decode()

    rows = re.findall(r"<tr><td>(.*?)<small>.*?</td><td class=\"lines\">(\d+)</td>\s*(.*?)</tr>", text, re.DOTALL)
    cells = [(zh, lines, re.findall(r"<td>(.*?)</td>", shares)) for zh, lines, shares in rows]
    assert cells == [
        ("药品", "2", ["1,000.00", "1,000.00", "0.00", "0.00", "0.00"]),
        ("目录外", "1", ["50.20", "0.00", "50.20", "0.00", "0.00"]),
        ("合计", "3", ["1,050.20", "1,000.00", "50.20", "0.00", "0.00"]),
    ]
    for shown in (
        *(STATEMENT.charged_zh, STATEMENT.fund_zh, STATEMENT.settlement_id, STATEMENT.provider.name),
        *(
            "测*",
            "000000********0011",
            "39岁",
            "ZY0001　第1次结算",
            "2024-11-28 09:00 至 2024-12-01 09:00",
            "2024-12-01 10:00",
            "S52.500",
        ),
        *(STATEMENT.receipt_path, STATEMENT.receipt_sha256, "部分隐去"),
    ):
        assert shown in text
    assert 'class="state"' not in text


def test_what_does_not_stand_is_told_above_all() -> None:
    """A cancelled settlement names what cancelled it; a cancellation names what it takes back, in negative amounts."""
    cancelled = said(msgspec.structs.replace(STATEMENT, state="cancelled", cancelled_by="S-2")).body.decode()
    negative = msgspec.structs.replace(STATEMENT.sums, charged_fen=-105020)
    undoing = msgspec.structs.replace(STATEMENT, state="cancellation", original_settlement_id="S-1", sums=negative)
    cancellation = said(undoing).body.decode()

    assert '<p class="state">已撤销：撤销单 S-2' in cancelled
    assert '<p class="state">撤销单：原结算单 S-1' in cancellation
    assert "<td>-1,050.20</td>" in cancellation


def test_the_policy_lets_its_own_style_through_and_nothing_else() -> None:
    """The one style by its hash; no script, no attribute of style, and what a name holds is text."""
    odd = '<img src=x onerror="a()"></style><script>b()</script>'
    worker = msgspec.structs.replace(STATEMENT.worker, employer_name=odd)
    out = said(msgspec.structs.replace(STATEMENT, worker=worker))
    text = out.body.decode()

    [style] = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    hashed = base64.b64encode(sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{hashed}'; base-uri 'none'; form-action 'none'"
    assert out.headers["Content-Security-Policy"] == f"{policy}; frame-ancestors 'none'"
    assert f'content="{policy.replace(chr(39), "&#39;")}"' in text
    assert not re.search(r"<script|<img|<link|style=", text)
    assert "&lt;img src=x" in text


def test_every_word_has_its_label() -> None:
    """A kind, a level or a sort that the schemas add is a failure here, not on a clerk's screen."""
    words = (VisitKind, Level, Sex, CatalogSort, StatementFound.__annotations__["state"])
    labels = (VISIT_KINDS, LEVELS, SEXES, {name: both for name, both in SORTS.items() if name}, STATES)

    assert [set(label) for label in labels] == [set(word.__args__) for word in words]


def test_a_bare_statement_is_printed() -> None:
    """Nothing optional: no level, invoice, discharge, employer's name or recognition; all kinds of fees."""
    bare = msgspec.structs.replace(
        STATEMENT,
        provider=msgspec.structs.replace(STATEMENT.provider, level=None),
        worker=msgspec.structs.replace(STATEMENT.worker, employer_name=None, masked=False),
        **dict.fromkeys(("invoice_no", "interim_no", "inpatient_no", "department_code", "discharged_at")),
        recognition_nos=(),
        fees=tuple(FeeSum(sort=sort, lines=1, sums=STATEMENT.sums) for sort in SORTS),
    )
    text = said(bare).body.decode()

    assert "None" not in text
    assert all(zh in text for zh, _ in SORTS.values())
    assert "部分隐去" not in text
