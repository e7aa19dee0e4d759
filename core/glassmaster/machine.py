"""What is otherwise on this machine than where a delivery was made: item by item, so that a difference has a cause."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from . import records, statement
from .builds import delivery
from .delivery import stays
from .errors import Refused
from .plugins import Offers
from .provenance import provenance
from .sources.regular import fingerprint


@dataclass(frozen=True)
class Compared:
    """One thing that a delivery was made with or of."""

    part: str
    there: str | None
    """As the delivery tells it; None where it does not."""
    here: str | None
    """As it is on this machine; None where it is not."""

    @property
    def same(self) -> bool:
        return self.there == self.here


def compared(folder: Path, offers: Offers) -> tuple[Compared, ...]:
    """Everything that a delivered folder says it was made with and of, beside what is here.

    Sources are looked for from the folder that holds the delivery, and nowhere outside of it. Raises `Refused` (exit 2)
    where there is no record.
    """
    told = delivery(folder).get("provenance")
    made_with = {str(name): str(each) for name, each in told.items()} if isinstance(told, dict) else {}
    return (*_software(made_with, offers), *_files(folder.resolve()))


def _software(made_with: Mapping[str, str], offers: Offers) -> Iterator[Compared]:
    here = provenance(offers, ())
    for name, told in made_with.items():
        if name.startswith("encoder "):
            yield from _encoders(name, told.split(", "), offers)
        else:
            yield Compared(name, told, here.get(name))
    for name in here:
        if name not in made_with:
            yield Compared(name, None, here[name])


def _encoders(name: str, told: Iterable[str], offers: Offers) -> Iterator[Compared]:
    """Each encoder that was used, beside the one of its name that is here."""
    offer = offers.formats.get(name.removeprefix("encoder "))
    here = {each.name: f"{each.name} {each.version}" for each in offer.encoders()} if offer else {}
    for each in told:
        yield Compared(name, each, here.get(each.split(" ", 1)[0]))


def _files(folder: Path) -> Iterator[Compared]:
    for told in _sources(folder / statement.NAME):
        path = folder.parent / unquote(told["uri"])
        if stays(path, folder.parent):
            yield Compared(f"{told['name']}: {unquote(told['uri'])}", f"sha256:{told['sha256']}", _sha256(path))


def _sources(path: Path) -> Iterator[dict[str, str]]:
    """What a statement names by a relative path and a hash; nothing where it is none."""
    try:
        document = records.read_json(path)
        for each in document["predicate"]["buildDefinition"]["resolvedDependencies"]:
            found = {"name": each["name"], "uri": each.get("uri"), "sha256": each.get("digest", {}).get("sha256")}
            if all(isinstance(text, str) for text in found.values()):
                yield found
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return


def _sha256(path: Path) -> str | None:
    try:
        return f"sha256:{fingerprint(path)}"
    except (Refused, ValueError):  # a NUL in the name
        return None
