"""The rows of the resilience report: a fault, the tests that inject it, how often they do, and the guarantee.

The tests assert the guarantees that do not depend on the speed of the machine, whenever they run. They record the
values that depend on it, and `is_met` judges those here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Measurements:
    """The recorded values of a scenario's tests by name, the count of passed tests, and the tests that did not pass."""

    passed_count: int
    values: dict[str, float]
    failed_tests: list[str] = field(default_factory=list)
    skip_reasons: list[str] = field(default_factory=list)

    def __getitem__(self, name: str) -> float:
        """Return the value of that name."""
        return self.values[name]


@dataclass(frozen=True)
class FaultScenario:
    """A fault and its guarantee; `environment` has the counts and durations of a full run."""

    name: str
    fault: str
    guarantee: str
    tests: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    pytest_options: tuple[str, ...] = ()
    is_met: Callable[[Measurements], bool] = lambda _measurements: True
    render_remarks: Callable[[Measurements], str] = lambda _measurements: ""


def _recovery_condition(max_seconds: float) -> Callable[[Measurements], bool]:
    return lambda measurements: measurements["longest_s"] <= max_seconds


def _loses_no_request(measurements: Measurements) -> bool:
    return measurements["lost"] == 0


def _stays_fast(measurements: Measurements) -> bool:
    return _loses_no_request(measurements) and measurements["p99_ms"] <= 2 * measurements["p99_unloaded_ms"]


def _degrades_gracefully(measurements: Measurements) -> bool:
    return _stays_fast(measurements) and measurements["goodput"] >= 0.9 * measurements["peak"]


def _describe_goodput(measurements: Measurements) -> str:
    goodput, peak = measurements["goodput"], measurements["peak"]
    share = f"goodput {goodput:.0f}/s, {100 * goodput / peak:.0f}% of the peak of {peak:.0f}/s"
    return f"{share}; {_describe_p99(measurements)}; {measurements['shed']:,.0f} rejected"


def _describe_p99(measurements: Measurements) -> str:
    return f"p99 {measurements['p99_ms']:.1f} ms, unloaded {measurements['p99_unloaded_ms']:.1f} ms"


def _describe_cases(measurements: Measurements) -> str:
    return f"{measurements.passed_count + measurements.values.get('cases', 0):,.0f} cases"


def _tests(file: str, *names: str) -> tuple[str, ...]:
    return tuple(f"tests/{file}::{name}" for name in names)


