"""Packages of others as an installer leaves them: a module, and the metadata that names it as an adapter."""

from pathlib import Path

from gateway.dialects.finding import GROUP


def written(site: Path, package: str, text: str, *, entry: str | None = None) -> Path:
    """Write an installed package whose entry point names it; return its folder."""
    folder = site / package
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text(text)
    told = site / f"{package}-1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    (told / "entry_points.txt").write_text(f"[{GROUP}]\n{entry or package} = {package}\n")
    return folder
