"""What the doctor looks at in the database: version, migrations, secrets, keys, clock, sessions, reference data."""

import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from gateway.app import FOLLOWING_CONNECTIONS_MAX, OUTCOME_CONNECTIONS_MAX, check_sealed, secrets_path
from gateway.cli import existing
from gateway.cli.doctor.finding import Finding, Said, warn, well, wrong
from gateway.core.days import day_of
from gateway.reference.kinds import KINDS
from gateway.settings import Settings
from gateway.signing.errors import SignatureError
from gateway.signing.keyring import bound, kept_keys
from gateway.signing.keys import SigningKey, public_key_from_jwk, verify
from gateway.store.database import Connection, connect
from gateway.store.errors import StoreError
from gateway.store.migrations import Standing, status
from gateway.store.queries import sql
from gateway.store.sealing import Seals
from gateway.store.secrets_file import load

KEY_DAYS_WARN = 365
CLOCK_WARN = timedelta(seconds=1)
CLOCK_FAIL = timedelta(seconds=30)
"""Signatures carry this machine's instant, and messages are judged by the database's."""
CLOCK_LOOKS = 5
ENDS_WITHIN = timedelta(days=30)
NAMES_TOLD_MAX = 5
NEEDED = ("providers", "catalog", "policy")
"""Without these no bill can be answered."""


async def look(settings: Settings, dsn: str) -> AsyncIterator[Finding]:
    """Yield what is found in the database; only what was reached and is current is looked at further."""
    try:
        connection = await connect(dsn, application_name="gateway doctor")
    except StoreError as error:
        yield failed("database", error)
        return
    try:
        version = connection.get_server_version()
        told = f"PostgreSQL {version.major}.{version.minor}"
        yield well("database", f"可达,{told}", f"reachable, {told}")
        yield await sessions(connection, settings)
        yield await clock(connection)
        schema = await migrations(connection)
        yield schema
        if schema.state == "OK":
            async for finding in kept(connection, settings):
                yield finding
    finally:
        await connection.close()


async def kept(connection: Connection, settings: Settings) -> AsyncIterator[Finding]:
    """Yield what is found in a current database."""
    sealed, seals = await secrets(connection, secrets_path(settings))
    yield sealed
    yield await keys(connection, seals)
    for finding in await reference(connection):
        yield finding


def failed(matter: str, error: StoreError) -> Finding:
    """Return what the store refuses, with its own cure."""
    return wrong(matter, Said(f"不可用: {error.wrong}", error.wrong), Said(f"处理: {error.cure}", error.cure))


def absent(settings: Settings) -> Finding | None:
    """Return the finding where no database is named, or the embedded one is not made yet; None where it is there."""
    embedded, dsn = settings.database.embedded, settings.database.dsn
    if embedded and not existing.has_database(Path(embedded)):
        return warn(
            "database",
            Said(f"{embedded} 里还没有数据库", f"no database in {embedded} yet"),
            Said("gateway import 或 gateway serve 会建立它", "gateway import or gateway serve makes it"),
        )
    if not embedded and not dsn:
        return wrong(
            "database",
            Said("未指定数据库", "no database is named"),
            Said("给出 --embedded DIR 或 --dsn DSN", "give --embedded DIR or --dsn DSN"),
        )
    return None


async def sessions(connection: Connection, settings: Settings) -> Finding:
    """Hold what the workers may open against what the server bears."""
    row = await connection.fetchrow(sql("doctor_sessions"))
    assert row is not None
    each = settings.database.pool_max + OUTCOME_CONNECTIONS_MAX + FOLLOWING_CONNECTIONS_MAX + settings.settling.lanes
    needed = settings.web.workers * each
    zh = f"{settings.web.workers} 个进程 × {each} = {needed} 个会话,服务器可容 {row['borne']},他人占用 {row['others']}"
    en = f"{settings.web.workers} workers × {each} = {needed} sessions; the server bears {row['borne']}"
    en += f", others hold {row['others']}"
    fix = Said(
        "调高 PostgreSQL 的 max_connections,或减少 --workers",
        "raise max_connections of PostgreSQL, or give fewer --workers",
    )
    if needed > row["borne"]:
        return wrong("sessions", Said(zh, en), fix)
    return warn("sessions", Said(zh, en), fix) if needed > row["borne"] - row["others"] else well("sessions", zh, en)


