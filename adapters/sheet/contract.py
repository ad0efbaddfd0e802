"""What the dialect states of itself for the contract (adapters/README.md). Only CSV is changed; XLSX is read alike."""

from adapters.sheet.columns import BY_FIELD, Part
from adapters.sheet.columns import CARRIED as _CARRIED

VERBS = ("SubmitBill",)
CHARSETS = ("utf-8", "gb18030")


def _named(part: Part, field: str) -> str:
    column = BY_FIELD[part, field]
    return f"{column.zh}|{column.en}|{column.title}"


CARRIED = tuple(f"*/{name}" for column in _CARRIED for name in (column.zh, column.en, column.title))
LINES = {
    "*": {
        field: _named("item", field)
        for field in ("item_no", "quantity", "unit_price_yuan", "amount_fen", "refunds_item_no")
    }
}
_AMOUNTS: tuple[tuple[Part, str], ...] = (("bill", "charged_fen"), ("visit", "third_party_paid_fen"))
TOTALS = {f"0/{name}": f"{part}.{field}" for part, field in _AMOUNTS for name in _named(part, field).split("|")}
SUMS = {f"0/*bill_{share}_yuan": (share,) for share in ("charged", "fund", "worker", "employer", "provider")}
EXEMPT = {
    "truncation": "because nothing ends a CSV file: the bill's total, which must stand, tells the house of lost lines",
    "repeats": "because nothing in a sheet is transport: what is not the bill is carried, and the same bill is one "
    "message however it is saved (tests/sheet)",
}
