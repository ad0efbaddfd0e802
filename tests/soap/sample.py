"""SOAP messages for tests, made without the adapter: element by element, as a client would write them."""

from typing import Any
from xml.sax.saxutils import escape

SPACE = "urn:settlement-gateway:soap:1"
NIL = '<{0} xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/>'


def element(name: str, value: Any) -> str:
    match value:
        case None:
            return NIL.format(name)
        case bool():
            return f"<{name}>{str(value).lower()}</{name}>"
        case dict():
            return f"<{name}>{''.join(element(inner, one) for inner, one in value.items())}</{name}>"
        case list():
            return "".join(element(name, one) for one in value)
        case _:
            return f"<{name}>{escape(str(value))}</{name}>"


def envelope(operation: str, values: dict[str, Any], charset: str = "utf-8") -> bytes:
    inside = "".join(element(name, value) for name, value in values.items())
    text = (
        f'<?xml version="1.0" encoding="{charset.upper()}"?>\n'
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        f'<{operation} xmlns="{SPACE}">{inside}</{operation}></s:Body></s:Envelope>'
    )
    return text.encode("gb18030" if charset == "gbk" else charset)
