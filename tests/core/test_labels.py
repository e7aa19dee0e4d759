"""What files are called and what is written into them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from glassmaster.covers import Cover
from glassmaster.labels import NO_TAGS, file_paths, tags_for
from glassmaster.model import Credit, Deliverable, Release, Song
from glassmaster.plugins import Offers
from tests.formats_support import FORMATS
from tests.level_support import measurement, stretches

OFFERS = Offers(formats=FORMATS)
LEVELS = {"integrated_lufs": -12.0, "true_peak_dbtp": 0.0}


def release(*songs: Song, **fields: Any) -> Release:
    return Release("Album", "The Artist", songs=songs, **fields)


def song(number: int, title: str, **fields: Any) -> Song:
    return Song(Path("mix.wav"), title, number, **fields)


def file(index: int, name: str = "promo", form: str = "mp3", how: dict[str, Any] | None = None, **measured: Any) -> Any:
    """As much of a finished file as labels look at."""
    told = measurement(stretches((5, -14)), **measured)
    target = SimpleNamespace(deliverable=Deliverable(name, form, **(how or {})))
    return SimpleNamespace(target=target, song=index, encoded=SimpleNamespace(measured=told))


def paths(told: Release, *files: Any) -> list[str]:
    return list(file_paths(files or [file(n) for n in range(len(told.songs))], told, OFFERS).values())


def test_names_begin_with_the_number_and_end_with_the_formats_suffix() -> None:
    told = release(song(1, "Opening"), song(2, "Second Light", version="Radio Edit"))
    assert paths(told, file(0), file(1), file(0, "main", "wav"), file(1, "cd", "flac")) == [
        "promo/01 Opening.mp3",
        "promo/02 Second Light (Radio Edit).mp3",
        "main/01 Opening.wav",
        "cd/02 Second Light (Radio Edit).flac",
    ]


def test_many_songs_get_numbers_of_one_width() -> None:
    told = release(*(song(number, "Song") for number in range(1, 121)))
    found = paths(told)
    assert found[0] == "promo/001 Song.mp3"
    assert found == sorted(found)


def test_discs_have_folders_and_numbers_of_their_own() -> None:
    told = release(song(1, "One"), song(1, "Two", disc=2), song(2, "One", disc=2))
    assert paths(told) == ["promo/Disc 1/01 One.mp3", "promo/Disc 2/01 Two.mp3", "promo/Disc 2/02 One.mp3"]


def test_no_two_files_share_a_name_on_any_file_system() -> None:
    """M29, M30: numbers may repeat where somebody typed them in."""
    told = release(song(1, "Same"), song(1, "SAME"), song(1, "same"))
    found = paths(told)
    assert len({each.casefold() for each in found}) == 3
    assert len(set(paths(told, file(0), file(0, "main", "wav")))) == 2


@pytest.mark.parametrize("title", ["../../etc/passwd", "C:\\x", "/absolute", "..", "a/b", "CON"])
def test_no_title_leads_out_of_its_folder(title: str) -> None:
    """M27."""
    [found] = paths(release(song(1, title)))
    folder, name = found.split("/")
    assert folder == "promo"
    assert "\\" not in name
    assert name.startswith("01 ")


def test_tags_are_the_manifests_words_and_the_songs_before_the_releases() -> None:
    told = release(
        song(1, "One", artist="A Guest", language="deu", isrc="GBAAA2600001", explicit=True, composer="C"),
        song(2, "Two", version="Live"),
        date="2026-11-20", label="Label", language="eng", type="compilation", barcode="5012345678900",
    )  # fmt: skip
    one, two = (tags_for(told, file(n), LEVELS, Cover(Path("cover.jpg"), "ab")) for n in (0, 1))
    assert (one.title, one.artist, one.album, one.album_artist) == ("One", "A Guest", "Album", "The Artist")
    assert (two.title, two.artist) == ("Two (Live)", "The Artist")
    assert (one.language, two.language) == ("deu", "eng")
    assert (two.track, two.tracks, two.disc, two.discs) == (2, 2, 1, 1)
    assert (one.isrc, one.explicit, one.composer, one.compilation) == ("GBAAA2600001", True, "C", True)
    assert (one.date, one.label, one.barcode) == ("2026-11-20", "Label", "5012345678900")
    assert (one.artwork, one.artwork_sha256) == (Path("cover.jpg"), "ab")


def test_loudness_tags_are_what_was_measured_of_the_file_and_its_album() -> None:
    told = release(song(1, "One"))
    tags = tags_for(told, file(0, true_peak=-6.0206), {"integrated_lufs": -12.5, "true_peak_dbtp": 6.0206}, None)
    assert tags.track_gain_lufs == pytest.approx(-14.0, abs=1e-5)
    assert tags.album_gain_lufs == -12.5
    assert tags.track_peak == pytest.approx(0.5, rel=1e-5)
    assert tags.album_peak == pytest.approx(2.0, rel=1e-5)


def test_silence_has_no_loudness_tags() -> None:
    told = release(song(1, "One"))
    silent = file(0)
    silent.encoded.measured = replace(silent.encoded.measured, integrated_lufs=None, true_peak_dbtp=None)
    tags = tags_for(told, silent, {"integrated_lufs": None, "true_peak_dbtp": None}, None)
    assert (tags.track_gain_lufs, tags.album_gain_lufs, tags.track_peak, tags.album_peak) == (None,) * 4


def named(told: Release, template: str) -> list[str]:
    how = {"filename": template}
    return paths(told, *(file(n, "cd", "wav", how) for n in range(len(told.songs))))


def test_a_template_names_the_files() -> None:
    told = release(song(1, "One", version="Live", isrc="GBAAA2600001"), song(2, "Two", artist="A Guest"))
    assert named(told, "{number}. {artist} - {title}") == [
        "cd/1. The Artist - One (Live).wav",
        "cd/2. A Guest - Two.wav",
    ]
    assert named(told, "{title} [{version}]") == ["cd/One [Live].wav", "cd/Two.wav"]
    assert named(told, "{album}") == ["cd/Album.wav", "cd/Album-2.wav"]


def test_a_template_that_names_the_disc_needs_no_folders() -> None:
    told = release(song(1, "One"), song(1, "Two", disc=2))
    assert named(told, "{disc}-{number:02} {title}") == ["cd/1-01 One.wav", "cd/2-01 Two.wav"]
    assert named(told, "CD{disc}/{title}") == ["cd/CD1/One.wav", "cd/CD2/Two.wav"]
    assert named(told, "{title}") == ["cd/Disc 1/One.wav", "cd/Disc 2/Two.wav"]


def test_folders_that_differ_in_case_are_one_folder() -> None:
    """On Windows and macOS they are; elsewhere a copy to these would throw them together."""
    told = release(song(1, "Same", artist="Abba"), song(1, "SAME", artist="ABBA"))
    assert named(told, "{artist}/{title}") == ["cd/Abba/Same.wav", "cd/Abba/SAME-2.wav"]


def test_everybody_is_credited_where_tags_have_a_place() -> None:
    told = release(
        song(1, "One", composer="A; B", credits=(Credit("Vocals", "S"), Credit("vocals", "T"), Credit("mixing", "M2"))),
        song(2, "Two"),
        producer="P", mixer="M1", engineer="E1",
        credits=(
            Credit("mastering", "E2"), Credit("vocals", "R"), Credit("Bass Guitar", "G"), Credit("arranger", "Q"),
        ),
    )  # fmt: skip
    one, two = (tags_for(told, file(n), LEVELS, None) for n in (0, 1))
    assert (one.composer, two.composer) == ("A; B", "")
    assert (one.mixer, two.mixer) == ("M2", "M1")
    assert (one.producer, two.producer) == ("P", "P")
    assert one.engineer == two.engineer == "E1; E2"
    assert one.arranger == "Q"
    assert one.performer == "S (Vocals); T (vocals); G (Bass Guitar)"
    assert two.performer == "R (vocals); G (Bass Guitar)"


def test_sort_names_belong_to_whom_they_were_given() -> None:
    told = release(
        song(1, "One", title_sort="1"), song(2, "Two", artist="A Guest"),
        title_sort="Album, The", artist_sort="Artist, The", composer_sort="C",
    )  # fmt: skip
    one, two = (tags_for(told, file(n), LEVELS, None) for n in (0, 1))
    assert (one.title_sort, one.artist_sort, one.album_artist_sort) == ("1", "Artist, The", "Artist, The")
    assert (two.title_sort, two.artist_sort, two.album_artist_sort) == ("", "", "Artist, The")
    assert (one.album_sort, one.composer_sort) == ("Album, The", "C")


def test_a_deliverable_without_metadata_has_none() -> None:
    told = release(song(1, "One"))
    assert tags_for(told, file(0, how={"metadata": "none"}), LEVELS, Cover(Path("c"), "ab")) == NO_TAGS
    assert tags_for(told, file(0, how={"id3": "2.4"}), LEVELS, None).id3 == "2.4"
