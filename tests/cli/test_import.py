"""`gateway import`: forms of files, the dry run, and how each way of running it ends."""

import json
import shutil
from pathlib import Path

import pytest
import xlsxwriter

from gateway.reference.kinds import KINDS
from gateway.reference.world.build import build, write
from gateway.store.secrets_file import load_or_create
from tests.cli.command import gateway, on_a_terminal

HEADER = ["area", "scheme", "valid_from", "tolerance_fen"]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The invented world, as files."""
    folder = tmp_path_factory.mktemp("world")
    write(build(1), folder)
    return folder


def policy(folder: Path, tolerance: int, name: str = "policy.csv") -> str:
    path = folder / name
    path.write_text(f"{','.join(HEADER)}\n321100,410,2026-01-01,{tolerance}\n")
    return str(path)


def workbook(path: Path, *rows: list[object]) -> str:
    book = xlsxwriter.Workbook(path)
    page = book.add_worksheet("政策")
    for number, row in enumerate([HEADER, *rows]):
        page.write_row(number, 0, row)
    book.close()
    return str(path)


def test_a_dry_run_then_the_import_then_a_dry_run(database_dsn: str, city: Path, tmp_path: Path) -> None:
    """3 and all that would change, 0 and all that was written, 0 and nothing left to change."""
    where = ("--dsn", database_dsn, "--secrets", str(tmp_path / "secrets.json"))
    gateway("keys", "new", *where)

    before = gateway("import", "all", str(city), "--dry-run", "--json", *where)
    wrote = gateway("import", "all", str(city), "--json", *where)
    after = gateway("import", "all", str(city), "--dry-run", *where)

    assert (before.returncode, wrote.returncode, after.returncode) == (3, 0, 0)
    would = {change["kind"]: change for change in json.loads(before.stdout)["would_change"]}
    did = {summary["kind"]: summary for summary in json.loads(wrote.stdout)["imported"]}
    assert list(would) == list(did) == list(KINDS)
    assert all(would[kind]["new"] > 0 for kind in KINDS)
    assert all(would[kind]["new"] == did[kind]["new"] for kind in KINDS)
    assert after.stdout.endswith("an import would change nothing.\n")
    assert (before.stderr, wrote.stderr, after.stderr) == ("", "", "")


def test_an_import_counts_as_its_dry_run_does(database_dsn: str, tmp_path: Path) -> None:
    """New, changed, ended and unchanged rows: the line before is the line after, which also names the version."""
    where = ("--dsn", database_dsn, "--secrets", str(tmp_path / "secrets.json"))
    head = "employer_id,area,scheme,name\nE1,321100,410,示例机械厂\n"
    employers, place = tmp_path / "employers.csv", tmp_path / "policy.csv"
    employers.write_text(f"{head}E2,321100,410,示例食品厂\n")
    gateway("import", "employers", str(employers), *where)
    gateway("import", "policy", policy(tmp_path, 1), *where)
    employers.write_text(f"{head}E2,321100,410,示例糖果厂\nE3,321100,410,示例木器厂\n")
    place.write_text(place.read_text().replace("2026-01-01", "2026-06-01"))

    told = []
    for kind, path in (("employers", employers), ("policy", place)):
        at = ("--effective-at", "2099-01-01T00:00:00+00:00")
        (would, *_) = gateway("import", kind, str(path), "--dry-run", *at, *where).stdout.splitlines()
        (did,) = gateway("import", kind, str(path), *at, *where).stdout.splitlines()
        (again,) = gateway("import", kind, str(path), *where).stdout.splitlines()
        told.append((would, did.partition("; 版本 version ")[0], again.endswith("; 没有新内容 nothing new")))

    instant = "; 生效 in force from 2099-01-01T00:00:00+00:00"
    counts = (
        f"employers: 新增 1 new, 变更 1 changed, 终止 0 ended, 不变 1 unchanged{instant}",
        f"policy: 新增 1 new, 变更 0 changed, 终止 1 ended, 不变 0 unchanged{instant}",
    )
    assert told == [(line, line, True) for line in counts]


def test_workbooks_and_csv_stand_side_by_side(database_dsn: str, city: Path, tmp_path: Path) -> None:
    """`all DIR` takes either form of each file, and refuses a kind that is there in both."""
    folder = tmp_path / "mixed"
    shutil.copytree(city, folder)
    where = ("--dsn", database_dsn, "--secrets", str(tmp_path / "secrets.json"))
    lines = [line.split(",") for line in (folder / "policy.csv").read_text("utf-8-sig").splitlines()]
    book = xlsxwriter.Workbook(folder / "policy.xlsx")
    page = book.add_worksheet("policy")
    for number, cells in enumerate(lines):
        for column, cell in enumerate(cells):
            page.write_string(number, column, cell)
    book.close()

    both = gateway("import", "all", str(folder), *where)
    (folder / "policy.csv").unlink()
    one = gateway("import", "all", str(folder), *where)

    assert (both.returncode, one.returncode) == (1, 0)
    assert "Keep the one that is meant" in both.stderr
    assert "policy: 新增 3 new, " in one.stdout


def test_gb18030_is_read_when_told(database_dsn: str, tmp_path: Path) -> None:
    """Not told, the refusal names the row and the option; told, it goes in."""
    path = tmp_path / "employers.csv"
    path.write_bytes("employer_id,area,scheme,name\nE1,321100,410,镇江示例机械厂\n".encode("gb18030"))
    where = ("--dsn", database_dsn, "--secrets", str(tmp_path / "secrets.json"))

    untold = gateway("import", "employers", str(path), *where)
    told = gateway("import", "employers", str(path), "--charset", "gb18030", *where)

    assert (untold.returncode, told.returncode) == (1, 0)
    assert "│ 2   │" in untold.stderr
    assert "--charset" in untold.stderr
    assert untold.stdout == ""


def test_a_workbooks_fault_names_sheet_row_and_column(database_dsn: str, tmp_path: Path) -> None:
    """On stderr as a table, with --json as JSON on stdout; both end with 1."""
    path = workbook(tmp_path / "policy.xlsx", ["321100", "410", 46023, 1])
    where = ("--dsn", database_dsn, "--secrets", str(tmp_path / "secrets.json"))

    table = gateway("import", "policy", path, *where)
    as_json = gateway("import", "policy", path, "--json", *where)

    (fault,) = json.loads(as_json.stdout)["faults"]
    assert (table.returncode, as_json.returncode) == (1, 1)
    assert "policy · 政策" in table.stderr
    assert (fault["sheet"], fault["row"], fault["column"]) == ("政策", 2, "valid_from")
    assert fault["cure_en"] == "format this cell as a date, or write text such as 2026-11-23"


def test_a_dry_run_makes_nothing(tmp_path: Path) -> None:
    """Where there is no database yet it says so, and leaves no folder, no secrets."""
    run = gateway("import", "policy", policy(tmp_path, 1), "--dry-run", "--embedded", str(tmp_path / "state"))

    assert run.returncode == 1
    assert "gateway migrate up" in run.stderr
    assert not (tmp_path / "state").exists()


def test_a_dry_run_does_not_migrate(empty_database_dsn: str, tmp_path: Path) -> None:
    """An empty database stays empty."""
    where = ("--dsn", empty_database_dsn, "--secrets", str(tmp_path / "secrets.json"))

    no_secrets = gateway("import", "policy", policy(tmp_path, 1), "--dry-run", *where)
    assert not (tmp_path / "secrets.json").exists()
    load_or_create(tmp_path / "secrets.json")
    behind = gateway("import", "policy", policy(tmp_path, 1), "--dry-run", *where)
    status = gateway("migrate", "status", "--dsn", empty_database_dsn)

    assert (no_secrets.returncode, behind.returncode, status.returncode) == (1, 1, 1)
    assert "cannot be used: No such file" in no_secrets.stderr
    assert "The database lacks" in behind.stderr
    assert "applied" not in status.stdout.replace("applied at", "")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("catlog", "x.csv"), "Did you mean catalog?"),
        (("policy",), "FILE is missing"),
        (("policy", "POLICY", "--sheet", "x"), "--sheet is of one workbook"),
        (("policy", "POLICY", "--effective-at", "tomorrow"), "no instant with its offset"),
        (("policy", "POLICY", "--charset", "gbk"), "'gb18030'"),
        (("policy", "POLICY", "--dryrun"), "--dry-run"),
        (("all", "--template"), "--template is of one kind"),
    ],
)
def test_a_wrong_command_line_ends_with_2(tmp_path: Path, words: tuple[str, ...], says: str) -> None:
    """What is meant is told on stderr; nothing is opened."""
    path = policy(tmp_path, 1)

    run = gateway("import", *(path if word == "POLICY" else word for word in words))

    assert run.returncode == 2
    assert says in " ".join(run.stderr.split())
    assert run.stdout == ""


def test_a_template_is_a_file_that_lacks_only_rows(database_dsn: str, tmp_path: Path) -> None:
    """The header of each kind is taken as it stands."""
    where = ("--dsn", database_dsn, "--secrets", str(tmp_path / "secrets.json"))
    header = gateway("import", "policy", "--template").stdout
    path = tmp_path / "policy.csv"
    path.write_text(header + "321100,410,2026-01-01" + "," * (header.count(",") - 2) + "\n")

    run = gateway("import", "policy", str(path), *where)

    assert run.returncode == 0
    assert "新增 1 new" in run.stdout


def test_progress_shows_on_a_terminal_only(database_dsn: str, city: Path, tmp_path: Path) -> None:
    """On a terminal each step of each kind is shown and cleared away; stdout is the same as without."""
    where = ("--dsn", database_dsn, "--secrets", str(tmp_path / "secrets.json"))

    stdout, shown, code = on_a_terminal("import", "all", str(city), *where)
    quiet = gateway("import", "all", str(city), *where)

    assert code == 0
    assert all(f"读取 reading {kind}" in shown and f"写入 writing {kind}" in shown for kind in KINDS)
    assert [line.split(":")[0] for line in stdout.splitlines()] == list(KINDS)
    assert (quiet.returncode, quiet.stderr) == (0, "")
