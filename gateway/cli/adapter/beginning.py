"""What `gateway adapter new` writes: a module, a page, examples and a test, taken from a dialect that is there."""

import shutil
from pathlib import Path

from gateway.dialects.bench import PAGE
from gateway.dialects.finding import GROUP, TREE, BadAdapter, Found
from gateway.dialects.folders import HERE, golden_of, places

BY_HAND = ("door.json", "profile.json", "answer.json", "refusal.json")
"""Files of an example that are copied beside its request; what the adapter makes is left to be rewritten."""
EXAMPLES_MAX = 5

_PAGE = """# {name} (`{name}`)

TO FILL: begun from `{dialect}`. Say what this dialect covers, and take this line away.

**Message id.** TO FILL: where it comes from, and that a retry repeats it.

**Transport.** TO FILL: which fields a retry may refresh.

**Carried.** TO FILL: which fields are kept with the raw message and judged by nobody.

**Refused.** TO FILL: what, and why.

**Answers.** TO FILL: how an answer and a refusal look; which charset (utf-8).

**Profile.** TO FILL: the provider's settings.

Verbs: TO FILL
"""
_TEST = '''"""The contract holds for {name}: every rule is done, or exempt with a reason."""

from gateway.cli.adapter.checking import report_of
from gateway.dialects.finding import Found


def test_the_contract_holds() -> None:
    """Each rule that is not done says what would make it pass."""
    report = report_of(Found(name="{name}", module="{module}", origin="{origin}"))

    wrong = [f"{{verdict.rule}}: {{text}}" for verdict in report.verdicts for text in verdict.wrong]
    assert not wrong, "\\n".join(wrong)
'''
_PROJECT = """[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "{name}"
version = "0.1.0"
dependencies = ["settlement-gateway"]

[project.entry-points."{group}"]
{name} = "{name}"

[tool.hatch.build.targets.wheel]
packages = ["{name}"]
"""


def begin(name: str, source: Found, folder: Path | None) -> list[Path]:
    """Write a new adapter begun from another; return its files. folder: of a package of its own, None for this tree.

    Raises BadAdapter where it cannot be there; nothing that stands is overwritten.
    """
    if not (name.isidentifier() and name.isascii() and name == name.lower()):
        raise BadAdapter(f"{name} is no name of a dialect: lower-case letters, digits and _")
    here = source.folder().parent
    place = (folder or here) / name
    tests = (folder / "tests") if folder else here.parent / "tests" / name
    if place.exists():
        raise BadAdapter(f"{place} is there already")
    if folder is None and source.origin != "tree":
        raise BadAdapter("An adapter of another package begins one of its own: give --dir FOLDER")
    module = name if folder else f"{TREE}.{name}"
    _copy_module(source, place, name, module)
    _copy_examples(source, place / HERE)
    (place / PAGE).write_text(_PAGE.format(name=name, dialect=source.name), encoding="utf-8")
    tests.mkdir(parents=True, exist_ok=True)
    origin = "package" if folder else "tree"
    test = tests / f"test_{name}_contract.py"
    test.write_text(_TEST.format(name=name, module=module, origin=origin), encoding="utf-8")
    written = [*(path for path in sorted(place.rglob("*")) if path.is_file()), test]
    project = folder / "pyproject.toml" if folder else None
    if project is not None and not project.exists():
        project.write_text(_PROJECT.format(name=name, group=GROUP), encoding="utf-8")
        written.append(project)
    return written


def _copy_module(source: Found, place: Path, name: str, module: str) -> None:
    """Copy the sources; NAME becomes the new one, VERSION 1, and imports of its own modules lead to the copy."""
    shutil.copytree(source.folder(), place, ignore=shutil.ignore_patterns("__pycache__", HERE, PAGE))
    for path in place.rglob("*.py"):
        text = path.read_text(encoding="utf-8").replace(source.module, module)
        path.write_text(text.replace(f'NAME = "{source.load().NAME}"', f'NAME = "{name}"'), encoding="utf-8")


def _copy_examples(source: Found, golden: Path) -> None:
    """Copy what was written by hand of some answered examples; the sender's samples take their place."""
    there = golden_of(source)
    answered = [case for case in places(there) if (case / "answer.json").exists()] if there else []
    for case in answered[:EXAMPLES_MAX]:
        (golden / case.name).mkdir(parents=True)
        for path in case.iterdir():
            if path.name in BY_HAND or path.name.startswith("request."):
                shutil.copy(path, golden / case.name / path.name)
