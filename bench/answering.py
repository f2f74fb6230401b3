"""A program that answers requests in its own process and tells what that cost; bench/checkouts.py starts it.

    PYTHON bench/answering.py CHECKOUT ADDRESS

Each line of its input is a JSON list of paths. For each it writes the milliseconds of processor that an answer took it:
one to a path of the first half, after the second half was answered to warm up.
"""

import json
import logging
import sys
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import create_engine
from werkzeug.test import EnvironBuilder


def main() -> None:
    """Answer line by line."""
    checkout, address = sys.argv[1:]
    sys.path.insert(0, checkout)
    answer = _answering(address)
    for line in sys.stdin:
        environments = [_environment(path) for path in json.loads(line)]
        half = len(environments) // 2
        for environment in environments[half:]:
            answer(environment)
        began = time.process_time()
        for environment in environments[:half]:
            answer(environment)
        print((time.process_time() - began) / half * 1000, flush=True)


def _answering(address: str) -> Callable[[dict[str, Any]], None]:
    from service.app import create_app  # noqa: PLC0415 - of the checkout that is named
    from service.config import sqlalchemy_url  # noqa: PLC0415 - as above

    logging.disable()
    app = create_app(create_engine(sqlalchemy_url(address)))

    def answer(environment: dict[str, Any]) -> None:
        statuses: list[str] = []
        b"".join(app.wsgi_app(environment, lambda status, _headers, _error=None: statuses.append(status)))
        assert statuses[0].startswith("200"), (environment["QUERY_STRING"], statuses)

    return answer


def _environment(path: str) -> dict[str, Any]:
    return EnvironBuilder(path=path.partition("?")[0], query_string=path.partition("?")[2]).get_environ()


if __name__ == "__main__":
    main()
