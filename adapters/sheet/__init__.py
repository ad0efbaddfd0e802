"""Sheets (CSV, XLSX) of small providers, above all suppliers of assistive devices (辅助器具): one file is one bill."""

from adapters.sheet.reading import read
from adapters.sheet.tables import CSV, XLSX
from adapters.sheet.templates import template
from adapters.sheet.writing import write

NAME = "sheet"
VERSION = 1
FILES = {
    "sheet-template.csv": (f"{CSV}; charset=utf-8", template(CSV)),
    "sheet-template.xlsx": (XLSX, template(XLSX)),
}

__all__ = ["FILES", "NAME", "VERSION", "read", "template", "write"]
