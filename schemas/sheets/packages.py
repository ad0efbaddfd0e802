"""The parts of a workbook's package: a ZIP from a stranger, unpacked within bounds, its XML read without DTDs.

A few kilobytes of ZIP may unpack to terabytes, its directory may lie about sizes, and a cell in the last column of the
last row makes a reader hold all between. So each part is unpacked here first, counted while it comes, and a reader of
workbooks is handed nothing but a plain copy of the parts that passed.
"""

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias
from xml.parsers import expat

from msgspec import Struct

from schemas.sheets.cells import Said

Start: TypeAlias = Callable[[str, dict[str, str]], Any]
End: TypeAlias = Callable[[str], Any]

PARTS_MAX = 2_000
PIECE_BYTES = 1 << 20
WORKBOOK = "xl/workbook.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
ALWAYS = ("[Content_Types].xml", "_rels/.rels", WORKBOOK, RELATIONS)
OFTEN = ("xl/sharedStrings.xml", "xl/styles.xml")


class BadWorkbook(Exception):
    """The file is no workbook that can be read whole; says why and what would make it pass."""

    def __init__(self, reason: Said, cure: Said) -> None:
        super().__init__(reason.en)
        self.reason = reason
        self.cure = cure


SAVE_AGAIN = Said("用 Excel 或 WPS 另存为 .xlsx(无密码)", "save it anew as .xlsx, without a password")


class Bounds(Struct, frozen=True, kw_only=True):
    """How large a workbook may be."""

    bytes_max: int
    """Of all that is packed in it."""
    tags_max: int
    """Of a part: each may become a text or a cell of a reader, many times its few bytes."""
    rows_max: int
    columns_max: int
    cells_max: int
    """Of the rectangle that holds all cells: a reader keeps it whole."""


class Tab(Struct, frozen=True, kw_only=True):
    """A sheet as the workbook lists it."""

    name: str
    part: str
    visible: bool


class Package:
    """A workbook's parts, unpacked when asked for, all of them together within bounds.bytes_max."""

    def __init__(self, content: bytes, bounds: Bounds) -> None:
        """Take the file; raises BadWorkbook where it is no package of a workbook."""
        self._bounds = bounds
        self._left = bounds.bytes_max
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, ValueError, OSError) as wrong:
            raise BadWorkbook(Said("不是 XLSX 工作簿", "no XLSX workbook"), SAVE_AGAIN) from wrong
        names = self._zip.namelist()
        if len(names) > PARTS_MAX or len({name.lower() for name in names}) != len(names):
            raise BadWorkbook(Said("部件过多或重名", "too many parts, or two of one name"), SAVE_AGAIN)
        missing = [name for name in ALWAYS if name not in names]
        if missing:
            raise BadWorkbook(Said(f"缺少部件 {missing[0]}", f"the part {missing[0]} is missing"), SAVE_AGAIN)
        self._names = set(names)

    def part(self, name: str) -> bytes:
        """Return a part's bytes; raises BadWorkbook past the bound, and for what is broken or locked."""
        held = bytearray()
        try:
            with self._zip.open(name) as stream:
                while piece := stream.read(min(PIECE_BYTES, self._left + 1)):
                    held += piece
                    self._left -= len(piece)
                    if self._left < 0:
                        raise _too_large(self._bounds)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            KeyError,
            NotImplementedError,
            RuntimeError,
            ValueError,
            struct.error,
        ) as wrong:
            raise BadWorkbook(
                Said(f"部件 {name} 已损坏或加密", f"the part {name} is broken or locked"), SAVE_AGAIN
            ) from wrong
        if held.count(b"<") > self._bounds.tags_max:
            raise _too_large(self._bounds)
        return bytes(held)

    def tabs(self) -> list[Tab]:
        """Return the workbook's sheets in their order."""
        targets = _targets(self.part(RELATIONS))
        tabs = [
            Tab(name=name, part=targets[key], visible=state == "visible")
            for name, key, state in _listed(self.part(WORKBOOK))
            if key in targets
        ]
        if len({tab.name.lower() for tab in tabs}) != len(tabs):
            raise BadWorkbook(Said("工作表重名", "two sheets have one name"), SAVE_AGAIN)
        return tabs

    def copy(self, sheet: str) -> bytes:
        """Return a plain package that holds this sheet alone, for a reader to open."""
        copied = io.BytesIO()
        with zipfile.ZipFile(copied, "w", zipfile.ZIP_STORED) as package:
            for name in (*ALWAYS, *OFTEN, sheet):
                if name in self._names:
                    package.writestr(name, self.part(name))
        return copied.getvalue()


def walk(part: bytes, start: Start, end: End | None = None) -> None:
    """Read a part's XML, element by element; raises BadWorkbook for XML that is broken or declares a document type."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.StartDoctypeDeclHandler = _no_doctype
    parser.buffer_text = True
    try:
        parser.Parse(part, True)
    except (expat.ExpatError, ValueError, LookupError) as wrong:
        raise BadWorkbook(Said("工作簿的 XML 无法读取", "the workbook's XML cannot be read"), SAVE_AGAIN) from wrong


def _no_doctype(*_: object) -> None:
    raise BadWorkbook(Said("XML 声明了文档类型", "its XML declares a document type"), SAVE_AGAIN)


def _too_large(bounds: Bounds) -> BadWorkbook:
    bound = bounds.bytes_max // 2**20
    return BadWorkbook(
        Said("解压后过大", "too large when unpacked"),
        Said(f"至多 {bound} MiB;更大的文件用 CSV", f"at most {bound} MiB; give a larger one as CSV"),
    )


def local(name: str) -> str:
    """Return an element's or attribute's name without its namespace."""
    return name.rpartition(" ")[2]


def _listed(part: bytes) -> list[tuple[str, str, str]]:
    """Return name, key of relation and state of each sheet."""
    found: list[tuple[str, str, str]] = []

    def start(name: str, attributes: Mapping[str, str]) -> None:
        if local(name) == "sheet":
            said = {local(key): value for key, value in attributes.items()}
            found.append((said.get("name", ""), said.get("id", ""), said.get("state", "visible")))

    walk(part, start)
    return found


def _targets(part: bytes) -> dict[str, str]:
    """Return the part of each relation that is a worksheet's."""
    targets: dict[str, str] = {}

    def start(name: str, attributes: Mapping[str, str]) -> None:
        if local(name) == "Relationship" and attributes.get("Type", "").endswith("/worksheet"):
            target = attributes.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
            targets[attributes.get("Id", "")] = posixpath.normpath(path)

    walk(part, start)
    return targets
