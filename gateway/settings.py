"""Every setting in one typed tree: TOML file < environment < flags, unknown keys refused with their path."""

import difflib
import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, NamedTuple

import msgspec
from msgspec import Meta, Struct

Port = Annotated[int, Meta(ge=0, le=65535)]
Count = Annotated[int, Meta(ge=1, le=1_000_000)]
Bytes = Annotated[int, Meta(ge=1, le=2**40)]
Seconds = Annotated[float, Meta(gt=0, le=86_400)]
Milliseconds = Annotated[int, Meta(ge=1, le=3_600_000)]
WORKERS_MAX = 64
WORKERS_UNASKED_MAX = 16
"""More than these only where somebody asks: each holds up to 13 sessions, and the embedded PostgreSQL bears 300."""


class DatabaseSettings(Struct, frozen=True, kw_only=True):
    """Where the books are: an address (dsn), or a directory in which an embedded PostgreSQL lives."""

    dsn: str | None = None
    embedded: str | None = None
    pool_min: Count = 2
    pool_max: Count = 8
    statement_timeout_ms: Milliseconds = 10_000
    lock_timeout_ms: Milliseconds = 900


def workers_unasked() -> int:
    """Return how many workers serve where nobody says: one for each core that this process may run on."""
    return min(len(os.sched_getaffinity(0)), WORKERS_UNASKED_MAX)


class WebSettings(Struct, frozen=True, kw_only=True):
    """The edge: where it listens and what each worker bears. Port 0 takes any free port."""

    host: str = "127.0.0.1"
    port: Port = 8080
    workers: Annotated[int, Meta(ge=1, le=WORKERS_MAX)] = msgspec.field(default_factory=workers_unasked)
    """Processes that serve; 1 serves without a parent, and is neither replaced when it dies nor by SIGHUP."""
    backlog_connections_max: Count = 1024
    connections_max: Count = 2048
    line_bytes_max: Annotated[int, Meta(ge=256, le=65_536)] = 8192
    """Longest request target."""
    header_bytes_max: Annotated[int, Meta(ge=256, le=65_536)] = 8192
    """Longest header field, name and value."""
    headers_max: Annotated[int, Meta(ge=8, le=1024)] = 64
    body_bytes_max: Bytes = 8 * 2**20
    bodies_bytes_max: Bytes = 256 * 2**20
    """All bodies held at once."""
    in_flight_max: Count = 512
    in_flight_per_provider_max: Count = 256
    outcomes_in_flight_max: Count = 64
    """Room kept for those who ask what became of a message."""
    outcomes_in_flight_per_provider_max: Count = 32
    head_read_seconds_max: Seconds = 10
    body_read_seconds_max: Seconds = 30
    answer_seconds_max: Seconds = 30
    answer_write_seconds_max: Seconds = 30
    ready_seconds_max: Seconds = 2
    linger_seconds_max: Seconds = 2
    """How long what is left of a refused message is read away, so that its sender sees the answer."""
    keepalive_seconds_max: Seconds = 75
    drain_seconds_max: Seconds = 30
    drain_notice_seconds: Annotated[float, Meta(ge=0, le=3600)] = 0
    """How long /readyz says 503 before the gateway stops to accept."""


class MllpSettings(Struct, frozen=True, kw_only=True):
    """HL7 v2 over MLLP: where it is listened for, and what each worker bears. Without a port there is none."""

    host: str = "127.0.0.1"
    port: Port | None = None
    cert: str | None = None
    """PEM file of our certificate and what it hangs on; with key, lines speak TLS."""
    key: str | None = None
    client_ca: str | None = None
    """PEM file of the CA of callers' certificates; with it every caller must show one."""
    backlog_connections_max: Count = 128
    connections_max: Count = 256
    in_flight_per_provider_max: Count = 64
    frame_bytes_max: Bytes = 8 * 2**20
    frames_bytes_max: Bytes = 64 * 2**20
    """All frames held at once."""
    messages_per_frame_max: Count = 100
    frame_read_seconds_max: Seconds = 30
    idle_seconds_max: Seconds = 600
    """How long a line may be silent between frames."""
    answer_seconds_max: Seconds = 30
    answer_write_seconds_max: Seconds = 30


