"""The older caret-and-pipe string of the ministry (三版): one transaction code an act, fields by their places."""

from adapters.legacy_caret.reading import read
from adapters.legacy_caret.writing import write

NAME = "legacy_caret"
VERSION = 1

__all__ = ["NAME", "VERSION", "read", "write"]
