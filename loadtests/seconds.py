"""A run second by second. Percentiles are of the messages that were due in a second, whenever their answers came."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from msgspec import Struct

from loadtests.bundle import Second
from loadtests.engine.stretch import Stretch
from loadtests.engine.tape import NEVER


class _Tally(Struct):
    sent: int = 0
    answered: int = 0
    failed: int = 0
    latencies_us: list[int] = []


def by_second(stretches: Iterable[Stretch], memory_bytes: Mapping[int, int]) -> tuple[Second, ...]:
    """Return the seconds in which anything was due, sent or answered. memory_bytes: the gateway's, by second."""
    tallies: dict[int, _Tally] = defaultdict(_Tally)
    for stretch in stretches:
        for record in stretch.tape.records:
            due = tallies[_second(stretch, record.due_us)]
            if record.sent_us == NEVER:
                due.failed += 1
                continue
            tallies[_second(stretch, record.sent_us)].sent += 1
            due.failed += record.is_failed
            if record.is_answered:
                tallies[_second(stretch, record.answered_us)].answered += 1
                due.latencies_us.append(record.latency_us)
    return tuple(_told(at_s, tallies[at_s], memory_bytes.get(at_s, 0)) for at_s in sorted(tallies))


def _second(stretch: Stretch, at_us: int) -> int:
    return int(stretch.begins_s + at_us / 1e6)


def _told(at_s: int, tally: _Tally, memory_bytes: int) -> Second:
    p50, p90, p99, longest = percentiles_us(tally.latencies_us)
    return Second(
        at_s=at_s,
        sent=tally.sent,
        answered=tally.answered,
        failed=tally.failed,
        p50_us=p50,
        p90_us=p90,
        p99_us=p99,
        max_us=longest,
        gateway_memory_bytes=memory_bytes,
    )


def percentiles_us(latencies_us: list[int]) -> tuple[int, int, int, int]:
    """Return p50, p90, p99 and the maximum of a second's latencies; zeros where there are none."""
    if not latencies_us:
        return 0, 0, 0, 0
    ordered = sorted(latencies_us)
    p50, p90, p99 = (ordered[min(len(ordered) - 1, len(ordered) * share // 100)] for share in (50, 90, 99))
    return p50, p90, p99, ordered[-1]
