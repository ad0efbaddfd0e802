"""Workers' counts come together through their folder, and outlive the workers."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from gateway.metrics import families
from gateway.metrics.folder import PAST, Folder, forget
from gateway.metrics.reports import STALE_S, Buckets, Report, Sums, encoded

KEY = ("H1", "SubmitBill", "settled")
BATCHES = len(families.BATCH_BOUNDS) + 1


def report(worker: str, bills: int, *, age_s: float = 0.0, buckets: int = BATCHES) -> Report:
    counts = [bills] + [0] * (buckets - 1)
    return Report(
        worker=worker,
        at_s=time.time() - age_s,
        counters={"gateway_requests_total": [(KEY, float(bills))]},
        spreads={"gateway_batch_bills": [((), Buckets(counts, float(bills)))]},
        gauges={"gateway_queue_bills": 2.0, "gateway_queue_age_seconds": float(bills), "gateway_snapshot_version": 9.0},
    )


def left(path: Path, pid: int, bills: int) -> Path:
    file = path / f"worker-{pid}-1.json"
    file.write_bytes(encoded(report(str(pid), bills)))
    return file


def sums(path: Path) -> Sums:
    return Sums(Folder(path).others(), now_s=time.time())


def settled(path: Path) -> float:
    return sums(path).counters["gateway_requests_total"].get(KEY, 0.0)


def test_counts_add_up_and_gauges_are_summed_worst_or_each(tmp_path: Path) -> None:
    """Counts and queues are summed, of ages the worst is told, versions stand under each worker."""
    left(tmp_path, 11, 3)
    left(tmp_path, 12, 5)

    told = sums(tmp_path)

    assert told.counters["gateway_requests_total"] == {KEY: 8.0}
    assert told.spreads["gateway_batch_bills"][()] == Buckets([8] + [0] * (BATCHES - 1), 8.0)
    assert told.gauges["gateway_queue_bills"] == {(): 4.0}
    assert told.gauges["gateway_queue_age_seconds"] == {(): 5.0}
    assert told.gauges["gateway_snapshot_version"] == {("11",): 9.0, ("12",): 9.0}


def test_a_forgotten_worker_is_counted_once_for_ever(tmp_path: Path) -> None:
    """Forgetting moves counts into the past, again and again, and takes the files and gauges away."""
    for pid in range(11, 16):
        left(tmp_path, pid, 2)
        forget(pid, tmp_path)
        forget(pid, tmp_path)

        assert settled(tmp_path) == 2.0 * (pid - 10)
    assert [file.name for file in tmp_path.iterdir()] == [PAST]
    assert sums(tmp_path).gauges["gateway_snapshot_version"] == {}


def test_a_reader_in_the_middle_of_forgetting_counts_once(tmp_path: Path) -> None:
    """Where the past covers a file that still stands, the file is not counted again, nor forgotten again."""
    file = left(tmp_path, 11, 7)
    kept = file.read_bytes()
    forget(11, tmp_path)
    file.write_bytes(kept)

    assert settled(tmp_path) == 7.0
    forget(11, tmp_path)
    assert settled(tmp_path) == 7.0
    assert not file.exists()


def test_readers_never_see_other_sums_while_workers_are_forgotten(tmp_path: Path) -> None:
    """Whoever reads while fifty workers are forgotten one after another sees the same sum each time."""
    for pid in range(100, 150):
        left(tmp_path, pid, 1)
    with ThreadPoolExecutor(max_workers=1) as parent:
        forgetting = parent.submit(lambda: [forget(pid, tmp_path) for pid in range(100, 150)])
        seen = [settled(tmp_path)]
        while not forgetting.done():
            seen.append(settled(tmp_path))
        forgetting.result()

    assert set(seen) == {50.0}
    assert len(seen) > 1


def test_a_new_worker_under_a_dead_ones_number_is_counted_too(tmp_path: Path) -> None:
    """Process ids come again; file names do not."""
    left(tmp_path, 11, 7)
    forget(11, tmp_path)
    (tmp_path / "worker-11-2.json").write_bytes(encoded(report("11", 1)))

    assert settled(tmp_path) == 8.0


def test_a_worker_that_fell_silent_keeps_its_counts_and_loses_its_gauges() -> None:
    """What it counted has happened; what it measured is no longer so."""
    told = Sums([report("11", 3, age_s=STALE_S + 1)], now_s=time.time())

    assert told.counters["gateway_requests_total"] == {KEY: 3.0}
    assert told.gauges["gateway_queue_bills"] == {}


def test_what_is_no_report_does_not_take_the_page_down(tmp_path: Path) -> None:
    """A damaged file, or one of an older program with other buckets, is left out; the others are told."""
    left(tmp_path, 11, 3)
    (tmp_path / "worker-12-1.json").write_bytes(b'{"worker":')
    (tmp_path / "worker-13-1.json").write_bytes(encoded(report("13", 4, buckets=3)))
    (tmp_path / PAST).write_bytes(b"")

    told = sums(tmp_path)

    assert told.counters["gateway_requests_total"] == {KEY: 7.0}
    assert told.spreads["gateway_batch_bills"][()].total == 3.0


def test_a_worker_does_not_read_its_own_file(tmp_path: Path) -> None:
    """It tells its numbers as they are now, and not once more as they were."""
    folder = Folder(tmp_path)
    folder.leave(encoded(report("11", 3)))

    assert [one.worker for one in folder.others()] == [""]
    assert len(list(tmp_path.iterdir())) == 1
    assert msgspec.json.decode(next(tmp_path.iterdir()).read_bytes(), type=Report).worker == "11"
