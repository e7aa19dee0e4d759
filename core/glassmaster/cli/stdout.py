"""The way to stdout, kept for answers: a document that somebody asked for holds nothing else."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

NAME = "standard output"
"""Where an answer goes, for messages."""


def open_all() -> None:
    """What somebody started us without leads to nowhere: else the next file that is opened would take its number."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            taken = os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free: this one
            os.set_inheritable(taken, True)  # or workers and encoders would start without it
    sys.stdout = sys.stdout or os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", encoding="utf-8", closefd=False)


@contextmanager
def answering() -> Iterator[None]:
    """Where an answer cannot be written, its `OSError` says so."""
    try:
        yield
    except OSError as problem:
        problem.filename = NAME
        raise


def give_up(*more: int) -> None:
    """What could not be written of an answer is lost, and of the streams `more`: nothing tries again at the end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout.fileno(), *more):
        os.dup2(nowhere, stream)
    os.close(nowhere)


def keep_apart() -> None:
    """From now on only `sys.stdout` leads there. Whatever writes to descriptor 1 meets stderr - a codec, a program that
    a plugin starts, a plugin's own bytes - and whoever closes it takes no answer along."""
    told = sys.stdout
    if not isinstance(told, io.TextIOWrapper):  # there is none, or it was replaced already
        return
    try:
        told.flush()
        own = os.dup(1)
        os.dup2(2, 1)
    except OSError:  # somebody started us without one of the two
        return
    sys.stdout = os.fdopen(own, "w", encoding=told.encoding, errors=told.errors, buffering=1 if told.isatty() else -1)
