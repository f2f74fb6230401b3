"""Errors of the service, in the terms of the domain. The API maps them to HTTP, the command line to exit codes."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

CallResult = TypeVar("CallResult")
MAX_QUOTED_CHARACTERS = 80
"""Characters of a text from a file that a report shows."""


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
    """A data version that a client has seen before, but no reachable server has yet."""


class UnknownDataVersion(TradeflowsError):
    """A data version that does not exist, or no longer exists after a restore."""

    def __init__(self, version: int, *, newest: int) -> None:
        self.version, self.newest = version, newest
        super().__init__(f"there is no version {version} of the data; the newest is {newest}")


class LoadInProgress(TradeflowsError):
    """A load that cannot start while another load of the same dataset is running."""


@dataclass(frozen=True)
class ParameterError:
    """The error of one parameter: its value, the reason, and suggestions for a valid value."""

    parameter: str
    value: str
    reason: str
    suggestions: Sequence[str] = field(default_factory=tuple)

    def __str__(self) -> str:
        """Return `partnr: there is no such parameter. Did you mean partner?`."""
        return self._sentence(self.reason)

    @property
    def summary(self) -> str:
        """Return the error as `str` does, without the second part of the reason, such as the list of valid values."""
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
        """Return the same exception with further errors of parameters, one for each invalid value."""
        errors = {(error.parameter, error.value): error for error in (*other_errors, *self.parameter_errors)}
        return type(self)(*errors.values())


def collect_errors(*checks: Callable[[], Any]) -> list[ParameterError]:
    """Return the errors of all `checks`, functions that raise InvalidRequest."""
    try:
        raise_together(checks)
    except InvalidRequest as error:
        return list(error.parameter_errors)
    return []


def raise_together(calls: Iterable[Callable[[], CallResult]]) -> list[CallResult]:
    """Return the results of all `calls`.

    :raises InvalidRequest: some of them raised it; the exception has the errors of each.
    """
    results: list[CallResult] = []
    errors: list[ParameterError] = []
    for call in calls:
        try:
            results.append(call())
        except InvalidRequest as error:
            errors.extend(error.parameter_errors)
    if errors:
        raise InvalidRequest(*errors)
    return results


class UnknownPathCode(InvalidRequest):
    """A path with an unknown code: there is no such resource."""

    problem_slug = "not-found"


class OverlappingMembers(InvalidRequest):
    """Codes that contain one another, so that a sum would count them twice."""

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
    """A release that cannot be withdrawn, or not from that day on."""


class CursorExpired(TradeflowsError):
    """A cursor from before the data changed. Pages never mix two data versions."""


class DataChanged(TradeflowsError):
    """A change of the data while a response was made. The response has to be made again."""


def quote_for_report(text: str) -> str:
    """Return text from a file for a report: quoted, truncated, and with unprintable characters escaped."""
    printable_text = "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode() for c in text[:MAX_QUOTED_CHARACTERS]
    )
    return f'"{printable_text}"' + ("..." if len(text) > MAX_QUOTED_CHARACTERS else "")


@dataclass(frozen=True)
class FileError:
    """An error in a file: its location, the invalid value, and the rule that the value breaks.

    `location` describes the location in a file that has no lines and columns.
    """

    rule: str
    line: int | None = None
    column: str | None = None
    value: str | None = None
    location: str | None = None

    def __str__(self) -> str:
        """Return `line 7, column value: "1_000" is not a number`."""
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
