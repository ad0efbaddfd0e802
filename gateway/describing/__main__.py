"""Publishes what integrators read: `python -m gateway.describing` rewrites all of schemas/published/.

It takes its examples from tests/golden, so it runs in a checkout; what it wrote is committed and goes into the wheel.
"""

from pathlib import Path

from adapters import soap
from gateway.describing.document import text
from schemas.publish import PUBLISHED, publish

GOLDEN = Path(__file__).parents[2] / "tests" / "golden" / "native"


def main() -> None:
    """Write every published file anew."""
    described = text(GOLDEN)
    publish()
    (PUBLISHED / "openapi.json").write_text(described, encoding="utf-8")
    for name, (_, body) in soap.FILES.items():
        (PUBLISHED / name).write_bytes(body)


if __name__ == "__main__":
    main()
