"""Mutants that do what the program does, or nothing that is a fault: looked at one by one, with the reason."""

from __future__ import annotations

_LETTERS = "the characters at the edge are letters, which are never escaped"
_PIECES = "a hop more or less of memory"
_WAYS = "both ways give one curve: this one is quicker where the step divides"
_GATE = "no mean of windows is to the last bit the irrational number that stands for -70 LUFS"
_SILENCE = "silence has no loudest moment, whatever it begins with"

_LINE = "a line against floods: no release notes as much, on either side of it"

EQUIVALENT: dict[tuple[str, str, str, str], str] = {
    ("store.py", "Store._stands", "return False", "return None"): "asked for yes or no only",
    ("again.py", "", "1 << 30", "1 << 29"): _LINE,
    ("again.py", "", "1 << 30", "1 << 31"): _LINE,
    ("again.py", "", "1 << 30", "2 << 30"): _LINE,
    ("again.py", "write", "part and name != part", "part"): "what is new of a part takes the old one's place anyway",
    ("again.py", "_rows", "strict=True", "strict=False"): "the lengths were compared before",
    ("native.py", "exchanged", "return False", "return None"): "asked for yes or no only",
    (
        "publish.py",
        "_under_way",
        "except (OSError, ValueError, LookupError, TypeError, AttributeError):",
        "except (OSError, ValueError, LookupError, TypeError):",
    ): "whatever has keys by name has `get` as well: a guard that never meets its case",
    ("names.py", "unlike", "count(1)", "count(0)"): "the plain name is tried twice",
    ("names.py", "shortened", "break", "continue"): "the size only grows: nothing more fits",
    ("names.py", "_escaped", "code < 256", "code <= 256"): _LETTERS,
    ("names.py", "_escaped", "code < 256", "code < 257"): _LETTERS,
    ("names.py", "_escaped", "code < 256", "code < 255"): _LETTERS,
    ("names.py", "_escaped", "code < 65536", "code <= 65536"): _LETTERS,
    ("names.py", "_escaped", "code < 65536", "code < 65537"): _LETTERS,
    ("loudness/gating.py", "", "_PIECE = 65536", "_PIECE = 65537"): _PIECES,
    ("loudness/gating.py", "", "_PIECE = 65536", "_PIECE = 65535"): _PIECES,
    ("loudness/gating.py", "windows", "-1", "-2"): "numpy takes any number below 0 for whatever is left",
    ("loudness/gating.py", "_curve", "width % step", "width * step"): _WAYS,
    ("loudness/gating.py", "_curve", "width % step == 0", "width % step == -1"): _WAYS,
    ("loudness/gating.py", "_pooled", "means > GATE", "means >= GATE"): _GATE,
    ("loudness/gating.py", "loudest_passages", "means > GATE", "means >= GATE"): _GATE,
    ("loudness/gating.py", "loudest_passages", "keepdims=True", "keepdims=False"): "numpy sieves one number like a row",
    ("loudness/gating.py", "loudest_passages", "initial=0.0", "initial=-1.0"): "both lie under the gate",
    ("loudness/gating.py", "loudest", "(0.0, 0)", "(-1.0, 0)"): _SILENCE,
    ("loudness/gating.py", "loudest", "(0.0, 0)", "(0.0, 1)"): _SILENCE,
    ("loudness/gating.py", "loudest", "(0.0, 0)", "(0.0, -1)"): _SILENCE,
}
"""The reason, by (module, function, what stood there, what stands there now)."""
