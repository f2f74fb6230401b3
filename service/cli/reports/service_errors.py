"""Messages and exit codes for the errors of a running service."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from service.errors import SourceUnavailable
from tradeflows.client import ServiceError, ServiceUnreachable

UNAVAILABLE_EXIT_CODE, REFUSED_EXIT_CODE = 69, 2
TOO_MANY_REQUESTS = 429


@contextmanager
def report_service_errors() -> Iterator[None]:
    """Return a context manager for requests to a running service, which prints an error response and ends the process.

    The exit code is 69 if the same request may succeed later, after a status of 429 or at least 500; otherwise it is 2.

    :raises SourceUnavailable: no service responds.
    """
    try:
        yield
    except ServiceError as error:
        click.echo(f"tradeflows: {error}", err=True)
        may_respond_later = error.status >= 500 or error.status == TOO_MANY_REQUESTS
        raise SystemExit(UNAVAILABLE_EXIT_CODE if may_respond_later else REFUSED_EXIT_CODE) from error
    except ServiceUnreachable as error:
        raise SourceUnavailable(
            f"{error.summary}: start one with `tradeflows serve`, name another with --url or TRADEFLOWS_URL, or leave "
            "both out to read the database"
        ) from error