class SettlingSettings(Struct, frozen=True, kw_only=True):
    """The batcher's bounds."""

    lanes: Annotated[int, Meta(ge=1, le=32)] = 1
    """Writing connections of a process. One makes the best batches; more serve only where a batch is held small."""
    batch_bills_max: Count = 128
    queue_bills_max: Count = 1024
    batch_spacing_ms: Annotated[int, Meta(ge=0, le=5_000)] = 10
    """Least time between the beginnings of two batches while bills come faster; one that comes alone never waits."""
    retries_max: Annotated[int, Meta(ge=1, le=100)] = 5
    points_dir: str | None = None
    """Directory through which tests hold a gateway at a named point; None in service."""


class SecretsSettings(Struct, frozen=True, kw_only=True):
    """Where the keys that seal columns are kept."""

    file: str | None = None


class Settings(Struct, frozen=True, kw_only=True):
    """All settings of a gateway process."""

    database: DatabaseSettings = DatabaseSettings()
    web: WebSettings = WebSettings()
    mllp: MllpSettings = MllpSettings()
    settling: SettlingSettings = SettlingSettings()
    secrets: SecretsSettings = SecretsSettings()


class BadSettings(Exception):
    """Settings that cannot be used; faults has one line for each: where, what, and what would make it pass."""

    def __init__(self, *faults: str) -> None:
        """Take at least one fault."""
        assert faults
        super().__init__("\n".join(faults))
        self.faults = faults


class Given(NamedTuple):
    """One value that somebody gave: the setting's path, the value, where it was given, whether it came as text."""

    path: str
    value: object
    source: str
    is_text: bool


SECTIONS: dict[str, type[Struct]] = {
    "database": DatabaseSettings,
    "web": WebSettings,
    "mllp": MllpSettings,
    "settling": SettlingSettings,
    "secrets": SecretsSettings,
}
SHORT = {
    "host": "web.host",
    "port": "web.port",
    "workers": "web.workers",
    "dsn": "database.dsn",
    "embedded": "database.embedded",
    "secrets": "secrets.file",
    "mllp": "mllp.port",
}
"""Names short enough for everyday: flags --port, --dsn …, environment GATEWAY_PORT, GATEWAY_DSN …"""
TYPES: dict[str, object] = {
    f"{section}.{field.name}": field.type
    for section, struct in SECTIONS.items()
    for field in msgspec.structs.fields(struct)
}
DEFAULT = "default"
EXCLUSIVE = ("database.dsn", "database.embedded")
VARIABLES = {f"GATEWAY_{path.replace('.', '_').upper()}": path for path in TYPES} | {
    f"GATEWAY_{short.upper()}": path for short, path in SHORT.items()
}


class Traced(Struct, frozen=True, kw_only=True):
    """A setting with its value and who gave it: "default", a file, an environment variable, a flag."""

    path: str
    value: str | int | float | None
    origin: str


def load(toml: Path | None, environ: Mapping[str, str], flags: Mapping[str, object]) -> Settings:
    """Return the settings of a TOML file, overridden by environment variables, overridden by flags.

    flags: path ("web.port") or short name ("port") → value; None means not given. Raises BadSettings with every fault.
    """
    chosen = _chosen(toml, environ, flags)
    return msgspec.convert(_tree({path: given.value for path, given in chosen.items()}), Settings)


def traced(toml: Path | None, environ: Mapping[str, str], flags: Mapping[str, object]) -> list[Traced]:
    """Return every setting as `load` would, each with its origin; raises what `load` raises."""
    chosen = _chosen(toml, environ, flags)
    settings = msgspec.convert(_tree({path: given.value for path, given in chosen.items()}), Settings)
    return [
        Traced(
            path=f"{section}.{field}",
            value=getattr(getattr(settings, section), field),
            origin=chosen[f"{section}.{field}"].source if f"{section}.{field}" in chosen else DEFAULT,
        )
        for section, struct in SECTIONS.items()
        for field in struct.__struct_fields__
    ]


