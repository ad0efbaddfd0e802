"""What the dialect states of itself for the contract (adapters/README.md), for JSON and XML alike.

In XML every element has its position among its like, and a value is the attribute `value`.
"""

VERBS = (
    "SubmitBill",
    "PresettleBill",
    "VerifyPerson",
    "CancelSettlement",
    "Reverse",
    "QueryOutcome",
    "QuerySettlement",
)
TRANSPORT = ("created", "created/0", "authoredOn", "meta", "meta/0", "timestamp", "timestamp/0")
_WHOLE = ("priority", "insurer")
"""Elements that are carried with all they hold."""
_INNER = ("contained/*/Patient", "entry/1/resource", "entry/2/resource", "entry/4/resource")
"""Patient, Coverage and Device: carried but for their identifiers."""
OPEN = (
    *TRANSPORT,
    "authoredOn/0",
    *(f"{at}{name}{xml}" for at in ("", "entry/0/resource/") for name in _WHOLE for xml in ("", "/0")),
    *(f"entry/0/resource/0/Claim/0/{name}/0" for name in _WHOLE),
    *(f"{name}{xml}" for name in _INNER for xml in ("", "/0")),
)
_CLAIM = "entry/0/resource/**"
_ENCOUNTER = "entry/3/resource/**"
CARRIED = (
    "**fullUrl**",
    "identifier/**system**",
    "code/**system**",
    "**type/**coding/**system**",
    "intent**",
    "purpose**",
    "**provider/**reference**",
    "**diagnosis/*/sequence**",
    "**insurance/*/sequence**",
    # where an Encounter stands, it says kind and days; a group's own codes and a quantity's unit say nothing more
    *(f"{_CLAIM}{name}**" for name in ("billablePeriod", "preAuthRef", "quantity/**unit", "/responsible")),
    *(f"{_CLAIM}{name}/**system**" for name in ("category", "subType")),
    "entry/0/resource/type/**",
    "entry/0/resource/0/Claim/0/type/**",
    *(f"entry/0/resource/{at}item/1/**productOrService/**" for at in ("", "0/Claim/0/")),
    *(f"{_ENCOUNTER}{name}**" for name in ("class", "status")),
)


def _both(path: str) -> str:
    """Return a place in JSON, or the same in XML."""
    return f"{path}|{path.replace('/', '/0/')}/0/@value"


_LINE = {
    "quantity": _both("quantity/value"),
    "unit_price_yuan": _both("unitPrice/value"),
    "amount_fen": _both("net/value"),
    "refunds_item_no": "extension/*/valueString|extension/*/valueString/0/@value",
}
_NUMBERED = {**_LINE, "item_no": _both("sequence")}
"""A detail's number is its item's and its own together."""
LINES = {
    f"{at}{place}": fields
    for at in ("", "entry/0/resource/", "entry/0/resource/0/Claim/0/")
    for place, fields in (("item/*", _NUMBERED), ("item/*/detail/*", _LINE), ("item/*/detail/*/subDetail/*", _LINE))
}
TOTALS = {
    f"{at}{path}": "bill.charged_fen"
    for at, path in (
        ("", "total/value"),
        ("entry/0/resource/", "total/value"),
        ("", "total/0/value/0/@value"),
        ("entry/0/resource/0/Claim/0/", "total/0/value/0/@value"),
    )
}
SUMS = {
    place: (share,)
    for number, share in enumerate(("charged", "fund", "worker", "employer", "provider"))
    for place in (f"total/{number}/amount/value", f"total/{number}/amount/0/value/0/@value")
}