DATABASE, PROCESSES = "resilience/test_database.py", "resilience/test_processes.py"
CONCURRENT_LOADS, OVERLOAD = "ingest/release/test_concurrent_loads.py", "resilience/test_overload.py"
# fmt: off
SCENARIOS = (
    FaultScenario(
        "database-killed", "PostgreSQL killed and started again",
        "503 with Retry-After; responses within 2 s of its return",
        _tests(DATABASE, "test_a_killed_database_is_503_with_retry_after_until_restart"),
        {"RESTARTS": "20"}, is_met=_recovery_condition(2)),
    FaultScenario(
        "backend-frozen", "a backend suspended (SIGSTOP), active and idle",
        "504, or a new connection, by the timeout (2 s here) + 1 s",
        _tests(DATABASE, "test_a_suspended_active_backend_is_504", "test_a_suspended_idle_backend_is_replaced"),
        {"FREEZES": "5"}, is_met=_recovery_condition(3)),
    FaultScenario(
        "postmaster-frozen", "the postmaster suspended, with open connections and without",
        "responses over open connections; else 503 by the timeout + 1 s",
        _tests(DATABASE, "test_a_suspended_postmaster_does_not_affect_open_connections",
               "test_a_suspended_postmaster_without_connections_is_503"),
        {"FREEZES": "5"}, is_met=_recovery_condition(3)),
    FaultScenario(
        "network-gone", "a proxy in front of PostgreSQL that drops every byte",
        "503 or 504 by the timeout + 1 s, then responses again",
        _tests(DATABASE, "test_a_network_failure_is_503_or_504_until_recovery"),
        {"FREEZES": "5"}, is_met=_recovery_condition(3)),
    FaultScenario(
        "pool-exhausted", "requests while every connection waits for a lock", "503 within 100 ms, /live stays 200",
        _tests(DATABASE, "test_requests_beyond_the_connections_are_rejected"), is_met=_recovery_condition(0.1)),
    FaultScenario(
        "out-of-connections", "other clients hold all connections of PostgreSQL",
        "503 with Retry-After until they leave",
        _tests(DATABASE, "test_exhausted_server_connections_are_503_until_released")),
    FaultScenario(
        "overload", "twice the load that it can bear, each response new, 60 s",
        "200, 429, 503 with Retry-After alone; /live stays 200; goodput 90% of peak; p99 at most twice that unloaded",
        _tests(OVERLOAD, "test_excess_load_is_rejected_with_retry_after[uncached]"),
        {"OVERLOADED_S": "60"}, is_met=_degrades_gracefully, render_remarks=_describe_goodput),
    FaultScenario(
        "overload-cached", "the same with cached responses, 20 s", "the same",
        _tests(OVERLOAD, "test_excess_load_is_rejected_with_retry_after[cached]"),
        {"OVERLOADED_S": "20"}, is_met=_degrades_gracefully, render_remarks=_describe_goodput),
    FaultScenario(
        "polite-burst", "16, 32 and 64 clients at once, each of which waits for its response", "every request is 200",
        _tests("resilience/test_load_shedding.py", "test_no_request_of_waiting_clients_is_refused"),
        render_remarks=_describe_cases),
    FaultScenario(
        "python-deadline", "a request that computes in Python beyond its deadline", "504; the next request is served",
        ("tests/api/overload/test_request_deadline.py",)),
    FaultScenario(
        "worker-killed", "a worker killed (-9) under load", "only its own requests are lost",
        _tests(PROCESSES, "test_a_killed_worker_loses_only_its_own_requests"),
        {"WORKERS_KILLED": "10"}, is_met=_loses_no_request,
        render_remarks=lambda measurements: f"{measurements['its_own']:.0f} of its own"),
    FaultScenario(
        "rolling-restart",
        "all workers replaced (SIGHUP) under load; services stopped in turn (SIGTERM) behind a proxy that reads /ready",
        "no request is lost",
        _tests(PROCESSES, "test_a_rolling_worker_restart_loses_no_request",
               "test_a_rolling_service_restart_loses_no_request"),
        {"RESTARTS": "20"}, is_met=_loses_no_request),
    FaultScenario(
        "slow-clients", "requests that are sent in half and left, nginx in front",
        "others lose nothing; their p99 at most twice that before",
        _tests("deploy/test_nginx.py", "test_slow_clients_do_not_block_others_and_are_disconnected"),
        {"ASKED": "500"}, is_met=_stays_fast, render_remarks=_describe_p99),
    FaultScenario(
        "loader-killed", "a load killed (-9) at a random moment, then run again",
        "readers see all of a release or none; the second load succeeds",
        ("tests/ingest/release/test_killed_loads.py",), {"KILLS": "100"}, is_met=_loses_no_request),
    FaultScenario(
        "disk-full", "the disk of the archive and of temporary files full (tmpfs)",
        "exit status 69 with the reason, no partial data",
        _tests(CONCURRENT_LOADS, "test_a_full_disk_exits_with_69_and_leaves_no_partial_data")),
    FaultScenario(
        "database-disk-full", "the disk of PostgreSQL's data full (tmpfs), with 0 to 1,024 KB left",
        "loads exit with status 69 and the reason, reads go on, with free space it loads",
        ("tests/ingest/release/test_database_disk_full.py",), {"ROOM_LEFT_KB": "0 64 128 1024"}),
    FaultScenario(
        "concurrent-loads", "two loads of a dataset, of a file, with a withdrawal; a file twice",
        "one waits or exits with status 75; the same file changes nothing", (f"tests/{CONCURRENT_LOADS}",),
        pytest_options=("-k", "not a_full_disk"), render_remarks=_describe_cases),
    FaultScenario(
        "malformed-files", "files that are truncated, odd, huge or wrong",
        "each exits with status 65 and the reason, the database unchanged",
        ("tests/ingest/malformed", "tests/ingest/sources/tidy/test_column_parser.py",
         "tests/ingest/staging/test_spill_file.py"),
        {"TRADEFLOWS_TEST_MAPPINGS": "100000"}, pytest_options=("--hypothesis-profile=thorough",),
        render_remarks=_describe_cases),
    FaultScenario(
        "hostile-requests", "valid requests with random changes, of cursors, headers, encodings and bytes",
        "no 5xx, no error body above 16 KB", ("tests/api/http/test_hostile_requests.py",),
        {"TRADEFLOWS_TEST_REQUESTS": "100000"}),
    FaultScenario(
        "malformed-requests", "requests generated by Schemathesis, odd values, bytes that are not HTTP",
        "4xx problem details, never 5xx",
        ("tests/contract/test_schemathesis.py", "tests/api/parameters/test_odd_values.py",
         "tests/server/test_worker.py", "tests/api/parameters/test_strict_parsing.py"),
        {"SCHEMATHESIS_EXAMPLES": "40"}, render_remarks=_describe_cases),
    FaultScenario(
        "embedded-killed", "the embedded PostgreSQL and `tradeflows serve` killed (-9)",
        "the launcher starts PostgreSQL again; nothing that answers is left behind",
        _tests("cli/test_serve.py", "test_the_launcher_restarts_postgresql_and_leaves_no_server_that_answers")),
    FaultScenario(
        "stale-cache", "an upgrade, a restored copy, a late release, two services on one database",
        "no 304 for another response", ("tests/api/caching/test_etags.py",), render_remarks=_describe_cases),
    FaultScenario(
        "upgrades", "databases of earlier schema revisions", "they migrate, verify and answer as before",
        ("tests/db/test_upgrades.py",), render_remarks=_describe_cases),
    FaultScenario(
        "odd-clock", "time zones of service and database, clocks years off, midnight",
        "the same responses; a response about a past day may be cached for ever",
        ("tests/resilience/test_clock.py",), render_remarks=_describe_cases),
)
# fmt: on
