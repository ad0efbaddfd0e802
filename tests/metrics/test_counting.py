"""Counting is exact, bounded, and cheap enough for every bill."""

from time import perf_counter

import pytest

from gateway.metrics import families
from gateway.metrics.counting import SERIES_MAX, Histogram, Histograms, Laps, Requests, Watched
from gateway.metrics.words import OUTCOMES, STAGES, VERBS, Outcome

COST_US_MAX = 20
"""Loose: 1.4 µs were measured, and the machine may be busy."""


@pytest.mark.parametrize(
    ("value", "bucket"), [(0.0, 0), (0.00005, 0), (0.000051, 1), (2.0, len(families.STAGE_BOUNDS_S) - 1), (2.1, -1)]
)
def test_a_value_falls_into_the_bucket_that_ends_at_or_above_it(value: float, bucket: int) -> None:
    """The upper end belongs to its bucket (le), and what is above all ends is in the last."""
    histogram = Histogram(families.STAGE_BOUNDS_S)

    histogram.observe(value)

    assert histogram.counts[bucket] == sum(histogram.counts) == 1
    assert histogram.total == value


def test_series_are_bounded_and_nothing_is_lost() -> None:
    """Providers past the bound are counted together; the sum is what was sent."""
    requests = Requests()
    sent = SERIES_MAX + 1_000
    for number in range(sent):
        requests.count(f"H{number:011d}", "SubmitBill", "settled")
    requests.count("H00000000000", "SubmitBill", "settled")

    assert sum(requests.counts.values()) == sent + 1
    assert len(requests.counts) <= SERIES_MAX + len(VERBS) * len(OUTCOMES)
    assert requests.counts["other", "SubmitBill", "settled"] == 1_000
    assert requests.counts["H00000000000", "SubmitBill", "settled"] == 2


def test_a_verb_that_is_none_of_ours_is_unknown() -> None:
    """Whatever a caller sends as a verb makes no series of its own."""
    requests = Requests()
    for verb in ("SubmitBill", "110101199003070011", "测试甲"):
        requests.count("H1", verb, "refused")

    assert requests.counts == {("H1", "SubmitBill", "refused"): 1, ("H1", "unknown", "refused"): 2}


def test_a_stage_in_two_parts_is_one_observation() -> None:
    """A batch that locks twice has locked for the sum of both; one that fails leaves nothing."""
    stages = Histograms(STAGES, families.STAGE_BOUNDS_S)
    laps, failed = Laps(stages), Laps(stages)
    for stage in ("lock", "read", "lock"):
        laps.lap(stage)
    failed.lap("lock")
    laps.end()

    assert {stage: sum(one.counts) for stage, one in stages.of.items() if sum(one.counts)} == {"lock": 1, "read": 1}


def test_a_number_nobody_defined_cannot_be_watched() -> None:
    """A gauge that no page would show is a mistake at once."""
    with pytest.raises(AssertionError):
        Watched(["gateway_queue_bills"]).watch("gateway_queue_bill", lambda: 0)


def test_all_of_a_bill_costs_microseconds() -> None:
    """Seven stages, a batch, two pool waits and a request, each bill alone in its batch: the dearest case."""
    requests, batches = Requests(), Histogram(families.BATCH_BOUNDS)
    stages = Histograms(STAGES, families.STAGE_BOUNDS_S)
    pools = Histograms(("read", "outcome"), families.POOL_BOUNDS_S)
    outcome: Outcome = "settled"
    bills = 2_000

    def one_round() -> float:
        started_s = perf_counter()
        for _ in range(bills):
            for stage in STAGES:
                stages.observe(stage, 0.0031)
            batches.observe(17)
            pools.observe("read", 0.0002)
            pools.observe("outcome", 0.0002)
            requests.count("H32110000001", "SubmitBill", outcome)
        return (perf_counter() - started_s) / bills * 1e6

    assert min(one_round() for _ in range(5)) < COST_US_MAX
