"""Answers as they were given, kept in memory: whoever asks the same of the same data gets the same bytes."""

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from flask import Flask, current_app

EXTENSION = "tradeflows.answers"
OVERHEAD = 1000
"""Bytes that an entry takes beside its body, about."""


@dataclass(frozen=True)
class Kept:
    """The answer of a tag: the version of the data it was made of, its headers, and its body as it is sent.

    `facts` are what the log tells of it.
    """

    data_version: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    facts: Mapping[str, Any] = field(default_factory=dict)


class Answers:
    """What is kept, up to `most_bytes`; what was not asked for the longest is forgotten first.

    Several threads may use it at once.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._entries: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> Any:
        """Return what is kept under `key`; null where nothing is."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return None
            self._entries.move_to_end(key)
            return entry[0]

    def keep(self, key: Hashable, value: Any, *, size: int = 0) -> None:
        """Keep `value`, of `size` bytes; not one that alone would take a quarter of the room."""
        size += OVERHEAD
        if size > self._most_bytes // 4:
            return
        with self._lock:
            _, before = self._entries.pop(key, (None, 0))
            self._entries[key] = value, size
            self._bytes += size - before
            while self._bytes > self._most_bytes:
                _, (_, forgotten) = self._entries.popitem(last=False)
                self._bytes -= forgotten


def init_answers(app: Flask, *, most_bytes: int) -> None:
    """Let `app` keep answers, up to `most_bytes` of them in each process; 0 keeps none."""
    app.extensions[EXTENSION] = Answers(most_bytes)


def current_answers() -> Answers:
    """Return what the application that answers keeps."""
    answers: Answers = current_app.extensions[EXTENSION]
    return answers
