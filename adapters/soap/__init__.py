"""SOAP 1.1 for systems that speak nothing else: the native requests and answers in XML, with a WSDL and an XSD."""

from adapters.soap.description import WSDL, XSD
from adapters.soap.reading import read
from adapters.soap.writing import write

NAME = "soap"
VERSION = 1
FILES = {"soap.wsdl": ("text/xml; charset=utf-8", WSDL), "soap.xsd": ("text/xml; charset=utf-8", XSD)}

__all__ = ["FILES", "NAME", "VERSION", "read", "write"]
