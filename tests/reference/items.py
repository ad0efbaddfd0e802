"""Catalog rows for tests that need many."""

from datetime import date
from typing import Any

from schemas.facts import CatalogItem

AREA, SCHEME = "321100", "410"


def item(code: str, **changed: Any) -> CatalogItem:
    fields = {
        "area": AREA,
        "scheme": SCHEME,
        "code": code,
        "name": f"示例目录项目 {code} 规格十毫升",
        "sort": "drug",
        "unit": "支",
        "valid_from": date(2020, 1, 1),
        "ceiling_tertiary_yuan": "747.06",
        "ceiling_secondary_yuan": "679.15",
    }
    return CatalogItem(**fields | changed)
