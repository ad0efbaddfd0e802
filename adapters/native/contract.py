"""What the native dialect states of itself for the contract (adapters/README.md)."""

from adapters.native.routes import ROUTES

VERBS = tuple(sorted({route.verb.__name__ for route in ROUTES}))
TRANSPORT = ("header:sent-at", "header:operator-id", "header:sign-no")
UNIT = "fen"
LINES = {
    "items/*": {
        "item_no": "item_no",
        "quantity": "quantity",
        "unit_price_yuan": "unit_price_yuan",
        "amount_fen": "amount_fen",
        "refunds_item_no": "refunds_item_no",
    }
}
TOTALS = {
    "bill/charged_fen": "bill.charged_fen",
    "charged_fen": "charged_fen",
    "third_party_paid_fen": "third_party_paid_fen",
    "visit/third_party_paid_fen": "visit.third_party_paid_fen",
    **{
        f"{at}previewed/{share}_fen": f"{name}previewed.{share}_fen"
        for at, name in (("", ""), ("bill/", "bill."))
        for share in ("charged", "fund", "worker", "employer", "provider")
    },
}
SUMS = {f"sums/{share}_fen": (share,) for share in ("charged", "fund", "worker", "employer", "provider")}
