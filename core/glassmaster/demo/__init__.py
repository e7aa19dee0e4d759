"""A small album of our own, played by the program itself: something to master before there is a song."""

from .album import make_demo

__all__ = ["make_demo"]
