"""Generated traffic is the same for the same seed, and has its stated shape."""

import statistics
from collections import Counter
from itertools import islice

import msgspec
import pytest

from loadtests.city import City, worker_id
from loadtests.engine import arrivals
from loadtests.generator.message import Prepared
from loadtests.generator.plain import plain
from loadtests.generator.shapes import STAY_LINES_MAX, STAY_LINES_MIN
from loadtests.generator.traffic import traffic
from schemas.requests import SubmitBill

CITY = City()
MANY = 20_000


@pytest.fixture(scope="module")
def messages() -> list[Prepared]:
    return list(islice(traffic(CITY, seed=1, run="t"), MANY))


def bill_of(prepared: Prepared) -> SubmitBill:
    body = msgspec.json.decode(prepared.request.partition(b"\r\n\r\n")[2])
    return msgspec.convert({**body, "verb": "SubmitBill"}, type=SubmitBill)


@pytest.mark.parametrize("source", [plain, traffic])
def test_the_same_seed_makes_the_same_bytes(source: type[plain]) -> None:
    """Whoever repeats a run sends what was sent; another seed sends other bills, another run other numbers."""
    first, again = (list(islice(source(CITY, seed=1, run="t"), 300)) for _ in range(2))
    other, later = (list(islice(source(CITY, seed=seed, run=run), 300)) for seed, run in ((2, "t"), (1, "u")))

    assert first == again
    assert first != other
    assert not {made.message.message_id for made in first} & {made.message.message_id for made in later}


def test_plain_bills_are_clean_of_one_length_and_no_worker_comes_twice() -> None:
    """Twenty lines, about 6.7 KB, each worker once before any twice, the stated total the sum of the lines."""
    made = list(islice(plain(City(workers=500, providers=17, items=100), seed=3, run="t"), 500))
    bills = [bill_of(one) for one in made]

    assert {bill.visit.worker_id for bill in bills} == {worker_id(number) for number in range(500)}
    assert {len(bill.items) for bill in bills} == {20}
    assert all(bill.bill.charged_fen == sum(item.amount_fen for item in bill.items) for bill in bills)
    assert 6_400 < statistics.fmean(len(one.request) for one in made) < 7_000


def test_traffic_has_the_shape_of_a_city(messages: list[Prepared]) -> None:
    """Outpatients of 8 lines at the median, stays of 20 to 400, courses and devices; few workers send much of it."""
    lines: dict[str, list[int]] = {}
    for made in messages:
        lines.setdefault(made.message.kind, []).append(made.message.lines)
    good = [made for made in messages if made.message.expects == "settled" and made.message.verb == "SubmitBill"]
    workers = Counter(bill_of(made).visit.worker_id for made in good[:5_000])
    busiest = sum(count for _, count in workers.most_common(CITY.workers // 100))

    assert 7 <= statistics.median(lines["outpatient"]) <= 9
    assert STAY_LINES_MIN <= min(lines["stay"]) < max(lines["stay"]) <= STAY_LINES_MAX
    assert 60 <= statistics.median(lines["stay"]) <= 100
    assert {"outpatient", "stay", "course", "relapse", "device"} <= lines.keys()
    assert busiest > 0.3 * 5_000


def test_items_are_hot(messages: list[Prepared]) -> None:
    """A twentieth of the catalog makes a quarter of the lines and more."""
    bills = [bill_of(made) for made in messages[:3_000] if made.message.kind == "outpatient"]
    items = Counter(item.catalog_code for bill in bills for item in bill.items)
    busiest = sum(count for _, count in items.most_common(CITY.items // 20))

    assert busiest > 0.25 * items.total()


def test_traffic_repeats_and_errs_as_often_as_stated(messages: list[Prepared]) -> None:
    """Between one and two messages in a hundred come again, and as many are faulty; some are reversed or rivals."""
    ids = Counter((made.message.provider, made.message.message_id) for made in messages)
    expects = Counter(made.message.expects for made in messages)

    assert 0.01 < sum(count - 1 for count in ids.values()) / MANY < 0.02
    assert 0.01 < expects["refused"] / MANY < 0.02
    assert expects["rival"] > 20
    assert sum(made.message.verb == "Reverse" for made in messages) > 20


def test_what_is_expected_to_settle_is_well_formed(messages: list[Prepared]) -> None:
    """Every bill that should settle is a canonical SubmitBill whose stated total is its lines'."""
    for made in messages[:2_000]:
        if made.message.expects == "settled" and made.message.verb == "SubmitBill":
            bill = bill_of(made)
            assert bill.bill.charged_fen == sum(item.amount_fen for item in bill.items) == made.message.charged_fen


def test_arrivals_have_their_rate_and_the_day_its_peaks() -> None:
    """Fixed and Poisson moments come at their rate; a day's busiest hour has many times the night's."""
    poisson = list(arrivals.poisson(100, 60, seed=1))
    hours = Counter(int(moment / 10) for moment in arrivals.day(50, 240, seed=1))
    month_end = len(list(arrivals.day(50, 240, seed=1, month_end=True)))

    assert len(list(arrivals.fixed(100, 60))) == 6_000
    assert 5_600 < len(poisson) < 6_400
    assert poisson == sorted(poisson) == list(arrivals.poisson(100, 60, seed=1))
    assert hours[9] > 30 * hours[2] > 0
    assert month_end > 2 * hours.total()
