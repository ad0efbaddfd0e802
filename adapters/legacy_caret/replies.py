"""What an answer's output says, by place: its first row (`HEADS`, a profile may order it anew) and the rows below it.

Of 2100, 2420 and 2410 the first places are those that the code of hospital systems shows; everything else is ours.
"""

HEADS = {
    "9100": ("cycle", "signed_at", "valid_to"),
    "9110": ("cycle",),
    "2100": (
        "worker_id",
        "employer_id",
        "employer_name",
        "certno",
        "name",
        "sex",
        "-",
        "-",
        "area",
        "-",
        "in_hospital",
        "-",
        "entitled",
        "reason",
        "birthday",
        "age_years",
    ),
    "2210": ("visit_no", "worker_id"),
    "2230": ("visit_no", "worker_id"),
    "2240": ("visit_no", "items"),
    "2310": ("visit_no", "unsettled_items", "unsettled_yuan"),
    "2320": ("visit_no", "unsettled_items", "unsettled_yuan"),
    "2420": (
        "charged_yuan",
        "fund_yuan",
        "worker_yuan",
        "employer_yuan",
        "provider_yuan",
        "drug_yuan",
        "service_yuan",
        "material_yuan",
    ),
    "2410": (
        "charged_yuan",
        "fund_yuan",
        "worker_yuan",
        "employer_yuan",
        "provider_yuan",
        "drug_yuan",
        "service_yuan",
        "material_yuan",
        "settlement_id",
        "settled_at",
    ),
    "2430": (
        "charged_yuan",
        "fund_yuan",
        "worker_yuan",
        "employer_yuan",
        "provider_yuan",
        "drug_yuan",
        "service_yuan",
        "material_yuan",
        "settlement_id",
        "original_settlement_id",
    ),
    "2421": ("original_serial", "settlement_id", "original_settlement_id"),
    "3100": ("referral_no", "state"),
    "1300": ("version", "since_version", "version_rows", "rows", "last", "effective_at"),
}
"""By our code: the fields of the first row."""
SHARED = {
    "2420": frozenset({"visit_no", "bill_no", "worker_id", "cash_yuan"}),
    "2410": frozenset({"visit_no", "bill_no", "worker_id", "cash_yuan", "settlement_day"}),
    "2430": frozenset({"visit_no", "bill_no", "worker_id", "cash_yuan", "settlement_day"}),
}
"""What a profile's `reply.CODE` may name besides; cash is worker and employer together."""
BILL_CODES = frozenset(SHARED)
NEEDED = (
    frozenset({"charged_yuan", "fund_yuan", "worker_yuan", "employer_yuan"}),
    frozenset({"charged_yuan", "fund_yuan", "cash_yuan"}),
)
"""One of these stands in every answer with sums. Without provider_yuan a bill with a provider's share is refused."""

QUALIFICATION = (
    "qualification_id",
    "recognition_no",
    "recognition_state",
    "kind",
    "injured_on",
    "valid_from",
    "valid_to",
    "amount_left_yuan",
    "days_left",
    "quantity_left",
    "usable_here",
    "diagnosis_codes",
    "body_parts",
)
"""A row of 2100 below the person's."""
ITEM = ("item_no", "state")
"""A row of 2310 and 2320: 1 taken or withdrawn, 0 stood already."""
LINE = ("item_no", "charged_yuan", "fund_yuan", "worker_yuan", "employer_yuan", "provider_yuan")
"""A row of 2420 and 2410 below the bill's."""
CATALOG_ROW = (
    "catalog_code",
    "name",
    "list_type",
    "unit",
    "valid_from",
    "valid_to",
    "ceiling_tertiary_yuan",
    "ceiling_secondary_yuan",
    "ceiling_primary_yuan",
    "ceiling_ungraded_yuan",
    "sex",
    "age_min_years",
    "age_max_years",
    "visit_kinds",
    "provider_kinds",
    "level_min",
    "schemes",
    "diagnosis_prefixes",
    "service_life_years",
    "change",
)
"""A row of 1300 below the version's."""
