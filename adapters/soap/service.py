"""The service as WSDL 1.1, its schema inside.

`python -m gateway.describing` writes it into schemas/published/ with the schema beside it; a test compares them.
"""

from collections.abc import Iterator

from adapters.soap.forms import SPACE
from adapters.soap.operations import OPERATIONS
from adapters.soap.schema import PREAMBLE, schema, sentence
from adapters.xml_text import escaped

ADDRESS = "http://127.0.0.1:8080/in/PROVIDER"
"""Where the service would be: each provider has a door of its own, and sets its client to it."""


def wsdl(address: str = ADDRESS) -> str:
    """Return the WSDL 1.1 of the service, its schema inside: tools of that age do not fetch a second file."""
    parts = [
        f'<wsdl:definitions name="Settlement" targetNamespace="{SPACE}" xmlns="{SPACE}"',
        '  xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/">',
        "  <wsdl:types>",
        schema("    "),
        "  </wsdl:types>",
        *_messages(),
        *_port_type(),
        *_binding(),
        '  <wsdl:service name="SettlementService">',
        '    <wsdl:port name="SettlementPort" binding="SettlementBinding">',
        f'      <soap:address location="{escaped(address)}"/>',
        "    </wsdl:port>",
        "  </wsdl:service>",
        "</wsdl:definitions>",
    ]
    return PREAMBLE + "\n".join(parts) + "\n"


def _messages() -> Iterator[str]:
    names = [f"{name}{end}" for name in OPERATIONS for end in ("", "Response")]
    for name in (*names, "Problem"):
        yield f'  <wsdl:message name="{name}"><wsdl:part name="parameters" element="{name}"/></wsdl:message>'


def _port_type() -> Iterator[str]:
    yield '  <wsdl:portType name="SettlementPortType">'
    for name, operation in OPERATIONS.items():
        yield f'    <wsdl:operation name="{name}">'
        yield f"      <wsdl:documentation>{escaped(sentence(operation.verb))}</wsdl:documentation>"
        yield f'      <wsdl:input message="{name}"/>'
        yield f'      <wsdl:output message="{name}Response"/>'
        yield '      <wsdl:fault name="Problem" message="Problem"/>'
        yield "    </wsdl:operation>"
    yield "  </wsdl:portType>"


def _binding() -> Iterator[str]:
    yield '  <wsdl:binding name="SettlementBinding" type="SettlementPortType">'
    yield '    <soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>'
    for name, operation in OPERATIONS.items():
        yield f'    <wsdl:operation name="{name}">'
        yield f'      <soap:operation soapAction="{operation.action}" style="document"/>'
        yield '      <wsdl:input><soap:body use="literal"/></wsdl:input>'
        yield '      <wsdl:output><soap:body use="literal"/></wsdl:output>'
        yield '      <wsdl:fault name="Problem"><soap:fault name="Problem" use="literal"/></wsdl:fault>'
        yield "    </wsdl:operation>"
    yield "  </wsdl:binding>"
