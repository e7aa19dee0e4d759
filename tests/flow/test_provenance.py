"""Promise 9: a later machine can say exactly what differs, from what a delivery tells of its making."""

from __future__ import annotations

import getpass
import hashlib
import json
import re
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import soundfile
from PIL import Image

from tests.faults_support import HEAD, Run, glassmaster, manifest, mixdown, song

MIX, REFERENCE = "mixes/Ärger & Ruhe #1.wav", "references/slow burn.wav"
FILES = {
    "manifest": "release.toml",
    "lock": "release.lock",
    "artwork": "art/cover.png",
    "logo": "dress/logo.png",
    "template": "dress/page/style.css",
    "mixdown 1": MIX,
    "reference slow": REFERENCE,
}


@pytest.fixture(scope="module")
def album(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home of somebody")
    mixdown(folder / MIX)
    mixdown(folder / REFERENCE, 1.0, seed=3)
    for name in (FILES["artwork"], FILES["logo"]):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (1500, 1500), "navy").save(folder / name)
    (folder / "dress/page").mkdir()
    (folder / FILES["template"]).write_text("")
    text = f'{HEAD}artwork = "{FILES["artwork"]}"\n{song("Opening", MIX)}'
    text += f'[[reference]]\nname = "slow"\nfile = "{REFERENCE}"\n'
    text += '[report]\nlogo = "dress/logo.png"\ntemplates = "dress/page"\npreviews = false\n'
    text += "".join(f'[[deliverable]]\nname = "{each}"\nformat = "{each}"\n' for each in ("wav", "mp3", "flac"))
    manifest(folder, text)
    built(folder)
    return folder


def built(folder: Path) -> Run:
    told = glassmaster("build", "--jobs", 1, cwd=folder)
    assert told.code == 0, told.said
    return told


@pytest.fixture
def statement(album: Path) -> Any:
    return json.loads((album / "dist/provenance.json").read_bytes())


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


# ---- the form: field names and rules as the standards print them


