"""The world's cases worked out by hand, in yuan, from the price lists and the law: nothing here is computed or generated.

A row a bill. `.` is nothing; a rule in brackets speaks and cuts nothing; `!` is a refusal of the whole bill, by its code.
After # stands the working. A case that has no row fails the tests, and so does a row without its case.
"""

# ruff: noqa: E501 the rows of a table stand in line

from msgspec import Struct

TABLE = """
case                                bill  charged     fund   worker employer provider  rules

# 1 clean: the fund pays whole
clean-outpatient                       1      280      280        .        .        .  .                                        # 20 + 260
clean-inpatient                        1     1820     1820        .        .        .  .                                        # bed 4 × 50, nursing 4 × 30, operation 1500
several-recognitions                   1      300      300        .        .        .  .                                        # 20 + 260 + 20
work-injury-only-drug                  1    73.60    73.60        .        .        .  .                                        # 2 × 36.80, no class A/B split for work injury
rehabilitation-within-days             1      240      240        .        .        .  .                                        # 3 days × 2 × 40, of 10 days
out-of-area-filed                      1       20       20        .        .        .  .
article-17-extended                    1       20       20        .        .        .  .                                        # applied 15 May, extended to 31 May

# 2 prices
over-ceiling                           1      300      260       40        .        .  price.ceiling                            # 300 - 260
level-dependent-ceiling                1      480      460       20        .        .  price.ceiling                            # 240 of 220 at a primary hospital, 240 of 240 at a secondary one
over-ceiling-device                    1     9000     7500     1500        .        .  device.ceiling
device-within-service-life             1     1600      800      800        .        .  device.service_life                      # the second after two weeks of a year
arithmetic-mismatch                    1       70       20        .        .       50  arithmetic.amount                        # 2 × 20 is 40, not 50
arithmetic-within-tolerance            1    10.01       10        .        .     0.01  arithmetic.amount                        # 3 × 3.333 = 9.999

# 3 authorizations and places
rehabilitation-past-days               1      240      160       80        .        .  authorization.days                       # 2 of 3 days × 80
exhausted-authorization                1      260      100      160        .        .  authorization.amount
quantity-excess                        1      320      200      120        .        .  authorization.quantity                   # 5 of 8 × 40
provider-not-authorised                1      260        .      260        .        .  authorization.provider
out-of-area-without-referral           1       20        .       20        .        .  authorization.area
emergency-elsewhere                    1       60       40       20        .        .  authorization.area,(emergency.waiver)    # stabilised on the second of three days
rehabilitation-without-confirmation    1       80        .       80        .        .  authorization.kind
authorization-revoked                  1       80        .       80        .        .  authorization.state
authorization-ended                    1      160       80       80        .        .  authorization.dates                      # its last day and the day after
device-not-confirmed                   1     4500        .     4500        .        .  authorization.items

# 4 persons
injured-before-enrolled                1      260        .        .      260        .  enrolment.cut_off
stay-straddling-enrolment              1      180       90        .       90        .  enrolment.cut_off                        # 30, 31 May and 1 June; 2 to 4 June
arrears-owing                          1      260        .        .      260        .  enrolment.cut_off
arrears-paid-later                     1       40       20        .       20        .  enrolment.cut_off                        # the day before and the day they are paid
article-17-gap                         1       60       20        .       40        .  article17.gap                            # 18 and 20 May, accepted on the 20th; 21 May
recognition-revoked                    1       40       20       20        .        .  recognition.state
recognition-refused                    1       20        .       20        .        .  recognition.state
recognition-pending                    1        !        .        .        .        .  recognition.state
no-qualification                       1        !        .        .        .        .  qualification.none
before-injury                          1       40       20       20        .        .  dates.before_injury
diagnosis-out-of-scope                 1       20        .       20        .        .  diagnosis.scope
line-not-injury                        1       80       20       60        .        .  diagnosis.not_injury
line-self-paid                         1       80       20       60        .        .  line.self_paid
third-party-paid                       1      260      160      100        .        .  third_party.paid
third-party-paid-recognition           1      260      210       50        .        .  third_party.paid

# 5 lines
out-of-catalog                         1      108       20       88        .        .  catalog.unknown
catalog-row-ended                      1       30       15       15        .        .  catalog.unknown
not-matched                            1       85       20        .        .       65  match.missing                            # 45 unmatched, 20 still pending
restricted-sex                         1      180        .        .        .      180  restriction.sex
restricted-age                         1       40        .        .        .       40  restriction.age
restricted-visit-kind                  1      158        .        .        .      158  restriction.visit_kind
restricted-level                       1       42        .        .        .       42  restriction.level
restricted-visit-kind-bed              1       70       20        .        .       50  restriction.visit_kind
restricted-provider-kind               1       45        .        .        .       45  restriction.provider_kind
restricted-diagnosis                   1       25        .       25        .        .  restriction.diagnosis                    # 2 × 12.50
restricted-diagnosis-met               1       25       25        .        .        .  .
restricted-scheme                      1       30        .       30        .        .  restriction.scheme
matched-to-another-code                1       80       20        .        .       60  match.missing
self-paid-out-of-catalog               1       88        .       88        .        .  line.self_paid
agreement-suspended                    1       20        .        .        .       20  agreement.in_force
outside-stay                           1       60       30        .        .       30  dates.outside_stay

# 6 refunds within a bill
refund-in-same-bill                    1       20       20        .        .        .  price.ceiling,refund.share               # 300 - 300 + 20; shares 260 - 260 + 20 and 40 - 40
refund-in-part                         1      300      260       40        .        .  price.ceiling,refund.share               # 2 × 300 - 300; shares 520 - 260 and 80 - 40
refund-of-nothing                      1        !        .        .        .        .  refund.invalid
refund-at-another-price                1        !        .        .        .        .  refund.invalid
refund-of-more-than-charged            1        !        .        .        .        .  refund.invalid

# 7 injured before enrolled (Regulation art. 62): what arises after the enrolment, by kind of cost
enrolled-then-treated                  1      260      260        .        .        .  .
enrolled-then-rehabilitated            1      160      160        .        .        .  .                                        # 2 days × 2 × 40
enrolled-then-fitted                   1     7500     7500        .        .        .  .
insurance-left-after-injury            1       20       20        .        .        .  .                                        # insured on the day of the injury is enough
insured-in-june-and-july-only          1       40       20        .       20        .  enrolment.cut_off                        # 31 July, 1 August
arrears-paid-during-stay               1      320      160        .      160        .  enrolment.cut_off                        # 2 days × 80 before, 2 × 80 from the 15th
stay-settled-before-and-after          1       90        .        .       90        .  enrolment.cut_off
stay-settled-before-and-after          2       60       60        .        .        .  .

# 8 article 17: the employer applies within 30 days, or bears what arises up to acceptance
article-17-thirtieth-day               1       20       20        .        .        .  .                                        # 1 March + 30 = 31 March
article-17-thirty-first-day            1       60       20        .       40        .  article17.gap                            # 20 March and 3 April, the acceptance; 4 April
article-17-past-the-extension          1       40       20        .       20        .  article17.gap
article-17-applied-by-the-worker       1       40       20        .       20        .  article17.gap
enrolled-late-and-applied-late         1       60       20        .       40        .  enrolment.cut_off,article17.gap          # 20 not insured, 20 before acceptance, 20 after
occupational-disease-diagnosed         1       40       20       20        .        .  dates.before_injury

# 9 stays over a day that changes something
stay-across-new-year                   1      160      160        .        .        .  .                                        # 30 and 31 December: 2 × (50 + 30)
stay-across-new-year                   2      160      160        .        .        .  .                                        # 1 and 2 January
stay-across-suspension                 1       78       52        .        .       26  agreement.in_force                       # 3 × 26, a secondary hospital's nursing
stay-across-relapse-end                1      120       60       60        .        .  authorization.dates                      # 2 and 3 September; 4 and 5 September
ceiling-lowered-during-stay            1       80       72        8        .        .  price.ceiling                            # 40 of 40, 32 of 40
discharged-with-another-diagnosis      1       60        .       60        .        .  diagnosis.scope
cost-in-the-future                     1       40       20        .        .       20  dates.future

# 10 a limit shared by several bills
authorized-amount-over-two-bills       1      400      400        .        .        .  .                                        # 5 × 80
authorized-amount-over-two-bills       2      640      600       40        .        .  authorization.amount                     # 8 × 80, 1000 - 400 left
authorized-days-over-two-bills         1      240      240        .        .        .  .                                        # 3 × 80
authorized-days-over-two-bills         2      160       80       80        .        .  authorization.days                       # the fourth day, and a fifth
authorized-quantity-over-two-bills     1      160      160        .        .        .  .                                        # 4 × 40
authorized-quantity-over-two-bills     2       80       40       40        .        .  authorization.quantity                   # 1 of 2 × 40

# 11 treated in another place
referred-elsewhere                     1       20       20        .        .        .  .
emergency-at-another-hospital          1      260      260        .        .        .  (emergency.waiver)
emergency-not-yet-stabilised           1       40       40        .        .        .  (emergency.waiver)
not-in-the-catalog-elsewhere           1       50       20       30        .        .  catalog.unknown                          # the place of treatment's catalog counts

# 12 rounding, half up, and the tolerance of a fen
half-a-fen-rounds-up                   1        5        5        .        .        .  .                                        # 1.5 × 3.33 = 4.995
a-fen-too-little                       1       10       10        .        .        .  .                                        # 3 × 3.335 = 10.005; the smaller is paid
two-fen-too-much                       1    10.02        .        .        .    10.02  arithmetic.amount                        # 3 × 3.333 = 9.999
two-and-a-half-hours-over-ceiling      1    15.83       15     0.83        .        .  price.ceiling                            # 2.5 × 6

# 13 several cuts on one line
over-ceiling-and-amount                1      300      100      200        .        .  price.ceiling,authorization.amount       # 40 over the ceiling, 160 over the amount
over-ceiling-and-third-party           1      300      160      140        .        .  price.ceiling,third_party.paid           # 40 over the ceiling, 100 of the third party

# 14 a third party has paid (Social Insurance Law art. 42)
third-party-paid-more                  1      260        .      260        .        .  third_party.paid
third-party-paid-twice                 1      260      110      150        .        .  third_party.paid                         # 100 of the visit, 50 of the injury
third-party-money-used-up              1      260        .      260        .        .  third_party.paid                         # 300 - 260 leaves 40
third-party-money-used-up              2      260      220       40        .        .  third_party.paid

# 15 devices
two-devices-over-ceiling               1     2000     1800      200        .        .  device.ceiling                           # 2 × 900
device-a-day-too-early                 1      800      800        .        .        .  .
device-a-day-too-early                 2      800        .      800        .        .  device.service_life                      # 30 September, a day short of a year
device-a-day-too-early                 3      800      800        .        .        .  .
device-authorized-once                 1     4500     4500        .        .        .  .
device-authorized-once                 2      900        .      900        .        .  authorization.quantity
device-taken-back                      1      800      800        .        .        .  .
device-taken-back                      2     -800     -800        .        .        .  .
device-taken-back                      3      800      800        .        .        .  .

# 16 refunds of settled lines
refund-of-a-settled-line               1      300      260       40        .        .  price.ceiling
refund-of-a-settled-line               2     -280     -240      -40        .        .  refund.share                             # - 300 + 20; - 260 + 20
refund-step-by-step-to-zero            1      180      100       80        .        .  authorization.amount                     # 3 × 60, 100 left
refund-step-by-step-to-zero            2      -60   -33.33   -26.67        .        .  refund.share                             # 60 × 100 ÷ 180 = 33.333, 60 × 80 ÷ 180 = 26.667
refund-step-by-step-to-zero            3      -60   -33.34   -26.66        .        .  refund.share                             # 66.67 - 33.33, 53.33 - 26.67
refund-step-by-step-to-zero            4      -60   -33.33   -26.67        .        .  refund.share                             # 100 - 66.67, 80 - 53.33
refund-frees-the-authorization         1      260      260        .        .        .  .
refund-frees-the-authorization         2     -260     -260        .        .        .  .
refund-frees-the-authorization         3      260      260        .        .        .  .                                        # 300 authorized, all of it left again
refund-twice                           1       20       20        .        .        .  .
refund-twice                           2      -20      -20        .        .        .  .
refund-twice                           3        !        .        .        .        .  refund.invalid

# 17 the same again
line-settled-before                    1       20       20        .        .        .  .
line-settled-before                    2       40       20        .        .       20  duplicate.settled
all-lines-settled-before               1       20       20        .        .        .  .
all-lines-settled-before               2        !        .        .        .        .  bill.all_settled
bill-number-again                      1       20       20        .        .        .  .
bill-number-again                      2        !        .        .        .        .  bill.already_settled
invoice-number-again                   1       20       20        .        .        .  .
invoice-number-again                   2        !        .        .        .        .  invoice.already_used

# 18 refused, whole or by line
second-injury-refused                  1       40       20       20        .        .  recognition.state
qualification-not-of-the-visit         1        !        .        .        .        .  recognition.unknown
total-differs                          1        !        .        .        .        .  bill.total_differs
discharged-before-admitted             1        !        .        .        .        .  visit.discharge_before_admission
preview-differs                        1        !        .        .        .        .  preview.differs
provider-share-not-carried             1        !        .        .        .        .  provider_share.refused

# 15 limits of items
more-than-an-act                       1       60       40        .        .       20  limit.per_act                            # 2 of 3 × 20
25-hours-of-a-day                      1      588      576        .        .       12  limit.per_day                            # 24 of 25 × 12, and 24 × 12
day-shared-by-two-bills                1      168      168        .        .        .  .                                        # 14 × 12
day-shared-by-two-bills                2      144      120        .        .       24  limit.per_day                            # 10 of 12 × 12
more-than-a-visit                      1      408      340        .        .       68  limit.per_visit                          # 5 of 6 × 68
past-the-course                        1      120       80        .        .       40  limit.course                             # 2 of 3 days × 40
too-soon-again                         1      180      120        .        .       60  limit.days_apart                         # 1 and 16 September, not 10
too-soon-but-refunded                  1       80       80        .        .        .  .                                        # 60 + 20
too-soon-but-refunded                  2       20       20        .        .        .  .                                        # - 60 + 60 + 20
drug-past-its-course                   1      279   260.40        .        .    18.60  limit.drug_course                        # 14 of 15 × 18.60

# 16 pairs of items
part-of-another-item                   1       80       60        .        .       20  pair.contains                            # 40 + 20 of the next day
part-billed-before-the-whole           1       20       20        .        .        .  .
part-billed-before-the-whole           2       40       20        .        .       20  pair.contains                            # 40 less the 20 paid for its part
part-of-an-operation-of-the-visit      1     5600     3000        .        .     2600  pair.contains                            # 2600, then 3000 less 2600
one-or-the-other                       1       45       30        .        .       15  pair.excludes
hip-without-operation                  1    18030       30        .        .    18000  pair.partner
hip-with-operation                     1    22200    22200        .        .        .  .
dearer-dressing                        1       63       36        .        .       27  pair.swap                                # 18 + 18 in place of 45
dearer-operation                       1     2000     1500        .        .      500  pair.swap
dearer-operation-called-for            1     2000     2000        .        .        .  .

# 17 beds, nursing, death, a department
bed-over-its-ceiling                   1      150       90       60        .        .  price.bed_ceiling                        # 60 of 120, and 30
two-beds-of-a-day                      1      170       50       60        .       60  price.bed_ceiling,stay.once_a_day        # 50; of 120 the worker 60 over the ceiling, the provider the rest
two-grades-of-nursing                  1       70       50        .        .       20  stay.once_a_day                          # 30, and 20 the next day
billed-after-death                     1      130       60        .        .       70  person.died                              # nursing of 2 and 3 September; not 40 of the 3rd, not 30 of the 4th
suspended-department                   1       40       20        .        .       20  agreement.in_force

# 18 food subsidy of a stay: what stands after = is outside the bill
food-subsidy                           1      240      240        .        .        .  (benefit.food_subsidy)=90                # 3 × 30
food-subsidy-from-october              1      320      320        .        .        .  (benefit.food_subsidy)=60                # 1 and 2 October
food-subsidy-once-a-day                1      160      160        .        .        .  (benefit.food_subsidy)=60                # 5 and 6 October
food-subsidy-once-a-day                2      100      100        .        .        .  (benefit.food_subsidy)=30                # 7 October; the 6th was given for
food-subsidy-at-its-most               1      480      480        .        .        .  (benefit.food_subsidy)=150               # 6 × 30, at most 150
food-subsidy-given-back                1      160      160        .        .        .  (benefit.food_subsidy)=60
food-subsidy-given-back                2      -80      -80        .        .        .  (benefit.food_subsidy)=-30               # nothing of 6 October is left
food-subsidy-not-for-the-workers-own   1      100       80       20        .        .  line.self_paid,(benefit.food_subsidy)=30
"""
SHARES = ("charged_fen", "fund_fen", "worker_fen", "employer_fen", "provider_fen")


