"""Finds the number that a reference stands for: inside the message, by its identifier, or in its address."""

from collections.abc import Iterable

from msgspec import Struct

from adapters.fhir_r4.says import Says, said
from adapters.fhir_r4.settings import NO_SYSTEM, Settings
from adapters.fhir_r4.shapes import (
    Bundle,
    Coverage,
    Document,
    Encounter,
    Focal,
    Identifier,
    Inner,
    Location,
    Organization,
    Patient,
    Practitioner,
    PractitionerRole,
    Reference,
)
from schemas.problems import Fault, WireError

_NUMBERED = (Patient, Coverage, Organization, Practitioner, PractitionerRole, Location, Encounter)


class Act(Struct, kw_only=True):
    """A message on its way to a request. at is where the resource that asks stands."""

    focal: Focal
    at: str
    bundle_identifier: Identifier | None
    beside: dict[str, Inner]
    settings: Settings
    faults: list[Fault]
    currency: str = ""
    catalogs: tuple[str, ...] = ()
    locals_: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Look up once what every line asks for."""
        self.currency = self.settings.currency
        self.catalogs, self.locals_ = self.settings.systems("catalog"), self.settings.systems("local")

    def fault(self, at: str, says: Says) -> None:
        """Add a fault; at is below the resource that asks."""
        self.faults.append(said(f"{self.at}{at}", says))

    def told(self, identifiers: Iterable[Identifier], role: str) -> set[str]:
        """Return the numbers of a role among identifiers; those of other systems are carried."""
        systems = self.settings.systems(role)
        return {one.value for one in identifiers if one.value and (one.system or NO_SYSTEM) in systems}

    def number(self, identifiers: Iterable[Identifier], role: str, at: str) -> str | None:
        """Return the one number of a role, or None; two of them are a fault."""
        return self._one(self.told(identifiers, role), at)

    def referred(self, reference: Reference, role: str, at: str) -> str | None:
        """Return the number that a reference stands for; None where it tells none of that role."""
        told = self.told((reference.identifier,), role) if reference.identifier else set()
        address = reference.reference
        if address is not None:
            inner = self.beside.get(address)
            if inner is not None:
                told |= self.told(inner.identifier, role) if isinstance(inner, _NUMBERED) else set()
            elif address.startswith("#"):
                self.fault(f"{at}/reference", _BROKEN)
            elif self.settings.is_number(role):
                told.add(address.rpartition("/")[2])
        return self._one(told, at)

    def resource(self, reference: Reference) -> Inner | None:
        """Return the resource of the message that a reference leads to."""
        return self.beside.get(reference.reference or "")

    def _one(self, told: set[str], at: str) -> str | None:
        if len(told) > 1:
            self.fault(at, _DIFFERS)
        return min(told, default=None)


def act_of(document: Document, settings: Settings) -> Act:
    """Return the resource that asks, with what it may refer to. Raises WireError where there is not exactly one."""
    if not isinstance(document, Bundle):
        return Act(
            focal=document,
            at="",
            bundle_identifier=None,
            beside=_contained(document),
            settings=settings,
            faults=[],
        )
    return _of_bundle(document, settings)


def _of_bundle(bundle: Bundle, settings: Settings) -> Act:
    asking = [place for place, entry in enumerate(bundle.entry) if isinstance(entry.resource, Focal)]
    if bundle.type not in ("collection", "message"):
        raise WireError(said("/type", _BUNDLE_TYPE))
    if len(asking) != 1:
        raise WireError(said(f"/entry/{asking[1]}/resource" if asking else "/entry", _ONE_ASKS))
    beside: dict[str, Inner] = {}
    faults: list[Fault] = []
    for place, entry in enumerate(bundle.entry):
        inner = entry.resource
        if not isinstance(inner, Focal):
            names = {entry.full_url, f"{type(inner).__name__}/{inner.id}" if inner.id else None} - {None}
            if names & beside.keys():
                faults.append(said(f"/entry/{place}", _TWICE))
            beside.update({str(name): inner for name in names})
    focal = bundle.entry[asking[0]].resource
    assert isinstance(focal, Focal)
    return Act(
        focal=focal,
        at=f"/entry/{asking[0]}/resource",
        bundle_identifier=bundle.identifier,
        beside=beside | _contained(focal),
        settings=settings,
        faults=faults,
    )


def _contained(focal: Focal) -> dict[str, Inner]:
    return {f"#{inner.id}": inner for inner in focal.contained}


def message_id_of(act: Act, own: str | None) -> str | None:
    """Return a message's id: the Bundle's identifier, else one of the system for messages, else the resource's own."""
    if act.bundle_identifier is not None and act.bundle_identifier.value:
        return act.bundle_identifier.value
    told = act.number(act.focal.identifier, "message", "/identifier") if act.settings.systems("message") else None
    return told or own


_BROKEN = Says(
    "reference.broken",
    "引用的资源不在contained中",
    "no contained resource has this id",
    "请在contained中附上该资源，或改用identifier",
    "send the resource in `contained`, or name it by its identifier",
)
_DIFFERS = Says(
    "identifier.differs",
    "同一处给出了不同的编号",
    "names two different numbers",
    "请只保留一个编号",
    "give one number",
)
_BUNDLE_TYPE = Says(
    "bundle.type",
    "不接收这种Bundle",
    "no Bundle of this type is taken",
    "type应为collection或message",
    "give collection or message",
)
_ONE_ASKS = Says(
    "bundle.one_request",
    "一个Bundle应恰有一个Claim、CoverageEligibilityRequest或Task",
    "a Bundle holds exactly one Claim, CoverageEligibilityRequest or Task",
    "请每个Bundle只发送一个请求",
    "send one of them in each Bundle",
)
_TWICE = Says(
    "bundle.repeated",
    "与前面的资源同名（fullUrl或id重复）",
    "has the fullUrl or id of an entry before",
    "请去掉重复的资源",
    "leave the repeated entry out",
)
