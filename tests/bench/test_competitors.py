"""A competitor that fails does not end a run: the reason is stored, and the others go on."""

import sys
from pathlib import Path

import pytest

from bench.catalog import Parameters, Query
from bench.competitors.base import Competitor, Request, missing_wrk, parse_wrk_output
from bench.environment import Environment
from bench.load_tests import NEW, LoadTest, run_load_tests
from bench.measurement import CompetitorError
from bench.result_check import check_results

QUERY = Query("series", "a series", ("value",))
PARAMETERS = {"reporter": "JPN", "partner": "CHN", "flow": "X", "commodity": "8703"}


class StaticServer(Competitor):
    """A server of one response; a command that ends at once where the response is null."""

    def __init__(self, name: str, response: str | None) -> None:
        self.name, self.response = name, response

    def missing(self, environment: Environment) -> str | None:
        return None if environment.home.exists() else "there is no environment"

    def command(self, environment: Environment, database_url: str, port: int) -> tuple[list[str], dict[str, str]]:
        if self.response is None:
            return ["false"], {}
        (environment.folder(self.name) / "rows").write_text(self.response)
        folder = environment.folder(self.name)
        return [sys.executable, "-m", "http.server", str(port), "--bind=127.0.0.1", f"--directory={folder}"], {}

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
def test_a_server_that_does_not_start_is_an_error_that_names_its_log(environment):
    with (
        pytest.raises(CompetitorError, match=r"it does not start; see broken\.log"),
        StaticServer("broken", None).started(environment, ""),
    ):
        pass


def test_a_competitor_that_is_not_installed_is_an_error_with_the_reason(tmp_path):
    with pytest.raises(CompetitorError, match="there is no environment"):
        StaticServer("a", "[]").require(Environment(tmp_path / "missing"))


@pytest.mark.process
def test_competitors_with_other_figures_or_no_response_are_not_timed(environment, unreachable):
    first, same, other = (
        StaticServer(name, f'[{{"value": {value}}}]') for name, value in (("a", 1), ("b", 1), ("c", 2))
    )
    with first.started(environment, ""), same.started(environment, ""), other.started(environment, ""):
        correct, faults = check_results(QUERY, [unreachable, first, same, other], [PARAMETERS])

    assert correct == [first, same]
    assert faults == {
        "unreachable": "no response to compare: <urlopen error [Errno 111] Connection refused>",
        "c": "row 0: value is 2 instead of 1",
    }


def test_load_on_an_unreachable_server_is_a_failure(unreachable):
    if message := missing_wrk():
        pytest.skip(message)

    summaries, failures = run_load_tests([LoadTest(unreachable, QUERY, NEW, [PARAMETERS])], rounds=1, seconds=1)

    assert summaries == []
    assert "unable to connect to 127.0.0.1:1" in failures["unreachable, new"]


@pytest.mark.parametrize("output", ["", "Running 1s test\n", '{"requests": 1}'])
def test_output_of_wrk_without_figures_is_an_error(output):
    with pytest.raises(CompetitorError, match="wrk exited with 1: out of files"):
        parse_wrk_output(output, error="wrk exited with 1: out of files")
