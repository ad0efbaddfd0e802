"""Sheets (CSV, XLSX) of small providers, above all suppliers of assistive devices (辅助器具): one file is one bill."""

from adapters.sheet.reading import read
from adapters.sheet.templates import template
from adapters.sheet.writing import write

NAME = "sheet"
VERSION = 1

__all__ = ["NAME", "VERSION", "read", "template", "write"]
