"""The secrets file: {"seal_keys": {"1": base64}, "current": 1, "index_key": base64}, for its owner's eyes alone."""

import contextlib
import os
import stat
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from gateway.store.errors import SecretsFault
from gateway.store.sealing import KEY_BYTES, Seals

Version = Annotated[str, Meta(pattern=r"^[1-9][0-9]{0,4}$")]


class SecretsFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file's form; msgspec reads base64 into bytes."""

    seal_keys: dict[Version, bytes]
    current: Annotated[int, Meta(ge=1, le=65535)]
    index_key: bytes


def default_secrets_path(embedded: Path | None) -> Path:
    """Return where the secrets are unless told otherwise: beside the embedded database's data, else the user's state.

    The XDG base directory specification names the latter: $XDG_STATE_HOME, by default ~/.local/state.
    """
    if embedded is not None:
        return embedded.expanduser() / "secrets.json"
    state = os.environ.get("XDG_STATE_HOME", "")
    home = Path(state) if Path(state).is_absolute() else Path.home() / ".local" / "state"
    return home / "settlement-gateway" / "secrets.json"


def load(path: Path) -> Seals:
    """Return the seals of a file that there is; raises SecretsFault as `load_or_create` does, and makes nothing."""
    path = path.expanduser()
    try:
        return _load(path)
    except OSError as wrong:
        raise _unusable(path, wrong) from wrong


def load_or_create(path: Path) -> Seals:
    """Return the file's seals; where there is none, make one with fresh keys, readable by its owner only.

    Processes that start at once agree on one file. Raises SecretsFault for a file that others may read, that is not of
    the form, or a folder that cannot be written to; no message holds any of a key.
    """
    path = path.expanduser()
    try:
        with contextlib.suppress(FileNotFoundError):
            return _load(path)
        _create(path)
        return _load(path)
    except OSError as wrong:
        raise _unusable(path, wrong) from wrong


def _unusable(path: Path, wrong: OSError) -> SecretsFault:
    return SecretsFault(
        f"The secrets file {path} cannot be used: {wrong.strerror}",
        cure="Name a file that you may read, in a folder that you may write to",
    )


def _load(path: Path) -> Seals:
    with path.open("rb") as file:
        mode = os.fstat(file.fileno()).st_mode
        if not stat.S_ISREG(mode):
            raise SecretsFault(f"{path} is no regular file", cure="Name a file")
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise SecretsFault(
                f"The secrets file {path} is open to others (mode {stat.S_IMODE(mode):04o})", cure=f"chmod 600 {path}"
            )
        text = file.read()
    try:
        return _seals(msgspec.json.decode(text, type=SecretsFile))
    except (msgspec.DecodeError, ValueError) as wrong:
        raise SecretsFault(
            f"The secrets file {path} is not of its form: {wrong}",
            cure="Restore it from your backup; without its keys what it sealed cannot be read",
        ) from wrong


def _seals(file: SecretsFile) -> Seals:
    keys = {int(version): key for version, key in file.seal_keys.items()}
    if file.current not in keys:
        raise ValueError(f"current is {file.current}, but seal_keys lacks it")
    if max(keys) >= 1 << 16:
        raise ValueError(f"version {max(keys)} in seal_keys is over 65535")
    if any(len(key) != KEY_BYTES for key in (*keys.values(), file.index_key)):
        raise ValueError(f"every key is {KEY_BYTES} bytes in base64")
    if file.index_key in keys.values():
        raise ValueError("index_key is the same as a seal key")
    return Seals(seal_keys=keys, current=file.current, index_key=file.index_key)


def _create(path: Path) -> None:
    """Write aside and link into place: there is no instant at which a part of it can be read, and the first wins."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = SecretsFile(seal_keys={"1": os.urandom(KEY_BYTES)}, current=1, index_key=os.urandom(KEY_BYTES))
    aside = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(fresh), indent=2) + b"\n")
            file.flush()
            os.fsync(descriptor)
        with contextlib.suppress(FileExistsError):
            os.link(aside, path)
    finally:
        aside.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
