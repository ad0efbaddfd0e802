"""Settings come from file, environment and flags, and a slip is named with its path."""

import os
from pathlib import Path

import pytest

from gateway.settings import BadSettings, load


def _toml(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "gateway.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_nothing_given_is_the_default() -> None:
    """Without file, environment and flags every setting has its stated default."""
    settings = load(None, {}, {})

    assert (settings.web.host, settings.web.port, settings.web.body_bytes_max) == ("127.0.0.1", 8080, 8 * 2**20)
    assert (settings.settling.batch_bills_max, settings.database.lock_timeout_ms) == (128, 900)


def test_flags_win_over_environment_over_file(tmp_path: Path) -> None:
    """Each layer overrides the one below, setting by setting."""
    toml = _toml(tmp_path, '[web]\nport = 1001\nhost = "10.0.0.1"\nheaders_max = 20\n')

    settings = load(toml, {"GATEWAY_PORT": "1002", "GATEWAY_WEB_HOST": "10.0.0.2"}, {"port": 1003})

    assert (settings.web.port, settings.web.host, settings.web.headers_max) == (1003, "10.0.0.2", 20)


def test_a_flag_left_out_overrides_nothing() -> None:
    """A flag of None is one that was not given."""
    settings = load(None, {"GATEWAY_PORT": "1002"}, {"port": None, "dsn": None})

    assert settings.web.port == 1002


def test_a_slip_in_the_file_is_named_with_its_path(tmp_path: Path) -> None:
    """The refusal says which key is unknown and which one was meant."""
    toml = _toml(tmp_path, "[web]\nbody_bites_max = 5\n")

    with pytest.raises(BadSettings) as refusal:
        load(toml, {}, {})

    assert refusal.value.faults[0].startswith("web.body_bites_max: unknown, did you mean web.body_bytes_max?")


def test_all_faults_are_listed_at_once(tmp_path: Path) -> None:
    """A wrong type, a number out of bounds, an unknown section and an unknown variable appear together."""
    toml = _toml(tmp_path, '[web]\nport = "8080"\nheaders_max = 0\n[wep]\nx = 1\n')

    with pytest.raises(BadSettings) as refusal:
        load(toml, {"GATEWAY_WEB_COLOUR": "blue", "GATEWAY_SETTLING_RETRIES_MAX": "many"}, {"prot": 1})

    text = str(refusal.value)
    assert "web.port: expected `int`, got `str`" in text
    assert "web.headers_max: expected `int` >= 8" in text
    assert "wep: unknown section, did you mean web?" in text or "wep: unknown section" in text
    assert "GATEWAY_WEB_COLOUR: unknown" in text
    assert "settling.retries_max: expected `int`, got `str` (GATEWAY_SETTLING_RETRIES_MAX)" in text
    assert "prot: unknown" in text


@pytest.mark.parametrize("text", ["web = 3\n", "[web\n", "port = 1\n"])
def test_a_file_that_is_no_tree_of_sections_is_refused(tmp_path: Path, text: str) -> None:
    """Broken TOML, a section that is a number and a key outside any section are faults, not crashes."""
    toml = _toml(tmp_path, text)

    with pytest.raises(BadSettings):
        load(toml, {}, {})


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    """A file that is not there is a fault with its name."""
    with pytest.raises(BadSettings, match=r"none\.toml: cannot be read"):
        load(tmp_path / "none.toml", {}, {})


def test_anothers_variables_are_let_be() -> None:
    """What a container platform sets beside us under the same prefix stops nothing, unless it is a slip of ours."""
    settings = load(None, {"GATEWAY_SERVICE_HOST": "10.0.0.1", "GATEWAY_CONFIG": "x"}, {})

    assert settings.web.host == "127.0.0.1"
    with pytest.raises(BadSettings, match="did you mean GATEWAY_EMBEDDED"):
        load(None, {"GATEWAY_EMBEDED": "x"}, {})


def test_a_database_named_above_replaces_the_one_below(tmp_path: Path) -> None:
    """`--embedded` on the command line wins over a DSN in the file; both in one layer are refused."""
    toml = _toml(tmp_path, '[database]\ndsn = "postgresql:///books"\n')

    settings = load(toml, {}, {"embedded": "/tmp/books"})

    assert (settings.database.dsn, settings.database.embedded) == (None, "/tmp/books")
    with pytest.raises(BadSettings, match="both dsn and embedded"):
        load(None, {"GATEWAY_DSN": "a", "GATEWAY_EMBEDDED": "b"}, {})


def test_workers_are_as_many_as_cores_unless_told() -> None:
    """Nothing said is a worker a core that we may run on; flag and environment say otherwise, within bounds."""
    cores = len(os.sched_getaffinity(0))

    assert load(None, {}, {}).web.workers == min(cores, 16)
    assert load(None, {"GATEWAY_WORKERS": "3"}, {}).web.workers == 3
    assert load(None, {"GATEWAY_WORKERS": "3"}, {"workers": 1}).web.workers == 1
    with pytest.raises(BadSettings, match=r"web\.workers: expected `int` >= 1"):
        load(None, {}, {"workers": 0})
