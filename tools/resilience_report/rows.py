"""The rows of the table: which fault, the tests that make it, how often they do, and what is promised of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tools.resilience_report.figures import Measurements

DATABASE_TESTS, PROCESS_TESTS = "tests/resilience/test_database.py::", "tests/resilience/test_processes.py::"
CONCURRENT_LOAD_TESTS = "tests/ingest/release/test_concurrent_loads.py::"
OVERLOAD_TEST = "tests/resilience/test_overload.py::test_excess_load_is_rejected_with_retry_after"
DATABASE_TIMEOUT_S = 2
"""That of tests/resilience; it is 6 where nobody sets it."""


@dataclass(frozen=True)
class FaultScenario:
    """A fault, what makes it, and what is promised of it.

    The tests run with `numbers` in their environment, which say how often, for how long, or how many; without they
    are small. They assert what must be so whenever they run; what depends on the machine's speed they only record,
    and `kept` judges it here. `beside` tells what fits in no other column.
    """

    name: str
    fault: str
    guarantee: str
    tests: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    pytest_options: tuple[str, ...] = ()
    is_met: Callable[[Measurements], bool] = lambda _figures: True
    render_remarks: Callable[[Measurements], str] = lambda _figures: ""


def _recovery_limit(max_seconds: float) -> Callable[[Measurements], bool]:
    return lambda figures: figures["longest_s"] <= max_seconds


def _no_request_lost(measurements: Measurements) -> bool:
    return measurements["lost"] == 0


def _degrades_gracefully(measurements: Measurements) -> bool:
    in_time = measurements["p99_ms"] <= 2 * measurements["p99_unloaded_ms"]
    return _no_request_lost(measurements) and in_time and measurements["goodput"] >= 0.9 * measurements["peak"]


def _describe_goodput(measurements: Measurements) -> str:
    share = 100 * measurements["goodput"] / measurements["peak"]
    answered = f"goodput {measurements['goodput']:.0f}/s, {share:.0f} % of the peak of {measurements['peak']:.0f}/s"
    return f"{answered}; {_describe_p99(measurements)}; {measurements['shed']:,.0f} turned away"


def _describe_p99(measurements: Measurements) -> str:
    return f"p99 {measurements['p99_ms']:.1f} ms, unloaded {measurements['p99_unloaded_ms']:.1f} ms"


def _describe_cases(measurements: Measurements) -> str:
    return f"{measurements.passed_count + measurements.values.get('cases', 0):,.0f} cases"


SCENARIOS = (
    FaultScenario(
        "database-killed",
        "PostgreSQL killed and started again",
        "503 with Retry-After; answers within 2 s of its return",
        (f"{DATABASE_TESTS}test_a_killed_database_is_503_with_retry_after_until_restart",),
        {"RESTARTS": "20"},
        is_met=_recovery_limit(2),
    ),
    FaultScenario(
        "backend-frozen",
        "a backend frozen (SIGSTOP), at work and idle",
        f"504, or a new connection, by the deadline ({DATABASE_TIMEOUT_S} s here) + 1 s",
        (
            f"{DATABASE_TESTS}test_a_suspended_active_backend_is_504",
            f"{DATABASE_TESTS}test_a_suspended_idle_backend_is_replaced",
        ),
        {"FREEZES": "5"},
        is_met=_recovery_limit(DATABASE_TIMEOUT_S + 1),
    ),
    FaultScenario(
        "postmaster-frozen",
        "the postmaster frozen, with connections left and without",
        "answers over those there are; else 503 by the deadline + 1 s",
        (
            f"{DATABASE_TESTS}test_a_suspended_postmaster_does_not_affect_open_connections",
            f"{DATABASE_TESTS}test_a_suspended_postmaster_without_connections_is_503",
        ),
        {"FREEZES": "5"},
        is_met=_recovery_limit(DATABASE_TIMEOUT_S + 1),
    ),
    FaultScenario(
        "network-gone",
        "a proxy in front of PostgreSQL swallows every byte",
        "503 or 504 by the deadline + 1 s, and answers again",
        (f"{DATABASE_TESTS}test_a_network_failure_is_503_or_504_until_recovery",),
        {"FREEZES": "5"},
        is_met=_recovery_limit(DATABASE_TIMEOUT_S + 1),
    ),
    FaultScenario(
        "pool-exhausted",
        "requests while every connection waits for a lock",
        "503 within 100 ms, /live stays 200",
        (f"{DATABASE_TESTS}test_requests_beyond_the_connections_are_rejected",),
        is_met=_recovery_limit(0.1),
    ),
    FaultScenario(
        "out-of-connections",
        "connections of others, all that PostgreSQL has",
        "503 with Retry-After until they leave",
        (f"{DATABASE_TESTS}test_exhausted_server_connections_are_503_until_released",),
    ),
    FaultScenario(
        "overload",
        "twice the load it can bear, each answer made anew, 60 s",
        "200, 429, 503 with Retry-After alone; /live stays 200; goodput 90 % of peak; p99 at most twice that unloaded",
        (f"{OVERLOAD_TEST}[asked anew]",),
        {"OVERLOADED_S": "60"},
        is_met=_degrades_gracefully,
        render_remarks=_describe_goodput,
    ),
    FaultScenario(
        "overload-kept",
        "the same with answers that are kept, 20 s",
        "the same",
        (f"{OVERLOAD_TEST}[kept]",),
        {"OVERLOADED_S": "20"},
        is_met=_degrades_gracefully,
        render_remarks=_describe_goodput,
    ),
    FaultScenario(
        "worker-killed",
        "a worker killed (-9) under load",
        "its own requests are lost, no others",
        (f"{PROCESS_TESTS}test_a_killed_worker_loses_only_its_own_requests",),
        {"WORKERS_KILLED": "10"},
        is_met=_no_request_lost,
        render_remarks=lambda figures: f"{figures['its_own']:.0f} of its own",
    ),
    FaultScenario(
        "rolling-restart",
        "all workers replaced (SIGHUP) under load; services stopped in turn (SIGTERM) behind a proxy that asks /ready",
        "no request is lost",
        (
            f"{PROCESS_TESTS}test_a_rolling_worker_restart_loses_no_request",
            f"{PROCESS_TESTS}test_a_rolling_service_restart_loses_no_request",
        ),
        {"RESTARTS": "20"},
        is_met=_no_request_lost,
    ),
    FaultScenario(
        "slow-clients",
        "requests half-sent and left so, nginx in front",
        "others lose nothing; their p99 at most twice that before",
        ("tests/deploy/test_nginx.py::test_slow_clients_do_not_block_others_and_are_disconnected",),
        {"ASKED": "500"},
        is_met=lambda figures: _no_request_lost(figures) and figures["p99_ms"] <= 2 * figures["p99_unloaded_ms"],
        render_remarks=_describe_p99,
    ),
    FaultScenario(
        "loader-killed",
        "a load killed (-9) at a random moment, then run again",
        "readers see all of a release or none; it succeeds then",
        ("tests/ingest/release/test_killed_loads.py",),
        {"KILLS": "100"},
        is_met=_no_request_lost,
    ),
    FaultScenario(
        "disk-full",
        "the disk of the archive, and of figures on their way, full (tmpfs)",
        "exit 69 with clear words, nothing half kept",
        (f"{CONCURRENT_LOAD_TESTS}test_a_full_disk_exits_with_69_and_leaves_no_partial_data",),
    ),
    FaultScenario(
        "database-disk-full",
        "the disk of PostgreSQL's data full (tmpfs), with 0 to 1,024 KB left",
        "loads end with 69 and clear words, reads go on, with room it loads",
        ("tests/ingest/release/test_database_disk_full.py",),
        {"ROOM_LEFT_KB": "0 64 128 1024"},
    ),
    FaultScenario(
        "loads-at-once",
        "two loads of a dataset, of a file, with a withdrawal; a file twice",
        "one waits or leaves with 75; the same file is nothing new",
        ("tests/ingest/release/test_concurrent_loads.py",),
        pytest_options=("-k", "not a_full_disk"),
        render_remarks=_describe_cases,
    ),
    FaultScenario(
        "hostile-files",
        "files that are cut, odd, huge or wrong",
        "each is refused with exit 65 and told why, the database as it was",
        (
            "tests/ingest/malformed",
            "tests/ingest/sources/tidy/test_column_parser.py",
            "tests/ingest/staging/test_spill_file.py",
        ),
        pytest_options=("--hypothesis-profile=thorough",),
        render_remarks=_describe_cases,
    ),
    FaultScenario(
        "hostile-requests",
        "requests made up by Schemathesis, odd values, bytes that are no HTTP",
        "4xx problem details, never 5xx",
        (
            "tests/contract/test_schemathesis.py",
            "tests/api/parameters/test_odd_values.py",
            "tests/server/test_worker.py",
            "tests/api/parameters/test_strict_parsing.py",
        ),
        {"SCHEMATHESIS_EXAMPLES": "40"},
        render_remarks=_describe_cases,
    ),
    FaultScenario(
        "odd-clock",
        "time zones of service and database, clocks years off, midnight",
        "the same answers; what is of today may be kept for ever once the day is over",
        ("tests/resilience/test_clock.py",),
        render_remarks=_describe_cases,
    ),
)
