"""What a request's path and header values look like inside a signature base, however strange they came."""

import re
from urllib.parse import quote_from_bytes

_PATH = re.compile(r"/(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*")
_PATH_SAFE = "!$&'()*+,;=:@/%-._~"
_STRAY_PERCENT = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")
_PRINTABLE = re.compile(r"[\t\x20-\x7e]*")


def path_value(target: str) -> str:
    """Write the @path of a request target: absolute, without its query, percent-encoded as sent (RFC 9421 §2.2.6).

    An empty path and the targets `*` and `host:port` are "/". What no path may hold (blanks, quotes, controls, anything
    outside ASCII, a stray percent sign) is percent-encoded as UTF-8, or as the bytes it was decoded from.
    """
    if _PATH.fullmatch(target):
        return target
    if absolute := _ABSOLUTE.match(target):
        target = target[absolute.end() :]
    path = re.split(r"[?#]", target, maxsplit=1)[0]
    if not path.startswith("/"):
        return "/"
    return quote_from_bytes(_STRAY_PERCENT.sub(b"%25", _octets(path)), safe=_PATH_SAFE)


def query_value(target: str) -> str:
    """Write the @query of a request target, its question mark included (RFC 9421 §2.2.7); "" where nothing is asked."""
    query = target.partition("#")[0].partition("?")[2]
    if not query:
        return ""
    return "?" + quote_from_bytes(_STRAY_PERCENT.sub(b"%25", _octets(query)), safe=f"{_PATH_SAFE}?")


def printable_value(value: str | None) -> str | None:
    """Write a field value as a signature base may hold it (RFC 9421 §2.1), or None where none such can be written."""
    if value is None:
        return None
    text = value.strip(" \t")
    return text if _PRINTABLE.fullmatch(text) else None


def _octets(path: str) -> bytes:
    """Return the bytes that were on the wire; servers decode what is no UTF-8 to escaped surrogates."""
    try:
        return path.encode(errors="surrogateescape")
    except UnicodeEncodeError:
        return path.encode(errors="surrogatepass")