class Row(Struct, frozen=True, kw_only=True):
    """What must come of one bill."""

    sums: dict[str, int]
    """Empty where the bill is refused."""
    cut: frozenset[str]
    noticed: frozenset[str]
    benefits_fen: int = 0
    refused: str | None


def fen(text: str) -> int:
    """Read yuan: "-33.3" would be an error, "-33.33" and "-33" are not."""
    if text == ".":
        return 0
    whole, _, part = text.removeprefix("-").partition(".")
    assert len(part) in {0, 2}, text
    worth = int(whole) * 100 + int(part or 0)
    return -worth if text.startswith("-") else worth


def _row(charged: str, *shares_and_rules: str) -> Row:
    *shares, named = shares_and_rules
    if charged == "!":
        return Row(sums={}, cut=frozenset(), noticed=frozenset(), refused=named)
    named, _, given = named.partition("=")
    rules = [] if named == "." else named.split(",")
    return Row(
        sums=dict(zip(SHARES, map(fen, (charged, *shares)), strict=True)),
        cut=frozenset(rule for rule in rules if not rule.startswith("(")),
        noticed=frozenset(rule.strip("()") for rule in rules if rule.startswith("(")),
        benefits_fen=fen(given or "."),
        refused=None,
    )


def _read(table: str) -> dict[tuple[str, int], Row]:
    found: dict[tuple[str, int], Row] = {}
    lines = (line.partition("#")[0].split() for line in table.strip().splitlines()[1:])
    for case, bill, *rest in filter(None, lines):
        assert (case, int(bill)) not in found, (case, bill)
        found[case, int(bill)] = _row(*rest)
    return found


ROWS = _read(TABLE)
"""By case and number of the bill."""
