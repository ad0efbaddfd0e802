"""Escape sequences of HL7 v2 (§2.7): what stands for a separator, for bytes, for a line break."""

import re

from adapters.hl7_v2.splitting import STANDARD, Separators

_HEX = re.compile(r"X((?:[0-9A-Fa-f]{2})+)")
_BREAKS = frozenset({".br", ".sp", ".sp1"})
_HIGHLIGHT = frozenset({"H", "N"})
_BYTES_MAX = 200
"""Of one hexadecimal sequence."""


class BadEscape(ValueError):
    """A sequence that is not closed, or that says what we do not carry."""


def unescape(text: str, separators: Separators, charset: str) -> str:
    """Return a value as it is meant; hexadecimal bytes are read in the message's charset. Raises BadEscape."""
    if separators.escape not in text:
        return text
    parts = text.split(separators.escape)
    if len(parts) % 2 == 0:
        raise BadEscape(text)
    for place in range(1, len(parts), 2):
        parts[place] = _meant(parts[place], separators, charset)
    return "".join(parts)


def _meant(sequence: str, separators: Separators, charset: str) -> str:
    match sequence:
        case "F":
            return separators.field
        case "S":
            return separators.component
        case "T":
            return separators.subcomponent
        case "R":
            return separators.repetition
        case "E":
            return separators.escape
        case _ if sequence in _HIGHLIGHT:
            return ""
        case _ if sequence in _BREAKS:
            return "\n"
        case _:
            return _of_bytes(sequence, charset)


def _of_bytes(sequence: str, charset: str) -> str:
    found = _HEX.fullmatch(sequence)
    if found is None or len(found[1]) > 2 * _BYTES_MAX:
        raise BadEscape(sequence)
    try:
        return bytes.fromhex(found[1]).decode(charset)
    except UnicodeDecodeError:
        raise BadEscape(sequence) from None


_SPECIAL = re.compile(r"[|^~\\&\r\n]")
_SAID = {"|": "\\F\\", "^": "\\S\\", "~": "\\R\\", "\\": "\\E\\", "&": "\\T\\", "\r": "\\.br\\", "\n": "\\.br\\"}


def escape(text: str) -> str:
    """Return a value so that it stands in one of our own fields, whose separators are the standard's."""
    return _SPECIAL.sub(lambda found: _SAID[found[0]], text) if _SPECIAL.search(text) else text


def translate(raw: str, separators: Separators, charset: str) -> str:
    """Return a field of theirs with our separators; "" where it cannot be read."""
    if separators == STANDARD:
        return raw
    try:
        return "~".join(
            "^".join(
                "&".join(
                    escape(unescape(leaf, separators, charset)) for leaf in component.split(separators.subcomponent)
                )
                for component in repetition.split(separators.component)
            )
            for repetition in raw.split(separators.repetition)
        )
    except BadEscape:
        return ""
