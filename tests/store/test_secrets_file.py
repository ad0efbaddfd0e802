"""The secrets file: made once, agreed on by all, open to its owner only."""

import base64
import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.store.errors import SecretsFault
from gateway.store.secrets_file import default_secrets_path, load_or_create


def key(byte: int, length: int = 32) -> str:
    return base64.b64encode(bytes([byte]) * length).decode()


def written(path: Path, content: object) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    path.chmod(0o600)
    return path


def test_a_file_is_made_and_kept(tmp_path: Path) -> None:
    """The second start opens what the first one sealed; folders are made; only the owner may read."""
    path = tmp_path / "state" / "deep" / "secrets.json"

    first = load_or_create(path)
    second = load_or_create(path)

    assert second.unseal(first.seal(b"x", b"y"), b"y") == b"x"
    assert second.fingerprint() == first.fingerprint()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [file.name for file in path.parent.iterdir()] == ["secrets.json"]
    assert set(json.loads(path.read_text())) == {"seal_keys", "current", "index_key"}


def test_two_folders_have_two_secrets(tmp_path: Path) -> None:
    """Keys are random."""
    assert load_or_create(tmp_path / "a").fingerprint() != load_or_create(tmp_path / "b").fingerprint()


def test_processes_that_start_at_once_agree(tmp_path: Path) -> None:
    """Eight starters end with one file and one fingerprint."""
    code = (
        "import sys; from pathlib import Path; from gateway.store.secrets_file import load_or_create\n"
        "sys.stdin.readline(); print(load_or_create(Path(sys.argv[1])).fingerprint())"
    )
    starters = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path / "secrets.json")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(8)
    ]

    for starter in starters:
        assert starter.stdin is not None
        starter.stdin.write("\n")
        starter.stdin.flush()
    said = {starter.communicate(timeout=60)[0] for starter in starters}

    assert said == {load_or_create(tmp_path / "secrets.json").fingerprint() + "\n"}
    assert [file.name for file in tmp_path.iterdir()] == ["secrets.json"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601, 0o644])
def test_a_file_open_to_others_is_refused(mode: int, tmp_path: Path) -> None:
    """The cure is a command to copy."""
    path = tmp_path / "secrets.json"
    load_or_create(path)
    path.chmod(mode)

    with pytest.raises(SecretsFault, match=rf"open to others \(mode {mode:04o}\)\. chmod 600 {path}"):
        load_or_create(path)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "truncated"),
        ("{", "truncated"),
        ({}, "missing required field `seal_keys`"),
        ({"seal_keys": {"1": key(1)}, "current": 2, "index_key": key(9)}, "current is 2, but seal_keys lacks it"),
        ({"seal_keys": {}, "current": 1, "index_key": key(9)}, "current is 1, but seal_keys lacks it"),
        ({"seal_keys": {"1": key(1, 16)}, "current": 1, "index_key": key(9)}, "every key is 32 bytes"),
        ({"seal_keys": {"1": key(1)}, "current": 1, "index_key": key(9, 33)}, "every key is 32 bytes"),
        ({"seal_keys": {"1": "geheim!"}, "current": 1, "index_key": key(9)}, "Invalid base64"),
        ({"seal_keys": {"0": key(1)}, "current": 1, "index_key": key(9)}, "regex"),
        ({"seal_keys": {"1": key(1), "70000": key(2)}, "current": 1, "index_key": key(9)}, "70000 .* over 65535"),
        ({"seal_keys": {"1": key(9)}, "current": 1, "index_key": key(9)}, "the same as a seal key"),
        ({"seal_keys": {"1": key(1)}, "current": 1, "index_key": key(9), "more": 1}, "unknown field `more`"),
    ],
)
def test_a_file_not_of_the_form_is_refused(content: object, says: str, tmp_path: Path) -> None:
    """The error names the place and tells no key; the file is left as it is."""
    path = written(tmp_path / "secrets.json", content)
    before = path.read_bytes()

    with pytest.raises(SecretsFault, match=says) as told:
        load_or_create(path)

    assert not any(secret in str(told.value) for secret in (key(1), key(9), "geheim"))
    assert path.read_bytes() == before


def test_a_second_version_is_read(tmp_path: Path) -> None:
    """A rotated file opens old seals and seals with the current key."""
    path = tmp_path / "secrets.json"
    old = load_or_create(path).seal(b"x", b"")
    content = json.loads(path.read_text())
    content["seal_keys"]["2"], content["current"] = key(2), 2
    seals = load_or_create(written(path, content))

    assert seals.unseal(old, b"") == b"x"
    assert seals.seal(b"x", b"")[:2] == b"\x00\x02"


def test_a_folder_in_its_place_is_refused(tmp_path: Path) -> None:
    """The error says what is wrong with the path."""
    with pytest.raises(SecretsFault, match="cannot be used: Is a directory"):
        load_or_create(tmp_path)


def test_where_secrets_are_unless_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside the embedded data; else in the user's state folder, as XDG says; a relative one is ignored."""
    monkeypatch.setenv("HOME", "/home/ops")
    monkeypatch.setenv("XDG_STATE_HOME", "/var/state")
    embedded, stated = default_secrets_path(Path("/srv/gateway")), default_secrets_path(None)
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    relative = default_secrets_path(None)
    monkeypatch.delenv("XDG_STATE_HOME")
    unset = default_secrets_path(None)

    assert embedded == Path("/srv/gateway/secrets.json")
    assert stated == Path("/var/state/settlement-gateway/secrets.json")
    assert relative == unset == Path("/home/ops/.local/state/settlement-gateway/secrets.json")
