"""The application of a checkout in a process of its own, measured without a server.

    python -m bench.in_process CHECKOUT

Reads a line of JSON for each measurement, {"measurement": NAME, "paths": [...]}, and writes a line with the result. It
uses `service.wsgi.application` alone, so that it measures earlier and later checkouts alike.
"""

import cProfile
import json
import os
import pstats
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from types import CodeType, FrameType
from typing import Any

from werkzeug.test import EnvironBuilder, run_wsgi_app

from bench.competitors.tradeflows import checkout_python
from bench.environment import ROOT

CACHE_SETTINGS = ("TRADEFLOWS_RESPONSE_CACHE_MB", "RESPONSE_CACHE_MB", "ANSWER_CACHE_MB")
"""The name of the setting in this and in earlier checkouts."""
TIMEOUT_SETTINGS = ("TRADEFLOWS_DATABASE_TIMEOUT_MS", "DEADLINE_MS")
"""The setting of the longest duration of a request: one that is profiled may take longer."""
MAX_PROFILED_S = 3600
Get = Callable[[str], object]
Measure = Callable[[str, list[str]], Any]


@contextmanager
def in_process_application(checkout: Path, database_url: str, *, caches_responses: bool = True) -> Iterator[Measure]:
    """Yield a function that returns the result of one of `MEASUREMENTS` for paths; the access log is discarded."""
    variables = {"DATABASE_URL": database_url, "PYTHONPATH": str(ROOT)}
    variables |= dict.fromkeys(TIMEOUT_SETTINGS, str(1000 * MAX_PROFILED_S))
    variables |= {} if caches_responses else dict.fromkeys(CACHE_SETTINGS, "0")
    command = [str(checkout_python(checkout)), "-m", "bench.in_process", str(checkout)]
    pipe, log = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen(
        command, env=os.environ | variables, stdin=pipe, stdout=pipe, stderr=log, text=True
    ) as process:

        def measure(measurement: str, paths: list[str]) -> Any:
            print(json.dumps({"measurement": measurement, "paths": paths}), file=process.stdin, flush=True)
            return json.loads(process.stdout.readline() if process.stdout else "")

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
    counts: Counter[CodeType] = Counter()

    def record_call(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call":
            counts[frame.f_code] += 1

    for path in paths[:-1]:
        get(path)
    switch_interval_s = sys.getswitchinterval()
    # Python 3.11 does not go on under a profile function when another thread requests the interpreter lock.
    sys.setswitchinterval(MAX_PROFILED_S)
    sys.setprofile(record_call)
    try:
        get(paths[-1])
    finally:
        sys.setprofile(None)
        sys.setswitchinterval(switch_interval_s)
    own = {code: count for code, count in counts.items() if package_name(code.co_filename).startswith("service/")}
    codes_by_layer: dict[str, list[CodeType]] = {"": list(own)}
    for code in own:
        codes_by_layer.setdefault(layer_name(code.co_filename), []).append(code)
    layers = {
        layer: {
            "functions": len(codes),
            "modules": len({code.co_filename for code in codes}),
            "calls": sum(own[code] for code in codes),
        }
        for layer, codes in sorted(codes_by_layer.items())
    }
    return {**layers.pop(""), "all_calls": counts.total(), "layers": layers}


def python_shares(get: Get, paths: list[str]) -> dict[str, float]:
    """Return the share of each package in the processor time of Python, in descending order."""
    profile = cProfile.Profile(time.thread_time)
    for path in paths:
        profile.runcall(get, path)
    seconds = seconds_by_package(pstats.Stats(profile).stats)  # type: ignore[attr-defined] # not documented
    return {package: each / seconds.total() for package, each in seconds.most_common()}


def seconds_by_package(stats: Mapping[tuple[str, int, str], tuple[Any, ...]]) -> Counter[str]:
    """Return the seconds of a profile by package; built-in functions count for the package of their caller."""
    seconds: Counter[str] = Counter()
    for (file, _, _), (_, _, own_seconds, _, callers) in stats.items():
        if file == "~":
            for (caller_file, _, _), (_, _, seconds_for_caller, _) in callers.items():
                seconds[package_name(caller_file)] += seconds_for_caller
        else:
            seconds[package_name(file)] += own_seconds
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
