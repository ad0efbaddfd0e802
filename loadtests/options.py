"""The command line of the load kit: what may be asked for, and what is refused before anything starts."""

import argparse
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from loadtests.city import City
from loadtests.engine.connection import LOOPBACK, NotLoopback, loopback

SOAK_SHARE = 0.7
"""Of the knee: what a soak runs at where no rate is named."""


def parser() -> argparse.ArgumentParser:
    """Return the parser of `python -m loadtests`."""
    top = argparse.ArgumentParser(prog="python -m loadtests", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="one stretch of load at a rate, or over so many connections")
    run.add_argument("--rate", type=float, default=200.0, metavar="PER_S", help="messages a second (default 200)")
    run.add_argument("--closed", type=int, metavar="N", help="no rate: N connections, each always busy")
    run.add_argument("--seconds", type=float, default=20.0)
    run.add_argument("--arrivals", choices=("fixed", "poisson", "day", "month_end"), default="poisson")
    stairs = commands.add_parser("stairs", help="rates step up until one does not hold, and the knee is found")
    _stairs_options(stairs)
    soak = commands.add_parser("soak", help=f"long, at a rate or at {SOAK_SHARE:.0%} of the knee".replace("%", "%%"))
    soak.add_argument("--rate", type=float, metavar="PER_S", help="default: find the knee first")
    soak.add_argument("--seconds", type=float, default=600.0)
    _stairs_options(soak)
    for command in (run, stairs, soak):
        _common_options(command)
    audit = commands.add_parser("audit", help="audit a database's books as they are, without a run")
    audit.add_argument("--dsn", required=True)
    city = commands.add_parser("city", help="write the load city's files, for `gateway import all DIR`")
    city.add_argument("folder", type=Path)
    _city_options(city)
    return top


def _stairs_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--first", type=float, default=100.0, metavar="PER_S", help="the lowest step")
    command.add_argument("--factor", type=float, default=1.4, help="each step's rate by the one before")
    command.add_argument("--step-seconds", type=float, default=8.0)
    command.add_argument("--p99-ms", type=float, default=100.0, help="bound of p99 from the due moment (default 100)")


def _common_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--seed", type=int, default=1)
    command.add_argument("--out", type=Path, help="the bundle (default build/load/COMMAND.json)")
    command.add_argument("--no-audit", action="store_true", help="do not hold the run against the books")
    command.add_argument("--traffic", choices=("plain", "city"), default="city")
    command.add_argument("--connections", type=int, default=256, help="of the open loop (default 256)")
    command.add_argument("--processes", type=int, default=2, help="gateway processes to start (default 2)")
    command.add_argument(
        "--embedded", type=Path, metavar="DIR", help="an embedded PostgreSQL to keep (default: thrown away)"
    )
    command.add_argument("--dsn", help="a PostgreSQL that runs on this machine")
    command.add_argument("--secrets", type=Path, help="with --dsn: the keys that seal its columns")
    command.add_argument("--url", action="append", default=[], help="a gateway that runs; again for each process")
    command.add_argument(
        "--pid", action="append", type=int, default=[], help="with --url: the process whose CPU to read"
    )
    _city_options(command)


def _city_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--city-workers", type=int, default=100_000, help="injured workers (default 100,000)")
    command.add_argument("--city-providers", type=int, default=68)
    command.add_argument("--city-items", type=int, default=1_000, help="of the catalog; up to 500,000")


def city_of(options: argparse.Namespace) -> City:
    """Return the city that options name."""
    return City(workers=options.city_workers, providers=options.city_providers, items=options.city_items)


def refused(options: argparse.Namespace) -> str | None:
    """Return why options cannot be run, and what would do; None where they can."""
    try:
        for url in options.url:
            loopback(url)
    except NotLoopback as wrong:
        return str(wrong)
    if options.dsn and not _is_here(options.dsn):
        return (
            "--dsn names another machine. Load goes to this machine only / --dsn 指向另一台机器：压测只在本机进行。"
            " Name a socket or 127.0.0.1"
        )
    if options.url and not options.dsn and not options.no_audit:
        return "--url without --dsn leaves nothing to audit: add --dsn, or say --no-audit / 缺少 --dsn，无法稽核"
    if options.dsn and not options.url and options.secrets is None:
        return "--dsn without --url starts a gateway on it: name its keys with --secrets FILE / 请指明密钥文件"
    if options.embedded and (options.dsn or options.url):
        return "--embedded and --dsn or --url exclude each other: name one database / 只能指定一个数据库"
    return None


def _is_here(dsn: str) -> bool:
    parts = urlsplit(dsn)
    hosts = [parts.hostname] if parts.hostname else parse_qs(parts.query).get("host", [""])
    return all(host in LOOPBACK or host.startswith("/") or not host for host in hosts)