async def clock(connection: Connection) -> Finding:
    """Hold this machine's clock against the database's, over the shortest of several round trips."""
    best: tuple[float, timedelta] | None = None
    for _ in range(CLOCK_LOOKS):
        started, before = time.monotonic(), datetime.now(UTC)
        instant = await connection.fetchval(sql("reference_instant"))
        took = time.monotonic() - started
        if best is None or took < best[0]:
            best = took, before + timedelta(seconds=took / 2) - instant
    assert best is not None
    return judged_clock(best[1])


def judged_clock(ahead: timedelta) -> Finding:
    """Judge by how much this machine's clock is ahead of the database's."""
    seconds = ahead.total_seconds()
    zh, en = f"本机钟比数据库快 {seconds:+.3f} 秒", f"this machine's clock is {seconds:+.3f} s ahead of the database's"
    fix = Said("在两台机器上启用时间同步(chrony 或 NTP)", "keep both machines in time with chrony or NTP")
    if abs(ahead) > CLOCK_FAIL:
        return wrong("clock", Said(zh, en), fix)
    return warn("clock", Said(zh, en), fix) if abs(ahead) > CLOCK_WARN else well("clock", zh, en)


async def migrations(connection: Connection) -> Finding:
    """Judge the schema."""
    states = await status(connection)
    unlike = [state for state in states if state.standing is not Standing.APPLIED]
    if not unlike:
        return well("migrations", f"{len(states)} 个迁移全部生效", f"all {len(states)} migrations are applied")
    listed = ", ".join(f"{state.number:04}_{state.name} {state.standing.value}" for state in unlike[:NAMES_TOLD_MAX])
    if all(state.standing is Standing.PENDING for state in unlike):
        if len(unlike) == len(states):
            return warn(
                "migrations",
                Said("数据库是空的", "the database is empty"),
                Said("gateway migrate up,或首次使用时自动建立", "gateway migrate up, or let the first use make it"),
            )
        fix = Said("运行 gateway migrate up", "run gateway migrate up")
    else:
        fix = Said("换用建它的网关版本,或换一个数据库", "run the gateway that made it, or name another database")
    return wrong("migrations", Said(f"与本版本不符: {listed}", f"not those of this gateway: {listed}"), fix)


async def secrets(connection: Connection, path: Path) -> tuple[Finding, Seals | None]:
    """Judge whether the secrets file is that which sealed this database; return the seals where it is."""
    if not there(path):
        return lost(path) if await connection.fetchval(sql("sealed_with")) else not_yet(path), None
    try:
        seals = load(path)
        await check_sealed(connection, seals)
    except StoreError as error:
        return failed("secrets", error), None
    return well("secrets", f"{path} 与数据库相符", f"{path} belongs to this database"), seals


def there(path: Path) -> bool:
    """Return whether there is such a file."""
    return path.expanduser().exists()


def not_yet(path: Path) -> Finding:
    """Return that no secrets were made for this database yet."""
    fix = Said("首次使用时建立,随后备份", "the first use makes it; back it up then")
    return warn("secrets", Said(f"还没有密钥文件 {path}", f"no secrets file {path} yet"), fix)


def lost(path: Path) -> Finding:
    """Return that what sealed this database is not there."""
    fix = Said("从备份恢复,或用 --secrets 指明", "restore it from your backup, or name it with --secrets")
    return wrong("secrets", Said(f"密钥文件 {path} 不见了", f"the secrets file {path} is gone"), fix)


