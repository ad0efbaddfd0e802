"""What the dialect states of itself for the contract (adapters/README.md), for the orders without a profile."""

from adapters.legacy_caret.fields import CODES, ENVELOPE_ORDER, INPUT
from adapters.legacy_caret.replies import HEADS

VERBS = (
    "SignIn",
    "SignOut",
    "VerifyPerson",
    "RegisterVisit",
    "AmendVisit",
    "CancelVisit",
    "UploadItems",
    "WithdrawItems",
    "Presettle",
    "Settle",
    "CancelSettlement",
    "Reverse",
    "FileReferral",
    "DownloadCatalog",
)
CHARSETS = ("utf-8", "gb18030")
_IN, _OUT = ENVELOPE_ORDER.index(INPUT), 2


def _place(code: str, name: str) -> str:
    return f"{_IN}/*/{CODES[code].order.index(name)}"


TRANSPORT = (str(ENVELOPE_ORDER.index("operator")), str(ENVELOPE_ORDER.index("cycle")))
CARRIED = (
    str(ENVELOPE_ORDER.index("centre")),
    *(
        f"{verb}:{_place(code, name)}"
        for code, verb, names in (
            ("2100", "VerifyPerson", ("card_no",)),
            ("2210", "RegisterVisit", ("clerk",)),
            ("2230", "AmendVisit", ("clerk",)),
            ("2240", "CancelVisit", ("clerk",)),
            ("2310", "UploadItems", ("item_sort", "clerk", "unit", "disease_code")),
            ("2320", "WithdrawItems", ("clerk",)),
            ("2420", "Presettle", ("settled_at", "account_kind", "clerk", "department_code", "doctor_code")),
            ("2410", "Settle", ("settled_at", "account_kind", "clerk", "department_code", "doctor_code")),
            ("2430", "CancelSettlement", ("cancelled_at", "clerk")),
            ("3100", "FileReferral", ("clerk",)),
        )
        for name in names
    ),
)
LINES = {
    f"{_IN}/*": {
        canonical: str(CODES["2310"].order.index(name))
        for canonical, name in (
            ("item_no", "item_no"),
            ("quantity", "quantity"),
            ("unit_price_yuan", "unit_price_yuan"),
            ("amount_fen", "amount_yuan"),
            ("refunds_item_no", "refunds_item_no"),
        )
    }
}
TOTALS = {_place("2410", "charged_yuan"): "charged_fen"}
SUMS = {
    f"{_OUT}/0/{HEADS['2410'].index(f'{share}_yuan')}": (share,)
    for share in ("charged", "fund", "worker", "employer", "provider")
}
