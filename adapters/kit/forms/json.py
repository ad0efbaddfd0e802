"""JSON: a path is the names and positions that lead to a value."""

import json
import re

from adapters.kit.forms.scan import UNKNOWN, Edit, Field, Path, Scan, Splice, Unscannable

_BLANK = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"')
_WORD = re.compile(r"-?[0-9][-+0-9.eE]*|true|false|null")
DEPTH_MAX = 100


class _Reader:
    """Walks a text once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.fields: list[Field] = []
        self.renames: list[Edit] = []
        self.additions: list[Edit] = []
        self.nodes: dict[Path, tuple[int, int]] = {}

    def after_blank(self, at: int) -> int:
        """Return where the next character that is no blank stands."""
        found = _BLANK.match(self.text, at)
        assert found
        return found.end()

    def string(self, at: int) -> int:
        """Return where the string that begins here ends."""
        found = _STRING.match(self.text, at)
        if found is None:
            raise Unscannable(f"no string at {at}")
        return found.end()

    def value(self, path: Path, at: int) -> int:
        """Take the value that begins here; return where it ends."""
        mark = self.text[at : at + 1]
        if len(path) > DEPTH_MAX:
            raise Unscannable(f"deeper than {DEPTH_MAX}")
        if mark == "{":
            return self.object(path, at)
        if mark == "[":
            return self.array(path, at)
        if mark == '"':
            end = self.string(at)
            self.fields.append(Field(path=path, start=at, end=end, value=json.loads(self.text[at:end], strict=False)))
            return end
        word = _WORD.match(self.text, at)
        if word is None:
            raise Unscannable(f"no value at {at}")
        self.fields.append(Field(path=path, start=at, end=word.end(), value=word[0]))
        return word.end()

    def object(self, path: Path, begin: int) -> int:
        """Take an object; an unknown member may be added at its beginning."""
        at = self.after_blank(begin + 1)
        is_empty = self.text[at : at + 1] == "}"
        added: Splice = (begin + 1, begin + 1, f'"{UNKNOWN}":"1"' + ("" if is_empty else ","))
        self.additions.append(Edit(path=path, splices=(added,)))
        while self.text[at : at + 1] != "}":
            end = self.string(at)
            name = json.loads(self.text[at:end], strict=False)
            self.renames.append(Edit(path=(*path, name), splices=((end - 1, end - 1, "Zz"),)))
            at = self.after_blank(end)
            if self.text[at : at + 1] != ":":
                raise Unscannable(f"no colon at {at}")
            at = self.after_blank(self.value((*path, name), self.after_blank(at + 1)))
            at = self.next(at, "}")
        self.nodes[path] = (begin, at + 1)
        return at + 1

    def array(self, path: Path, begin: int) -> int:
        """Take an array."""
        at, position = self.after_blank(begin + 1), 0
        while self.text[at : at + 1] != "]":
            at = self.next(self.after_blank(self.value((*path, str(position)), at)), "]")
            position += 1
        return at + 1

    def next(self, at: int, close: str) -> int:
        """Return where what follows a comma begins, or the closing bracket."""
        mark = self.text[at : at + 1]
        if mark == ",":
            return self.after_blank(at + 1)
        if mark != close:
            raise Unscannable(f"no {close} at {at}")
        return at


def scan(text: str) -> Scan:
    """Return where everything stands; raises Unscannable."""
    reader = _Reader(text)
    end = reader.value((), reader.after_blank(0))
    if reader.after_blank(end) != len(text):
        raise Unscannable(f"more after the end at {end}")
    return Scan(
        fields=tuple(reader.fields),
        renames=tuple(reader.renames),
        additions=tuple(reader.additions),
        nodes=reader.nodes,
        between=",",
    )


def worded(value: str, raw: str) -> str:
    """Return a value as it would stand where `raw` stands: quoted like it, or bare like it."""
    return value if not raw.startswith('"') else json.dumps(value, ensure_ascii=False)
