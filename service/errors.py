"""Errors of the service, in the terms of the domain. The API maps them to HTTP, the command line to exit codes."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from operator import call
from typing import Any, TypeVar

CallResult = TypeVar("CallResult")
Value = TypeVar("Value")
MAX_QUOTED_CHARACTERS = 80
"""Maximum number of characters that an error message quotes from a file."""


class TradeflowsError(Exception):
    """The base of all errors that the service raises on purpose."""


class SettingsError(TradeflowsError):
    """A setting in the environment that is invalid."""


class SourceUnavailable(TradeflowsError):
    """A database, or the server of a statistical office, that does not respond."""


class Unauthorized(TradeflowsError):
    """A request without an API key, or with an invalid one."""


class InsufficientScope(TradeflowsError):
    """An API key whose scope does not allow the request."""


class LaggingReplica(SourceUnavailable):
    """A data version that the client has already seen, but that no reachable server has yet."""


class UnknownDataVersion(TradeflowsError):
    """A data version that never existed, or that a restore of the database has removed."""

    def __init__(self, version: int, *, newest: int) -> None:
        self.version, self.newest = version, newest
        super().__init__(f"there is no version {version} of the data; the newest is {newest}")


class LoadInProgress(TradeflowsError):
    """A load that cannot start while another load of the same dataset is running."""


@dataclass(frozen=True)
class ParameterError:
    """An invalid value of one parameter, with the reason and suggestions for a valid value."""

    parameter: str
    value: str
    reason: str
    suggestions: Sequence[str] = field(default_factory=tuple)

    def __str__(self) -> str:
        """Return the error as text, such as `partnr: there is no such parameter. Did you mean partner?`."""
        return self._sentence(self.reason)

    @property
    def summary(self) -> str:
        """Return the error as `str` does, with its reason only up to the first semicolon.

        Longer details, such as the list of valid values, follow the semicolon.
        """
        return self._sentence(self.reason.partition(";")[0])

    def _sentence(self, reason: str) -> str:
        hint = f" Did you mean {' or '.join(self.suggestions)}?" if self.suggestions else ""
        return f"{self.parameter}: {reason}.{hint}"


class InvalidRequest(TradeflowsError):
    """A request with at least one invalid parameter."""

    problem_slug = "invalid-parameter"

    def __init__(self, *parameter_errors: ParameterError) -> None:
        super().__init__(" ".join(map(str, parameter_errors)))
        self.parameter_errors = parameter_errors

    def combine(self, other_errors: Iterable[ParameterError]) -> "InvalidRequest":
        """Return an exception of this type that also has `other_errors`, without repeating an invalid value."""
        errors = {(error.parameter, error.value): error for error in (*other_errors, *self.parameter_errors)}
        return type(self)(*errors.values())


def collect_errors(*checks: Callable[[], Any]) -> list[ParameterError]:
    """Call every one of `checks` and return the errors of the InvalidRequest exceptions that they raise."""
    try:
        call_all(call, checks)
    except InvalidRequest as error:
        return list(error.parameter_errors)
    return []


def call_all(function: Callable[[Value], CallResult], values: Iterable[Value]) -> list[CallResult]:
    """Call a function for all `values`, even after one has raised InvalidRequest, and return the results.

    :raises InvalidRequest: the function raised it for at least one value; this exception combines all errors.
    """
    results: list[CallResult] = []
    errors: list[ParameterError] = []
    for value in values:
        try:
            results.append(function(value))
        except InvalidRequest as error:
            errors.extend(error.parameter_errors)
    if errors:
        raise InvalidRequest(*errors)
    return results


class UnknownPathCode(InvalidRequest):
    """A path with an unknown code, such as /v1/partners/XYZ: there is no such resource."""

    problem_slug = "not-found"


class OverlappingMembers(InvalidRequest):
    """Codes of which one contains another, so that their sum would count the same trade twice."""

    problem_slug = "overlapping-members"


class NotAcceptable(InvalidRequest):
    """An Accept header that allows no format of the resource."""

    problem_slug = "not-acceptable"


class RequestTooLarge(InvalidRequest):
    """A request for more data than one response may have."""

    problem_slug = "request-too-large"


class NotFound(TradeflowsError):
    """A resource that does not exist."""


class KeyRevoked(TradeflowsError):
    """An API key that was revoked, and cannot be rotated."""


class WithdrawalRefused(TradeflowsError):
    """A release that cannot be withdrawn, or cannot be withdrawn from the requested day on."""


class CursorExpired(TradeflowsError):
    """A pagination cursor from an earlier data version. Pages never mix two data versions."""


class DataChanged(TradeflowsError):
    """A change of the data while a response was being computed. The response has to be computed again."""


def quote_for_report(text: str) -> str:
    """Return text from a file in the form for error messages: quoted, truncated, unprintable characters escaped."""
    printable_text = "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode() for c in text[:MAX_QUOTED_CHARACTERS]
    )
    return f'"{printable_text}"' + ("..." if len(text) > MAX_QUOTED_CHARACTERS else "")


@dataclass(frozen=True)
class FileError:
    """An error in a file: its location, the invalid value, and the rule that the value breaks.

    `location` describes the location in words, for files that have no lines and columns.
    """

    rule: str
    line: int | None = None
    column: str | None = None
    value: str | None = None
    location: str | None = None

    def __str__(self) -> str:
        """Return the error as text, such as `line 7, column value: "1_000" is not a number`."""
        line, column = f"line {self.line}" if self.line else "", f"column {self.column}" if self.column else ""
        location = ", ".join(part for part in (line, column, self.location) if part)
        quoted = f"{quote_for_report(self.value)} " if self.value is not None else ""
        return f"{location}: {quoted}{self.rule}" if location else f"{quoted}{self.rule}"


class InvalidFile(TradeflowsError):
    """A file that cannot be loaded. The database is left unchanged.

    `error_count` counts all errors; `file_errors` may hold only the first of them.
    """

    def __init__(self, file_name: str, file_errors: Sequence[FileError], *, error_count: int | None = None) -> None:
        self.file_name, self.file_errors = file_name, file_errors
        self.error_count = len(file_errors) if error_count is None else error_count
        super().__init__(f"{file_name}: {self.error_count} defect{'' if self.error_count == 1 else 's'}")