def _chosen(toml: Path | None, environ: Mapping[str, str], flags: Mapping[str, object]) -> dict[str, Given]:
    """Return what was given of each setting by the highest layer that gave it, with its value converted."""
    faults: list[str] = []
    layers = [
        list(_from_toml(toml, faults)),
        list(_from_environment(environ, faults)),
        list(_from_flags(flags, faults)),
    ]
    chosen: dict[str, Given] = {}
    for layer in layers:
        _lay(layer, chosen, faults)
    if faults:
        raise BadSettings(*faults)
    return chosen


def _lay(layer: list[Given], chosen: dict[str, Given], faults: list[str]) -> None:
    """Lay one layer over those before it; a database named here replaces one named below in another way."""
    exclusive = [given for given in layer if given.path in EXCLUSIVE]
    if len({given.path for given in exclusive}) > 1:
        sources = " and ".join(given.source for given in exclusive)
        faults.append(f"database: both dsn and embedded are given ({sources}); give one of them")
    if exclusive:
        for path in EXCLUSIVE:
            chosen.pop(path, None)
    for given in layer:
        try:
            value = msgspec.convert(given.value, TYPES[given.path], strict=not given.is_text)
        except msgspec.ValidationError as error:
            faults.append(f"{given.path}: {_lowered(error)} ({given.source})")
        else:
            chosen[given.path] = given._replace(value=value)


def _lowered(error: msgspec.ValidationError) -> str:
    text = str(error)
    return text[:1].lower() + text[1:]


def _tree(chosen: dict[str, object]) -> dict[str, dict[str, object]]:
    tree: dict[str, dict[str, object]] = {}
    for path, value in chosen.items():
        section, _, name = path.partition(".")
        tree.setdefault(section, {})[name] = value
    return tree


def _from_toml(toml: Path | None, faults: list[str]) -> Iterator[Given]:
    for section, table in _read(toml, faults).items():
        if section not in SECTIONS:
            faults.append(f"{section}: unknown section{_did_you_mean(section, SECTIONS)} ({toml})")
        elif not isinstance(table, dict):
            faults.append(f"{section}: expected a table, [{section}] with its settings under it ({toml})")
        else:
            for name, value in table.items():
                path = f"{section}.{name}"
                if path in TYPES:
                    yield Given(path, value, str(toml), is_text=False)
                else:
                    faults.append(f"{path}: unknown{_did_you_mean(path, TYPES)} ({toml})")


def _read(toml: Path | None, faults: list[str]) -> dict[str, object]:
    if toml is None:
        return {}
    try:
        return tomllib.loads(toml.read_text(encoding="utf-8"))
    except OSError as error:
        faults.append(f"{toml}: cannot be read: {error.strerror}")
    except UnicodeDecodeError as error:
        faults.append(f"{toml}: not UTF-8 at byte {error.start}")
    except tomllib.TOMLDecodeError as error:
        faults.append(f"{toml}: not TOML: {error}")
    return {}


def _from_environment(environ: Mapping[str, str], faults: list[str]) -> Iterator[Given]:
    """Take GATEWAY_…; what is not ours is let be unless it looks like a slip of one of ours."""
    sections = tuple(f"GATEWAY_{section.upper()}_" for section in SECTIONS)
    for variable, value in environ.items():
        path = VARIABLES.get(variable)
        if path is not None:
            yield Given(path, value, variable, is_text=True)
        elif variable.startswith("GATEWAY_"):
            meant = _did_you_mean(variable, VARIABLES)
            if meant or variable.startswith(sections):
                faults.append(f"{variable}: unknown{meant} (environment)")


def _from_flags(flags: Mapping[str, object], faults: list[str]) -> Iterator[Given]:
    for name, value in flags.items():
        path = SHORT.get(name, name)
        if path not in TYPES:
            faults.append(f"{name}: unknown{_did_you_mean(name, {*TYPES, *SHORT})} (flag)")
        elif value is not None:
            yield Given(path, str(value) if isinstance(value, Path) else value, f"--{name}", is_text=False)


def _did_you_mean(name: str, known: Mapping[str, object] | set[str]) -> str:
    close = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.85)
    return f", did you mean {close[0]}?" if close else ""
