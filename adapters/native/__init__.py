"""The house's own dialect: REST and JSON under /v1, problems after RFC 9457."""

from adapters.native.faults import body_schema
from adapters.native.mistakes import mistakes
from adapters.native.reading import read
from adapters.native.routes import ROUTES, Route
from adapters.native.writing import write

NAME = "native"
VERSION = 1

__all__ = ["NAME", "ROUTES", "VERSION", "Route", "body_schema", "mistakes", "read", "write"]
