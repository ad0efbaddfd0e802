"""The forms that messages are written in, each scanned for where its values, names and rows stand.

A form is a module with two functions, `scan(text) -> Scan` (raises Unscannable) and `worded(value, raw) -> str`. It
knows nothing of any dialect: it is the slow, independent eye by which the contract looks at what an adapter reads.
"""

from collections.abc import Callable
from typing import Protocol

from adapters.kit.forms import caret, hl7, json, table, xml
from adapters.kit.forms.scan import Edit, Field, Scan, Splice, Unscannable, spliced


class Form(Protocol):
    """A way to write messages down."""

    @property
    def scan(self) -> Callable[[str], Scan]:
        """Return where everything stands in a text; raises Unscannable."""

    @property
    def worded(self) -> Callable[[str, str], str]:
        """Return a value as it would stand in the place of a raw one."""


FORMS: dict[str, Form] = {"json": json, "xml": xml, "hl7": hl7, "caret": caret, "table": table}


def form_of(text: str) -> str:
    """Return the name of the form that a text seems to be in, by how it begins; raises Unscannable for none."""
    start = text.lstrip("\ufeff \t\r\n")
    if start[:1] in ("{", "["):
        return "json"
    if start[:1] == "<":
        return "xml"
    if start[:3] == "MSH":
        return "hl7"
    first = start.partition("\n")[0]
    if "^" in first:
        return "caret"
    if "," not in first:
        raise Unscannable("neither JSON, XML, HL7, a caret string nor rows between commas below a header")
    return "table"


__all__ = ["FORMS", "Edit", "Field", "Form", "Scan", "Splice", "Unscannable", "form_of", "spliced"]
