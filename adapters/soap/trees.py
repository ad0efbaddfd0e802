"""Reads an element by its form into plain values, and tells of everything in it that no form has."""

from functools import cache
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element

from msgspec import Struct, inspect

from adapters.schema_faults import fault, unexpected
from adapters.soap.forms import NIL, SPACE, Field, Form, Leaf, Record, Rows
from adapters.soap.scalars import Offset, scalar
from adapters.xml_text import BLANKS
from schemas.problems import Fault

Place = tuple[Any, str | int] | tuple[()]
"""Where an element stands: the place around it, and its name or number there; () is the operation's element."""
_OWN = f"{{{SPACE}}}"
_NILS = {"true": True, "1": True, "false": False, "0": False}


class _Slot(NamedTuple):
    """A field as it is looked up: leaf is its form where it is one, is_text where its text is its value."""

    name: str
    field: Field
    leaf: Leaf | None
    is_text: bool


@cache
def _slots(record: Record) -> dict[str, _Slot]:
    return {f"{_OWN}{field.name}": _slot(field) for field in record.fields}


def _slot(field: Field) -> _Slot:
    leaf = field.form if isinstance(field.form, Leaf) else None
    return _Slot(
        field.name, field, leaf, leaf is not None and isinstance(leaf.kind, inspect.StrType | inspect.LiteralType)
    )


class Reading(Struct, frozen=True):
    """A message as it is being read: what stands for a missing offset, and the faults found so far."""

    offset: Offset
    faults: list[Fault]

    def record(self, element: Element, record: Record, at: Place = ()) -> dict[str, Any]:
        """Return the fields of an element by name; what is unknown, repeated or misplaced is a fault."""
        values: dict[str, Any] = {}
        find, offset = _slots(record).get, self.offset
        for child in element:
            slot = find(child.tag)
            if slot is None or slot.name in values:
                self._misplaced(child, record, at)
                continue
            name, leaf = slot.name, slot.leaf
            if leaf is not None and not child.attrib and not len(child):
                text = child.text or ""
                values[name] = text if slot.is_text else scalar(leaf, text, offset)
            else:
                values[name] = self._value(child, slot.field, (at, name))
            if (tail := child.tail) is not None and tail.strip(BLANKS):
                self._stray(at)
        if (inside := element.text) is not None and inside.strip(BLANKS):
            self._stray(at)
        return values

    def _value(self, element: Element, field: Field, at: Place) -> Any:
        if element.attrib and self._is_nil(element, field, at):
            return None
        return self._of_form(element, field.form, at)

    def _of_form(self, element: Element, form: Form, at: Place) -> Any:
        match form:
            case Record():
                return self.record(element, form, at)
            case Rows():
                return self._rows(element, form, at)
            case Leaf():
                if len(element):
                    self.faults.append(fault(pointer(at), "element.text_only", _TEXT_ONLY))
                return scalar(form, element.text or "", self.offset)
            case _:
                raise TypeError(f"{pointer(at)}: no request has {type(form).__name__}")

    def _rows(self, element: Element, rows: Rows, at: Place) -> list[Any]:
        values: list[Any] = []
        tag, of = _OWN + rows.item, rows.of
        for child in element:
            if child.tag != tag:
                self._misplaced(child, None, at)
                continue
            place = (at, len(values))
            if child.attrib:
                self._attributes(child, place)
            values.append(self._of_form(child, of, place))
            if (tail := child.tail) is not None and tail.strip(BLANKS):
                self._stray(at)
        if (text := element.text) is not None and text.strip(BLANKS):
            self._stray(at)
        return values

    def _is_nil(self, element: Element, field: Field, at: Place) -> bool:
        """Return whether an element says that there is nothing; other attributes are faults."""
        says = element.attrib.get(NIL)
        self._attributes(element, at, allowed=NIL)
        if says is None:
            return False
        if says.strip(BLANKS) not in _NILS or not field.nillable:
            self.faults.append(fault(pointer(at), "element.nil", _NO_NIL))
            return False
        nil = _NILS[says.strip(BLANKS)]
        if nil and (len(element) or element.text):
            self.faults.append(fault(pointer(at), "element.nil", _NOT_EMPTY))
        return nil

    def attributes(self, element: Element) -> None:
        """Refuse attributes of the operation's element."""
        self._attributes(element, ())

    def _attributes(self, element: Element, at: Place, allowed: str = "") -> None:
        for name in element.attrib:
            if name != allowed:
                self.faults.append(fault(f"{pointer(at)}/@{_step(local(name))}", "element.attribute", _NO_ATTRIBUTE))

    def _misplaced(self, child: Element, record: Record | None, at: Place) -> None:
        name = local(child.tag)
        where = f"{pointer(at)}/{_step(name)}"
        if child.tag[: len(_OWN)] != _OWN:
            self.faults.append(fault(where, "element.namespace", _NAMESPACE))
        elif record is not None and f"{_OWN}{name}" in _slots(record):
            self.faults.append(fault(where, "element.repeated", _REPEATED))
        else:
            self.faults.append(unexpected(where))

    def _stray(self, at: Place) -> None:
        self.faults.append(fault(pointer(at), "element.stray_text", STRAY))


def local(name: str) -> str:
    """Return a name without its namespace."""
    return name.rpartition("}")[2]


def pointer(at: Place) -> str:
    """Return a place as a JSON pointer."""
    steps = []
    while at:
        at, step = at
        steps.append(_step(str(step)))
    return "".join(f"/{step}" for step in reversed(steps))


def _step(name: str) -> str:
    return name[:100].replace("~", "~0").replace("/", "~1")


_TEXT_ONLY = "应为文本，不得含子元素", "should be a text, without elements inside", "请只填写文本", "give a text only"
_NO_NIL = (
    "该元素不得为xsi:nil",
    "this element may not be xsi:nil",
    "没有内容时请省略该元素",
    "leave the element out where there is nothing to say",
)
_NOT_EMPTY = "xsi:nil的元素不得有内容", "xsi:nil, and not empty", "请二者择一", "say the one or the other"
_NO_ATTRIBUTE = (
    "不接收该属性",
    "this attribute is not taken",
    "请以document/literal方式生成报文，不带属性（xsi:nil除外）",
    "send document/literal without attributes, xsi:nil apart",
)
_NAMESPACE = (
    "元素不在规定的命名空间中",
    "the element is not in our namespace",
    f"请将元素置于命名空间{SPACE}（elementFormDefault为qualified）",
    f"put the element into the namespace {SPACE} (elementFormDefault is qualified)",
)
_REPEATED = "该元素重复出现", "stands twice", "请只保留一个", "keep one of them"
STRAY = "元素之间含有文本", "text stands between elements", "请删除该文本", "take the text away"
