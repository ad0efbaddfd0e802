"""`gateway config show`: every setting, its value, and who set it."""

import json
from pathlib import Path

import msgspec
import pytest

from gateway.settings import SECTIONS
from tests.cli.command import gateway
from tests.house import gateways

ALL = [f"{section}.{field}" for section, struct in SECTIONS.items() for field in struct.__struct_fields__]
DSN = "postgresql://gate:s3cret@db.example:5432/gateway?sslpassword=t0psecret&sslmode=require"


def test_every_setting_is_shown_with_its_origin(tmp_path: Path) -> None:
    """A flag, a variable by its name, the file by its path, and the defaults: each setting names the one that won."""
    file = tmp_path / "gateway.toml"
    file.write_text('[web]\nport = 1001\nhost = "10.0.0.1"\nheaders_max = 20\n')
    words = ("--config", str(file), "--port", "1003", "--json")

    run = gateway("config", "show", "--origin", *words, GATEWAY_PORT="1002", GATEWAY_WEB_HOST="10.0.0.2")

    told = {setting["path"]: (setting["value"], setting["origin"]) for setting in json.loads(run.stdout)}
    assert run.returncode == 0
    assert list(told) == ALL
    assert told["web.port"] == (1003, "--port")
    assert told["web.host"] == ("10.0.0.2", "GATEWAY_WEB_HOST")
    assert told["web.headers_max"] == (20, str(file))
    assert told["database.lock_timeout_ms"] == (900, "default")


def test_the_values_are_those_that_serve_takes() -> None:
    """What it shows without origins is the very settings that a gateway starts with."""
    from gateway.settings import load

    environ = {"GATEWAY_SETTLING_LANES": "3", "GATEWAY_EMBEDDED": "state"}

    run = gateway("config", "show", "--json", **environ)

    shown = json.loads(run.stdout)
    taken = msgspec.to_builtins(load(None, environ, {}))
    assert shown == {f"{section}.{name}": value for section, part in taken.items() for name, value in part.items()}


@pytest.mark.parametrize("more", [(), ("--json",), ("--origin",)])
def test_no_password_is_shown(more: tuple[str, ...]) -> None:
    """Neither in the user's place nor among the parameters; the rest of the address stays readable."""
    run = gateway("config", "show", *more, GATEWAY_DSN=DSN)

    assert run.returncode == 0
    assert "postgresql://gate:***@db.example:5432/gateway?sslpassword=***&sslmode=require" in run.stdout
    assert "s3cret" not in run.stdout
    assert "t0psecret" not in run.stdout


def test_a_dsn_of_another_form_is_hidden_whole() -> None:
    """What cannot be taken apart for sure is not shown at all."""
    run = gateway("config", "show", "--json", GATEWAY_DSN="host=db password=s3cret")

    assert json.loads(run.stdout)["database.dsn"] == "***"


def test_what_cannot_be_used_is_told(tmp_path: Path) -> None:
    """Every fault with where it was given, on stderr, with 1."""
    file = tmp_path / "gateway.toml"
    file.write_text("[web]\nprot = 1\n")

    run = gateway("config", "show", "--config", str(file), GATEWAY_SETTLING_LANES="many")

    assert run.returncode == 1
    assert "did you mean web.port?" in run.stderr
    assert "GATEWAY_SETTLING_LANES" in run.stderr
    assert run.stdout == ""


async def test_serve_lets_a_flag_win_over_a_variable(database_dsn: str, tmp_path: Path) -> None:
    """A database named by a flag is taken though a variable names another in another way, as config show says."""
    elsewhere = tmp_path / "elsewhere"

    shown = gateway("config", "show", "--json", "--dsn", database_dsn, GATEWAY_EMBEDDED=str(elsewhere))
    async with gateways(database_dsn, tmp_path, GATEWAY_EMBEDDED=str(elsewhere)) as [served]:
        ready = await (await served.session()).get(f"{served.url}/readyz")

    assert ready.status == 200
    assert json.loads(shown.stdout)["database.embedded"] is None
    assert not elsewhere.exists()
