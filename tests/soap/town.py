"""The city with two hospitals that speak SOAP: one says its charset in each message, one speaks GBK only."""

import hashlib
from typing import Any
from zoneinfo import ZoneInfo

from tests import city

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOSPITAL, GBK = "H32110000701", "H32110000702"
PROFILES = {HOSPITAL: "", GBK: "charset=gbk|offset_absent=+08:00"}


def token(provider: str) -> str:
    return f"token-of-{provider}-0123456789abcdef0123456789abcdef"


def providers() -> list[dict[str, Any]]:
    """Those of the city, and the two."""
    ours = [
        city.providers()[0]
        | {
            "code": code,
            "dialect": "soap",
            "profile": profile,
            "token_sha256": hashlib.sha256(token(code).encode()).hexdigest(),
            "agreement_no": f"AG-{code}",
        }
        for code, profile in PROFILES.items()
    ]
    return [*city.providers(), *ours]
