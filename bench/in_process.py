"""The application of a checkout in a process of its own, measured without a server.

    python -m bench.in_process CHECKOUT

Reads a line of JSON for each measurement, {"measurement": NAME, "paths": [...]}, and writes a line with the result. It
uses `service.wsgi.application` alone, so that it measures earlier and later checkouts alike.
"""

import cProfile
import json
import re
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from werkzeug.test import EnvironBuilder, run_wsgi_app

from bench.competitors.tradeflows import NO_CACHE, checkout_python
from bench.environment import ROOT

MAX_PROFILED_MS = 3_600_000
LONG_TIMEOUTS = dict.fromkeys(("TRADEFLOWS_DATABASE_TIMEOUT_MS", "DEADLINE_MS"), str(MAX_PROFILED_MS))
"""The longest duration of a request, by the name in this and in earlier checkouts: one that is profiled takes long."""
Get = Callable[[str], object]
Measure = Callable[[str, list[str]], Any]


@contextmanager
def in_process_application(checkout: Path, database_url: str, *, caches_responses: bool = True) -> Iterator[Measure]:
    """Yield a function that returns the result of one of `MEASUREMENTS` for paths; the access log is discarded."""
    variables = LONG_TIMEOUTS | {"DATABASE_URL": database_url, "PYTHONPATH": str(ROOT)}
    variables |= {} if caches_responses else NO_CACHE
    python = [str(checkout_python(checkout)), "-m", "bench.in_process", str(checkout)]
    command = ["env", *(f"{name}={value}" for name, value in variables.items()), *python]
    pipe, log = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=log, text=True) as process:

        def measure(measurement: str, paths: list[str]) -> Any:
            print(json.dumps({"measurement": measurement, "paths": paths}), file=process.stdin, flush=True)
            return json.loads(process.stdout.readline())

        yield measure


def response_times(get: Get, paths: list[str]) -> dict[str, float]:
    """Return the median duration of a response, and the processor time of this process for one, in milliseconds."""
    durations_ms, processor_began = [], time.process_time()
    for path in paths:
        began = time.perf_counter()
        get(path)
        durations_ms.append(1000 * (time.perf_counter() - began))
    return {"ms": median(durations_ms), "processor_ms": 1000 * (time.process_time() - processor_began) / len(paths)}


def count_calls(get: Get, paths: list[str]) -> dict[str, Any]:
    """Return the functions and modules of the service, and the calls, during the last request after the others.

    `layers` has the same three numbers by folder of the service.
    """
    for path in paths[:-1]:
        get(path)
    entries = profile_requests(get, paths[-1:])
    entries_by_layer: dict[str, list[Any]] = defaultdict(list)
    for entry in entries:
        if package_name(entry.code.co_filename).startswith("service/"):
            entries_by_layer[layer_name(entry.code.co_filename)].append(entry)
    own = [entry for layer in entries_by_layer.values() for entry in layer]
    layers = {layer: _call_counts(entries_by_layer[layer]) for layer in sorted(entries_by_layer)}
    return {**_call_counts(own), "all_calls": _call_counts(entries)["calls"], "layers": layers}


def _call_counts(entries: Sequence[Any]) -> dict[str, int]:
    modules = {entry.code.co_filename for entry in entries}
    return {"functions": len(entries), "modules": len(modules), "calls": sum(entry.callcount for entry in entries)}


def python_shares(get: Get, paths: list[str]) -> dict[str, float]:
    """Return the share of each package in the processor time of Python, in descending order."""
    seconds = seconds_by_package(profile_requests(get, paths))
    return {package: each / seconds.total() for package, each in seconds.most_common()}


def profile_requests(get: Get, paths: list[str]) -> list[Any]:
    """Return the entries of cProfile for all Python functions; `calls` of an entry has the built-in ones it calls."""
    profile = cProfile.Profile(time.thread_time)
    for path in paths:
        profile.runcall(get, path)
    return [entry for entry in profile.getstats() if not isinstance(entry.code, str)]


def seconds_by_package(entries: Sequence[Any]) -> Counter[str]:
    """Return the seconds of a profile by package; built-in functions count for the package of their caller."""
    seconds: Counter[str] = Counter()
    for entry in entries:
        built_in = sum(call.inlinetime for call in entry.calls or () if isinstance(call.code, str))
        seconds[package_name(entry.code.co_filename)] += entry.inlinetime + built_in
    return seconds


def package_name(file: str) -> str:
    """Return the package of a file: a library, a folder of the service, or else the standard library."""
    match = re.search(r"/site-packages/(\w+)", file) or re.search(r"/(service/\w+)", file)
    return match.group(1) if match else "standard library"


def layer_name(file: str) -> str:
    """Return the folder of a module of the service, within `api` the folder below it."""
    match = re.search(r"/service/(?:api/)?(\w+)", file)
    return match.group(1) if match else ""


MEASUREMENTS: Mapping[str, Callable[..., Any]] = {"time": response_times, "calls": count_calls, "shares": python_shares}


def main(checkout: str) -> None:
    """Answer each line of standard input."""
    sys.path.insert(0, checkout)
    from service.wsgi import application  # noqa: PLC0415 - the one of `checkout`

    app = application()

    def get(path: str) -> None:
        body, status, _ = run_wsgi_app(app, EnvironBuilder(path).get_environ(), buffered=True)
        assert status == "200 OK", (path, status, b"".join(body))

    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps(MEASUREMENTS[request["measurement"]](get, request["paths"])), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
