"""Prints a statement (结算单) as one page of HTML: Chinese with English beneath, A4, all of it in the one file.

A clerk saves the page and prints it later, without the gateway: its style stands in it, and its policy lets through
that style by its hash and nothing else. The policy stands in the file too, so that it holds for a saved one.
"""

import base64
from datetime import datetime
from hashlib import sha256

from jinja2 import Environment, PackageLoader, StrictUndefined

from adapters.kinds import SHANGHAI
from schemas.answers import StatementFound
from schemas.dialect import Inbound, Outbound

HTML = "text/html"
_FEN = 100
Both = tuple[str, str]
"""A label in zh and en."""

STATES: dict[str, Both] = {
    "in_force": ("有效", "in force"),
    "cancelled": ("已撤销", "cancelled"),
    "cancellation": ("撤销单", "cancellation"),
}
VISIT_KINDS: dict[str, Both] = {
    "outpatient": ("门诊", "outpatient"),
    "inpatient": ("住院", "inpatient"),
    "rehabilitation": ("工伤康复", "rehabilitation"),
    "device": ("辅助器具配置", "assistive devices"),
}
LEVELS: dict[str, Both] = {
    "tertiary": ("三级", "tertiary"),
    "secondary": ("二级", "secondary"),
    "primary": ("一级", "primary"),
    "ungraded": ("无等级", "ungraded"),
}
SEXES: dict[str, Both] = {"male": ("男", "male"), "female": ("女", "female")}
SORTS: dict[str | None, Both] = {
    "drug": ("药品", "drugs"),
    "service": ("诊疗项目", "services"),
    "inpatient_standard": ("住院服务标准", "inpatient standards"),
    "rehabilitation": ("康复服务项目", "rehabilitation"),
    "device": ("辅助器具", "devices"),
    "consumable": ("医用耗材", "consumables"),
    None: ("目录外", "in no catalog"),
}
PARTIES: dict[str, Both] = {
    "charged_fen": ("费用总额", "charged"),
    "fund_fen": ("工伤保险基金", "fund"),
    "worker_fen": ("工伤职工", "worker"),
    "employer_fen": ("用人单位", "employer"),
    "provider_fen": ("协议机构", "provider"),
}


def wants_page(to: Inbound) -> bool:
    """Return whether the asker would rather have HTML than JSON: a browser does, a program that names JSON does not."""
    named = {part.partition(";")[0].strip().lower() for part in to.headers.get("accept", "").split(",")}
    return HTML in named and "application/json" not in named


def printed(statement: StatementFound) -> Outbound:
    """Return a statement as a page."""
    body = _PAGE.render(of=statement, policy=_META).encode()
    headers = {
        "Content-Security-Policy": POLICY,
        "Content-Disposition": f'inline; filename="statement-{statement.settlement_id}.html"',
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Vary": "Accept",
    }
    return Outbound(status=200, content_type=f"{HTML}; charset=utf-8", body=body, headers=headers)


def yuan(fen: int) -> str:
    """Return an amount in yuan, its thousands apart, always with two decimals."""
    whole, rest = divmod(abs(fen), _FEN)
    return f"{'-' if fen < 0 else ''}{whole:,}.{rest:02d}"


def moment(instant: datetime) -> str:
    """Return an instant by the clock on the wall, to the minute."""
    return f"{instant.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


_PAGES = Environment(
    loader=PackageLoader("adapters.native", "printed"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_PAGES.filters |= {"yuan": yuan, "moment": moment}
_PAGES.globals |= {
    "states": STATES,
    "visit_kinds": VISIT_KINDS,
    "levels": LEVELS,
    "sexes": SEXES,
    "sorts": SORTS,
    "parties": PARTIES,
}
STYLE = _PAGES.get_template("statement.css").render()
_META = (
    f"default-src 'none'; style-src 'sha256-{base64.b64encode(sha256(STYLE.encode()).digest()).decode()}'; "
    "base-uri 'none'; form-action 'none'"
)
POLICY = f"{_META}; frame-ancestors 'none'"
"""What a page says of itself cannot forbid frames: the head does."""
_PAGES.globals["style"] = STYLE
_PAGE = _PAGES.get_template("statement.html")
