"""Where third-party cases and real message shapes lie: beside the project, or where the environment says."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent


def cases_folder() -> Path:
    """Return the folder of third-party cases; skip the test that asked where there is none."""
    return _folder("cases", "GATEWAY_CASES", "third-party cases")


def real_shape(name: str) -> dict[str, Any]:
    """Return a sample of the field's real messages by its file's name; skip the test that asked where there is none."""
    file = _folder("domain", "GATEWAY_DOMAIN", "real message shapes") / name
    if not file.is_file():
        pytest.skip(f"{file.name} is not among the real message shapes")
    shape: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return shape


def _folder(name: str, variable: str, what: str) -> Path:
    named = os.environ.get(variable)
    beside = (ROOT.parent / "shared" / name, ROOT.parent.parent / "shared" / name)
    found = next((folder for folder in ((Path(named),) if named else beside) if folder.is_dir()), None)
    if found is None:
        pytest.skip(f"{what} are not here: set {variable} to their folder")
    return found
