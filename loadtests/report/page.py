"""One run as one HTML page that needs nothing else: no script, no network, a policy that allows its own style only."""

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from loadtests import figures, measures
from loadtests.bundle import Audit, Bundle
from loadtests.report import drawings, verdict

HERE = Path(__file__).parent
_STYLE = (HERE / "page.css").read_text(encoding="utf-8")
_PAGES = Environment(
    loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


def render(bundle: Bundle) -> str:
    """Return the page of a bundle."""
    return _PAGES.get_template("page.html.j2").render(
        bundle=bundle,
        steps=measures.by_rate(bundle.steps),
        style=_STYLE,
        policy=f"default-src 'none'; style-src '{_digest(_STYLE)}'; base-uri 'none'; form-action 'none'",
        said=verdict.said(bundle),
        status=_status(bundle.audit),
        charts=_charts(bundle),
        stages=measures.stages_in_order(bundle.steps),
        errors=_errors(bundle.errors),
        figures=figures,
        measures=measures,
        stage_class=drawings.stage_class,
        stages_zh=verdict.STAGES_ZH,
        sides=drawings.SIDES_ZH,
    )


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _status(audit: Audit | None) -> str:
    """Return "clean", "failed" or "none"."""
    if audit is None:
        return "none"
    return "clean" if audit.is_clean else "failed"


def _errors(errors: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(errors.items(), key=lambda pair: (-pair[1], pair[0]))


def _charts(bundle: Bundle) -> dict[str, str]:
    return {
        "rate": drawings.rate_over_time(bundle),
        "latency": drawings.latency_over_time(bundle),
        "knee": drawings.latency_against_rate(bundle),
        "stages": drawings.stage_shares(measures.by_rate(bundle.steps)),
        "cpu": drawings.cpu(bundle),
        "commits": drawings.commits(bundle),
        "batches": drawings.batches(bundle),
        "memory": drawings.memory_over_time(bundle),
    }
