"""What the dialect states of itself for the contract (adapters/README.md)."""

from adapters.hl7_v2.fields import READ

VERBS = ("SubmitBill",)
CHARSETS = ("utf-8", "gb18030")
TRANSPORT = ("MSH/0/5.*", "MSH/0/6.*", "MSH/0/7.*")
_CARRIED_PARTS = (
    "MSH/0/12.*",
    "PID/0/3.1.1",
    "PID/0/3.4.1",
    "PID/0/3.5.1",
    "PID/0/3~2.4.1",
    "PV1/0/3.2.*",
    "PV1/0/7.2.*",
    "DG1/*/3.2.*",
    "DG1/*/6.1.1",
    "FT1/*/7.5.*",
    "FT1/*/20.2.*",
)
"""Parts of fields that are read."""
CARRIED = (
    *(
        f"{name}/*/{number}{again}.*"
        for name, segment in READ.items()
        if name not in ("MSH", "ZWI")
        for number in range(1, segment.last + 1)
        if number not in segment.content and (name, number) != ("PV1", 50)  # the profile of an example moves it
        for again in ("", "~*")
    ),
    *_CARRIED_PARTS,
)
OPEN = ("OBX/*", "IN1/*", "ZPD/*")
LINES = {
    "FT1/*": {
        "item_no": "2.1.1",
        "quantity": "10.1.1",
        "unit_price_yuan": "12.1.1",
        "amount_fen": "11.1.1",
        "refunds_item_no": "31.1.1",
    }
}
TOTALS = {"ZWI/0/4.1.1": "bill.charged_fen", "ZWI/0/7.1.1": "visit.third_party_paid_fen"}
SUMS = {
    f"ZSU/0/{number}.1.1": (share,)
    for number, share in enumerate(("charged", "fund", "worker", "employer", "provider"), start=2)
}
EXEMPT = {
    "truncation": "because nothing ends an HL7 v2 message: MLLP's frame and HTTP's Content-Length tell that it is cut, "
    "and ZWI-4, the bill's total, that lines were lost",
}
