"""What can go wrong, in the domain's words. Turned into HTTP by api/problems.py and into exit codes by cli.py."""

from collections.abc import Sequence
from dataclasses import dataclass, field

MOST_SHOWN = 80
"""How many characters of a text out of a file a report shows."""


class TradeflowsError(Exception):
    """Base of all errors that the service raises on purpose."""


class SettingsError(TradeflowsError):
    """The environment holds a setting that the service cannot work with."""


class SourceUnavailable(TradeflowsError):
    """A database or an office's server that is needed does not answer."""


class KeyWanted(TradeflowsError):
    """Who asks sent no key, or none that is valid."""


class KeyNotEnough(TradeflowsError):
    """The key that was sent opens less than what is asked for."""


class NotCaughtUp(SourceUnavailable):
    """No server that can be reached has data as new as were seen before."""


class NoSuchVersion(TradeflowsError):
    """Data are asked for of a version that does not exist, or not any more after a restore."""

    def __init__(self, version: int, *, newest: int) -> None:
        self.version, self.newest = version, newest
        super().__init__(f"there is no version {version} of the data; the newest is {newest}")


class LoadInProgress(TradeflowsError):
    """Another load of the same dataset is running."""


@dataclass(frozen=True)
class Fault:
    """One thing wrong with one parameter, and what would have been right."""

    parameter: str
    value: str
    reason: str
    suggestions: Sequence[str] = field(default_factory=tuple)

    def __str__(self) -> str:
        """Return `partnr: there is no such parameter; did you mean partner?`."""
        meant = f"; did you mean {', '.join(self.suggestions)}?" if self.suggestions else ""
        return f"{self.parameter}: {self.reason}{meant}"


class InvalidRequest(TradeflowsError):
    """The request asks for something that cannot be, or not that way."""

    kind = "invalid-parameter"

    def __init__(self, *faults: Fault) -> None:
        super().__init__(" ".join(map(str, faults)))
        self.faults = faults


class OverlappingMembers(InvalidRequest):
    """Codes that contain one another would be counted twice."""

    kind = "overlapping-members"


class NotAcceptable(InvalidRequest):
    """The answer does not come in the form that the client wants."""

    kind = "not-acceptable"


class RequestTooLarge(InvalidRequest):
    """The request asks for more than the service gives at once."""

    kind = "request-too-large"


class NotFound(TradeflowsError):
    """There is no resource of that name."""


class WithdrawalRefused(TradeflowsError):
    """The release cannot be withdrawn, or not from that day on."""


class CursorExpired(TradeflowsError):
    """The data changed since the first page; pages never mix two states of the data."""


class DataMoved(TradeflowsError):
    """The data changed while an answer was made; it has to be made anew."""


def shown(text: str) -> str:
    """Return text out of a file as it can be shown: quoted, what does not print escaped, and not longer than a line."""
    printed = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text[:MOST_SHOWN])
    return f'"{printed}"' + ("..." if len(text) > MOST_SHOWN else "")


@dataclass(frozen=True)
class Defect:
    """One thing wrong with a file: where it is, what stands there, and which rule it breaks.

    `place` is where it is in a file that is not made of lines and columns.
    """

    rule: str
    line: int | None = None
    column: str | None = None
    value: str | None = None
    place: str | None = None

    def __str__(self) -> str:
        """Return `line 7, column value: "1_000" is not a number`."""
        line, column = f"line {self.line}" if self.line else "", f"column {self.column}" if self.column else ""
        place = ", ".join(part for part in (line, column, self.place) if part)
        quoted = f"{shown(self.value)} " if self.value is not None else ""
        return f"{place}: {quoted}{self.rule}" if place else f"{quoted}{self.rule}"


class BadFile(TradeflowsError):
    """A file that cannot be loaded; the database is as it was."""

    def __init__(self, file_name: str, defects: Sequence[Defect], *, total: int | None = None) -> None:
        self.file_name, self.defects = file_name, defects
        self.total = len(defects) if total is None else total
        super().__init__(f"{file_name}: {self.total} defect{'' if self.total == 1 else 's'}")
