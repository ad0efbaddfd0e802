"""A golden message that can be changed: its text, and where everything stands in it."""

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from adapters.kit.cases import Case
from adapters.kit.forms import FORMS, Scan, Splice, Unscannable, form_of, spliced
from adapters.kit.forms.scan import Edit, Field
from schemas.dialect import Inbound
from schemas.requests import Message

NOTHING = Scan(fields=(), renames=(), additions=(), nodes={}, between="")
HEADER = "header:"


class Wire(Struct, frozen=True, kw_only=True):
    """A case whose request is read, with what its adapter made of it."""

    case: Case
    message: Message
    charset: str
    form: str
    text: str
    scan: Scan

    def headers(self) -> Iterator[Field]:
        """Yield the headers as fields."""
        for name, value in self.case.inbound.headers.items():
            yield Field(path=(f"{HEADER}{name}",), start=-1, end=-1, value=value)

    def changed(self, field: Field, value: str) -> Inbound:
        """Return the message with another value in one field."""
        if field.start < 0:
            name = field.path[0].removeprefix(HEADER)
            return replace(self.case.inbound, headers={**self.case.inbound.headers, name: value})
        raw = self.text[field.start : field.end]
        return self.spliced((field.start, field.end, FORMS[self.form].worded(value, raw)))

    def edited(self, edit: Edit) -> Inbound:
        """Return the message with something renamed or added."""
        return self.spliced(*edit.splices)

    def spliced(self, *splices: Splice) -> Inbound:
        """Return the message with stretches of its text replaced."""
        return self.saying(spliced(self.text, splices))

    def saying(self, text: str) -> Inbound:
        """Return the message with another text."""
        return replace(self.case.inbound, body=text.encode(self.charset, "replace"))


def wire_of(case: Case, message: Message, charset: str) -> Wire | None:
    """Return a message that can be changed; None for one in no form that is known (as a workbook)."""
    try:
        text = case.inbound.body.decode(charset)
        form = form_of(text)
        scan = FORMS[form].scan(text) if text.strip() else NOTHING
    except (UnicodeDecodeError, Unscannable):
        return None
    return Wire(case=case, message=message, charset=charset, form=form, text=text, scan=scan)


def charset_of(case: Case, charsets: tuple[str, ...]) -> str:
    """Return the charset that a case's profile names."""
    return case.profile.settings.get("charset", charsets[0])
