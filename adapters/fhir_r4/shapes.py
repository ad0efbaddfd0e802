"""The dialect's table: which elements of which FHIR R4 types are taken, and how.

Carried is kept with the raw message and judged by nobody; Digits is a number by its digits; an element that is not
listed is refused. Of a resource derived from Open everything that is not listed is carried. Names are FHIR's own, in
snake case here.
"""

from typing import Annotated, TypeAlias

from msgspec import Meta, Raw, Struct, field

Digits: TypeAlias = Raw
"""A number as it was written; empty where the element is absent."""
Carried = Annotated[Raw, Meta(title="carried")]
"""Any content."""

_NONE = Raw()


class Element(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """A part of a resource."""

    id: str | None = None


class Coding(Element, frozen=True, kw_only=True):
    """A code of a code system."""

    system: str | None = None
    version: Carried = _NONE
    code: str | None = None
    display: str | None = None
    user_selected: Carried = _NONE


class CodeableConcept(Element, frozen=True, kw_only=True):
    """One meaning, in one or several codings."""

    coding: tuple[Coding, ...] = ()
    text: str | None = None


class Identifier(Element, frozen=True, kw_only=True):
    """A number and the system that gave it out."""

    use: Carried = _NONE
    type: Carried = _NONE
    system: str | None = None
    value: str | None = None
    period: Carried = _NONE
    assigner: Carried = _NONE


class Reference(Element, frozen=True, kw_only=True):
    """Names a resource: by its place in the message, its address, or its identifier."""

    reference: str | None = None
    type: Carried = _NONE
    identifier: Identifier | None = None
    display: Carried = _NONE


class Money(Element, frozen=True, kw_only=True):
    """An amount and its currency."""

    value: Digits = _NONE
    currency: str | None = None


class Quantity(Element, frozen=True, kw_only=True):
    """How many. A comparator ("more than") is no quantity here, so it is not listed."""

    value: Digits = _NONE
    unit: Carried = _NONE
    system: Carried = _NONE
    code: Carried = _NONE


class Period(Element, frozen=True, kw_only=True):
    """From and to, both inclusive."""

    start: str | None = None
    end: str | None = None


class Extension(Element, frozen=True, kw_only=True):
    """What FHIR has no word for: the one extension taken is REFUNDS."""

    url: str
    value_string: str | None = None


REFUNDS = "urn:settlement-gateway:refunds-item"
"""On an item: the number of the item of the same visit that it takes back."""


class Priced(Element, frozen=True, kw_only=True):
    """What item, detail and subDetail have in common."""

    extension: tuple[Extension, ...] = ()
    sequence: Digits
    revenue: Carried = _NONE
    category: CodeableConcept | None = None
    product_or_service: CodeableConcept
    modifier: Carried = _NONE
    program_code: Carried = _NONE
    quantity: Quantity | None = None
    unit_price: Money | None = None
    factor: Digits = _NONE
    net: Money | None = None
    udi: Carried = _NONE


class SubDetail(Priced, frozen=True, kw_only=True):
    """A line inside a detail."""


class Detail(Priced, frozen=True, kw_only=True):
    """A line inside an item, or a group of such lines."""

    sub_detail: tuple[SubDetail, ...] = ()


class Item(Priced, frozen=True, kw_only=True):
    """A line of a Claim, or a group of lines."""

    care_team_sequence: tuple[Digits, ...] = ()
    diagnosis_sequence: Carried = _NONE
    procedure_sequence: Carried = _NONE
    information_sequence: Carried = _NONE
    serviced_date: str | None = None
    serviced_period: Period | None = None
    location_codeable_concept: Carried = _NONE
    location_address: Carried = _NONE
    location_reference: Carried = _NONE
    body_site: Carried = _NONE
    sub_site: Carried = _NONE
    encounter: tuple[Reference, ...] = ()
    detail: tuple[Detail, ...] = ()


class Payee(Element, frozen=True, kw_only=True):
    """Whom to pay: only the provider can be."""

    type: CodeableConcept
    party: Carried = _NONE


class CareTeam(Element, frozen=True, kw_only=True):
    """Who gave the care."""

    sequence: Digits
    provider: Reference
    responsible: Carried = _NONE
    role: Carried = _NONE
    qualification: Carried = _NONE


class Diagnosis(Element, frozen=True, kw_only=True):
    """A diagnosis, coded in place: one by reference is not listed."""

    sequence: Digits
    diagnosis_codeable_concept: CodeableConcept
    type: Carried = _NONE
    on_admission: Carried = _NONE
    package_code: Carried = _NONE


class Insurance(Element, frozen=True, kw_only=True):
    """Under which qualification the Claim is made."""

    sequence: Digits
    focal: bool
    identifier: Carried = _NONE
    coverage: Reference
    business_arrangement: Carried = _NONE
    pre_auth_ref: Carried = _NONE


class Resource(Element, frozen=True, kw_only=True, tag_field="resourceType"):
    """What stands alone in a message or inside another."""

    meta: Carried = _NONE
    language: Carried = _NONE
    text: Carried = _NONE


class Named(Resource, frozen=True, kw_only=True):
    """A resource with numbers of its own."""

    identifier: tuple[Identifier, ...] = ()


class Open(Named, frozen=True, kw_only=True, forbid_unknown_fields=False):
    """A resource that is carried whole, but for its identifiers."""


class Patient(Open, tag="Patient", frozen=True, kw_only=True):
    """The worker."""


class Coverage(Open, tag="Coverage", frozen=True, kw_only=True):
    """The qualification."""


class Organization(Open, tag="Organization", frozen=True, kw_only=True):
    """The provider, an employer, an insurer."""


class Practitioner(Open, tag="Practitioner", frozen=True, kw_only=True):
    """A doctor."""


class PractitionerRole(Open, tag="PractitionerRole", frozen=True, kw_only=True):
    """A doctor in a department."""


class Location(Open, tag="Location", frozen=True, kw_only=True):
    """A department."""


class Beside(Resource, frozen=True, kw_only=True, forbid_unknown_fields=False):
    """A resource that is carried whole."""


class Condition(Beside, tag="Condition", frozen=True, kw_only=True):
    """Carried."""


class Device(Beside, tag="Device", frozen=True, kw_only=True):
    """Carried."""


class MedicationRequest(Beside, tag="MedicationRequest", frozen=True, kw_only=True):
    """Carried."""


class MessageHeader(Beside, tag="MessageHeader", frozen=True, kw_only=True):
    """Carried."""


class Procedure(Beside, tag="Procedure", frozen=True, kw_only=True):
    """Carried."""


class RelatedPerson(Beside, tag="RelatedPerson", frozen=True, kw_only=True):
    """Carried."""


class ServiceRequest(Beside, tag="ServiceRequest", frozen=True, kw_only=True):
    """Carried."""


class Encounter(Named, tag="Encounter", frozen=True, kw_only=True):
    """The visit: its number, its class, and from when to when."""

    status: Carried = _NONE
    class_: Coding | None = field(default=None, name="class")
    period: Period | None = None
    status_history: Carried = _NONE
    class_history: Carried = _NONE
    type: Carried = _NONE
    service_type: Carried = _NONE
    priority: Carried = _NONE
    subject: Carried = _NONE
    episode_of_care: Carried = _NONE
    based_on: Carried = _NONE
    participant: Carried = _NONE
    appointment: Carried = _NONE
    length: Carried = _NONE
    reason_code: Carried = _NONE
    reason_reference: Carried = _NONE
    diagnosis: Carried = _NONE
    account: Carried = _NONE
    hospitalization: Carried = _NONE
    location: Carried = _NONE
    service_provider: Carried = _NONE
    part_of: Carried = _NONE


Numbered: TypeAlias = Patient | Coverage | Organization | Practitioner | PractitionerRole | Location | Encounter
"""What a reference may lead to for its number."""
Inner: TypeAlias = (
    Numbered | Condition | Device | MedicationRequest | MessageHeader | Procedure | RelatedPerson | ServiceRequest
)
"""What may stand inside a resource or beside it."""


class Asking(Named, frozen=True, kw_only=True):
    """A resource that asks for something. Transport: created, enterer."""

    contained: tuple[Inner, ...] = ()
    status: str
    created: str | None = None
    enterer: Carried = _NONE


class Claim(Asking, tag="Claim", frozen=True, kw_only=True):
    """A bill."""

    type: CodeableConcept
    sub_type: CodeableConcept | None = None
    use: str
    patient: Reference
    billable_period: Period | None = None
    insurer: Carried = _NONE
    provider: Reference | None = None
    priority: Carried = _NONE
    prescription: Carried = _NONE
    original_prescription: Carried = _NONE
    payee: Payee | None = None
    referral: Carried = _NONE
    facility: Reference | None = None
    care_team: tuple[CareTeam, ...] = ()
    supporting_info: Carried = _NONE
    diagnosis: tuple[Diagnosis, ...] = ()
    procedure: Carried = _NONE
    insurance: tuple[Insurance, ...]
    accident: Carried = _NONE
    item: tuple[Item, ...]
    total: Money | None = None


class CoverageEligibilityRequest(Asking, tag="CoverageEligibilityRequest", frozen=True, kw_only=True):
    """Who is it, and what is the person entitled to today."""

    priority: Carried = _NONE
    purpose: Carried = _NONE
    patient: Reference
    serviced_date: Carried = _NONE
    serviced_period: Carried = _NONE
    provider: Reference | None = None
    insurer: Carried = _NONE
    facility: Carried = _NONE
    supporting_info: Carried = _NONE
    insurance: Carried = _NONE
    item: Carried = _NONE


class Task(Asking, tag="Task", frozen=True, kw_only=True):
    """A cancellation or an inquiry. Transport beside Asking's: authoredOn, lastModified."""

    intent: Carried = _NONE
    priority: Carried = _NONE
    code: CodeableConcept
    description: Carried = _NONE
    focus: Reference
    for_: Carried = field(default=_NONE, name="for")
    authored_on: Carried = _NONE
    last_modified: Carried = _NONE
    requester: Carried = _NONE
    owner: Carried = _NONE
    reason_code: Carried = _NONE


Focal: TypeAlias = Claim | CoverageEligibilityRequest | Task


class Entry(Element, frozen=True, kw_only=True):
    """A resource of a Bundle."""

    full_url: str | None = None
    resource: Focal | Inner


class Bundle(Resource, tag="Bundle", frozen=True, kw_only=True):
    """One resource that asks, and what it refers to. Transport: timestamp."""

    identifier: Identifier | None = None
    type: str
    timestamp: Carried = _NONE
    entry: tuple[Entry, ...]


Document: TypeAlias = Claim | CoverageEligibilityRequest | Task | Bundle
