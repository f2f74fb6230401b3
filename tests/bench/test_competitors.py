"""A competitor that fails does not end a run: the reason is stored, and the others go on."""

import shutil
import sys
from pathlib import Path

import pytest

from bench.catalog import Parameters, Query
from bench.competitors.base import Competitor, CompetitorError, Request
from bench.environment import Environment
from bench.load_tests import NEW, LoadTest, check_results, run_load_tests

QUERY = Query("series", "a series", ("value",))
PARAMETERS = {"reporter": "JPN", "partner": "CHN", "flow": "X", "commodity": "8703"}


class StaticServer(Competitor):
    """A server of one response, or a command that is no server."""

    def __init__(self, name: str, response: str = "", *, program: str | None = None) -> None:
        self.name, self.response, self.program = name, response, program

    def command(self, environment: Environment, database_url: str, port: int) -> list[str]:
        if self.program is not None:
            return [self.program]
        folder = environment.folder(self.name)
        (folder / "rows").write_text(self.response)
        return [sys.executable, "-m", "http.server", str(port), "--bind=127.0.0.1", f"--directory={folder}"]

    def request(self, query: Query, parameters: Parameters) -> Request:
        return Request("/rows")


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    return Environment(tmp_path)


@pytest.fixture
def unreachable(tmp_path: Path) -> Competitor:
    competitor = StaticServer("unreachable", "[]")
    competitor.address, competitor.log_file = "http://127.0.0.1:1", tmp_path / "unreachable.log"
    return competitor


@pytest.mark.process
@pytest.mark.parametrize(
    ("program", "reason"), [("false", "it does not start"), ("no-such-program", "it is not installed")]
)
def test_a_server_that_does_not_start_is_an_error_that_names_its_log(environment, program, reason):
    with (
        pytest.raises(CompetitorError, match=rf"{reason}; see broken\.log"),
        StaticServer("broken", program=program).started(environment, ""),
    ):
        pass


@pytest.mark.process
def test_competitors_with_other_figures_or_no_response_are_not_timed(environment, unreachable):
    first, same, other = (
        StaticServer(name, f'[{{"value": {value}}}]') for name, value in (("a", 1), ("b", 1), ("c", 2))
    )
    with first.started(environment, ""), same.started(environment, ""), other.started(environment, ""):
        correct, faults = check_results(QUERY, [unreachable, first, same, other], [PARAMETERS])

    assert correct == [first, same]
    assert faults.pop("unreachable").startswith("no response to compare: ")
    assert faults == {"c": "row 0: value is 2 instead of 1"}


@pytest.mark.process
def test_load_on_an_unreachable_server_is_a_failure(unreachable):
    if not shutil.which("wrk"):
        pytest.skip("wrk is not installed")

    samples, failures = run_load_tests([LoadTest(unreachable, QUERY, NEW, [PARAMETERS])], rounds=1, seconds=1)

    assert samples == {}
    assert "unable to connect to 127.0.0.1:1" in failures["unreachable, new"]
