"""The WSDL and the XSD, made of the canonical requests and answers: what is read is what is described."""

from collections.abc import Iterator
from xml.sax.saxutils import quoteattr

from adapters.soap.answering import ANSWER_OF
from adapters.soap.shapes import ANSWERS, REQUESTS, SPACE, Shape, shapes, structs

XS = "http://www.w3.org/2001/XMLSchema"
SIMPLE = {
    "text": "xs:string",
    "whole": "xs:long",
    "flag": "xs:boolean",
    "instant": "xs:dateTime",
    "day": "xs:date",
    "choice": "xs:string",
    "map": "t:Entries",
    "any": "xs:anyType",
}
ENVELOPE = ("message_id", "sent_at", "operator_id", "sign_no")
"""Of the message itself: the first elements of every request."""


ENTRIES = """<xs:complexType name="Entries"><xs:sequence>
<xs:element name="entry" minOccurs="0" maxOccurs="unbounded"><xs:complexType><xs:simpleContent>
<xs:extension base="xs:string"><xs:attribute name="key" type="xs:string" use="required"/></xs:extension>
</xs:simpleContent></xs:complexType></xs:element></xs:sequence></xs:complexType>"""
"""What has names of its own: versions, evidence, facts."""


def schema() -> str:
    """Return the XSD's text."""
    parts = [
        f'<xs:schema xmlns:xs="{XS}" xmlns:t="{SPACE}" targetNamespace="{SPACE}" elementFormDefault="qualified">',
        ENTRIES,
    ]
    for name, struct in structs().items():
        parts += [f'<xs:complexType name="{name}">', *_sequence(struct), "</xs:complexType>"]
    for name, struct in REQUESTS.items():
        parts += [f'<xs:element name="{name}"><xs:complexType>', *_sequence(struct, envelope=True)]
        parts += ["</xs:complexType></xs:element>"]
    for name, struct in ANSWERS.items():
        parts += [f'<xs:element name="{name}"><xs:complexType>', *_sequence(struct), "</xs:complexType></xs:element>"]
    parts += [PROBLEM, "</xs:schema>"]
    return "\n".join(parts)


PROBLEM = """<xs:element name="Problem"><xs:complexType><xs:sequence>
<xs:element name="status" type="xs:int"/><xs:element name="code" type="xs:string"/>
<xs:element name="message_id" type="xs:string" minOccurs="0"/>
<xs:element name="retry_after_s" type="xs:int" minOccurs="0"/>
<xs:element name="fault" maxOccurs="unbounded"><xs:complexType><xs:sequence>
<xs:element name="place" type="xs:string"/><xs:element name="code" type="xs:string"/>
<xs:element name="zh" type="xs:string"/><xs:element name="en" type="xs:string"/>
<xs:element name="cure_zh" type="xs:string"/><xs:element name="cure_en" type="xs:string"/>
</xs:sequence></xs:complexType></xs:element>
<xs:element name="facts" type="t:Entries" minOccurs="0"/>
</xs:sequence></xs:complexType></xs:element>"""
"""What stands in a Fault's detail."""


def _sequence(struct: type, *, envelope: bool = False) -> Iterator[str]:
    yield "<xs:sequence>"
    if envelope:
        for name in (name for name in ENVELOPE if name not in shapes(struct)):
            kind = "xs:dateTime" if name == "sent_at" else "xs:string"
            yield f'<xs:element name="{name}" type="{kind}" minOccurs="0"/>'
    for shape in shapes(struct).values():
        yield _element(shape)
    yield "</xs:sequence>"


def _element(shape: Shape) -> str:
    least = "" if shape.required and not shape.many else ' minOccurs="0"'
    most = ' maxOccurs="unbounded"' if shape.many else ""
    nil = ' nillable="true"' if shape.nullable else ""
    head = f"<xs:element name={quoteattr(shape.name)}{least}{most}{nil}"
    if shape.inner is not None:
        return f'{head} type="t:{shape.inner.__name__}"/>'
    if shape.kind == "choice":
        allowed = "".join(f"<xs:enumeration value={quoteattr(value)}/>" for value in shape.values)
        restricted = f'<xs:restriction base="xs:string">{allowed}</xs:restriction>'
        return f"{head}><xs:simpleType>{restricted}</xs:simpleType></xs:element>"
    return f'{head} type="{SIMPLE[shape.kind]}"/>'


def service() -> str:
    """Return the WSDL's text, its types inside."""
    answered = {verb: ANSWER_OF[verb] for verb in REQUESTS}
    messages = "\n".join(
        f'<wsdl:message name="{name}"><wsdl:part name="parameters" element="t:{name}"/></wsdl:message>'
        for name in (*REQUESTS, *dict.fromkeys(answered.values()), "Problem")
    )
    operations = "\n".join(
        f'<wsdl:operation name="{verb}"><wsdl:input message="t:{verb}"/><wsdl:output message="t:{answer}"/>'
        f'<wsdl:fault name="Problem" message="t:Problem"/></wsdl:operation>'
        for verb, answer in answered.items()
    )
    bound = "\n".join(
        f'<wsdl:operation name="{verb}"><soap:operation soapAction="{SPACE}#{verb}" style="document"/>'
        '<wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output>'
        '<wsdl:fault name="Problem"><soap:fault name="Problem" use="literal"/></wsdl:fault></wsdl:operation>'
        for verb in answered
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
 xmlns:t="{SPACE}" targetNamespace="{SPACE}" name="SettlementGateway">
<wsdl:types>
{schema()}
</wsdl:types>
{messages}
<wsdl:portType name="Settlement">
{operations}
</wsdl:portType>
<wsdl:binding name="SettlementSoap" type="t:Settlement">
<soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
{bound}
</wsdl:binding>
<wsdl:service name="SettlementGateway">
<wsdl:port name="Settlement" binding="t:SettlementSoap"><soap:address location="http://127.0.0.1:8080/in/PROVIDER"/></wsdl:port>
</wsdl:service>
</wsdl:definitions>
"""


XSD = f'<?xml version="1.0" encoding="UTF-8"?>\n{schema()}\n'.encode()
WSDL = service().encode()
