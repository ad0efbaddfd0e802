"""SOAP 1.1, document/literal wrapped: the house's own verbs in XML, described by a WSDL and an XSD that are served."""

from adapters.soap.reading import read
from adapters.soap.schema import xsd
from adapters.soap.service import wsdl
from adapters.soap.writing import write

NAME = "soap"
VERSION = 1
_XML = "text/xml; charset=utf-8"
FILES = {
    "soap.wsdl": (_XML, wsdl().encode()),
    "soap.xsd": (_XML, xsd().encode()),
}
DOOR_FILES = {"wsdl": "soap.wsdl", "xsd": "soap.xsd"}
"""What a GET of a provider's door with this query answers."""

__all__ = ["DOOR_FILES", "FILES", "NAME", "VERSION", "read", "write", "wsdl", "xsd"]
