"""All rules, in the order in which they speak."""

from functools import cache

from gateway.core.about import (
    AUTHORIZATION,
    BOUNDED,
    DAY,
    DEAD,
    DEVICE,
    FUTURE,
    LOCAL_CODE,
    NO_ENTRY,
    REPEATED,
    RESTRICTION,
    SET_APART,
    THIRD_PARTY,
)
from gateway.core.rules.agreement import AGREEMENT_IN_FORCE, DUPLICATE_SETTLED
from gateway.core.rules.arithmetic import ARITHMETIC_AMOUNT
from gateway.core.rules.authorization import (
    AUTHORIZATION_AREA,
    AUTHORIZATION_DATES,
    AUTHORIZATION_ITEMS,
    AUTHORIZATION_KIND,
    AUTHORIZATION_PROVIDER,
    AUTHORIZATION_STATE,
    EMERGENCY_WAIVER,
)
from gateway.core.rules.benefits import FOOD_SUBSIDY
from gateway.core.rules.catalog import CATALOG_UNKNOWN, MATCH_MISSING
from gateway.core.rules.dates import DATES_BEFORE_INJURY, DATES_FUTURE, DATES_OUTSIDE_STAY
from gateway.core.rules.diagnosis import DIAGNOSIS_NOT_INJURY, DIAGNOSIS_SCOPE, LINE_SELF_PAID
from gateway.core.rules.enrolment import ARTICLE17_GAP, ENROLMENT_CUT_OFF
from gateway.core.rules.item_limits import (
    DRUG_COURSE,
    LIMIT_COURSE,
    LIMIT_DAYS_APART,
    LIMIT_PER_ACT,
    LIMIT_PER_DAY,
    LIMIT_PER_VISIT,
    STAY_ONCE_A_DAY,
)
from gateway.core.rules.limits import AUTHORIZATION_AMOUNT, AUTHORIZATION_DAYS, AUTHORIZATION_QUANTITY
from gateway.core.rules.pairs import PAIR_CONTAINS, PAIR_EXCLUDES, PAIR_PARTNER, PAIR_SWAP
from gateway.core.rules.person import PERSON_DIED, RECOGNITION_STATE, RECOGNITION_UNKNOWN
from gateway.core.rules.price import BED_CEILING, DEVICE_CEILING, DEVICE_SERVICE_LIFE, PRICE_CEILING
from gateway.core.rules.refund import REFUND_INVALID, REFUND_SHARE
from gateway.core.rules.restrictions import (
    RESTRICTION_AGE,
    RESTRICTION_DIAGNOSIS,
    RESTRICTION_LEVEL,
    RESTRICTION_PROVIDER_KIND,
    RESTRICTION_SCHEME,
    RESTRICTION_SEX,
    RESTRICTION_VISIT_KIND,
)
from gateway.core.rules.rule import RestsOn, Rule
from gateway.core.rules.third_party import THIRD_PARTY_PAID

ORDINARY: tuple[Rule, ...] = (
    AGREEMENT_IN_FORCE,
    DUPLICATE_SETTLED,
    RECOGNITION_UNKNOWN,
    RECOGNITION_STATE,
    PERSON_DIED,
    DATES_BEFORE_INJURY,
    DATES_OUTSIDE_STAY,
    DATES_FUTURE,
    ARITHMETIC_AMOUNT,
    LINE_SELF_PAID,
    DIAGNOSIS_NOT_INJURY,
    DIAGNOSIS_SCOPE,
    ENROLMENT_CUT_OFF,
    ARTICLE17_GAP,
    MATCH_MISSING,
    CATALOG_UNKNOWN,
    RESTRICTION_SEX,
    RESTRICTION_AGE,
    RESTRICTION_VISIT_KIND,
    RESTRICTION_PROVIDER_KIND,
    RESTRICTION_LEVEL,
    RESTRICTION_DIAGNOSIS,
    RESTRICTION_SCHEME,
    AUTHORIZATION_KIND,
    AUTHORIZATION_STATE,
    AUTHORIZATION_PROVIDER,
    AUTHORIZATION_AREA,
    EMERGENCY_WAIVER,
    AUTHORIZATION_DATES,
    AUTHORIZATION_ITEMS,
    DEVICE_SERVICE_LIFE,
    PRICE_CEILING,
    DEVICE_CEILING,
    BED_CEILING,
    PAIR_PARTNER,
    PAIR_EXCLUDES,
    PAIR_SWAP,
    PAIR_CONTAINS,
    STAY_ONCE_A_DAY,
    LIMIT_PER_ACT,
    LIMIT_PER_DAY,
    LIMIT_PER_VISIT,
    LIMIT_COURSE,
    LIMIT_DAYS_APART,
    DRUG_COURSE,
    THIRD_PARTY_PAID,
    AUTHORIZATION_DAYS,
    AUTHORIZATION_QUANTITY,
    AUTHORIZATION_AMOUNT,
)
"""Rules of a line that charges; each may cut what is left payable."""

_SPEAKS_OF: dict[RestsOn, int] = {
    "day": DAY,
    "repeated": REPEATED,
    "future": FUTURE,
    "set_apart": SET_APART,
    "local_code": LOCAL_CODE,
    "no_entry": NO_ENTRY,
    "restriction": RESTRICTION,
    "authorization": AUTHORIZATION,
    "device": DEVICE,
    "third_party": THIRD_PARTY,
    "dead": DEAD,
    "bounded": BOUNDED,
}


@cache
def asked(about: int) -> tuple[Rule, ...]:
    """Return the rules of a line that charges, in order, without those that have nothing to say of it."""
    return tuple(rule for rule in ORDINARY if _speaks(rule.rests_on, about))


def _speaks(rests_on: RestsOn, about: int) -> bool:
    if rests_on == "line":
        return True
    return not about & DEVICE if rests_on == "no_device" else bool(about & _SPEAKS_OF[rests_on])


REFUNDING: tuple[Rule, ...] = (REFUND_INVALID, REFUND_SHARE)
"""Rules of a line that takes another back."""

GIVING: tuple[Rule, ...] = (FOOD_SUBSIDY,)
"""Rules of the whole bill, which bring something outside it."""

RULES: tuple[Rule, ...] = (*ORDINARY, *REFUNDING, *GIVING)

RULE_BY_CODE: dict[str, Rule] = {rule.code: rule for rule in RULES}
