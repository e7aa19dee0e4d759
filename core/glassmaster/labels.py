"""What files are called and what is written into them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from . import templates
from .covers import Cover
from .model import Deliverable, Release, Song, Stamp, Tags
from .names import folded, unlike
from .people import people
from .plugins import Offers
from .rounds import File

NO_TAGS = Tags("", "", "", "", 0, 0, 0, 0)
"""For files that carry none."""


@dataclass
class _Folder:
    """A deliverable's folder while names are given out in it."""

    spelt: dict[str, str] = field(default_factory=dict)
    """Folders inside, as the first song spelt them: some file systems take others that differ in case for the same."""
    taken: dict[str, set[str]] = field(default_factory=dict)

    def named(self, way: Sequence[str], suffix: str) -> PurePosixPath:
        *folders, stem = way
        place = ""
        for each in folders:
            place = self.spelt.setdefault(folded(f"{place}/{each}"), f"{place}/{each}")
        return PurePosixPath(place.lstrip("/"), unlike(self.taken.setdefault(place, set()), stem, suffix))


def file_paths(files: Sequence[File], release: Release, offers: Offers) -> dict[tuple[str, int], str]:
    """Each file's path inside the output folder, by deliverable and song; names are unique on every file system."""
    songs: dict[str, list[int]] = {}
    for file in files:
        songs.setdefault(file.target.deliverable.name, []).append(file.song)
    by_name = {file.target.deliverable.name: file.target.deliverable for file in files}
    return {
        (name, song): path
        for name, wanted in songs.items()
        for song, path in song_paths(by_name[name], wanted, release, offers).items()
    }


def song_paths(deliverable: Deliverable, songs: Iterable[int], release: Release, offers: Offers) -> dict[int, str]:
    """Where the files of one deliverable stand, by song."""
    folder, suffix = _Folder(), offers.formats[deliverable.format].suffix
    return {
        song: str(
            PurePosixPath(deliverable.name, folder.named(_way(deliverable, release, release.songs[song]), suffix))
        )
        for song in songs
    }


def _way(deliverable: Deliverable, release: Release, song: Song) -> tuple[str, ...]:
    """Folders and name by the deliverable's template; discs apart in folders where it does not tell them apart."""
    used = templates.fields(deliverable.filename)
    values: dict[str, str | int] = {
        "number": song.number,
        "title": song.title if "version" in used else song.full_title,
        "version": song.version,
        "artist": song.artist or release.artist,
        "album": release.title,
        "album_artist": release.artist,
        "disc": song.disc,
        "isrc": song.isrc,
        "date": release.date,
        "year": release.date[:4],
        "label": release.label,
        "catalog_number": release.catalog_number,
        "barcode": release.barcode,
    }
    most = {"number": tracks(release, song.disc), "disc": discs(release)}
    apart = (f"Disc {song.disc}",) if discs(release) > 1 and "disc" not in used else ()
    return (*apart, *templates.fill(deliverable.filename, values, most))


def discs(release: Release) -> int:
    """How many discs the release has."""
    return max(release.songs_on)


def tracks(release: Release, disc: int) -> int:
    """How many songs are on a disc."""
    return release.songs_on[disc]


def tags_for(release: Release, file: File, album: Mapping[str, float | None], cover: Cover | None) -> Tags:
    """What is written into one file; `album` holds the loudness and peak of its deliverable's files pooled."""
    if file.target.deliverable.metadata == "none":
        return NO_TAGS
    song, measured = release.songs[file.song], file.encoded.measured
    return Tags(
        title=song.full_title,
        artist=song.artist or release.artist,
        album=release.title,
        album_artist=release.artist,
        track=song.number,
        tracks=tracks(release, song.disc),
        disc=song.disc,
        discs=discs(release),
        release_type=release.type,
        date=release.date,
        isrc=song.isrc,
        barcode=release.barcode,
        catalog_number=release.catalog_number,
        label=release.label,
        genre=release.genre,
        language=song.language or release.language,
        copyright=release.copyright,
        phonogram=release.phonogram,
        comment=song.comment or release.comment,
        lyrics=song.lyrics,
        explicit=song.explicit,
        compilation=release.type == "compilation",
        track_gain_lufs=measured.integrated_lufs,
        album_gain_lufs=album["integrated_lufs"],
        track_peak=linear(measured.true_peak_dbtp),
        album_peak=linear(album["true_peak_dbtp"]),
        artwork=cover.path if cover else None,
        artwork_sha256=cover.sha256 if cover else "",
        id3=file.target.deliverable.id3,
        **_sorted(release, song),
        **people(release, song),
    )


def stamp_for(release: Release, file: File) -> Stamp:
    """What the file's own header may say of it; of a file without metadata only its loudness."""
    song, measured = release.songs[file.song], file.encoded.measured
    told = file.target.deliverable.metadata != "none"
    return Stamp(
        title=song.full_title if told else "",
        originator=(release.label or song.artist or release.artist) if told else "",
        reference=song.isrc if told else "",
        date=release.date if told else "",
        integrated_lufs=measured.integrated_lufs,
        loudness_range_lu=measured.loudness_range_lu,
        true_peak_dbtp=measured.true_peak_dbtp,
        max_momentary_lufs=measured.max_momentary_lufs,
        max_short_term_lufs=measured.max_short_term_lufs,
    )


def _sorted(release: Release, song: Song) -> dict[str, str]:
    """Names as lists sort them; the release's artist's does not fit another artist of a song."""
    composed = song if song.composer or song.composer_sort else release
    return {
        "title_sort": song.title_sort,
        "artist_sort": song.artist_sort or ("" if song.artist else release.artist_sort),
        "album_sort": release.title_sort,
        "album_artist_sort": release.artist_sort,
        "composer_sort": composed.composer_sort,
    }


def linear(decibels: float | None) -> float | None:
    """A peak as a factor of full scale."""
    return None if decibels is None else 10 ** (decibels / 20)
