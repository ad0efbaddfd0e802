"""The sandbox's pages: made on the server, with a style sheet and a script of their own and nothing inline."""

from datetime import datetime
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from gateway.core.days import SHANGHAI
from gateway.reference.world.build import World, description
from gateway.reference.world.providers import (
    ELSEWHERE_TERTIARY,
    REHABILITATION,
    SECONDARY,
    SPEAKERS,
    SUPPLIER,
    TERTIARY,
)
from gateway.sandbox.journal import CALLS_MAX, Call
from gateway.sandbox.magic import MAGIC
from gateway.sandbox.world import FIRST
from gateway.web.house import Reply

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
FILES = {
    "sandbox.css": "text/css; charset=utf-8",
    "sandbox.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
FOLDER = resources.files("gateway.sandbox") / "pages"
JIANGSU_HOSPITAL = "H32110000021"
SHOWN_PROVIDERS = (
    *(TERTIARY, SECONDARY, JIANGSU_HOSPITAL, *SPEAKERS.values()),
    *(REHABILITATION, SUPPLIER, ELSEWHERE_TERTIARY),
)
"""One of each kind and dialect; world.json has all."""
CHECKS = {
    "caller": ("调用方", "caller"),
    "digest": ("摘要", "Content-Digest"),
    "message": ("报文", "message"),
    "answer": ("应答", "answer"),
}

_TEMPLATES = Environment(
    loader=PackageLoader("gateway.sandbox", "pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.globals["check_names"] = CHECKS
_TEMPLATES.filters["clock"] = lambda instant: f"{shanghai(instant):%H:%M:%S}"
_TEMPLATES.filters["moment"] = lambda instant: f"{shanghai(instant):%Y-%m-%d %H:%M:%S}"


def shanghai(instant: datetime) -> datetime:
    """Return an instant by Shanghai's clock."""
    return instant.astimezone(SHANGHAI)


def shown_providers(world: World) -> list[dict[str, Any]]:
    """Return the providers that are told of, each with its token."""
    by_code = {one["code"]: one for one in description(world)["providers"]}
    return [by_code[code] for code in SHOWN_PROVIDERS if code in by_code]


def first(world: World, now: datetime, host: str) -> Reply:
    """Return the page to begin with. host: as the browser knows us."""
    providers = shown_providers(world)
    return _page("first", providers=providers, magic=MAGIC, now=now, url=f"http://{host}", first=FIRST, seed=world.seed)


def log(calls: list[Call], wanted: tuple[str, str], providers: list[str], now: datetime) -> Reply:
    """Return the log's page. wanted: provider and message id, empty for all."""
    known = sorted({*providers, *([wanted[0]] if wanted[0] else [])})
    return _page(
        "log", calls=calls, provider=wanted[0], message_id=wanted[1], providers=known, calls_max=CALLS_MAX, now=now
    )


def call(of: Call) -> Reply:
    """Return the page of one call."""
    return _page("call", call=of)


def file(name: str) -> Reply | None:
    """Return a file of the pages."""
    if name not in FILES:
        return None
    headers = {"X-Content-Type-Options": "nosniff"}
    return Reply(status=200, content_type=FILES[name], body=(FOLDER / name).read_bytes(), headers=headers)


def _page(template: str, **what: Any) -> Reply:
    text = _TEMPLATES.get_template(f"{template}.html.j2").render(**what)
    return Reply(status=200, content_type="text/html; charset=utf-8", body=text.encode(), headers=HEADERS)
