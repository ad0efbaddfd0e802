"""Where a fault stands, as the path of its element: /soap:Envelope/soap:Body/SubmitBill/items/item[3]/amount_fen."""

from adapters.soap.forms import Form, Record, Rows
from adapters.soap.operations import Operation

_ENVELOPE = "soap:Envelope"
_ROOT = f"/{_ENVELOPE}"


def element_path(pointer: str, operation: Operation | None) -> str:
    """Return a pointer into a request as its element's path; a header as http:NAME; "" where no place is known.

    Lists count from 1. Pointers that begin with soap: are of the envelope.
    """
    if pointer.startswith("header:"):
        return "http:" + pointer.removeprefix("header:")
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
    if steps and steps[0].startswith("soap:"):
        return "/".join(("", *steps) if steps[0] == _ENVELOPE else (_ROOT, *steps))
    if operation is None:
        return pointer
    path, form = f"{_ROOT}/soap:Body/{operation.name}", operation.asked
    return path + _below(steps, form)


def _below(steps: list[str], form: Form | None) -> str:
    path = ""
    for step in steps:
        if isinstance(form, Rows) and step.isdecimal():
            path += f"/{form.item}[{int(step) + 1}]"
            form = form.of
        else:
            field = form.by_name.get(step) if isinstance(form, Record) else None
            path += f"/{step}"
            form = field.form if field else None
    return path
