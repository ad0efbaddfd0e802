"""`python -m loadtests.report BUNDLE OUT.html`: write a run's page and print its summary."""

import argparse
from pathlib import Path

from loadtests.opening import opened
from loadtests.report import render, show


def main() -> None:
    """Read the bundle, write the page, print the summary; exit code 1 for a bundle that is none."""
    parser = argparse.ArgumentParser(prog="loadtests.report", description="Write a run's page, print its summary.")
    parser.add_argument("bundle", type=Path, help="JSON file that a load run wrote")
    parser.add_argument("out", type=Path, help="HTML file to write")
    given = parser.parse_args()
    bundle = opened(given.bundle)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(render(bundle), encoding="utf-8")
    show(bundle)
    print(given.out)


if __name__ == "__main__":
    main()
