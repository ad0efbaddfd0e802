"""What the agency knows before a bill arrives: providers, catalog, policy, and a worker's entitlements.

Days are `Asia/Shanghai` dates and to-dates are inclusive; `None` as a to-date means open-ended.
"""

from datetime import date
from typing import Literal

from msgspec import Struct

from schemas.scalars import (
    Area,
    AuthorizationKind,
    Bearer,
    CatalogSort,
    Code,
    DiagnosisCode,
    Fen,
    FenPositive,
    Level,
    LocalCode,
    Number,
    PriceText,
    ProviderKind,
    QuantityText,
    Scheme,
    Sex,
    Text,
    VisitKind,
)


class Fact(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A row that somebody else decided and the gateway only reads."""


class Agreement(Fact, frozen=True, kw_only=True):
    """服务协议: what a provider may bill in one spell of days, and at which level."""

    valid_from: date
    valid_to: date | None
    level: Level
    agreement_no: Number
    state: Literal["in_force", "suspended", "terminated"]
    suspended_departments: tuple[Code, ...] = ()


class Provider(Fact, frozen=True, kw_only=True):
    """协议机构: a contracted institution and its wire settings."""

    code: Code
    name: Text
    kind: ProviderKind
    area: Area
    scheme: Scheme
    dialect: str
    dialect_version: int | None = None
    """The VERSION of the dialect's adapter; None is the lowest that is here."""
    profile: dict[str, str] = {}
    token_sha256: str
    agreements: tuple[Agreement, ...]


class CatalogItem(Fact, frozen=True, kw_only=True):
    """One validity row of the catalog (目录). Empty restrictions and missing ceilings bind nothing."""

    area: Area
    scheme: Scheme
    code: Code
    name: Text
    sort: CatalogSort
    unit: Text | None = None
    valid_from: date
    valid_to: date | None = None
    ceiling_tertiary_yuan: PriceText | None = None
    ceiling_secondary_yuan: PriceText | None = None
    ceiling_primary_yuan: PriceText | None = None
    ceiling_ungraded_yuan: PriceText | None = None
    sex: Sex | None = None
    age_min_years: int | None = None
    age_max_years: int | None = None
    visit_kinds: tuple[VisitKind, ...] = ()
    provider_kinds: tuple[ProviderKind, ...] = ()
    level_min: Level | None = None
    schemes: tuple[Scheme, ...] = ()
    """Schemes that alone may pay it: ("410",) is a work-injury-only drug (限工伤)."""
    diagnosis_prefixes: tuple[str, ...] = ()
    service_life_years: int | None = None
    """Least years of use of a device (最低使用年限)."""


class Match(Fact, frozen=True, kw_only=True):
    """目录对照: a provider's local code and the catalog code it stands for."""

    area: Area
    scheme: Scheme
    provider_code: Code
    local_code: LocalCode
    catalog_code: Code
    state: Literal["approved", "pending", "refused"]
    valid_from: date
    valid_to: date | None = None


class Policy(Fact, frozen=True, kw_only=True):
    """Dated settings of one area and scheme: what is policy must not be code."""

    area: Area
    scheme: Scheme
    valid_from: date
    valid_to: date | None = None
    tolerance_fen: int = 1
    """Quantity × price and amount of a line may differ by this much; the smaller is then payable."""
    article17_days: int = 30
    """Days in which the employer must apply for recognition (条例 art. 17)."""
    sign_in_grace_minutes: int = 120
    """How long an operator's cycle runs on past midnight."""
    future_minutes: int = 10
    """How far a caller's clock may run ahead."""
    bearers: dict[str, Bearer] = {}
    """Rule code → bearer, where the area decides otherwise than the rule's default."""
    bed_ceiling_tertiary_yuan: PriceText | None = None
    """The most a day in bed is paid with at the provider's level (床位费最高支付标准), whatever the kind of bed."""
    bed_ceiling_secondary_yuan: PriceText | None = None
    bed_ceiling_primary_yuan: PriceText | None = None
    bed_ceiling_ungraded_yuan: PriceText | None = None
    death_day_codes: tuple[Code, ...] = ()
    """Beginnings of the codes that may still be billed on the day of death; none is any code. Nothing is after it."""
    food_subsidy_fen: FenPositive = 0
    """住院伙食补助: what the fund gives for each day of a stay, outside the bill."""
    food_subsidy_max_fen: FenPositive | None = None
    """The most of it for one visit."""
    food_subsidy_visit_kinds: tuple[VisitKind, ...] = ("inpatient",)


class Limit(Fact, frozen=True, kw_only=True):
    """诊疗限制: how much of an item one visit may be billed. What is None binds nothing.

    It speaks of every catalog code that begins with `code`, and counts them together; of several limits that speak of
    a code, the one with the longest code is heard.
    """

    area: Area
    scheme: Scheme
    code: Code
    title: Text | None = None
    valid_from: date
    valid_to: date | None = None
    per_act: QuantityText | None = None
    """Quantity of one line (单次用量)."""
    per_day: QuantityText | None = None
    """Quantity in one calendar day (限定频次): times, or hours where hours are billed."""
    per_visit: QuantityText | None = None
    """Quantity in the whole visit (限定总量)."""
    course_days: int | None = None
    """Calendar days of the visit on which it may be billed (限定疗程)."""
    days_apart: int | None = None
    """Least days from one billing to the next (限定周期): 14 is the same weekday two weeks on."""
    stay: Literal["bed", "nursing"] | None = None
    """Makes it a kind of bed, or a grade of nursing: of all of them together, one a day is paid."""


class Pair(Fact, frozen=True, kw_only=True):
    """项目关系: what may not, or only together, be billed in one visit. Each code stands for all that begin with it.

    contains (重复收费): the main item has the sub item in it. excludes (互斥): one or the other. partner (关联缺失):
    the main item is a consumable, which comes with the sub item, an operation; one of several partners is enough. swap
    (串换): the main item is the dearer name of what the sub item is, and is then paid at the sub item's ceiling.
    """

    area: Area
    scheme: Scheme
    sort: Literal["contains", "excludes", "partner", "swap"]
    frequency: Literal["day", "visit"]
    main_code: Code
    sub_code: Code
    valid_from: date
    valid_to: date | None = None
    diagnosis_prefixes: tuple[str, ...] = ()
    """Of a swap: diagnoses that call for the main item. Where there are some and the bill has none of them, the main
    item is paid as the sub item, whether that is billed too or not."""
    why: Text


class Worker(Fact, frozen=True, kw_only=True):
    """工伤职工."""

    worker_id: Number
    area: Area
    name: Text
    certno: Code
    sex: Sex
    birthday: date
    died_on: date | None = None
    employer_id: Number
    employer_name: Text | None = None


class Enrolment(Fact, frozen=True, kw_only=True):
    """参保: a spell in which the worker is insured."""

    enrolment_no: Number
    area: Area
    scheme: Scheme
    employer_id: Number
    valid_from: date
    valid_to: date | None = None
    effective_from: date
    """Usually the day after the roster was received."""
    arrears: bool = False
    arrears_paid_on: date | None = None
    """Day on which arrears and late fee (滞纳金) were paid; None while owing."""


class Recognition(Fact, frozen=True, kw_only=True):
    """工伤认定: the decision that an injury is a work injury."""

    recognition_no: Number
    qualification_id: Number
    area: Area
    scheme: Scheme
    employer_id: Number
    kind: Literal["accident", "occupational_disease"]
    injured_on: date
    """Injury day, or the diagnosis day of an occupational disease."""
    applicant: Literal["employer", "worker", "kin", "union"]
    applied_on: date
    accepted_on: date | None = None
    extended_to: date | None = None
    """Last day to apply where the agency granted an extension."""
    decided_on: date | None = None
    body_parts: tuple[Text, ...] = ()
    diagnosis_codes: tuple[DiagnosisCode, ...] = ()
    """Recognised diagnoses; a code covers all codes that begin with it."""
    third_party: bool = False
    third_party_paid_fen: FenPositive = 0
    state: Literal["pending", "recognised", "refused", "revoked"]
    revoked_on: date | None = None


class Authorization(Fact, frozen=True, kw_only=True):
    """待遇资格/确认/备案: what a recognition entitles to."""

    authorization_no: Number
    recognition_no: Number
    qualification_id: Number
    kind: AuthorizationKind
    provider_code: Code | None = None
    provider_kind: ProviderKind | None = None
    valid_from: date
    valid_to: date
    amount_fen: FenPositive | None = None
    days: int | None = None
    quantity: QuantityText | None = None
    items: tuple[Code, ...] = ()
    """Catalog codes it is limited to; empty is any."""
    state: Literal["issued", "revoked"]


class Used(Fact, frozen=True, kw_only=True):
    """What settled bills have taken from one allowance (an authorization's, or a third party's payment)."""

    allowance_id: str
    fund_fen: Fen
    quantity: QuantityText
    days: tuple[date, ...]


class DeviceIssue(Fact, frozen=True, kw_only=True):
    """A device that the fund helped to pay: starts its service life."""

    catalog_code: Code
    issued_on: date
    settlement_id: str
    item_no: Number
