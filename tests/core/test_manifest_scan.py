"""The position scanner against every way in which TOML lets one write a key."""

from __future__ import annotations

import pytest

from glassmaster.manifest.scan import MAX_DEPTH, Keys, scan


def spots(text: str) -> dict[Keys, tuple[str, str]]:
    """For each key, what stands where the scanner says that the key and its value are."""
    return {
        keys: (text[place.key :].partition("\n")[0], text[place.value :].partition("\n")[0])
        for keys, place in scan(text).found.items()
    }


@pytest.mark.parametrize(
    ("text", "keys", "key", "value"),
    [
        ("a = 1", ("a",), "a = 1", "1"),
        ("  a\t=\t 'x' # a = 2\n", ("a",), "a\t=\t 'x' # a = 2", "'x' # a = 2"),
        ("[t]\na = 1", ("t", "a"), "a = 1", "1"),
        ("[ t . 'u v' ]\na = 1", ("t", "u v", "a"), "a = 1", "1"),
        ("a.b.c = 1", ("a", "b", "c"), "c = 1", "1"),
        ("a.b.c = 1", ("a", "b"), "b.c = 1", "b.c = 1"),
        ('"a.b" = 1', ("a.b",), '"a.b" = 1', "1"),
        ('"\\u0041" = 1', ("A",), '"\\u0041" = 1', "1"),
        ("'' = 1", ("",), "'' = 1", "1"),
        ("[[s]]\na = 1\n[[s]]\na = 2", ("s", 1, "a"), "a = 2", "2"),
        ("[[s]]\n[s.x]\na = 1\n[[s]]\n[s.x]\na = 2", ("s", 1, "x", "a"), "a = 2", "2"),
        ("[[s]]\n[[s.w]]\n[[s.w]]\na = 2", ("s", 0, "w", 1, "a"), "a = 2", "2"),
        ("a = { b = { c = 1 }, d.e = [1, 2] }", ("a", "b", "c"), "c = 1 }, d.e = [1, 2] }", "1 }, d.e = [1, 2] }"),
        ("a = { b = { c = 1 }, d.e = [1, 2] }", ("a", "d", "e", 1), "2] }", "2] }"),
        ("a = [ # one = 1\n 'x,]', \n {b = '}'},\n]\nc = 3", ("a", 1, "b"), "b = '}'},", "'}'},"),
        ("a = [ # one = 1\n 'x,]', \n {b = '}'},\n]\nc = 3", ("c",), "c = 3", "3"),
        ('a = """\nb = 1\n\\"""c = 2"""\nd = 4', ("d",), "d = 4", "4"),
        ('a = """x"""""\nd = 4', ("d",), "d = 4", "4"),
        ('a = """"" ""x"""\nd = 4', ("d",), "d = 4", "4"),
        ("a = '''\nb = 1\n''c'''''\nd = 4", ("d",), "d = 4", "4"),
        ('a = ""\nd = ""', ("d",), 'd = ""', '""'),
        ('a = "\\"# b = 1"\nd = 4', ("d",), "d = 4", "4"),
        ("a = 2026-11-20 10:00:00 # x\nd = 4", ("d",), "d = 4", "4"),
        ("a = 1\r\nd = 4".replace("\r\n", "\n"), ("d",), "d = 4", "4"),
    ],
)
def test_finds_key_and_value(text: str, keys: Keys, key: str, value: str) -> None:
    assert spots(text)[keys] == (key, value)


@pytest.mark.parametrize("text", ['a = """b = 1"""', "a = '''\nb = 1'''", 'a = "b = 1"', "# b = 1", "a = ['b = 1']"])
def test_sees_no_keys_in_texts_and_remarks(text: str) -> None:
    assert ("b",) not in scan(text).found


def test_nearest_is_the_innermost_table_that_exists() -> None:
    text = "[[song]]\ntitle = 'x'\n"
    places = scan(text)
    assert places.nearest(("song", 0, "mixdown")) == places.found["song", 0]
    assert places.nearest(("song", 0, "title", "deeper")) == places.found["song", 0, "title"]
    assert places.nearest(("qc", "waive", 3)) is None


@pytest.mark.parametrize(
    ("text", "keys", "lines"),
    [
        ("a = 1\nb = 2\na = 3", ("a",), (1, 3)),
        ("[t]\na = 1\n[u]\n[t]", ("t",), (1, 4)),
        ("t.a = 1\nt.b = 1\nt.a = 2", ("t", "a"), (1, 3)),
        ("[[s]]\na = 1\na = 2", ("s", 0, "a"), (2, 3)),
        ("[s]\n\n[[s]]", ("s",), (1, 3)),
        ("[[s]]\n\n[s]", ("s",), (1, 3)),
        ("a = { b = 1,\n b = 2 }", ("a", "b"), (1, 2)),
    ],
)
def test_tells_what_is_defined_twice(text: str, keys: Keys, lines: tuple[int, int]) -> None:
    ((found, first, second),) = scan(text).twice
    assert found == keys
    assert (text.count("\n", 0, first) + 1, text.count("\n", 0, second) + 1) == lines


def test_the_same_key_in_two_songs_is_not_twice() -> None:
    assert scan("[[s]]\na = 1\n[s.t]\nb = 1\n[[s]]\na = 2\n[s.t]\nb = 2").twice == ()


@pytest.mark.parametrize(
    "text", ["a = [", "a = {b", "[a", "a", "a = ", "= 1", 'a = "x', "[[a]\nb = 1", "a = 1 2", '"\\q" = 1']
)
def test_stops_quietly_where_toml_ends(text: str) -> None:
    assert scan(f"first = 1\n{text}").found["first",].key == 0


@pytest.mark.parametrize(
    "text", ["x = " + "[" * 1000, "x = " + "{a=" * 1000, "a." * 1000 + "a = 1", f"[{'a.' * 1000}a]"]
)
def test_says_where_it_gets_too_deep(text: str) -> None:
    deep = scan(text).too_deep
    assert deep is not None
    assert MAX_DEPTH <= deep < 8 * MAX_DEPTH


def test_a_list_of_thousands_is_passed_over() -> None:
    found = scan(f"a = [{'1, ' * 50_000}2]\nb = 3").found
    assert ("b",) in found
    assert len(found) < 2000
