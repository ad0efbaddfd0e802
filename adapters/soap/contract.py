"""What the dialect states of itself for the contract (adapters/README.md).

In XML every element has its position among its like, and a value is the element's text.
"""

from adapters.soap.shapes import REQUESTS

VERBS = tuple(sorted(REQUESTS))
CHARSETS = ("utf-8", "gb18030")
UNIT = "fen"
_OPERATION = "Body/0/*/0"
TRANSPORT = tuple(f"SubmitBill:Body/0/SubmitBill/0/{field}/0" for field in ("sent_at", "operator_id", "sign_no"))
"""Of every act but the two that are about an operator's cycle; the examples show them with a bill."""
_LINE = ("item_no", "quantity", "unit_price_yuan", "amount_fen", "refunds_item_no")
LINES = {f"{_OPERATION}/items/*": {field: f"{field}/0" for field in _LINE}}
_SHARES = ("charged", "fund", "worker", "employer", "provider")
TOTALS = {
    f"{_OPERATION}/charged_fen/0": "charged_fen",
    f"{_OPERATION}/third_party_paid_fen/0": "third_party_paid_fen",
    f"{_OPERATION}/bill/0/charged_fen/0": "bill.charged_fen",
    f"{_OPERATION}/visit/0/third_party_paid_fen/0": "visit.third_party_paid_fen",
    **{f"{_OPERATION}/previewed/0/{share}_fen/0": f"previewed.{share}_fen" for share in _SHARES},
    **{f"{_OPERATION}/bill/0/previewed/0/{share}_fen/0": f"bill.previewed.{share}_fen" for share in _SHARES},
}
SUMS = {f"{_OPERATION}/sums/0/{share}_fen/0": (share,) for share in _SHARES}
