"""Puts an adapter on the bench of the contract: its examples, its statement and its page, from where it lies."""

import time
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from adapters.kit.bench import Bench, bench_of
from adapters.kit.statement import statement_of
from gateway.core.reasons import REASONS
from gateway.dialects.finding import BadAdapter, Found
from gateway.dialects.folders import cases_of, golden_of
from schemas.dialect import Adapter
from schemas.problems import Fault, Problem

STATEMENT, PAGE = "contract", "README.md"
ONE_BILL = Path("tests") / "one_bill"
"""Where this tree sends one bill through all its dialects; a dialect that a file there names is among them."""


def put_on_bench(found: Found, adapter: Adapter) -> Bench:
    """Return the bench of an adapter; raises BadAdapter, BadCase, BadStatement."""
    golden = golden_of(found)
    page = found.folder() / PAGE
    return bench_of(
        adapter,
        statement_of(_statement_module(found)),
        tuple(cases_of(golden)) if golden else (),
        refusals=tuple(refusals()),
        page=page.read_text(encoding="utf-8") if page.exists() else "",
        among_all=_is_among_all(found, adapter.NAME),
        clock_ns=time.thread_time_ns,
    )


def _statement_module(found: Found) -> ModuleType | None:
    name = f"{found.module}.{STATEMENT}"
    if find_spec(name) is None:
        return None
    try:
        return import_module(name)
    except Exception as error:
        raise BadAdapter(f"{name} cannot be imported: {type(error).__name__}: {error}") from error


def _is_among_all(found: Found, name: str) -> bool:
    tests = found.folder().parent.parent / ONE_BILL
    return any(f'"{name}"' in path.read_text(encoding="utf-8") for path in sorted(tests.glob("**/*.py")))


def refusals() -> Iterator[Problem]:
    """Yield a refusal for each reason that the house has, with facts that stand for those it is filled in with."""
    for code, reason in REASONS.items():
        words = Fault(
            pointer="",
            code=code,
            zh=reason.zh,
            en=reason.en,
            cure_zh=reason.cure_zh,
            cure_en=reason.cure_en,
        )
        yield Problem(
            status=reason.error.status,
            code=code,
            title_zh=reason.error.title_zh,
            title_en=reason.error.title_en,
            faults=(words, *(_at(words, pointer) for pointer in ("/items/0", "/items/0/amount_fen", "header:X-Y"))),
            retry_after_s=1 if reason.error.status in (429, 503) else None,
            message_id="M-1",
            facts={"settlement_id": "S1", "message_id": "M-1"},
        )


def _at(fault: Fault, pointer: str) -> Fault:
    return Fault(
        pointer=pointer,
        code=fault.code,
        zh=fault.zh,
        en=fault.en,
        cure_zh=fault.cure_zh,
        cure_en=fault.cure_en,
    )
