"""Caret strings for tests, built from fields by their names in the order that the page states."""

from collections.abc import Iterable, Mapping

from schemas.dialect import Inbound, Profile

PROVIDER = "H32110000006"
PROFILE = Profile(provider_code=PROVIDER)
ORDERS = {
    "9100": "operator terminal",
    "9110": "cycle",
    "2100": "certno worker_id name card_no",
    "2210": "visit_no med_type admitted_at diagnosis_code ward department_code bed doctor_code clerk phone worker_id"
    " inpatient_no qualification_id",
    "2230": "visit_no med_type admitted_at diagnosis_code ward department_code bed doctor_code clerk phone worker_id"
    " inpatient_no qualification_id",
    "2240": "visit_no clerk",
    "2310": "visit_no item_sort prescription_no item_no occurred_at catalog_code unit_price_yuan quantity amount_yuan"
    " doses doctor_code department_code clerk unit disease_code local_code name refunds_item_no self_paid unrelated"
    " qualification_id",
    "2320": "visit_no prescription_no item_no clerk",
    "2420": "visit_no bill_no med_type settled_at discharged_at discharge_outcome diagnosis_code account_kind interim"
    " clerk worker_id department_code doctor_code charged_yuan invoice_no qualification_id",
    "2410": "visit_no bill_no med_type settled_at discharged_at discharge_outcome diagnosis_code account_kind interim"
    " clerk worker_id department_code doctor_code charged_yuan invoice_no qualification_id",
    "2430": "visit_no bill_no cancelled_at clerk keep_items",
    "3100": "approval_kind qualification_id starts_on ends_on to_area to_provider_name reason transportation applied_on"
    " worker_id clerk",
    "1300": "catalog_kind since_version version page",
}
"""As on the page adapters/legacy_caret/README.md, typed from it and not taken from the adapter."""
Row = Mapping[str, str]


def row(fields: Row, order: str) -> str:
    """A row: a pipe behind each field, those that are not given empty."""
    names = order.split()
    assert fields.keys() <= set(names), fields.keys() - set(names)
    return "".join(f"{fields.get(name, '')}|" for name in names)


def enveloped(
    code: str, given: str, *, institution: str = PROVIDER, cycle: str = "", number: int = 1, online: str = "1"
) -> str:
    serial = f"20261105080000-{institution}-{number:06d}"
    return f"{code}^{institution}^001^{cycle}^{serial}^0000^{given}^{online}^"


def message(
    code: str,
    rows: Iterable[Row] = (),
    *,
    institution: str = PROVIDER,
    cycle: str = "",
    number: int = 1,
    order: str | None = None,
) -> str:
    """A whole message; order replaces the page's."""
    given = "$".join(row(one, order or ORDERS[code]) for one in rows)
    return enveloped(code, given, institution=institution, cycle=cycle, number=number)


def item(number: int, **changed: str) -> dict[str, str]:
    """A line of ten yuan."""
    return {
        "visit_no": "V1",
        "item_sort": "1",
        "prescription_no": "RX1",
        "item_no": f"I{number:04d}",
        "occurred_at": "20261102100000",
        "catalog_code": "XJ01",
        "unit_price_yuan": "5.00",
        "quantity": "2",
        "amount_yuan": "10.00",
        "doses": "1",
        "doctor_code": "D1",
        "department_code": "A04.01",
        "clerk": "李",
        "unit": "盒",
        "name": "示例药品",
    } | changed


def visit(**changed: str) -> dict[str, str]:
    return {
        "visit_no": "V1",
        "med_type": "11",
        "admitted_at": "20261102080000",
        "diagnosis_code": "S52.500",
        "worker_id": "W00000",
        "qualification_id": "QR0",
    } | changed


def bill(**changed: str) -> dict[str, str]:
    return {
        "visit_no": "V1",
        "bill_no": "B1",
        "med_type": "11",
        "discharged_at": "20261102120000",
        "worker_id": "W00000",
        "charged_yuan": "20.00",
    } | changed


def inbound(text: str | bytes, charset: str = "utf-8") -> Inbound:
    body = text if isinstance(text, bytes) else text.encode(charset)
    return Inbound(method="POST", path=f"/in/{PROVIDER}", headers={}, body=body)


def replied(body: bytes, charset: str = "utf-8") -> list[str]:
    """Code, serial, output and message of a reply."""
    return body.decode(charset).split("^")