async def keys(connection: Connection, seals: Seals | None) -> Finding:
    """Sign and verify with the newest key, and judge its age."""
    kept_ones = await kept_keys(connection)
    if not kept_ones:
        fix = Said("gateway keys new,或首次启动时建立", "gateway keys new, or let the first start make one")
        return warn("keys", Said("还没有签名密钥", "no signing key yet"), fix)
    newest = kept_ones[0]
    if seals is None:
        fix = Said("先处理 secrets", "mend the secrets first")
        return wrong("keys", Said("签名密钥无法解封", "the signing key cannot be unsealed"), fix)
    try:
        key = SigningKey.from_pkcs8(seals.unseal(newest.private_sealed, bound(newest.kid)))
        verify(public_key_from_jwk(newest.public_jwk), key.sign(b"gateway doctor"), b"gateway doctor")
    except (StoreError, SignatureError, ValueError) as error:
        what = Said(
            f"签名密钥 {newest.kid} 不可用", f"the signing key {newest.kid} is not usable: {type(error).__name__}"
        )
        return wrong("keys", what, Said("gateway keys new", "gateway keys new"))
    days = (datetime.now(UTC) - newest.created_at).days
    zh, en = f"{newest.kid} 签名可验,已用 {days} 天", f"{newest.kid} signs and verifies, {days} days old"
    if days > KEY_DAYS_WARN:
        return warn("keys", Said(zh, en), Said("gateway keys new 换新", "make a new one with gateway keys new"))
    return well("keys", zh, en)


async def reference(connection: Connection) -> list[Finding]:
    """Judge which kinds of reference data are there, and which end soon."""
    rows = await connection.fetch(sql("doctor_versions"))
    today = day_of(datetime.now(UTC))
    endings = [tuple(row) for row in await connection.fetch(sql("doctor_endings"), today + ENDS_WITHIN)]
    announced = ", ".join(f"{row['kind']} {row['announced']}" for row in rows if row["announced"])
    return [*_present({row["kind"]: row["in_force"] for row in rows}, announced), *_ending(endings, today)]


def _present(in_force: dict[str, int], announced: str) -> Iterator[Finding]:
    """in_force: by kind, in how many areas and schemes; announced: versions to come, as text."""
    missing = [name for name, kind in KINDS.items() if kind.needed and not in_force.get(name)]
    if not missing:
        there = sum(bool(in_force.get(name)) for name in KINDS)
        zh, en = f"{there} 类基础数据都已生效", f"all {there} kinds of reference data are in force"
        to_come = (f",已公布 {announced}", f", announced: {announced}") if announced else ("", "")
        yield well("reference", zh + to_come[0], en + to_come[1])
        return
    listed = ", ".join(missing)
    what = Said(f"没有生效的基础数据: {listed}", f"nothing in force of {listed}")
    fix = Said(f"gateway import {missing[0]} FILE", f"gateway import {missing[0]} FILE")
    serious = any(kind in NEEDED for kind in missing)
    yield wrong("reference", what, fix) if serious else warn("reference", what, fix)


def _ending(endings: list[tuple[str, str, date]], today: date) -> Iterator[Finding]:
    """endings: kind, name, last day; sorted by the day."""
    for kind in dict.fromkeys(kind for kind, _, _ in endings):
        of_kind = [(name, last) for other, name, last in endings if other == kind]
        listed = ", ".join(f"{name} {last}" for name, last in of_kind[:NAMES_TOLD_MAX])
        listed += " …" if len(of_kind) > NAMES_TOLD_MAX else ""
        ended = any(last < today for _, last in of_kind)
        what = Said(
            f"{kind} 有 {len(of_kind)} 项{'已' if ended else '将'}到期: {listed}",
            f"{len(of_kind)} of {kind} {'ended' if ended else 'end soon'}: {listed}",
        )
        fix = Said(f"gateway import {kind} 导入后续版本", f"import what follows with gateway import {kind}")
        yield wrong("reference", what, fix) if ended and kind == "policy" else warn("reference", what, fix)
