"""Where a release is read, built and published."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

FOLDER = ".glassmaster"
OUTPUT = "dist"


@dataclass(frozen=True)
class Place:
    """The paths of one release."""

    manifest: Path
    output: Path
    room: Path
    """The folder `.glassmaster` beside the manifest: store, ledger, lock. Deletable at any time."""

    @property
    def lock(self) -> Path:
        """What later builds keep to: beside the manifest, and to be kept with it."""
        return self.manifest.with_suffix(".lock")

    @property
    def journal(self) -> Path:
        """Notes a publication under way."""
        return self.room / "publish.json"

    @property
    def state(self) -> Path:
        """Notes what was published last."""
        return self.room / "published.json"

    @property
    def asked(self) -> Path:
        """Notes what the last build asked for, so that the next can say what is another."""
        return self.room / "asked.json"

    @property
    def single(self) -> Path:
        """The report as one file, to be sent: beside the output folder, of whose proof it is no part."""
        return self.output.with_name(f"{self.output.name}-report.html")

    def only(self, deliverable: str) -> Place:
        """The place for one deliverable alone: a part of a release never takes the place of the whole."""
        return replace(self, output=self.output.with_name(f"{self.output.name}-{deliverable}"))


def place_of(manifest: Path, output: Path | None = None) -> Place:
    """The paths that follow from a manifest's; a folder stands for the release.toml in it."""
    path = manifest / "release.toml" if manifest.is_dir() else manifest
    folder = path.absolute().parent
    return Place(path, (output or folder / OUTPUT).absolute(), folder / FOLDER)
