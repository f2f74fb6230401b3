"""What each step of an answer's way gives: the same questions by libraries, by prepared statements, and from memory.

    DATABASE_URL=postgresql://... python bench/steps.py [ROUNDS]

Asks a service in this process, without HTTP, so that the steps and not the server are compared; the ways take turns. It
asks for Japan and its trade of chapter 85 with China and the EU, to the end of 2023, as bench/figures.py draws them.
"""

import io
import logging
import os
import sys
import time
from itertools import pairwise
from statistics import median

from flask import Flask

from service.app import create_app
from service.config import load_settings
from service.db.engine import create_read_engine

ASKED = 20
"""Times a question is asked in a round."""
GROWTH = "fields=reporter,partner,flow,commodity,period,value,yoy_base,yoy_change,yoy_pct,yoy_status"
SERIES = "reporter=JPN&flow=X&commodity=85&period=2014-01..2023-12&limit=200"
PAGE = "reporter=JPN&flow=X&partner=all&commodity=all&level=6&period=2023-12"
QUESTIONS = {
    "a series of 10 years": f"/v1/series?{SERIES}&partner=CHN&{GROWTH},pop_pct,ytd_pct,r12_pct",
    "top 20 partners": f"/v1/partners?reporter=JPN&flow=X&period=2023-12&limit=20&{GROWTH},partner_share_pct",
    "top 20 chapters of a pair": f"/v1/commodities?reporter=JPN&partner=CHN&period=2023-12&level=2&limit=20&{GROWTH}",
    "a page of 100": f"/v1/flows?{PAGE}&limit=100&{GROWTH}",
    "a page of 1,000": f"/v1/flows?{PAGE}&limit=1000&{GROWTH}",
    "a page of 1,000, all columns": f"/v1/flows?{PAGE}&limit=1000",
    "a series of the EU": f"/v1/series?{SERIES}&partner=EU&{GROWTH},pop_pct,ytd_pct,r12_pct",
}


def ways() -> dict[str, Flask]:
    """Return services on the same database: by libraries alone, by prepared statements, and with what is kept."""
    settings = load_settings()

    def service(*, hot_reads: bool, answer_cache_mb: int) -> Flask:
        engine = create_read_engine(settings, url=str(settings.database_url))
        return create_app(engine, hot_reads=hot_reads, response_cache_mb=answer_cache_mb)

    return {
        "libraries": service(hot_reads=False, answer_cache_mb=0),
        "prepared": service(hot_reads=True, answer_cache_mb=0),
        "kept": service(hot_reads=True, answer_cache_mb=64),
    }


def seconds_of(app: Flask, question: str) -> float:
    """Return how long an answer takes, on average of a few.

    :raises RuntimeError: it is no answer.
    """
    path, _, query = question.partition("?")
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, "SERVER_NAME": "bench"}
    environ |= {"SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "SCRIPT_NAME": "", "wsgi.url_scheme": "http"}
    said: list[str] = []
    began = time.perf_counter()
    for _ in range(ASKED):
        given = environ | {"wsgi.input": io.BytesIO(), "wsgi.errors": sys.stderr}
        b"".join(app(given, lambda status, *_rest: said.append(status)))
    took = (time.perf_counter() - began) / ASKED
    if set(said) != {"200 OK"}:
        raise RuntimeError(f"{question}: {said[-1]}")
    return took


def main() -> None:
    """Print a line for each question: milliseconds by each way, and how many times as fast it is as the one before."""
    logging.disable(logging.INFO)
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    services = ways()
    print(f"{'ms, median of ' + str(rounds) + ' rounds':32}", *(f"{name:>18}" for name in services))
    for title, question in QUESTIONS.items():
        for app in services.values():
            seconds_of(app, question)
        taken = [[seconds_of(app, question) for app in services.values()] for _ in range(rounds)]
        ms = [median(one) * 1000 for one in zip(*taken, strict=True)]
        faster = [1.0, *(before / after for before, after in pairwise(ms))]
        print(
            f"{title:32}",
            *(f"{value:9.2f} ({times:5.1f})" for value, times in zip(ms, faster, strict=True)),
            flush=True,
        )


if __name__ == "__main__":
    sys.exit(main() if "DATABASE_URL" in os.environ else __doc__)
