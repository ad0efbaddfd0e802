"""What the dialect states of itself for the contract (adapters/README.md)."""

from adapters.soap.operations import OPERATIONS

VERBS = tuple(OPERATIONS)
_ASKED = "Body/0/*/0"
TRANSPORT = tuple(f"{_ASKED}/head/0/{name}/0" for name in ("sent_at", "operator_id", "sign_no"))
OPEN = ("Header/0",)
UNIT = "fen"
CHARSETS = ("utf-8", "gbk", "gb18030")
LINES = {
    f"{_ASKED}/items/0/item/*": {
        name: f"{name}/0" for name in ("item_no", "quantity", "unit_price_yuan", "amount_fen", "refunds_item_no")
    }
}
_SHARES = ("charged", "fund", "worker", "employer", "provider")
TOTALS = {
    f"{_ASKED}/{at}{place}_fen/0": f"{name}{field}_fen"
    for at, name in (("", ""), ("visit/0/", "visit."), ("bill/0/", "bill."))
    for place, field in (
        ("charged", "charged"),
        ("third_party_paid", "third_party_paid"),
        ("previewed_fund", "previewed_fund"),
        *((f"previewed/0/{share}", f"previewed.{share}") for share in _SHARES),
    )
}
SUMS = {f"{_ASKED}/*/0/sums/0/{share}_fen/0": (share,) for share in _SHARES}
