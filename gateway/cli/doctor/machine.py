"""What the doctor looks at on this machine: Python and packages, timezone data, port, disk."""

import errno
import http.client
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib import metadata
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from gateway.cli.doctor.finding import Finding, Said, warn, well, wrong
from gateway.settings import BadSettings, Settings, WebSettings
from gateway.web.binding import bound

DISTRIBUTION = "settlement-gateway"
PYTHON_MIN = (3, 11)
FREE_BYTES_FAIL = 256 * 2**20
FREE_BYTES_WARN = 2 * 2**30
ANSWER_SECONDS_MAX = 2
_INSTALL = Said(
    "用 make demo 重建 .venv,或 pip install -r requirements.lock", "let make make .venv anew, or pip install the lock"
)
_REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)(?:>=([0-9.]+))?")


def look(settings: Settings) -> Iterator[Finding]:
    """Yield what is found on this machine."""
    yield python()
    yield packages()
    yield timezone()
    yield port(settings.web)
    for place in places(settings):
        yield disk(place)


def python() -> Finding:
    """Judge the interpreter's version."""
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info >= PYTHON_MIN:
        return well("python", f"Python {version}", f"Python {version}")
    least = ".".join(map(str, PYTHON_MIN))
    return wrong(
        "python",
        Said(f"Python {version} 过旧", f"Python {version} is too old"),
        Said(f"装 Python {least} 或更新", f"install Python {least} or newer"),
    )


def packages() -> Finding:
    """Hold what is installed against what this gateway says it needs."""
    try:
        needed = metadata.requires(DISTRIBUTION) or []
        version = metadata.version(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        return warn(
            "packages", Said("未作为软件包安装,版本未查", "not installed as a package: versions unchecked"), _INSTALL
        )
    lacking = [short for line in needed if "extra ==" not in line and (short := _lacking(line))]
    if lacking:
        listed = ", ".join(lacking)
        return wrong("packages", Said(f"软件包缺少或过旧: {listed}", f"missing or too old: {listed}"), _INSTALL)
    return well("packages", f"{DISTRIBUTION} {version},依赖齐全", f"{DISTRIBUTION} {version} with all it needs")


def _lacking(requirement: str) -> str | None:
    """Return what a requirement lacks, or None. Markers other than of extras are of systems we do not serve on."""
    found = _REQUIREMENT.match(requirement)
    assert found is not None, requirement
    name, least = found[1], found[2] or "0"
    try:
        there = metadata.version(name)
    except metadata.PackageNotFoundError:
        return f"{name} (>= {least})"
    return None if _numbers(there) >= _numbers(least) else f"{name} {there} (>= {least})"


def _numbers(version: str) -> tuple[int, ...]:
    found = re.match(r"[0-9]+(?:\.[0-9]+)*", version)
    return tuple(map(int, found[0].split("."))) if found else ()


def timezone() -> Finding:
    """Judge the timezone data by a day that is known."""
    try:
        offset = datetime(2026, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai")).utcoffset()
    except (ZoneInfoNotFoundError, OSError, ValueError):
        offset = None
    if offset == timedelta(hours=8):
        return well("timezone", "时区数据 Asia/Shanghai 为 +08:00", "timezone data has Asia/Shanghai at +08:00")
    return wrong(
        "timezone",
        Said("没有 Asia/Shanghai 的时区数据", "no timezone data for Asia/Shanghai"),
        Said("pip install tzdata,或装系统的 tzdata", "pip install tzdata, or install the system's"),
    )


def port(settings: WebSettings) -> Finding:
    """Try to listen where the gateway would; a gateway that listens there already is well."""
    place = f"{settings.host}:{settings.port}"
    try:
        for sock in bound(settings):
            sock.close()
    except BadSettings as bad:
        in_use = isinstance(bad.__cause__, OSError) and bad.__cause__.errno == errno.EADDRINUSE
        if in_use and _is_gateway(settings):
            return well("port", f"{place} 已有网关在服务", f"a gateway listens on {place} already")
        if in_use:
            return wrong(
                "port",
                Said(f"{place} 已被别的程序占用", f"another program listens on {place}"),
                Said("结束它,或用 --port 换端口", "end it, or give another with --port"),
            )
        return wrong(
            "port",
            Said(f"无法在 {place} 监听", f"cannot listen on {place}: {bad}"),
            Said("改 --host 或 --port", "change --host or --port"),
        )
    return well("port", f"{place} 可用", f"{place} is free")


def _is_gateway(settings: WebSettings) -> bool:
    """Ask for the keys, which every gateway publishes."""
    connection = http.client.HTTPConnection(settings.host, settings.port, timeout=ANSWER_SECONDS_MAX)
    try:
        connection.request("GET", "/.well-known/jwks.json")
        answer = json.loads(connection.getresponse().read(65_536))
        return isinstance(answer, dict) and isinstance(answer.get("keys"), list)
    except (OSError, http.client.HTTPException, ValueError):
        return False
    finally:
        connection.close()


def places(settings: Settings) -> list[Path]:
    """Return the folders that need room: of the embedded database, and for temporary files."""
    embedded = settings.database.embedded
    return [*([Path(embedded).expanduser()] if embedded else []), Path(tempfile.gettempdir())]


def disk(place: Path) -> Finding:
    """Judge the free space of a folder, or of the nearest one above that there is."""
    there = next((folder for folder in (place.absolute(), *place.absolute().parents) if folder.is_dir()), Path("/"))
    free = shutil.disk_usage(there).free
    told = f"{free / 2**30:.1f} GiB"
    if free >= FREE_BYTES_WARN:
        return well("disk", f"{place} 余 {told}", f"{told} free for {place}")
    what = Said(f"{place} 只余 {told}", f"only {told} free for {place}")
    fix = Said("腾出空间,或换一处", "free some space, or move it elsewhere")
    return warn("disk", what, fix) if free >= FREE_BYTES_FAIL else wrong("disk", what, fix)