_DESCRIPTOR = {"name", "uri", "digest", "content", "downloadLocation", "mediaType", "annotations"}
_URI = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:)?[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+")  # RFC 3986


def _descriptors(rows: Any) -> Iterator[dict[str, Any]]:
    """in-toto attestation spec v1, resource_descriptor.md: at least one of uri, digest and content must be set."""
    assert isinstance(rows, list)
    for each in rows:
        assert set(each) <= _DESCRIPTOR
        assert {"uri", "digest", "content"} & set(each)
        assert _URI.fullmatch(each.get("uri", "x:y")), each
        for name, value in each.get("digest", {}).items():
            assert (name, len(value)) == ("sha256", 64)
            assert re.fullmatch("[0-9a-f]+", value)
        yield each


def test_it_has_the_form_of_an_in_toto_statement_with_slsa_provenance(statement: Any) -> None:
    """Statement v1 (in-toto/attestation, spec/v1/statement.md); SLSA Provenance v1 (slsa.dev/spec/v1.0/provenance)."""
    assert set(statement) == {"_type", "subject", "predicateType", "predicate"}
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert statement["predicateType"] == "https://slsa.dev/provenance/v1"
    subjects = [*_descriptors(statement["subject"])]
    assert all(each["digest"] for each in subjects)  # a subject must have one
    assert len({each["name"] for each in subjects}) == len(subjects)
    predicate = statement["predicate"]
    assert set(predicate) == {"buildDefinition", "runDetails"}
    definition, details = predicate["buildDefinition"], predicate["runDetails"]
    assert set(definition) == {"buildType", "externalParameters", "internalParameters", "resolvedDependencies"}
    assert set(details) <= {"builder", "metadata", "byproducts"}
    assert set(details["builder"]) <= {"id", "version", "builderDependencies"}
    for each in (definition["buildType"], details["builder"]["id"]):
        assert re.match(r"[a-z][a-z0-9+.-]*:", each)
    assert isinstance(definition["externalParameters"], dict)
    assert all(isinstance(each, str) for each in details["builder"]["version"].values())
    assert [*_descriptors(definition["resolvedDependencies"])]


# ---- what it says


def test_every_published_file_is_a_subject_by_its_hash(album: Path, statement: Any) -> None:
    dist = album / "dist"
    found = {each["name"]: each["digest"]["sha256"] for each in statement["subject"]}
    beside = {"SHA256SUMS", "README.txt", "provenance.json"}  # these come after it, or tell people
    paths = [each for each in dist.rglob("*") if each.is_file() and dist / "report" not in each.parents]
    names = {each.relative_to(dist).as_posix() for each in paths} - beside
    assert found == {name: sha256(dist / name) for name in names}


def test_every_file_that_had_a_say_is_there_by_its_hash(album: Path, statement: Any) -> None:
    rows = statement["predicate"]["buildDefinition"]["resolvedDependencies"]
    found = {each["name"]: each for each in rows if "digest" in each and "uri" in each}
    assert {name: unquote(each["uri"]) for name, each in found.items()} == FILES
    assert {name: each["digest"]["sha256"] for name, each in found.items()} == {
        name: sha256(album / path) for name, path in FILES.items()
    }
    record = json.loads((album / "dist/release.json").read_bytes())
    told = {each["role"]: (each["file"], each["sha256"]) for each in record["inputs"]}
    roles = ("manifest", "lock", "artwork", "logo", "template")
    assert told == {role: (FILES[role], sha256(album / FILES[role])) for role in roles}


def test_all_software_is_named(album: Path, statement: Any) -> None:
    """Libraries inside of wheels by hash: libsndfile's file holds LAME, FLAC, Vorbis and Opus."""
    rows = statement["predicate"]["buildDefinition"]["resolvedDependencies"]
    uris = " ".join(each.get("uri", "") for each in rows)
    for name in ("numpy", "soundfile", "soxr", "mutagen", "pillow", "glassmaster"):
        assert re.search(rf"pkg:pypi/{name}@\d", uris), name
    assert re.search(r"pkg:generic/(lame|soundfile|ffmpeg)@", uris)
    made = json.loads((album / "dist/release.json").read_bytes())["provenance"]
    [library] = Path(soundfile.__file__).with_name("_soundfile_data").glob("libsndfile*")
    assert made["library libsndfile"] == f"sha256:{sha256(library)}"
    assert {"glassmaster", "python", "system", "engine", "library libsoxr", "encoder mp3", "encoder wav"} <= set(made)
    asked = statement["predicate"]["buildDefinition"]["externalParameters"]
    assert [each["stage"] for each in asked["treatment"]] == ["level", "limit"]
    assert asked["qc"]["fail_on"] == "error"
    assert {each["name"]: each["settings"] for each in asked["deliverables"]}["wav"]["bits"] == 24


def test_nothing_tells_who_built_it_or_where(album: Path) -> None:
    secrets = [str(album.parent), album.name, socket.gethostname(), str(Path.home()), "/tmp"]
    secrets += [f"/{getpass.getuser()}/"]
    for name in ("release.json", "provenance.json", "README.txt", "SHA256SUMS"):
        text = (album / "dist" / name).read_text("utf-8")
        assert not [each for each in secrets if each in text], name


# ---- what differs here


def machine(folder: Path) -> dict[str, tuple[str | None, str | None]]:
    told = glassmaster("doctor", folder, "--json")
    assert told.code == 0, told.said
    document = json.loads(told.out)
    others = {each["part"]: (each["there"], each["here"]) for each in document["compared"] if not each["same"]}
    assert document["same"] is (not others)
    assert len(document["compared"]) > 20
    return others


def test_on_the_machine_that_made_it_nothing_differs(album: Path) -> None:
    assert machine(album / "dist") == {}
    assert "things are the same here" in glassmaster("doctor", album / "dist").out


def test_each_difference_is_told_by_its_name(album: Path, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    shutil.copytree(album, folder, ignore=shutil.ignore_patterns(".glassmaster"))
    (folder / REFERENCE).unlink()
    with (folder / "release.toml").open("a") as file:
        file.write("# a remark\n")
    record = folder / "dist/release.json"
    document = json.loads(record.read_bytes())
    made = document["provenance"]
    here = {name: made[name] for name in ("numpy", "encoder mp3", "library libsoxr")}
    made |= {
        "numpy": "1.0",
        "encoder mp3": "gone 9",
        "library libsoxr": "sha256:" + "0" * 64,
        "plugin tape": "tape 0.1",
    }
    record.write_text(json.dumps(document), "utf-8")
    found = machine(folder / "dist")
    assert found["numpy"] == ("1.0", here["numpy"])
    assert found["encoder mp3"] == ("gone 9", None)
    assert found["library libsoxr"] == ("sha256:" + "0" * 64, here["library libsoxr"])
    assert found["plugin tape"] == ("tape 0.1", None)
    assert found[f"reference slow: {REFERENCE}"][1] is None
    assert found["manifest: release.toml"][1] == f"sha256:{sha256(folder / 'release.toml')}"
    assert len(found) == 6
    told = glassmaster("doctor", record).out
    assert f"numpy: 1.0 there, {here['numpy']} here" in told
    assert "library libsoxr: sha256:000000000000 there, " in told


def test_a_statement_that_leads_elsewhere_is_not_followed(album: Path, tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "dist"
    shutil.copytree(album / "dist", folder, ignore=shutil.ignore_patterns("report"))
    (tmp_path / "secret").write_text("secret")
    document = json.loads((folder / "provenance.json").read_bytes())
    rows = document["predicate"]["buildDefinition"]["resolvedDependencies"]
    for n, uri in enumerate(("../secret", "/etc/hostname", "..%2fsecret", "file:///etc/hostname", "a%00b")):
        rows.append({"name": f"forged {n}", "uri": uri, "digest": {"sha256": "0" * 64}})
    (folder / "provenance.json").write_text(json.dumps(document))
    forged = {part: here for part, (_, here) in machine(folder).items() if part.startswith("forged")}
    assert set(forged.values()) <= {None}


def test_a_remark_in_the_manifest_is_recorded_even_after_a_report(album: Path, tmp_path: Path) -> None:
    """A report made anew does not make the record out to be of the manifest as it is now."""
    folder = tmp_path / "copy"
    shutil.copytree(album, folder, ignore=shutil.ignore_patterns(".glassmaster"))
    built(folder)
    before = (folder / "dist/release.json").stat().st_mtime_ns
    built(folder)
    assert (folder / "dist/release.json").stat().st_mtime_ns == before
    with (folder / "release.toml").open("a") as file:
        file.write("# a remark\n")
    told = glassmaster("report", cwd=folder)
    assert told.code == 0, told.said
    assert set(machine(folder / "dist")) == {"manifest: release.toml"}
    assert "encode: " not in built(folder).err
    assert machine(folder / "dist") == {}
