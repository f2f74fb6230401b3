"""What can go wrong, in the domain's words. Turned into HTTP by api/problems.py and into exit codes by cli.py."""

from collections.abc import Sequence
from dataclasses import dataclass, field

MAX_QUOTED_CHARACTERS = 80
"""How many characters of a text out of a file a report shows."""


class TradeflowsError(Exception):
    """Base of all errors that the service raises on purpose."""


class SettingsError(TradeflowsError):
    """The environment holds a setting that the service cannot work with."""


class SourceUnavailable(TradeflowsError):
    """A database or an office's server that is needed does not answer."""


class Unauthorized(TradeflowsError):
    """Who asks sent no key, or none that is valid."""


class InsufficientScope(TradeflowsError):
    """The key that was sent opens less than what is asked for."""


class ReplicaBehind(SourceUnavailable):
    """No server that can be reached has data as new as were seen before."""


class UnknownDataVersion(TradeflowsError):
    """Data are asked for of a version that does not exist, or not any more after a restore."""

    def __init__(self, version: int, *, newest: int) -> None:
        self.version, self.newest = version, newest
        super().__init__(f"there is no version {version} of the data; the newest is {newest}")


class LoadInProgress(TradeflowsError):
    """Another load of the same dataset is running."""


@dataclass(frozen=True)
class ParameterError:
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

    problem_slug = "invalid-parameter"

    def __init__(self, *parameter_errors: ParameterError) -> None:
        super().__init__(" ".join(map(str, parameter_errors)))
        self.parameter_errors = parameter_errors


class OverlappingMembers(InvalidRequest):
    """Codes that contain one another would be counted twice."""

    problem_slug = "overlapping-members"


class NotAcceptable(InvalidRequest):
    """The answer does not come in the form that the client wants."""

    problem_slug = "not-acceptable"


class RequestTooLarge(InvalidRequest):
    """The request asks for more than the service gives at once."""

    problem_slug = "request-too-large"


class NotFound(TradeflowsError):
    """There is no resource of that name."""


class WithdrawalRefused(TradeflowsError):
    """The release cannot be withdrawn, or not from that day on."""


class CursorExpired(TradeflowsError):
    """The data changed since the first page; pages never mix two states of the data."""


class DataChanged(TradeflowsError):
    """The data changed while an answer was made; it has to be made anew."""


def quote_for_report(text: str) -> str:
    """Return text out of a file as it can be shown: quoted, what does not print escaped, and not longer than a line."""
    printed = "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode() for c in text[:MAX_QUOTED_CHARACTERS]
    )
    return f'"{printed}"' + ("..." if len(text) > MAX_QUOTED_CHARACTERS else "")


@dataclass(frozen=True)
class FileError:
    """One thing wrong with a file: where it is, what stands there, and which rule it breaks.

    `place` is where it is in a file that is not made of lines and columns.
    """

    rule: str
    line: int | None = None
    column: str | None = None
    value: str | None = None
    location: str | None = None

    def __str__(self) -> str:
        """Return `line 7, column value: "1_000" is not a number`."""
        line, column = f"line {self.line}" if self.line else "", f"column {self.column}" if self.column else ""
        place = ", ".join(part for part in (line, column, self.location) if part)
        quoted = f"{quote_for_report(self.value)} " if self.value is not None else ""
        return f"{place}: {quoted}{self.rule}" if place else f"{quoted}{self.rule}"


class InvalidFile(TradeflowsError):
    """A file that cannot be loaded; the database is as it was."""

    def __init__(self, file_name: str, file_errors: Sequence[FileError], *, error_count: int | None = None) -> None:
        self.file_name, self.file_errors = file_name, file_errors
        self.error_count = len(file_errors) if error_count is None else error_count
        super().__init__(f"{file_name}: {self.error_count} defect{'' if self.error_count == 1 else 's'}")
