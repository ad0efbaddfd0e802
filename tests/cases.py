"""Where the third-party cases lie: beside the project, or where GATEWAY_CASES says."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def cases_folder() -> Path:
    """Return the folder of third-party cases; skip the test that asked where there is none."""
    named = os.environ.get("GATEWAY_CASES")
    beside = (ROOT.parent / "shared" / "cases", ROOT.parent.parent / "shared" / "cases")
    found = next((folder for folder in ((Path(named),) if named else beside) if folder.is_dir()), None)
    if found is None:
        pytest.skip("third-party cases are not here: set GATEWAY_CASES to their folder")
    return found
