"""Markers of tests: derived from fixtures where possible, and enforced for tests that start a process."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

MARKERS_BY_FIXTURE = {
    "demo_server_url": "process",
    "export_server_url": "process",
    "large_engine": "large",
    "japan_template": "large",
    "annual_client": "large",
    "both_sides_client": "large",
    "official_client": "large",
    "other_reporters_url": "large",
}
"""Fixtures that start a server or load many figures; a test that uses one needs no marker of its own."""

ALLOWED_PROGRAMS = frozenset({"git", "ldconfig", "gcc", "cc", "ld"})
"""Programs that end at once; the latter are those by which ctypes finds a library."""


def add_fixture_markers(item: pytest.Item) -> None:
    """Give a test the markers of the fixtures that it uses."""
    for fixture in getattr(item, "fixturenames", ()):
        if fixture in MARKERS_BY_FIXTURE:
            item.add_marker(MARKERS_BY_FIXTURE[fixture])


class ProcessGuard:
    """Fails a test without the marker `process` that starts one, so that the quick run stays quick."""

    def __init__(self) -> None:
        self._is_active = False
        sys.addaudithook(self._check_event)

    @contextmanager
    def watch(self, item: pytest.Item) -> Iterator[None]:
        """Watch a test, unless it is marked."""
        self._is_active = item.get_closest_marker("process") is None
        try:
            yield
        finally:
            self._is_active = False

    def _check_event(self, event: str, arguments: tuple[object, ...]) -> None:
        if self._is_active and event == "subprocess.Popen" and Path(str(arguments[0])).name not in ALLOWED_PROGRAMS:
            self._is_active = False
            message = f"the test starts {arguments[0]}, and is not marked: add @pytest.mark.process"
            raise RuntimeError(message)
