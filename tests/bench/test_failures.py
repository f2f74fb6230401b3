"""A contestant that fails ends no run: why it failed is noted, and the others go on."""

from pathlib import Path

import pytest

from bench.competitors.base import Failed
from bench.competitors.postgrest import Postgrest
from bench.environment import Place
from bench.in_process import InProcess
from bench.load_tests import NEW, Lane, measured
from bench.loading import no_wrk, told_by_wrk
from bench.queries import QUESTIONS, Question
from bench.result_check import agreeing
from bench.taking_part import OverHttp

SERIES = QUESTIONS["series"]
ASKED = {"reporter": "JPN", "partner": "CHN", "flow": "X", "commodity": "8703", "period": "2023-01"}


def duckdb(where: Place, *, program: str) -> InProcess:
    """Return the contestant in process with `program`, a shell script, as the Python that it is written in."""
    where.python.parent.mkdir(parents=True)
    where.python.write_text(f"#!/bin/sh\n{program}\n")
    where.python.chmod(0o700)
    return InProcess(where)


def test_a_program_that_ends_has_failed_and_is_noted(tmp_path: Path):
    ended = Lane(duckdb(Place(tmp_path), program="exit 3"), SERIES, NEW, [ASKED])

    assert measured([ended], rounds=2, seconds=1) == (
        [],
        {"DuckDB, in process, new": "its program ended with status 3; see DuckDB,-in-process.log"},
    )


def test_a_program_that_cannot_answer_says_why_and_is_asked_again(tmp_path: Path):
    says = """while read line; do echo '{"failed": "IOException: no such file"}'; done"""
    asked = duckdb(Place(tmp_path), program=says)

    for _ in range(2):
        with pytest.raises(Failed, match="IOException: no such file"):
            asked.answer(SERIES, ASKED)
    asked.close()


def test_who_cannot_be_reached_is_not_timed_and_the_others_go_on(tmp_path: Path):
    rows = """while read line; do echo '[{"value": 1}]'; done"""
    question = Question("series", "a series", ("value",))
    there = duckdb(Place(tmp_path), program=rows)
    gone = OverHttp(Postgrest(), "http://127.0.0.1:1", 0, tmp_path / "asked.tsv")

    agreed, wrong = agreeing(question, [gone, there], [ASKED])
    there.close()

    assert agreed == [there]
    assert wrong == {"PostgREST": "no answer to compare: <urlopen error [Errno 111] Connection refused>"}


def test_load_on_nobody_is_a_failure(tmp_path: Path):
    if missing := no_wrk():
        pytest.skip(missing)
    nobody = Lane(OverHttp(Postgrest(), "http://127.0.0.1:1", 0, tmp_path / "asked.tsv"), SERIES, NEW, [ASKED])

    _, failed = measured([nobody], rounds=1, seconds=1)

    assert "unable to connect to 127.0.0.1:1" in failed["PostgREST, new"]


@pytest.mark.parametrize("printed", ["", "Running 1s test\n", '{"requests": 1}'])
def test_output_without_figures_is_a_failure(printed):
    with pytest.raises(Failed, match="wrk ended with 1: out of files"):
        told_by_wrk(printed, otherwise="wrk ended with 1: out of files")
